import { asBuffer } from './as-buffer.ts';

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
  #fragments: Uint8Array[] = [];
  #pendingBytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Bytes of a line that has begun and not ended. */
  get pendingBytes(): number {
    return this.#pendingBytes;
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
    if (this.#fragments.length === 0) return asBuffer(tail);
    const line = Buffer.concat([...this.#fragments, tail]);
    this.#fragments = [];
    this.#pendingBytes = 0;
    return line;
  }

  #keep(fragment: Uint8Array): void {
    this.#check(fragment.length);
    this.#fragments.push(fragment);
    this.#pendingBytes += fragment.length;
  }

  #check(moreBytes: number): void {
    if (this.#pendingBytes + moreBytes > this.#maxBytes) throw new LineTooLongError(this.#maxBytes);
  }
}
