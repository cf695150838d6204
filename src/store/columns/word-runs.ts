import { Words } from './words.ts';

/** Runs of words of any length in one vector. A run that is given back is used again for one of the same length. */
export class WordRuns {
  readonly #words = new Words();
  /** For each length the run that was given back last; its first word leads to the one before. */
  readonly #free = new Map<number, number>();
  #end = 1;

  get bytes(): number {
    return this.#words.bytes;
  }

  /** Where the run begins; 0 for an empty one. */
  allocate(length: number): number {
    if (length === 0) return 0;
    const free = this.#free.get(length);
    if (free === undefined || free === 0) {
      const at = this.#end;
      this.#end += length;
      return at;
    }
    this.#free.set(length, this.#words.get(free));
    return free;
  }

  release(at: number, length: number): void {
    if (length === 0) return;
    this.#words.set(at, this.#free.get(length) ?? 0);
    this.#free.set(length, at);
  }

  get(at: number): number {
    return this.#words.get(at);
  }

  set(at: number, word: number): void {
    this.#words.set(at, word);
  }
}
