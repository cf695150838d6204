import type { Clock } from '../../runtime/clock.ts';

interface Entry {
  readonly dueAt: number;
  readonly order: number;
  readonly name: string;
  readonly wake: () => void;
}

/**
 * Many wake-ups on one timer. Of several for one name only the soonest is kept: whoever is woken decides anew
 * when to be woken again.
 */
export class DelayQueue implements Disposable {
  readonly #clock: Clock;
  readonly #heap: Entry[] = [];
  readonly #soonest = new Map<string, Entry>();
  #order = 0;
  #timer: { readonly dueAt: number; readonly handle: Disposable } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(name: string, delayMs: number, wake: () => void): void {
    // Longer than setTimeout can count (a minReadySeconds of 2147483646): looking once an hour is harmless.
    const dueAt = this.#clock.monotonic() + Math.min(Math.max(0, delayMs), LONGEST_MS);
    const present = this.#soonest.get(name);
    if (present !== undefined && present.dueAt <= dueAt) return;
    const entry: Entry = { dueAt, order: this.#order++, name, wake };
    this.#soonest.set(name, entry);
    this.#push(entry);
    this.#arm();
  }

  [Symbol.dispose](): void {
    this.#timer?.handle[Symbol.dispose]();
    this.#timer = undefined;
    this.#heap.length = 0;
    this.#soonest.clear();
  }

  #arm(): void {
    const first = this.#heap[0];
    if (first === undefined || (this.#timer !== undefined && this.#timer.dueAt <= first.dueAt)) return;
    this.#timer?.handle[Symbol.dispose]();
    const handle = this.#clock.after(Math.ceil(first.dueAt - this.#clock.monotonic()), () => this.#fire());
    this.#timer = { dueAt: first.dueAt, handle };
  }

  #fire(): void {
    this.#timer = undefined;
    const now = this.#clock.monotonic();
    for (let first = this.#heap[0]; first !== undefined && first.dueAt <= now; first = this.#heap[0]) {
      this.#pop();
      if (this.#soonest.get(first.name) !== first) continue;
      this.#soonest.delete(first.name);
      first.wake();
    }
    this.#arm();
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let at = heap.push(entry) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent] as Entry;
      if (!isBefore(entry, above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (let child = 1; child < heap.length; child = 2 * at + 1) {
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Entry, heap[child] as Entry)) child += 1;
      const below = heap[child] as Entry;
      if (!isBefore(below, last)) break;
      heap[at] = below;
      at = child;
    }
    heap[at] = last;
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.dueAt < b.dueAt || (a.dueAt === b.dueAt && a.order < b.order);
}

const LONGEST_MS = 3_600_000;
