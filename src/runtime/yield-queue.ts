/** How long those who yielded go on in one turn of the event loop, all together. Milliseconds. */
const SLICE_MS = 8;

export interface YieldQueueOptions {
  /** Milliseconds that never go back. */
  readonly monotonic: () => number;
  /** Calls back in the next turn of the event loop; what was deferred first is called first. */
  readonly defer: (callback: () => void) => void;
}

/**
 * Loops that let others have their turn: each goes on in a later turn of the event loop, in the order in which they
 * stepped back, and only so many in one turn as it takes a few milliseconds for; at least one.
 */
export class YieldQueue {
  readonly #options: YieldQueueOptions;
  readonly #waiting: (() => void)[] = [];
  #sliceEndsAt: number | undefined;

  constructor(options: YieldQueueOptions) {
    this.#options = options;
  }

  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#options.defer(this.#goOn);
    });
  }

  /** As often deferred as there are waiters: what one of them does in between runs before the next. */
  #goOn = (): void => {
    const { monotonic, defer } = this.#options;
    const now = monotonic();
    if (this.#sliceEndsAt === undefined) {
      this.#sliceEndsAt = now + SLICE_MS;
      // The first thing of the next turn.
      defer(() => {
        this.#sliceEndsAt = undefined;
      });
    } else if (now >= this.#sliceEndsAt) {
      defer(this.#goOn);
      return;
    }
    this.#waiting.shift()?.();
  };
}
