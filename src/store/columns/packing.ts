/**
 * Values of a record in words of 32 bits. Each pair of functions is exact: what cannot be given back letter by letter
 * is refused (undefined) and kept elsewhere.
 */

const [HYPHEN, POINT, DIGIT_0, DIGIT_9] = [45, 46, 48, 57] as const;
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
/** Value of each hexadecimal digit in lower case; 255: not one. */
const NIBBLES = Uint8Array.from({ length: 128 }, (_, code) => {
  if (code >= 48 && code <= 57) return code - 48;
  return code >= 97 && code <= 102 ? code - 87 : 255;
});
/** Where in the text of a UUID each of its 16 bytes begins. */
const UUID_AT = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34] as const;
const HEX_CODES = Uint16Array.from(HEX, (digits) => digits.charCodeAt(0) | (digits.charCodeAt(1) << 8));
const scratch = Buffer.alloc(36, HYPHEN);

/** The four words of a UUID in its usual text form, in lower case. */
export function packUuid(uid: string, into: Uint32Array): boolean {
  if (uid.length !== 36) return false;
  if (uid.charCodeAt(8) !== HYPHEN || uid.charCodeAt(13) !== HYPHEN || uid.charCodeAt(18) !== HYPHEN || uid.charCodeAt(23) !== HYPHEN)
    return false;
  for (let word = 0; word < 4; word += 1) {
    let value = 0;
    for (let byte = 0; byte < 4; byte += 1) {
      const at = UUID_AT[word * 4 + byte] as number;
      const high = NIBBLES[uid.charCodeAt(at)] ?? 255;
      const low = NIBBLES[uid.charCodeAt(at + 1)] ?? 255;
      if (high === 255 || low === 255) return false;
      value = (value << 8) | (high << 4) | low;
    }
    into[word] = value;
  }
  return true;
}

export function unpackUuid(word0: number, word1: number, word2: number, word3: number): string {
  const words = [word0, word1, word2, word3];
  for (let index = 0; index < 16; index += 1) {
    const byte = ((words[index >>> 2] as number) >>> (24 - (index & 3) * 8)) & 255;
    const codes = HEX_CODES[byte] as number;
    const at = UUID_AT[index] as number;
    scratch[at] = codes & 255;
    scratch[at + 1] = codes >>> 8;
  }
  return scratch.toString('latin1');
}

/** Digits and lower-case letters, 1 to 6 of them, as a bijective number in base 36; 0: it cannot be. */
function packSuffix(text: string, from: number): number {
  const length = text.length - from;
  if (length < 1 || length > 6) return 0;
  let packed = 0;
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const digit = code >= 48 && code <= 57 ? code - 48 : code >= 97 && code <= 122 ? code - 87 : -1;
    if (digit < 0) return 0;
    packed = packed * 36 + digit + 1;
  }
  return packed;
}

export function unpackSuffix(packed: number): string {
  let text = '';
  for (let rest = packed; rest > 0; rest = Math.floor((rest - 1) / 36)) text = ((rest - 1) % 36).toString(36) + text;
  return text;
}

/** A name as the controllers make them: what many have in common, and the short part after the last hyphen. */
export interface NameParts {
  /** The whole name when `suffix` is 0. */
  readonly prefix: string;
  readonly suffix: number;
}

export function splitName(name: string): NameParts {
  const hyphen = name.lastIndexOf('-');
  const suffix = hyphen < 0 ? 0 : packSuffix(name, hyphen + 1);
  return suffix === 0 ? { prefix: name, suffix } : { prefix: name.slice(0, hyphen), suffix };
}

export function joinName(prefix: string, suffix: number): string {
  return suffix === 0 ? prefix : `${prefix}-${unpackSuffix(suffix)}`;
}

/** Beyond this many digits a version is not a number to JavaScript. */
const MAX_DIGITS = 15;

/** A decimal version, except those that no server comes to. */
export function packVersion(version: string): number | undefined {
  if (version.length === 0 || version.length > MAX_DIGITS) return undefined;
  if (version.length > 1 && version.charCodeAt(0) === 48) return undefined;
  let value = 0;
  for (let at = 0; at < version.length; at += 1) {
    const digit = version.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return value;
}

const TWO_32 = 4_294_967_296;

/** Whole seconds after 1970, as Kubernetes writes times; 0 is kept for "absent". */
export function packInstant(instant: number): number | undefined {
  const seconds = instant / 1_000;
  return seconds > 0 && seconds < TWO_32 && Number.isInteger(seconds) ? seconds : undefined;
}

export function isWord(value: number): boolean {
  return value >= 0 && value < TWO_32 && Number.isInteger(value) && !Object.is(value, -0);
}

/** An IPv4 address in its usual form; 0 is kept for "absent". */
export function packIpv4(ip: string): number | undefined {
  let [packed, part, digits, points] = [0, 0, 0, 0];
  for (let at = 0; at < ip.length; at += 1) {
    const code = ip.charCodeAt(at);
    if (code === POINT && digits > 0) {
      packed = packed * 256 + part;
      part = 0;
      digits = 0;
      points += 1;
      continue;
    }
    // A further digit of a part that begins with 0 would not be given back.
    if (code < DIGIT_0 || code > DIGIT_9 || (digits > 0 && part === 0)) return undefined;
    part = part * 10 + code - DIGIT_0;
    digits += 1;
    if (part > 255) return undefined;
  }
  packed = packed * 256 + part;
  return points !== 3 || digits === 0 || packed === 0 ? undefined : packed;
}

export function unpackIpv4(packed: number): string {
  return `${packed >>> 24}.${(packed >>> 16) & 255}.${(packed >>> 8) & 255}.${packed & 255}`;
}
