import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { namesIn, oddJson } from '../../../test/support/odd-json.ts';
import { seededRandom } from '../../runtime/random.ts';
import { type FieldMask, INSTANT } from '../field-mask.ts';
import { CompiledMask } from './compiled-mask.ts';
import { OutOfBytes, Unusual } from './json-pass.ts';
import { JsonScanner } from './json-scanner.ts';
import { ObjectDecoder } from './object-decoder.ts';

const MASK: FieldMask = {
  metadata: { labels: true, annotations: { note: true }, ownerReferences: { uid: true, controller: true } },
  spec: { containers: { name: true, image: true }, nodeName: INSTANT },
  status: { phase: true, conditions: { type: true, status: true } },
};
const NAMES = [...namesIn(MASK), 'metadata', 'spec', 'status', 'name', 'uid', 'resourceVersion', 'managedFields', 'env', 'f:spec'];
const STORIES = 6_000;

/** What is left of a value when only the wanted members are kept; the slow way. */
function cut(value: unknown, mask: FieldMask[string]): unknown {
  if (typeof mask !== 'object' || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => cut(item, mask));
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) => (Object.hasOwn(mask, name) ? [[name, cut(member, mask[name] ?? true)]] : [])),
  );
}

const WITH_IDENTITY: FieldMask = {
  ...MASK,
  apiVersion: true,
  kind: true,
  metadata: { ...(MASK['metadata'] as FieldMask), name: true, namespace: true, uid: true, resourceVersion: true },
};

function parsed(bytes: Buffer): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(bytes.toString('utf8')) };
  } catch {
    return undefined;
  }
}

function scanned(bytes: Buffer, mask: CompiledMask | undefined): { readonly value: unknown } | 'left' {
  const scanner = new JsonScanner();
  try {
    const value = scanner.set(bytes).value(mask);
    return scanner.isAtEnd() ? { value } : 'left';
  } catch (error) {
    if (error instanceof Unusual || error instanceof OutOfBytes) return 'left';
    throw error;
  }
}

describe('R27 the scanner', () => {
  it.each([
    ['with a mask', CompiledMask.of(MASK), WITH_IDENTITY],
    ['whole', undefined, true],
  ] as const)('R27 %s reads what JSON.parse reads, and takes nothing that JSON.parse refuses', (_, mask, wanted) => {
    const random = seededRandom(1);
    let [read, left, refused] = [0, 0, 0];
    for (let story = 0; story < STORIES; story += 1) {
      const bytes = oddJson(random, NAMES);
      const expected = parsed(bytes);
      const got = scanned(bytes, mask);
      if (got === 'left') left += expected === undefined ? 0 : 1;
      else if (!isDeepStrictEqual(got.value, cut(expected === undefined ? 'refused' : expected.value, wanted)))
        expect.fail(bytes.toString('latin1'));
      if (expected === undefined) refused += 1;
      else read += 1;
    }
    // The search has seen both kinds, and what is left to JSON.parse is the exception.
    expect(refused).toBeGreaterThan(STORIES / 20);
    expect(left).toBeLessThan(read / 4);
  });

  it('R27 leaves what it does not follow to JSON.parse, and counts it', () => {
    let unusual = 0;
    const decoder = new ObjectDecoder(MASK, () => {
      unusual += 1;
    });
    const line = (object: string) => Buffer.from(`{"type":"ADDED","object":${object}}`);
    expect(decoder.line(line('{"kind":"Pod","metadata":{"name":"a"}}'))).toEqual({
      type: 'ADDED',
      object: { kind: 'Pod', metadata: { name: 'a' } },
    });
    expect(unusual).toBe(0);
    expect(decoder.line(line('{"k\\u0069nd":"Pod","x":1}'))).toEqual({ type: 'ADDED', object: { kind: 'Pod', x: 1 } });
    expect(decoder.line(line(`{"x":${'['.repeat(5_000)}${']'.repeat(5_000)}}`))).toMatchObject({ type: 'ADDED' });
    expect(unusual).toBe(2);
    expect(() => decoder.line(line('{'))).toThrow(SyntaxError);
  });

  it('R27 does not even make text of what is not wanted', () => {
    const decoder = new ObjectDecoder({ spec: { containers: { image: true } } }, () => {});
    const object = {
      kind: 'Pod',
      metadata: { name: 'a', annotations: { a: 'x' } },
      spec: { containers: [{ image: 'i', env: [{ value: 'x' }] }] },
    };
    expect(decoder.objectAt(Buffer.from(JSON.stringify(object)), 0).value).toEqual({
      kind: 'Pod',
      metadata: { name: 'a' },
      spec: { containers: [{ image: 'i' }] },
    });
  });

  it('R28 texts are copies, not views of the page that they came in', () => {
    const bytes = Buffer.from('{"kind":"Pod","spec":{"nodeName":"node-1"}}');
    const { value } = new ObjectDecoder(MASK, () => {}).objectAt(bytes, 0);
    bytes.fill(0x58);
    expect(value).toEqual({ kind: 'Pod', spec: { nodeName: 'node-1' } });
  });
});
