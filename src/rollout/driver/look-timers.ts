import type { Clock } from '../../runtime/clock.ts';

/** Looks at one workload are at least so far apart. */
const LOOK_EVERY_MS = 250;

/** When a run looks at its workload next: soon after a change of it, and at the latest when its wait is over. */
export class LookTimers implements Disposable {
  readonly #clock: Clock;
  readonly #look: () => void;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #soon: Disposable | undefined;
  #wait: Disposable | undefined;

  constructor(clock: Clock, look: () => void) {
    this.#clock = clock;
    this.#look = look;
  }

  looked(): void {
    this.#lookedAt = this.#clock.monotonic();
  }

  /** At once when the last look was a while ago, else as soon as may be; any number of times is once. */
  soon(): void {
    if (this.#soon !== undefined) return;
    const waitMs = Math.max(0, this.#lookedAt + LOOK_EVERY_MS - this.#clock.monotonic());
    this.#soon = this.#clock.after(waitMs, () => {
      this.#soon = undefined;
      this.#look();
    });
  }

  /** Replaces the wait before. */
  after(ms: number): void {
    this.#wait?.[Symbol.dispose]();
    this.#wait = this.#clock.after(Math.max(0, ms), this.#look);
  }

  [Symbol.dispose](): void {
    this.#soon?.[Symbol.dispose]();
    this.#wait?.[Symbol.dispose]();
    this.#soon = undefined;
  }
}
