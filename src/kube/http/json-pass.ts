/** The bytes end before the value does. */
export class OutOfBytes extends Error {}
/** Something that is left to `JSON.parse`: an escaped key, nesting beyond reason, or no JSON at all. */
export class Unusual extends Error {}

export const OUT_OF_BYTES = new OutOfBytes('out of bytes');
export const UNUSUAL = new Unusual('unusual');

export const QUOTE = 0x22;
export const COMMA = 0x2c;
export const COLON = 0x3a;
export const OPEN_BRACE = 0x7b;
export const CLOSE_BRACE = 0x7d;
export const OPEN_BRACKET = 0x5b;
export const CLOSE_BRACKET = 0x5d;
const [BACKSLASH, MINUS, PLUS, POINT, SPACE, LETTER_E, LETTER_U] = [0x5c, 0x2d, 0x2b, 0x2e, 0x20, 0x65, 0x75] as const;
const [LETTER_T, LETTER_F, LETTER_N] = [0x74, 0x66, 0x6e] as const;

/** Deeper than any object of Kubernetes; beyond it the stack is not risked. */
const MAX_DEPTH = 100;

/** 0 for bytes that mean nothing within a string. */
const MEANING = Uint8Array.from({ length: 256 }, (_, byte) => (byte < SPACE || byte === QUOTE || byte === BACKSLASH ? 1 : 0));
const PLAIN = Uint8Array.from({ length: 256 }, (_, byte) => (byte < 0x80 && MEANING[byte] === 0 ? 1 : 0));
const SIMPLE_ESCAPES = Uint8Array.from({ length: 256 }, (_, byte) => ('"\\/bfnrt'.includes(String.fromCharCode(byte)) ? 1 : 0));

// All of these take where something begins and return where it ends. They check the whole grammar, as strictly as
// `JSON.parse` does, and throw UNUSUAL or OUT_OF_BYTES. Numbers in arguments, not fields: this is the hot path.

/** How deep the place is, and the marks that close what is open around it. One value is passed at a time, without waiting. */
let depth = 0;
const closing = new Uint8Array(MAX_DEPTH + 1);

/** Any value, white space before it allowed. Loops instead of calling itself. */
export function passValue(bytes: Uint8Array, from: number, around: number): number {
  depth = around;
  let at = from;
  do at = passUp(bytes, passDown(bytes, at), around);
  while (depth !== around);
  return at;
}

/** Into objects and lists up to the end of the first value that is neither; of an empty one, up to its closing mark. */
function passDown(bytes: Uint8Array, from: number): number {
  let at = inkFrom(bytes, from);
  for (;;) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) return passText(bytes, at + 1);
    if (byte !== OPEN_BRACE && byte !== OPEN_BRACKET) return passScalar(bytes, at, byte);
    const close = byte === OPEN_BRACE ? CLOSE_BRACE : CLOSE_BRACKET;
    depth = deeper(depth);
    closing[depth] = close;
    at = inkFrom(bytes, at + 1);
    if (bytes[at] === close) return at;
    if (close === CLOSE_BRACE) at = inkFrom(bytes, passKey(bytes, at));
  }
}

/** Behind a value: out of what ends with it, up to where the next one begins. */
function passUp(bytes: Uint8Array, from: number, around: number): number {
  let at = from;
  while (depth !== around) {
    at = inkFrom(bytes, at);
    const mark = bytes[at];
    if (mark === COMMA) return closing[depth] === CLOSE_BRACE ? passKey(bytes, at + 1) : at + 1;
    if (mark !== closing[depth]) throw UNUSUAL;
    depth -= 1;
    at += 1;
  }
  return at;
}

/** A key and its colon. */
function passKey(bytes: Uint8Array, from: number): number {
  const start = inkFrom(bytes, from);
  if (bytes[start] !== QUOTE) throw UNUSUAL;
  const at = passText(bytes, start + 1);
  return (bytes[at] === COLON ? at : passMark(bytes, at, COLON)) + 1;
}

/** As `passString`, without a call where the bytes are as usual. */
function passText(bytes: Uint8Array, from: number): number {
  const { length } = bytes;
  let at = from;
  while (at < length && MEANING[bytes[at] as number] === 0) at += 1;
  return bytes[at] === QUOTE ? at + 1 : passString(bytes, at);
}

