/** So many at once; the others wait in line. */
export class Slots {
  #free: number;
  readonly #line = new Set<() => void>();

  constructor(count: number) {
    this.#free = count;
  }

  /** Runs `work` when it is its turn; undefined, without running it, when `signal` fires before that. */
  async run<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T | undefined> {
    if (!(await this.#turn(signal))) return undefined;
    try {
      return await work();
    } finally {
      this.#release();
    }
  }

  #turn(signal: AbortSignal): Promise<boolean> | boolean {
    if (signal.aborted) return false;
    if (this.#free > 0) {
      this.#free -= 1;
      return true;
    }
    return new Promise((resolve) => {
      const enter = () => {
        signal.removeEventListener('abort', leave);
        resolve(true);
      };
      const leave = () => {
        this.#line.delete(enter);
        resolve(false);
      };
      this.#line.add(enter);
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  #release(): void {
    for (const enter of this.#line) {
      this.#line.delete(enter);
      enter();
      return;
    }
    this.#free += 1;
  }
}
