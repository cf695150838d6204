import { type FieldRule, rulesOf } from '../../src/kube/protobuf/message-rules.ts';
import type { JsonObject } from '../../src/model/kube-object.ts';
import type { Random } from '../../src/runtime/random.ts';

const TEXTS = [
  'a',
  'Running',
  'True',
  'web-7d9f8c6b5d-x2x4z',
  '-1',
  '__proto__',
  'grün',
  '😀 \u2028',
  'a"b\\c\n\u0000',
  '\ufeff',
  'long '.repeat(30),
];
const KEYS = ['app', 'a/b', '__proto__', 'constructor', '0', 'schlüssel', 'cpu', 'memory', 'deployment.kubernetes.io/revision'];
const INTEGERS = [1, -1, 127, 128, 300, 2_147_483_647, -2_147_483_648, 2 ** 53 - 1, 2 ** 62, -(2 ** 63), 1_700_000_000];
const TIMES = ['2026-01-01T00:00:00Z', '1970-01-01T00:00:00Z', '0001-01-01T00:00:01Z', '1969-12-31T23:59:59Z', '9999-12-31T23:59:59Z'];
const QUANTITIES = ['100m', '0', '128Mi', '1e3'];
const JSONS = [{ spec: { template: { spec: { containers: [{ name: 'a', image: 'grün' }] } } } }, { a: [1, null, 'x'] }, 'text', 7, {}];

/** A message as a Go server prints it in JSON: what is no pointer and zero is left out, unless JSON tells its zero. */
export function randomMessage(random: Random, message: string, depth = 0): JsonObject {
  const object: JsonObject = {};
  for (const rule of rulesOf(message).values()) addMember(object, rule, random, depth);
  return object;
}

function addMember(object: JsonObject, rule: FieldRule, random: Random, depth: number): void {
  const { name, type, form } = rule;
  if (form === 'inline') Object.assign(object, randomMessage(random, type, depth));
  else if (form === 'list') {
    if (random.next() < 0.6) object[name] = Array.from({ length: 1 + random.int(3) }, () => someValue(type, random, depth));
  } else if (form === 'map') {
    if (random.next() < 0.6) object[name] = mapOf(type, random, depth);
  } else {
    const value = random.next() < 0.7 ? someValue(type, random, depth) : zeroOf(rule);
    if (value !== undefined) object[name] = value;
  }
}

/** What JSON tells of a member that is not set, or set to its zero. */
function zeroOf({ type, isPointer, tellsZero }: FieldRule): unknown {
  return isPointer || tellsZero ? ZEROS[type] : undefined;
}

const ZEROS: Readonly<Record<string, unknown>> = { s: '', i: 0, b: false, d: 0 };

function mapOf(type: string, random: Random, depth: number): JsonObject {
  // fromEntries defines its members, so a key called __proto__ stays a key.
  return Object.fromEntries(Array.from({ length: 3 }, () => [random.pick(KEYS), someValue(type, random, depth)]));
}

function someValue(type: string, random: Random, depth: number): unknown {
  switch (type) {
    case 's':
      return random.pick(TEXTS);
    case 'i':
      return random.pick(INTEGERS);
    case 'b':
      return true;
    case 'd':
      return 0.5;
    case 'y':
      return Buffer.from(random.pick(TEXTS)).toString('base64');
    case 'q':
      return random.pick(QUANTITIES);
    case 'n':
      return random.pick(['25%', 'http', 0, 8080, -1]);
    case 't':
      return random.pick([...TIMES, null]);
    case 'u':
      return random.pick(['2026-01-01T00:00:00.000000Z', '1969-12-31T23:59:59.123456Z', null]);
    case 'r':
      return random.pick(JSONS);
    case 'x':
      return ['a', 'b'];
    default:
      // Deep down not everything is told: objects stay of some kilobytes.
      return depth > 3 && random.next() < 0.8 ? smallMessage(type) : randomMessage(random, type, depth + 1);
  }
}

/** Nothing but the zeros that JSON tells. */
function smallMessage(message: string): JsonObject {
  const object: JsonObject = {};
  for (const { name, type, form, tellsZero } of rulesOf(message).values()) {
    if (form === 'inline') Object.assign(object, smallMessage(type));
    else if (tellsZero) object[name] = ZEROS[type];
  }
  return object;
}
