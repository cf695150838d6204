import { HubError, isHubError } from '../../hub/hub-error.ts';
import type { LeaderTerm } from '../../hub/leader-term.ts';
import type { RolloutRecord } from '../../hub/rollout-record.ts';
import type { RolloutRepository } from '../../hub/rollout-repository.ts';
import { isApiError } from '../../kube/api-error.ts';
import { type Backoff, backoffMs } from '../../runtime/backoff.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Random } from '../../runtime/random.ts';
import type { RolloutState } from '../state.ts';
import { progressOf, stateOf } from './run-record.ts';

export interface RecordDeps {
  readonly term: LeaderTerm;
  readonly repository: RolloutRepository;
  readonly clock: Clock;
  readonly random: Random;
}

const HUB_TIMEOUT_MS = 5_000;
const HUB_BACKOFF: Backoff = { firstMs: 200, factor: 2, capMs: 5_000 };

/** A run as the hub has it, claimed for one term. */
export class RecordedRun {
  readonly #deps: RecordDeps;
  #record: RolloutRecord;
  #state: RolloutState;
  #failures = 0;

  constructor(record: RolloutRecord, state: RolloutState, deps: RecordDeps) {
    this.#record = record;
    this.#state = state;
    this.#deps = deps;
  }

  get id(): string {
    return this.#record.id;
  }

  /** As last written or read. */
  get state(): RolloutState {
    return this.#state;
  }

  get version(): string {
    return this.#record.version;
  }

  /** Durable when it resolves. Throws `HubError` or `ApiError`: then read anew before anything else. */
  async write(state: RolloutState): Promise<void> {
    const { repository, term } = this.#deps;
    this.#record = await repository.update(this.#record, progressOf(state), term.epoch, this.#limits);
    this.#state = state;
    this.#failures = 0;
  }

  /**
   * Reads until the hub answers; false when the term ended before. Throws `HubError`: the run is gone, somebody
   * else's, or not of a layout that we know.
   */
  async readAnew({ waitFirst }: { readonly waitFirst: boolean }): Promise<boolean> {
    const { clock, random, term } = this.#deps;
    for (let isWaiting = waitFirst; ; isWaiting = true) {
      if (isWaiting) await clock.sleep(backoffMs(HUB_BACKOFF, this.#failures++, random.next()), term.signal);
      if (!term.isValid) return false;
      const record = await this.#read();
      if (record !== undefined) {
        this.#adopt(record);
        return term.isValid;
      }
    }
  }

  /** Undefined: no answer. */
  async #read(): Promise<RolloutRecord | undefined> {
    const { repository, term } = this.#deps;
    try {
      return await repository.get(this.id, this.#limits);
    } catch (error) {
      if (isHubError(error) || (term.isValid && !isApiError(error))) throw error;
      return undefined;
    }
  }

  #adopt(record: RolloutRecord): void {
    const { term } = this.#deps;
    const state = stateOf(record);
    if (record.epoch > term.epoch) throw new HubError('superseded', `rollout ${record.id} is driven by epoch ${record.epoch}`);
    if (state === undefined) throw new HubError('unreadable', `rollout ${record.id} was written by a version that knows more`);
    this.#record = record;
    this.#state = state;
  }

  get #limits() {
    return { timeoutMs: HUB_TIMEOUT_MS, signal: this.#deps.term.signal };
  }
}
