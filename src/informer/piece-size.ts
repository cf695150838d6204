const FIRST = 16;
/** A piece that takes less may be larger, one that takes more should have been smaller. Milliseconds. */
const [LEAST_MS, MOST_MS] = [3, 6];

/**
 * How many objects to take in one go before others get their turn: few at first, when the code is cold, then as many
 * as were taken in a few milliseconds, and never more than `most`.
 */
export class PieceSize {
  readonly #most: number;
  #size: number;

  constructor(most: number) {
    this.#most = most;
    this.#size = Math.min(FIRST, most);
  }

  get size(): number {
    return this.#size;
  }

  /** How long the last piece took, in milliseconds. */
  took(ms: number): void {
    if (ms > MOST_MS) this.#size = Math.max(1, Math.floor((this.#size * MOST_MS) / ms));
    else if (ms < LEAST_MS) this.#size = Math.min(this.#most, this.#size * 2);
  }
}
