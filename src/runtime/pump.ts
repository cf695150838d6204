import type { Clock } from './clock.ts';

export interface PumpLimits {
  /** How long work goes on before everything else of the process gets its turn. */
  readonly sliceMs: number;
  /** The same, in bytes. */
  readonly sliceBytes: number;
}

/** 6 ms, or what the slowest way of reading takes about that long for. */
const PUMP_LIMITS: PumpLimits = { sliceMs: 6, sliceBytes: 4 << 20 };

/** One party's way to its turns. */
export interface Lane {
  /** Waits for a turn to work on so many bytes. Dispose of it before waiting for anything else. */
  turn(bytes: number): Promise<Disposable>;
}

/** For whoever is alone. */
export const openLane: Lane = { turn: () => Promise.resolve({ [Symbol.dispose]: () => {} }) };

interface Waiter {
  readonly bytes: number;
  grant(): void;
}

/**
 * Shares one thread among many connections: one works at a time, for a piece of what it has received, round robin
 * over lanes (one for each cluster), and only so much before the event loop turns. Who floods waits for its own
 * turns; what is not read meanwhile stays with the sockets, which stop reading when their buffers are full.
 */
export class Pump {
  readonly #clock: Clock;
  readonly #limits: PumpLimits;
  /** Lanes that wait, the next one first. */
  readonly #waiting = new Set<Waiter[]>();
  #slice: { readonly endsAt: number; bytesLeft: number } | undefined;
  #holder: Waiter | undefined;

  constructor(clock: Clock, limits: PumpLimits = PUMP_LIMITS) {
    this.#clock = clock;
    this.#limits = limits;
  }

  lane(): Lane {
    const waiters: Waiter[] = [];
    return {
      turn: (bytes) =>
        new Promise((resolve) => {
          const waiter: Waiter = { bytes, grant: () => resolve({ [Symbol.dispose]: () => this.#giveBack(waiter) }) };
          waiters.push(waiter);
          this.#waiting.add(waiters);
          this.#goOn();
        }),
    };
  }

  #giveBack(waiter: Waiter): void {
    if (this.#holder !== waiter) return;
    this.#holder = undefined;
    this.#goOn();
  }

  #goOn(): void {
    if (this.#holder !== undefined || this.#waiting.size === 0) return;
    this.#slice ??= this.#openSlice();
    if (this.#slice.bytesLeft <= 0 || this.#clock.monotonic() >= this.#slice.endsAt) return;
    const next = this.#takeNext();
    if (next === undefined) return;
    this.#slice.bytesLeft -= next.bytes;
    this.#holder = next;
    next.grant();
  }

  #takeNext(): Waiter | undefined {
    for (const lane of this.#waiting) {
      this.#waiting.delete(lane);
      const next = lane.shift();
      // Behind all others that wait.
      if (lane.length > 0) this.#waiting.add(lane);
      return next;
    }
    return undefined;
  }

  /** A slice ends with the turn of the event loop; so does a turn that nobody gave back. */
  #openSlice(): { readonly endsAt: number; bytesLeft: number } {
    void this.#clock.yield().then(() => {
      this.#slice = undefined;
      this.#holder = undefined;
      this.#goOn();
    });
    return { endsAt: this.#clock.monotonic() + this.#limits.sliceMs, bytesLeft: this.#limits.sliceBytes };
  }
}
