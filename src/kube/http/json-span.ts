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

/**
 * Where the value that begins at `from` ends, by its brackets and quotes alone: what is in it, and whether it is JSON
 * at all, is for `JSON.parse` to say. Throws `OutOfBytes` when the bytes end first.
 */
export function spanOf(bytes: Uint8Array, from: number): number {
  let depth = 0;
  for (let at = from; at < bytes.length; at += 1) {
    const step = STEPS[bytes[at] as number] as number;
    // A comma or a closing bracket of what is around it: here ends a bare word or number.
    if (depth === 0 && (step < 0 || bytes[at] === COMMA)) return at;
    if (bytes[at] === QUOTE) at = endOfText(bytes, at + 1);
    depth += step;
    if (depth === 0 && step < 0) return at + 1;
  }
  throw OUT_OF_BYTES;
}

/** The closing quote. */
function endOfText(bytes: Uint8Array, from: number): number {
  for (let at = from; at < bytes.length; at += 1) {
    if (bytes[at] === BACKSLASH) at += 1;
    else if (bytes[at] === QUOTE) return at;
  }
  throw OUT_OF_BYTES;
}
