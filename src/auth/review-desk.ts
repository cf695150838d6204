import { isApiError } from '../kube/api-error.ts';
import type { AccessAttributes, ApiServer } from '../kube/api-server.ts';
import type { UserInfo } from '../model/user.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import { withinDeadline } from './deadline.ts';
import { Slots } from './slots.ts';

export interface ReviewDeskOptions {
  readonly cluster: string;
  /** Undefined while the cluster has no connection. */
  readonly server: () => ApiServer | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly maxInFlight: number;
  readonly deadlineMs: number;
  /** After it did not answer, the cluster is not asked for so long: nobody waits for a dead one twice. */
  readonly pauseMs: number;
}

/** Where one cluster is asked about rights: not too much at once, and not for ever. */
export class ReviewDesk {
  /** Raised when the cluster's rights changed: what was answered before counts for nothing. */
  generation = 0;
  readonly #options: ReviewDeskOptions;
  readonly #slots: Slots;
  #pausedUntil = Number.NEGATIVE_INFINITY;
  #failing = false;

  constructor(options: ReviewDeskOptions) {
    this.#options = options;
    this.#slots = new Slots(options.maxInFlight);
  }

  /** True where the cluster allows it; undefined when it could not be asked. Never rejects. */
  async ask(user: UserInfo, attributes: AccessAttributes): Promise<boolean | undefined> {
    const { clock, deadlineMs } = this.#options;
    const server = this.#options.server();
    if (server === undefined || clock.monotonic() < this.#pausedUntil) return undefined;
    let unreachable = true;
    const allowed = await withinDeadline(clock, deadlineMs, (signal) =>
      this.#slots.run(signal, async () => {
        try {
          return (await server.reviewAccess(user, attributes, { signal, timeoutMs: deadlineMs })).allowed;
        } catch (error) {
          unreachable = signal.aborted || isApiError(error, 'unreachable', 'throttled');
          throw error;
        }
      }),
    );
    this.#note(allowed !== undefined, unreachable);
    return allowed;
  }

  #note(answered: boolean, unreachable: boolean): void {
    const { cluster, clock, logger, pauseMs } = this.#options;
    if (!answered && unreachable) this.#pausedUntil = clock.monotonic() + pauseMs;
    if (answered === !this.#failing) return;
    this.#failing = !answered;
    if (answered) logger.info('the cluster answers access reviews again', { cluster });
    else logger.warn('the cluster does not answer access reviews; only rights known from before count', { cluster });
  }
}
