import type { Random } from '../../src/runtime/random.ts';

/** Texts as they stand between the quotes, in bytes: plain, escaped, beyond ASCII, lone surrogates, no UTF-8 at all. */
const TEXTS = [
  ...['', 'a', 'Running', 'True', '2026-01-01T00:00:00Z', 'web-7d9f8c6b5d-x2x4z', '9007199254740993', 'Always', '-1', '__proto__'],
  ...['\\"', '\\\\', '\\/', 'a\\nb\\t\\b\\f\\r', '\\u0041bc', '\\u00e9', '\\ud83d\\ude00', '\\ud83d', '\\udc00x', '\\u0000', '\\u2028'],
  ...['grün', '…', '😀', '\u2028', '\u2029', '\ufeff'].map(inBytes),
  ...['\xff', '\xc3', 'a\xf0\x9f\x98', '\xed\xa0\x80', '\x7f', '\xc0\x80'],
  'long '.repeat(30),
];
const NUMBERS = [
  '0',
  '-0',
  '1',
  '-1',
  '12',
  '2147483648',
  '1e3',
  '1E+3',
  '1.5',
  '1e400',
  '-1e-400',
  '9007199254740993',
  '0.1e1',
  '123456789012345678',
];
const NO_NUMBERS = ['01', '+1', '.5', '1.', '1e', 'NaN', '-', '0x10', 'Infinity'];
const NO_VALUES = [
  '',
  'nul',
  'truth',
  'undefined',
  "'a'",
  '"\n"',
  '"\\x"',
  '"\\u12"',
  '[1,]',
  '{"a":1,}',
  '{,}',
  '{a:1}',
  '[1 2]',
  '"a',
  '{"a"}',
];
const KEYS = ['__proto__', 'constructor', 'toString', '', 'a b', '0', '10', 'me\\u0074adata', 'st\\/atus', inBytes('schlüssel'), 'length'];
const SPACES = ['', '', '', '', ' ', '\n', '\t\r\n '];

/**
 * JSON, or nearly, as bytes: with everything that the grammar allows and servers do not send, now and then with what
 * it forbids. `keys` are the names that make it reach the parts that matter.
 */
export function oddJson(random: Random, keys: readonly string[]): Buffer {
  const text = new OddText(random, keys).object(0);
  return spoilt(random, Buffer.from(text, 'latin1'));
}

class OddText {
  readonly #random: Random;
  readonly #keys: readonly string[];
  /** Of a text without any forbidden part most stay so. */
  readonly #isStrict: boolean;

  constructor(random: Random, keys: readonly string[]) {
    this.#random = random;
    this.#keys = keys;
    this.#isStrict = random.next() < 0.8;
  }

  object(depth: number): string {
    const members = Array.from({ length: this.#random.int(depth === 0 ? 9 : 6) }, () => this.#member(depth));
    return `{${this.#space()}${members.join(`${this.#space()},${this.#space()}`)}${this.#space()}}`;
  }

  #member(depth: number): string {
    const key = this.#random.next() < 0.9 ? this.#random.pick(this.#keys) : this.#random.pick(KEYS);
    return `"${key}"${this.#space()}:${this.#space()}${this.#value(depth + 1)}`;
  }

  #value(depth: number): string {
    const chance = this.#random.next();
    if (!this.#isStrict && chance < 0.02) return this.#random.pick([...NO_NUMBERS, ...NO_VALUES]);
    if (chance > 0.998) return nested(this.#random);
    if (depth < 7 && chance < 0.45) return this.object(depth);
    if (depth < 7 && chance < 0.6) return this.#list(depth);
    if (chance < 0.7) return this.#random.pick(NUMBERS);
    if (chance < 0.8) return this.#random.pick(['true', 'false', 'null']);
    return `"${this.#random.pick(TEXTS)}"`;
  }

  #list(depth: number): string {
    const items = Array.from({ length: this.#random.int(4) }, () => this.#value(depth + 1));
    return `[${this.#space()}${items.join(`${this.#space()},${this.#space()}`)}]`;
  }

  #space(): string {
    return this.#random.pick(SPACES);
  }
}

/** As deep as nobody writes. */
function nested(random: Random): string {
  const depth = random.pick([5, 50, 99, 101, 300]);
  return random.next() < 0.5 ? `${'['.repeat(depth)}${']'.repeat(depth)}` : `${'{"spec":'.repeat(depth)}1${'}'.repeat(depth)}`;
}

/** One in five is cut off, has a byte more, or another one. */
function spoilt(random: Random, bytes: Buffer): Buffer {
  const chance = random.next();
  if (chance > 0.2 || bytes.length === 0) return bytes;
  const at = random.int(bytes.length);
  if (chance < 0.1) return bytes.subarray(0, at);
  if (chance < 0.15) return Buffer.concat([bytes.subarray(0, at), Buffer.from([random.int(256)]), bytes.subarray(at)]);
  const changed = Buffer.from(bytes);
  changed[at] = random.int(256);
  return changed;
}

function inBytes(text: string): string {
  return Buffer.from(text).toString('latin1');
}

/** Every member name that a mask speaks of. */
export function namesIn(mask: object): string[] {
  return Object.entries(mask).flatMap(([name, within]: [string, unknown]) => [
    name,
    ...(typeof within === 'object' && within !== null ? namesIn(within) : []),
  ]);
}
