import type { Clock } from '../runtime/clock.ts';

/** Wakes one sleeper: at a time, or when rung. A ring that nobody heard wakes the next sleeper at once. */
export class Alarm {
  readonly #clock: Clock;
  #rung = false;
  #wake: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  ring(): void {
    this.#rung = true;
    this.#wake?.();
  }

  async wait(ms: number): Promise<void> {
    if (!this.#rung) {
      await new Promise<void>((resolve) => {
        const timer = this.#clock.after(ms, resolve);
        this.#wake = () => {
          timer[Symbol.dispose]();
          resolve();
        };
      });
      this.#wake = undefined;
    }
    this.#rung = false;
  }
}
