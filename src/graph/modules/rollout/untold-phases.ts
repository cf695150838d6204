import type { Run } from '../../../rollout/run.ts';

/** A run that is commanded to and fro while nobody reads leaves out the oldest. */
const MAX_PHASES = 32;

/** What one reader has not been told of a run: its state at the end of each phase that it went through, the present one last. */
export class UntoldPhases {
  readonly #runs: Run[];

  constructor(run: Run) {
    this.#runs = [run];
  }

  add(run: Run): void {
    if (run.state.status.phase === this.#runs.at(-1)?.state.status.phase) this.#runs.pop();
    this.#runs.push(run);
    if (this.#runs.length > MAX_PHASES) this.#runs.shift();
  }

  /** The oldest first; the present one stays, and so may come again. */
  *take(): Generator<{ readonly run: Run; readonly isPresent: boolean }> {
    for (;;) {
      const isPresent = this.#runs.length === 1;
      yield { run: (isPresent ? this.#runs[0] : this.#runs.shift()) as Run, isPresent };
      if (isPresent) return;
    }
  }
}
