const [TAB, LF, CR, SPACE, SEMICOLON] = [0x09, 0x0a, 0x0d, 0x20, 0x3b];
/** 2^48: beyond all that anybody sends in one chunk, and exact. */
const MAX_SIZE_DIGITS = 12;
const MAX_EXTENSION_BYTES = 1_024;

const EXPECTS = { size: 0, extension: 1, endOfSize: 2, data: 3, endOfData: 4, newline: 5, nothing: 6 } as const;

/**
 * The content of a body in chunks, without what stands around them. Reads up to the size of the last chunk, which is
 * zero; what comes behind that is the caller's.
 */
export class ChunkedBody {
  #expects: (typeof EXPECTS)[keyof typeof EXPECTS] = EXPECTS.size;
  #size = 0;
  #digits = 0;
  #extensionBytes = 0;
  #left = 0;
  #rest: Buffer | undefined;

  /** What came behind the size of the last chunk; undefined before. */
  get rest(): Buffer | undefined {
    return this.#rest;
  }

  /** Something was no chunk: what came before it is content, the rest is lost. */
  get isMalformed(): boolean {
    return this.#expects === EXPECTS.nothing;
  }

  /** The content in `bytes`, moved together at their beginning: they belong to this call. */
  push(bytes: Buffer): Buffer {
    let [at, to] = [0, 0];
    while (at < bytes.length && this.#rest === undefined && !this.isMalformed) {
      if (this.#expects !== EXPECTS.data) {
        this.#take(bytes[at] as number);
        at += 1;
        if (this.#isOver()) this.#rest = bytes.subarray(at);
        continue;
      }
      const end = Math.min(bytes.length, at + this.#left);
      if (to !== at) bytes.copyWithin(to, at, end);
      this.#left -= end - at;
      to += end - at;
      at = end;
      if (this.#left === 0) this.#expects = EXPECTS.endOfData;
    }
    return bytes.subarray(0, to);
  }

  #isOver(): boolean {
    return this.#expects === EXPECTS.data && this.#left === 0;
  }

  #take(byte: number): void {
    switch (this.#expects) {
      case EXPECTS.size:
        this.#takeOfSize(byte);
        break;
      case EXPECTS.extension:
        this.#extensionBytes += 1;
        if (byte === LF || this.#extensionBytes > MAX_EXTENSION_BYTES) this.#expects = EXPECTS.nothing;
        else if (byte === CR) this.#expects = EXPECTS.endOfSize;
        break;
      case EXPECTS.endOfSize:
        this.#left = this.#size;
        this.#expects = byte === LF ? EXPECTS.data : EXPECTS.nothing;
        break;
      case EXPECTS.endOfData:
        this.#expects = byte === CR ? EXPECTS.newline : EXPECTS.nothing;
        break;
      default:
        [this.#size, this.#digits, this.#extensionBytes] = [0, 0, 0];
        this.#expects = byte === LF ? EXPECTS.size : EXPECTS.nothing;
    }
  }

  #takeOfSize(byte: number): void {
    const digit = hexDigitOf(byte);
    if (digit >= 0 && this.#digits < MAX_SIZE_DIGITS) {
      this.#size = this.#size * 16 + digit;
      this.#digits += 1;
    } else if (this.#digits > 0 && byte === CR) this.#expects = EXPECTS.endOfSize;
    else if (this.#digits > 0 && (byte === SEMICOLON || byte === SPACE || byte === TAB)) this.#expects = EXPECTS.extension;
    else this.#expects = EXPECTS.nothing;
  }
}

/** -1 for what is none. */
function hexDigitOf(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
