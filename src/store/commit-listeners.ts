import type { Commit } from './commit.ts';

export type CommitListener = (commit: Commit) => void;

/**
 * Tells every listener every commit, in order. A listener that throws harms nobody: its exception is counted and
 * reported. A commit made by a listener is announced after the present one.
 */
export class CommitListeners {
  readonly #listeners = new Set<CommitListener>();
  readonly #waiting: Commit[] = [];
  readonly #onError: (error: unknown) => void;
  #announcing = false;
  #failures = 0;

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  get failures(): number {
    return this.#failures;
  }

  add(listener: CommitListener): Disposable {
    // Wrapped, so that the same function may listen twice and leave once.
    const own: CommitListener = (commit) => listener(commit);
    this.#listeners.add(own);
    return { [Symbol.dispose]: () => void this.#listeners.delete(own) };
  }

  announce(commit: Commit): void {
    this.#waiting.push(commit);
    if (this.#announcing) return;
    this.#announcing = true;
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) this.#tellAll(next);
    this.#announcing = false;
  }

  #tellAll(commit: Commit): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(commit);
      } catch (error) {
        this.#failures += 1;
        this.#onError(error);
      }
    }
  }
}
