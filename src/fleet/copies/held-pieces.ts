/** Keeps the pieces that pass, unless they are more than `mostBytes` in all. */
export class HeldPieces {
  readonly #mostBytes: number;
  #held: Uint8Array[] | undefined = [];
  #bytes = 0;

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** Everything that has passed; undefined when it was too much. */
  get pieces(): readonly Uint8Array[] | undefined {
    return this.#held;
  }

  /** The same pieces, which nobody may write to any more. */
  async *passing(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const piece of pieces) {
      this.#bytes += piece.length;
      if (this.#bytes > this.#mostBytes) this.#held = undefined;
      else this.#held?.push(piece);
      yield piece;
    }
  }
}
