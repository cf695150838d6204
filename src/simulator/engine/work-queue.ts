/** Keys to look at, each at most once, in the order of first mention. */
export class WorkQueue {
  readonly #keys = new Set<string>();
  #wake: (() => void) | undefined;

  get size(): number {
    return this.#keys.size;
  }

  add(key: string): void {
    this.#keys.add(key);
    this.#wake?.();
    this.#wake = undefined;
  }

  take(): string | undefined {
    for (const key of this.#keys) {
      this.#keys.delete(key);
      return key;
    }
    return undefined;
  }

  /** Resolves when there may be something to take. One waiter at a time. */
  waiting(signal: AbortSignal): Promise<void> {
    if (this.#keys.size > 0 || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.#wake = done;
      signal.addEventListener('abort', done, { once: true });
    });
  }
}
