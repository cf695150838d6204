/** A power of two. */
const SLOTS = 4_096;
/** Longer texts are mostly told once: names with hashes, messages, digests. */
const LONGEST = 40;
const [BACKSLASH, LAST_ASCII] = [0x5c, 0x7f] as const;

/**
 * Makes text of the bytes between two quotes. Short texts that come again and again ("True", a node's name, a time) are
 * made once. Bounded: a slot holds one text, the last.
 */
export class TextCache {
  readonly #slots: string[] = Array.from({ length: SLOTS }, () => '');

  /** What `JSON.parse` makes of the string whose content is `bytes` from `start` to `end`. */
  decode(bytes: Buffer, start: number, end: number): string {
    const length = end - start;
    if (length > LONGEST) return isPlain(bytes, start, end) ? bytes.toString('latin1', start, end) : parsed(bytes, start, end);
    let hash = length;
    let bits = 0;
    for (let at = start; at < end; at += 1) {
      const byte = bytes[at] as number;
      if (byte === BACKSLASH) bits = 0x80;
      bits |= byte;
      hash = (Math.imul(hash, 31) + byte) | 0;
    }
    if (bits > LAST_ASCII) return parsed(bytes, start, end);
    const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    const known = this.#slots[slot] as string;
    if (known.length === length && isSame(known, bytes, start)) return known;
    const text = bytes.toString('latin1', start, end);
    this.#slots[slot] = text;
    return text;
  }
}

function isSame(text: string, bytes: Buffer, start: number): boolean {
  for (let i = text.length - 1; i >= 0; i -= 1) if (text.charCodeAt(i) !== bytes[start + i]) return false;
  return true;
}

function isPlain(bytes: Buffer, start: number, end: number): boolean {
  let bits = 0;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] as number;
    if (byte === BACKSLASH) return false;
    bits |= byte;
  }
  return bits <= LAST_ASCII;
}

/** Escapes, and bytes that are no UTF-8, become what they become elsewhere. */
function parsed(bytes: Buffer, start: number, end: number): string {
  return JSON.parse(bytes.toString('utf8', start - 1, end + 1)) as string;
}