/** Behind white space, if there is any. */
function inkFrom(bytes: Uint8Array, from: number): number {
  return isInk(bytes[from]) ? from : passSpace(bytes, from);
}

function passScalar(bytes: Uint8Array, at: number, byte: number): number {
  if (byte === LETTER_T) return passWord(bytes, at, 'true');
  if (byte === LETTER_F) return passWord(bytes, at, 'false');
  return byte === LETTER_N ? passWord(bytes, at, 'null') : passNumber(bytes, at);
}

/** Neither white space nor beyond the end. */
function isInk(byte: number | undefined): boolean {
  return (byte as number) > SPACE;
}

/** Where `mark` is, white space before it allowed. */
function passMark(bytes: Uint8Array, from: number, mark: number): number {
  const at = passSpace(bytes, from);
  if (bytes[at] !== mark) throw UNUSUAL;
  return at;
}

/** Up to the first byte that is neither a letter of ASCII that stands for itself nor within the bytes. */
export function passPlain(bytes: Uint8Array, from: number): number {
  const { length } = bytes;
  let at = from;
  while (at < length && PLAIN[bytes[at] as number] === 1) at += 1;
  return at;
}

/** `from` is behind the opening quote. */
export function passString(bytes: Uint8Array, from: number): number {
  const { length } = bytes;
  for (let at = from; ; ) {
    while (at < length && MEANING[bytes[at] as number] === 0) at += 1;
    if (at >= length) throw OUT_OF_BYTES;
    const byte = bytes[at];
    if (byte === QUOTE) return at + 1;
    if (byte !== BACKSLASH) throw UNUSUAL;
    at = passEscape(bytes, at + 1);
  }
}

function passEscape(bytes: Uint8Array, at: number): number {
  const letter = byteAt(bytes, at);
  if (SIMPLE_ESCAPES[letter] === 1) return at + 1;
  if (letter !== LETTER_U) throw UNUSUAL;
  for (let i = 1; i <= 4; i += 1) if (!isHexDigit(byteAt(bytes, at + i))) throw UNUSUAL;
  return at + 5;
}

export function passWord(bytes: Uint8Array, from: number, word: string): number {
  for (let i = 0; i < word.length; i += 1) if (byteAt(bytes, from + i) !== word.charCodeAt(i)) throw UNUSUAL;
  return from + word.length;
}

/** A number that touches the end of the bytes may go on beyond it: out of bytes. */
export function passNumber(bytes: Uint8Array, from: number): number {
  let at = byteAt(bytes, from) === MINUS ? from + 1 : from;
  at = byteAt(bytes, at) === 0x30 ? at + 1 : passDigits(bytes, at);
  if (byteAt(bytes, at) === POINT) at = passDigits(bytes, at + 1);
  if ((byteAt(bytes, at) | SPACE) !== LETTER_E) return at;
  const sign = byteAt(bytes, at + 1);
  return passDigits(bytes, sign === PLUS || sign === MINUS ? at + 2 : at + 1);
}

/** At least one. */
function passDigits(bytes: Uint8Array, from: number): number {
  let at = from;
  while (isDigit(byteAt(bytes, at))) at += 1;
  if (at === from) throw UNUSUAL;
  return at;
}

/** Returns a place that is within the bytes. */
export function passSpace(bytes: Uint8Array, from: number): number {
  let at = from;
  for (; at < bytes.length; at += 1) if ((bytes[at] as number) > SPACE || !isSpace(bytes[at] as number)) return at;
  throw OUT_OF_BYTES;
}

export function isSpaceFrom(bytes: Uint8Array, from: number): boolean {
  for (let at = from; at < bytes.length; at += 1) if (!isSpace(bytes[at] as number)) return false;
  return true;
}

export function deeper(depth: number): number {
  if (depth >= MAX_DEPTH) throw UNUSUAL;
  return depth + 1;
}

function byteAt(bytes: Uint8Array, at: number): number {
  if (at >= bytes.length) throw OUT_OF_BYTES;
  return bytes[at] as number;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function isHexDigit(byte: number): boolean {
  return isDigit(byte) || ((byte | SPACE) >= 0x61 && (byte | SPACE) <= 0x66);
}

function isSpace(byte: number): boolean {
  return byte === SPACE || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
