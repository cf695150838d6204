import { CLOSE_BRACE, CLOSE_BRACKET, COMMA, OPEN_BRACE, OPEN_BRACKET, OUT_OF_BYTES, QUOTE } from './json-pass.ts';

const BACKSLASH = 0x5c;

/** How much deeper a byte leads. */
const STEPS = new Int8Array(256);
for (const [byte, step] of [
  [OPEN_BRACE, 1],
  [OPEN_BRACKET, 1],
  [CLOSE_BRACE, -1],
  [CLOSE_BRACKET, -1],
] as const)
  STEPS[byte] = step;

/** A value's end, and how many values it is made of, itself too. */
export interface ValueSpan {
  readonly end: number;
  readonly values: number;
}

/**
 * Where the value that begins at `from` ends, by its brackets and quotes alone: what is in it, and whether it is JSON
 * at all, is for `JSON.parse` to say. Throws `OutOfBytes` when the bytes end first.
 */
export function spanOf(bytes: Uint8Array, from: number): ValueSpan {
  let depth = 0;
  let values = 1;
  for (let at = from; at < bytes.length; at += 1) {
    const byte = bytes[at] as number;
    const step = STEPS[byte] as number;
    // A comma or a closing bracket of what is around it: here ends a bare word or number.
    if (depth === 0 && (step < 0 || byte === COMMA)) return { end: at, values };
    if (byte === QUOTE) at = endOfText(bytes, at + 1);
    else if (byte === COMMA || (step > 0 && !isClosing(bytes[at + 1]))) values += 1;
    depth += step;
    if (depth === 0 && step < 0) return { end: at + 1, values };
  }
  throw OUT_OF_BYTES;
}

/** About how many values there are in JSON: marks within its texts are counted, too. */
export function valuesIn(bytes: Uint8Array, from: number, to: number): number {
  let values = 1;
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at] as number;
    if (byte === COMMA || ((STEPS[byte] as number) > 0 && !isClosing(bytes[at + 1]))) values += 1;
  }
  return values;
}

function isClosing(byte: number | undefined): boolean {
  return byte === CLOSE_BRACE || byte === CLOSE_BRACKET;
}

/** The closing quote. */
function endOfText(bytes: Uint8Array, from: number): number {
  for (let at = from; at < bytes.length; at += 1) {
    if (bytes[at] === BACKSLASH) at += 1;
    else if (bytes[at] === QUOTE) return at;
  }
  throw OUT_OF_BYTES;
}
