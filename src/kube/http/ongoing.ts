import { type Deferred, deferred } from './deferred.ts';

/** Counts what has begun and has not ended. */
export class Ongoing {
  #count = 0;
  #none: Deferred<void> | undefined;

  /** One more, until it is disposed of. */
  begin(): Disposable {
    this.#count += 1;
    let isOver = false;
    return {
      [Symbol.dispose]: () => {
        if (!isOver) this.#end();
        isOver = true;
      },
    };
  }

  /** Resolves when nothing goes on any more. */
  get over(): Promise<void> {
    if (this.#count === 0) return Promise.resolve();
    this.#none ??= deferred<void>();
    return this.#none.promise;
  }

  #end(): void {
    this.#count -= 1;
    if (this.#count > 0) return;
    this.#none?.resolve();
    this.#none = undefined;
  }
}
