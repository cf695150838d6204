/** A power of two. */
const SLOTS = 8_192;
/** Bytes that are compared at once. */
const WORD = 4;
/** Longer texts are mostly told once: messages. Shorter ones are digests of images, too, which many pods share. */
const LONGEST = 160;

/**
 * Makes text of the bytes between two quotes. Short texts that come again and again ("True", a node's name, a time) are
 * made once. Bounded: a slot holds one text, the last, for as long as the process lives: what may be a secret must not
 * come here.
 */
export class TextCache {
  readonly #slots: string[] = Array.from({ length: SLOTS }, () => '');
  /** The texts' lengths: most texts that are others than the one asked for differ in it, and are left alone. */
  readonly #lengths = new Uint8Array(SLOTS);
  /** The texts' bytes, so that bytes are compared with bytes, a word at a time. */
  readonly #bytes = Buffer.alloc(SLOTS * LONGEST);
  readonly #kept = viewOf(this.#bytes);

  /** The text that `bytes` from `start` to `end` stand for one by one: ASCII without escapes. `view` is a view of the same bytes. */
  plain(bytes: Buffer, view: DataView, start: number, end: number): string {
    const length = end - start;
    if (length > LONGEST) return bytes.toString('latin1', start, end);
    if (length === 0) return '';
    const slot = slotOf(bytes, start, end);
    if (this.#isKept(slot, view, start, length)) return this.#slots[slot] as string;
    return this.#keep(slot, bytes.toString('latin1', start, end));
  }

  /** The same of any bytes; undefined when not all of them are ASCII. */
  ascii(bytes: Buffer, view: DataView, start: number, end: number): string | undefined {
    const length = end - start;
    if (length === 0) return '';
    const isShort = length <= LONGEST;
    const slot = isShort ? slotOf(bytes, start, end) : 0;
    // What is kept is ASCII, and so is what equals it.
    if (isShort && this.#isKept(slot, view, start, length)) return this.#slots[slot] as string;
    const text = asciiText(bytes, start, end);
    return isShort && text !== undefined ? this.#keep(slot, text) : text;
  }

  #keep(slot: number, text: string): string {
    this.#slots[slot] = text;
    this.#lengths[slot] = text.length;
    this.#bytes.write(text, slot * LONGEST, 'latin1');
    return text;
  }

  #isKept(slot: number, view: DataView, start: number, length: number): boolean {
    if (this.#lengths[slot] !== length) return false;
    const kept = this.#kept;
    const at = slot * LONGEST;
    if (length < WORD) {
      for (let i = 0; i < length; i += 1) if (kept.getUint8(at + i) !== view.getUint8(start + i)) return false;
      return true;
    }
    // The last word first, where texts differ most; it may overlap the one before.
    const last = length - WORD;
    if (kept.getInt32(at + last) !== view.getInt32(start + last)) return false;
    for (let i = 0; i < last; i += WORD) if (kept.getInt32(at + i) !== view.getInt32(start + i)) return false;
    return true;
  }
}

export const NO_VIEW = new DataView(new ArrayBuffer(0));

export function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** A text that is not kept; undefined when not all of the bytes are ASCII. */
export function asciiText(bytes: Buffer, start: number, end: number): string | undefined {
  for (let at = start; at < end; at += 1) if ((bytes[at] as number) >= 0x80) return undefined;
  return bytes.toString('latin1', start, end);
}

/**
 * Whether the texts in a member that is wanted whole may be kept here. Only those of labels, which are told again on
 * object after object: in the other ones, templates among them, may be passwords.
 */
export function holdsSharedTexts(member: string): boolean {
  return member === 'labels';
}

/** What differs between texts is mostly at their ends: not every byte is looked at. */
function slotOf(bytes: Buffer, start: number, end: number): number {
  const length = end - start;
  const middle = start + (length >>> 1);
  let hash = Math.imul(length, 0x9e3779b1) ^ (bytes[start] as number);
  hash = Math.imul(hash, 31) ^ (bytes[middle] as number);
  hash = Math.imul(hash, 31) ^ (bytes[end - 1] as number);
  if (length > 3)
    hash = Math.imul(hash, 31) ^ ((bytes[end - 2] as number) | ((bytes[end - 3] as number) << 8) | ((bytes[end - 4] as number) << 16));
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) & (SLOTS - 1);
}

/** Of a string with its quotes: escapes, and bytes that are no UTF-8, become what they become elsewhere. */
export function parsedText(bytes: Buffer, start: number, end: number): string {
  return JSON.parse(bytes.toString('utf8', start, end)) as string;
}
