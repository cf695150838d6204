import { asBuffer } from './as-buffer.ts';
import { Fragments } from './fragments.ts';

const NEWLINE = 0x0a;

/** A line that does not end within the cap: nothing after it can be trusted to be framed. */
export class LineTooLongError extends Error {
  constructor(maxBytes: number) {
    super(`a line exceeds ${maxBytes} bytes`);
    this.name = 'LineTooLongError';
  }
}

/**
 * Cuts a stream of bytes at \n and nowhere else: not at \r, U+2028 or U+2029, and never within a character.
 * Lines come without their \n. What follows the last \n waits for the next chunk; at the end of the stream
 * it is a fragment and is dropped with this object.
 */
export class ByteLines {
  readonly #maxBytes: number;
  readonly #fragments = new Fragments();

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Bytes of a line that has begun and not ended. */
  get pendingBytes(): number {
    return this.#fragments.length;
  }

  /** The lines that `chunk` completes, as views of it where possible. Throws `LineTooLongError`. */
  *push(chunk: Uint8Array): Generator<Buffer, void, undefined> {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      yield this.#complete(chunk.subarray(start, end));
      start = end + 1;
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start));
  }

  #complete(tail: Uint8Array): Buffer {
    this.#check(tail.length);
    return this.#fragments.length === 0 ? asBuffer(tail) : this.#fragments.take(tail);
  }

  #keep(fragment: Uint8Array): void {
    this.#check(fragment.length);
    this.#fragments.push(fragment);
  }

  #check(moreBytes: number): void {
    if (this.#fragments.length + moreBytes > this.#maxBytes) throw new LineTooLongError(this.#maxBytes);
  }
}
