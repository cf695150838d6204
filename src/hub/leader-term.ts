import type { Clock } from '../runtime/clock.ts';

/** One time of leading, from an acquisition to its end. There is no second one with the same epoch. */
export class LeaderTerm {
  readonly epoch: number;
  readonly #clock: Clock;
  readonly #marginMs: number;
  readonly #end = new AbortController();
  #validUntil: number;
  #timer: Disposable | undefined;

  /** Valid until `validUntil` (monotonic) unless extended; `signal` fires `marginMs` before. */
  constructor(epoch: number, clock: Clock, { validUntil, marginMs }: { readonly validUntil: number; readonly marginMs: number }) {
    this.epoch = epoch;
    this.#clock = clock;
    this.#marginMs = marginMs;
    this.#validUntil = validUntil;
    this.#arm();
  }

  /** Fires when the term ends, before anybody else can lead. */
  get signal(): AbortSignal {
    return this.#end.signal;
  }

  /**
   * Ask before every effect, after every await: a process that was stopped for a while runs on before its timers do.
   * Once false it stays so.
   */
  get isValid(): boolean {
    if (!this.#end.signal.aborted && this.#clock.monotonic() >= this.#validUntil - this.#marginMs) this.end();
    return !this.#end.signal.aborted;
  }

  /** Monotonic: by then a renewal must have succeeded. */
  get validUntil(): number {
    return this.#validUntil;
  }

  /** A renewal that was asked for in time counts only while the term still stands. */
  extend(validUntil: number): void {
    if (!this.isValid) return;
    this.#validUntil = Math.max(this.#validUntil, validUntil);
    this.#arm();
  }

  end(): void {
    this.#timer?.[Symbol.dispose]();
    this.#end.abort();
  }

  #arm(): void {
    this.#timer?.[Symbol.dispose]();
    const leftMs = this.#validUntil - this.#marginMs - this.#clock.monotonic();
    this.#timer = this.#clock.after(Math.max(0, leftMs), () => this.end());
  }
}
