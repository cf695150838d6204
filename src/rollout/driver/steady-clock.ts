import type { Clock } from '../../runtime/clock.ts';

/**
 * Milliseconds since 1970 that never jump: the wall clock when the process began, and from there the monotonic one.
 * What a run measures must not be cut short because somebody sets the machine's clock, nor go back because another
 * machine's was ahead.
 */
export class SteadyClock {
  readonly #clock: Clock;
  readonly #anchor: number;

  /** Begins at `earliest`, should that be later than now: somebody whose clock is ahead has recorded it. */
  constructor(clock: Clock, earliest: number) {
    this.#clock = clock;
    this.#anchor = Math.max(clock.now(), earliest) - clock.monotonic();
  }

  now(): number {
    return Math.floor(this.#anchor + this.#clock.monotonic());
  }
}
