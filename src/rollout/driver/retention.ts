import type { LeaderTerm } from '../../hub/leader-term.ts';
import type { RolloutRepository } from '../../hub/rollout-repository.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/logger.ts';

export interface RetentionOptions {
  readonly repository: RolloutRepository;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Runs that ended are kept for 90 days, and 1,000 of them at most: as long as a rollback of one is thinkable. */
const BOUNDS = { retentionMs: 90 * 24 * 3_600_000, keep: 1_000 };
const FIRST_MS = 60_000;
const EVERY_MS = 3_600_000;

/** Removes old runs now and then, while we lead. */
export class Retention {
  readonly #options: RetentionOptions;

  constructor(options: RetentionOptions) {
    this.#options = options;
  }

  start(term: LeaderTerm): void {
    let timer = this.#options.clock.after(FIRST_MS, () => next());
    const next = () => {
      void this.#sweep(term);
      timer = this.#options.clock.after(EVERY_MS, next);
    };
    term.signal.addEventListener('abort', () => timer[Symbol.dispose](), { once: true });
  }

  async #sweep(term: LeaderTerm): Promise<void> {
    if (!term.isValid) return;
    try {
      const removed = await this.#options.repository.deleteFinished(BOUNDS);
      if (removed > 0) this.#options.logger.info('finished rollouts were removed', { removed });
    } catch (error) {
      this.#options.logger.warn('finished rollouts could not be removed', { error: String(error) });
    }
  }
}
