/** A power of two. */
const SLOTS = 4_096;
/** Longer texts are mostly told once: messages. Shorter ones are digests of images, too, which many pods share. */
const LONGEST = 160;

/**
 * Makes text of the bytes between two quotes. Short texts that come again and again ("True", a node's name, a time) are
 * made once. Bounded: a slot holds one text, the last, for as long as the process lives: what may be a secret must not
 * come here.
 */
export class TextCache {
  readonly #slots: string[] = Array.from({ length: SLOTS }, () => '');

  /** The text that `bytes` from `start` to `end` stand for one by one: ASCII without escapes. */
  plain(bytes: Buffer, start: number, end: number): string {
    const length = end - start;
    if (length > LONGEST) return bytes.toString('latin1', start, end);
    if (length === 0) return '';
    const slot = slotOf(bytes, start, end);
    const known = this.#slots[slot] as string;
    if (known.length === length && isSame(known, bytes, start)) return known;
    const text = bytes.toString('latin1', start, end);
    this.#slots[slot] = text;
    return text;
  }

  /** The same of any bytes; undefined when not all of them are ASCII. */
  ascii(bytes: Buffer, start: number, end: number): string | undefined {
    const length = end - start;
    if (length === 0) return '';
    const isShort = length <= LONGEST;
    const slot = isShort ? slotOf(bytes, start, end) : 0;
    const known = this.#slots[slot] as string;
    // What is kept is ASCII, and so is what equals it.
    if (isShort && known.length === length && isSame(known, bytes, start)) return known;
    const text = asciiText(bytes, start, end);
    if (isShort && text !== undefined) this.#slots[slot] = text;
    return text;
  }
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

function isSame(text: string, bytes: Buffer, start: number): boolean {
  for (let i = text.length - 1; i >= 0; i -= 1) if (text.charCodeAt(i) !== bytes[start + i]) return false;
  return true;
}

/** Of a string with its quotes: escapes, and bytes that are no UTF-8, become what they become elsewhere. */
export function parsedText(bytes: Buffer, start: number, end: number): string {
  return JSON.parse(bytes.toString('utf8', start, end)) as string;
}
