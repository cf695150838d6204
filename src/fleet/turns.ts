import type { ListGate } from '../informer/list-gate.ts';
import type { Clock } from '../runtime/clock.ts';

export interface TurnLimits {
  readonly total: number;
  readonly perCluster: number;
  /** A turn held for longer than this no longer keeps others out: a server that hangs must not block the fleet. */
  readonly holdMs: number;
}

interface Waiter {
  readonly cluster: string;
  readonly admit: (turn: Disposable) => void;
}

/** Lets a few work at a time, first come first served, so that a fleet that starts together does not storm. */
export class Turns {
  readonly #clock: Clock;
  readonly #limits: TurnLimits;
  readonly #held = new Map<string, number>();
  readonly #waiting = new Set<Waiter>();
  #total = 0;

  constructor(clock: Clock, limits: TurnLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  forCluster(cluster: string): ListGate {
    return { enter: (signal) => this.#enter(cluster, signal) };
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  #enter(cluster: string, signal: AbortSignal): Promise<Disposable> {
    if (signal.aborted) return Promise.resolve(NO_TURN);
    return new Promise((resolve) => {
      const waiter: Waiter = {
        cluster,
        admit: (turn) => {
          signal.removeEventListener('abort', leave);
          resolve(turn);
        },
      };
      const leave = () => {
        this.#waiting.delete(waiter);
        resolve(NO_TURN);
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#waiting.add(waiter);
      this.#admit();
    });
  }

  #admit(): void {
    for (const waiter of this.#waiting) {
      if (this.#total >= this.#limits.total) return;
      if ((this.#held.get(waiter.cluster) ?? 0) >= this.#limits.perCluster) continue;
      this.#waiting.delete(waiter);
      waiter.admit(this.#take(waiter.cluster));
    }
  }

  #take(cluster: string): Disposable {
    this.#total += 1;
    this.#held.set(cluster, (this.#held.get(cluster) ?? 0) + 1);
    let isHeld = true;
    const giveBack = () => {
      timer[Symbol.dispose]();
      if (!isHeld) return;
      isHeld = false;
      this.#give(cluster);
    };
    const timer = this.#clock.after(this.#limits.holdMs, giveBack);
    return { [Symbol.dispose]: giveBack };
  }

  #give(cluster: string): void {
    this.#total -= 1;
    const held = (this.#held.get(cluster) ?? 1) - 1;
    if (held === 0) this.#held.delete(cluster);
    else this.#held.set(cluster, held);
    this.#admit();
  }
}

const NO_TURN: Disposable = { [Symbol.dispose]: () => {} };
