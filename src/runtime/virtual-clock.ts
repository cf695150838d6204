import type { Clock } from './clock.ts';

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly fire: () => void;
}

/**
 * A clock that moves only when told to. `advanceBy` fires due timers in order of time, then of creation,
 * and lets everything they woke run before the next one fires. It refuses to go back.
 */
export class VirtualClock implements Clock {
  readonly #timers = new Set<Timer>();
  readonly #startedAt: number;
  #elapsedMs = 0;
  #created = 0;

  constructor(startedAt = Date.UTC(2026, 0, 1)) {
    this.#startedAt = startedAt;
  }

  now(): number {
    return this.#startedAt + this.#elapsedMs;
  }

  monotonic(): number {
    return this.#elapsedMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = this.after(ms, () => {
        signal?.removeEventListener('abort', abort);
        resolve();
      });
      const abort = () => {
        timer[Symbol.dispose]();
        resolve();
      };
      signal?.addEventListener('abort', abort, { once: true });
    });
  }

  after(ms: number, callback: () => void): Disposable {
    const timer: Timer = { at: this.#elapsedMs + Math.max(0, ms), order: this.#created++, fire: callback };
    this.#timers.add(timer);
    return { [Symbol.dispose]: () => void this.#timers.delete(timer) };
  }

  yield(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }

  /** Timers that wait: zero once everything is stopped. */
  get pendingTimers(): number {
    return this.#timers.size;
  }

  async advanceBy(ms: number): Promise<void> {
    if (ms < 0) throw new RangeError(`a clock does not go back: advanceBy(${ms})`);
    const until = this.#elapsedMs + ms;
    await this.settle();
    for (let next = this.#nextDue(until); next !== undefined; next = this.#nextDue(until)) {
      this.#timers.delete(next);
      this.#elapsedMs = Math.max(this.#elapsedMs, next.at);
      next.fire();
      await this.settle();
    }
    this.#elapsedMs = until;
  }

  /** Advances timer by timer until `condition` holds; throws when it does not within `limitMs`. */
  async advanceUntil(condition: () => boolean | Promise<boolean>, limitMs: number): Promise<void> {
    const until = this.#elapsedMs + limitMs;
    await this.settle();
    while (!(await condition())) {
      const next = this.#nextDue(until);
      if (next === undefined) throw new Error(`condition not met within ${limitMs} ms of virtual time`);
      await this.advanceBy(next.at - this.#elapsedMs);
    }
  }

  /** Lets promises and immediates that are ready run. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < SETTLE_TURNS; turn += 1) await this.yield();
  }

  #nextDue(until: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.at > until) continue;
      if (next === undefined || timer.at < next.at || (timer.at === next.at && timer.order < next.order)) next = timer;
    }
    return next;
  }
}

/** Turns of the event loop granted between two timers: streams need more than one to hand data on. */
const SETTLE_TURNS = 4;
