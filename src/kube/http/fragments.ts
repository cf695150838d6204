import { asBuffer } from './as-buffer.ts';

/** A view of fewer bytes costs more than they do. */
const TINY_BYTES = 1 << 10;
/** More than this is never copied only to let go of what is around it. */
const MAX_BLOCK_BYTES = 16 << 10;
/** How many times its own size a fragment may keep in memory. */
const MAX_HELD_RATIO = 4;

/**
 * The pieces of something that has begun and not ended. They are views of what a socket read, and would keep all of
 * that in memory: small ones out of much more are copied, together.
 */
export class Fragments {
  #pieces: Uint8Array[] = [];
  #length = 0;
  /** What small pieces are copied into; the last piece is a view of its beginning. */
  #block: Buffer | undefined;
  #blockLength = 0;

  /** Of all of them together. */
  get length(): number {
    return this.#length;
  }

  push(piece: Uint8Array): void {
    if (piece.length === 0) return;
    if (holdsMuch(piece)) this.#copy(piece);
    else {
      this.#pieces.push(piece);
      this.#block = undefined;
    }
    this.#length += piece.length;
  }

  /** All of them in one piece, `last` behind them; the only one there is is not copied. They are forgotten. */
  take(last?: Uint8Array): Buffer {
    const pieces = this.#pieces;
    if (last !== undefined) pieces.push(last);
    this.#pieces = [];
    this.#length = 0;
    this.#block = undefined;
    const [only] = pieces;
    return only !== undefined && pieces.length === 1 ? asBuffer(only) : Buffer.concat(pieces);
  }

  #copy(piece: Uint8Array): void {
    const block = this.#block;
    if (block === undefined || this.#blockLength + piece.length > block.length) {
      // As much again as there is: many small pieces become few blocks, and a single one takes no more than it needs.
      this.#block = Buffer.allocUnsafeSlow(Math.max(piece.length, Math.min(this.#length, MAX_BLOCK_BYTES)));
      this.#block.set(piece);
      this.#blockLength = piece.length;
      this.#pieces.push(this.#block.subarray(0, piece.length));
    } else {
      block.set(piece, this.#blockLength);
      this.#blockLength += piece.length;
      this.#pieces[this.#pieces.length - 1] = block.subarray(0, this.#blockLength);
    }
  }
}

function holdsMuch({ length, buffer }: Uint8Array): boolean {
  return length < TINY_BYTES || (length <= MAX_BLOCK_BYTES && buffer.byteLength > length * MAX_HELD_RATIO);
}
