import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { namesIn, oddJson } from '../../../test/support/odd-json.ts';
import { seededRandom } from '../../runtime/random.ts';
import { isApiError } from '../api-error.ts';
import type { FieldMask } from '../field-mask.ts';
import { ObjectDecoder } from './object-decoder.ts';
import { PageReader, UnusualPage } from './page-reader.ts';

const MASK: FieldMask = { metadata: { labels: true }, spec: { nodeName: true, containers: { image: true } } };
const decoder = (mask?: FieldMask) => new ObjectDecoder(mask, () => {});

function read(bytes: Buffer, pieceBytes: number, mask?: FieldMask, maxBytes = 1 << 20): PageReader {
  const reader = new PageReader(decoder(mask), maxBytes);
  for (let at = 0; at < bytes.length; at += pieceBytes) reader.push(bytes.subarray(at, at + pieceBytes));
  reader.finish();
  return reader;
}

function outcome(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    if (error instanceof UnusualPage) return 'unusual';
    if (isApiError(error)) return error.reason;
    throw error;
  }
}

const page = (items: readonly unknown[]) => ({
  kind: 'PodList',
  apiVersion: 'v1',
  metadata: { resourceVersion: '7', continue: 'next' },
  items,
});
const ITEMS = Array.from({ length: 5 }, (_, at) => ({
  metadata: { name: `p-${at}`, uid: `u-${at}` },
  spec: { nodeName: 'grün "1"', containers: [] },
}));

const NAMED = '{"metadata":{"name":"a"}}';

describe('R1 a page', () => {
  it('R1 reads the same however its bytes are cut', () => {
    const bytes = Buffer.from(JSON.stringify(page(ITEMS), undefined, 1));
    for (let size = 1; size <= bytes.length; size += 1) {
      const reader = read(bytes, size, size % 2 === 0 ? MASK : undefined);
      expect({ ...reader.members, items: reader.items }).toEqual(page(ITEMS));
    }
  });

  it('R1 takes its members in any order, and no items for none', () => {
    const late = read(Buffer.from('{"items":[{"metadata":{"name":"a"}}],"metadata":{"resourceVersion":"7"}}\n'), 7);
    expect([late.items.length, late.members['metadata']]).toEqual([1, { resourceVersion: '7' }]);
    expect(read(Buffer.from('{"items":[]}'), 3).items).toEqual([]);
    const none = new PageReader(decoder(), 100);
    none.push(Buffer.from('{"items":null}'));
    expect([none.finish(), none.members]).toEqual([false, { items: null }]);
  });

  it('R11 that is cut off or no JSON is unreadable', () => {
    const bytes = Buffer.from(JSON.stringify(page(ITEMS)));
    for (let length = 0; length < bytes.length; length += 1)
      expect(outcome(() => read(bytes.subarray(0, length), 50, MASK))).toBe('UnreadableAnswer');
    for (const text of [
      '<html>',
      '[]',
      '{"items":[}',
      ...['}', ']]', ']} x', '1}', ',]}'].map((rest) => `{"items":[${NAMED}${rest}`),
      '{"items":[1}',
    ])
      expect([text, outcome(() => read(Buffer.from(text), 4, MASK))]).toEqual([text, 'UnreadableAnswer']);
  });

  it('R27 that is none by a comma is left to JSON.parse, which refuses it', () => {
    expect(outcome(() => read(Buffer.from('{"a":1,}'), 4, MASK))).toBe('unusual');
  });

  it('R27 whose members come twice is left to JSON.parse', () => {
    expect(outcome(() => read(Buffer.from(`{"items":[${NAMED}],"items":[]}`), 4, MASK))).toBe('unusual');
    expect(outcome(() => read(Buffer.from('{"junk":1,"junk":1}'), 4, MASK))).toBe('unusual');
  });

  it('R27 holds the items that JSON.parse finds, or says that it does not follow', () => {
    const random = seededRandom(5);
    let same = 0;
    for (let story = 0; story < 2_000; story += 1) {
      const items = Array.from({ length: 1 + random.int(3) }, () => oddJson(random, [...namesIn(MASK), 'metadata', 'spec', 'env']));
      const bytes = Buffer.concat([
        Buffer.from('{"metadata":{},"items":['),
        ...items.flatMap((item, at) => [Buffer.from(`${at === 0 ? '' : ','}{"metadata":{"name":"a"},"odd":`), item, Buffer.from('}')]),
        Buffer.from(']}'),
      ]);
      const expected = outcome(() => {
        try {
          return (JSON.parse(bytes.toString('utf8')) as { items: unknown }).items;
        } catch {
          return 'UnreadableAnswer';
        }
      });
      const got = outcome(() => read(bytes, 1 + random.int(200)).items);
      if (got === 'unusual') continue;
      if (!isDeepStrictEqual(got, expected)) expect.fail(bytes.toString('latin1'));
      same += 1;
    }
    expect(same).toBeGreaterThan(1_900);
  });

  it.each(['{}', '[]', '1', 'null', '"a"', '{"metadata":{}}', '{"metadata":{"name":1}}', '{"metadata":[]}'])(
    'R16 I5 ends with its first item that is no object with a name: %s',
    (item) => {
      for (const mask of [MASK, undefined]) {
        const reader = new PageReader(decoder(mask), 1 << 20);
        expect(outcome(() => reader.push(Buffer.from(`{"metadata":{},"items":[${NAMED},${item},`)))).toBe('UnreadableAnswer');
        expect(reader.items).toHaveLength(1);
      }
    },
  );

  it('R16 I5 keeps nothing of members that a list does not have, and no more of those that it has than makes sense', () => {
    const junk = `{"junk":[${'{},'.repeat(50_000)}{}],"__proto__":{"a":1},`;
    expect(read(Buffer.from(`${junk}"metadata":{},"items":[]}`), 1_000, MASK).members).toStrictEqual({ metadata: {} });
    expect(outcome(() => read(Buffer.from(`{"metadata":[${'{},'.repeat(50_000)}{}]}`), 1_000, MASK))).toBe('UnreadableAnswer');
    const many = Array.from({ length: 1_000 }, (_, at) => `"${at}":0`).join(',');
    expect(outcome(() => read(Buffer.from(`{${many}}`), 1_000, MASK))).toBe('unusual');
  });

  it('R16 I5 holds no more values than are usual in so many bytes', () => {
    const hollow = `{"metadata":{"name":"a"},"spec":{"containers":[${'{},'.repeat(2_000)}{}]}}`;
    const bytes = Buffer.from(`{"metadata":{},"items":[${Array(50).fill(hollow).join(',')}]}`);
    const reader = (mask?: FieldMask) => new PageReader(decoder(mask), 1 << 20);
    for (const mask of [MASK, undefined]) {
      const pageReader = reader(mask);
      expect(outcome(() => pageReader.push(bytes))).toBe('AnswerTooLarge');
      expect(pageReader.items).toHaveLength(32);
      // What is not wanted is not made.
      reader({ status: true }).push(bytes);
    }
  });

  it('R16 I5 copies an object under way a few times, however many its pieces', () => {
    const reader = new PageReader(decoder(MASK), 1 << 30);
    reader.push(Buffer.from('{"metadata":{},"items":[{"metadata":{"name":"'));
    const concat = vi.spyOn(Buffer, 'concat');
    const piece = Buffer.alloc(2 << 10, 'a');
    for (let count = 0; count < 1_000; count += 1) reader.push(piece);
    const copied = concat.mock.results.reduce((sum, { value }) => sum + (value as Buffer).length, 0);
    concat.mockRestore();
    expect(copied).toBeLessThan(2 * 1_000 * piece.length);
    reader.push(Buffer.from('"}}]}'));
    expect([reader.finish(), reader.items.length]).toEqual([true, 1]);
  });

  it('R16 I5 keeps nothing of what was around its pieces', () => {
    const whole = Buffer.from(JSON.stringify(page(ITEMS)));
    const piece = Buffer.alloc(64 << 10);
    const reader = new PageReader(decoder(), 1 << 20);
    for (let at = 0; at < whole.length; at += 7) reader.push(piece.subarray(0, whole.copy(piece, 0, at, at + 7)));
    reader.finish();
    expect({ ...reader.members, items: reader.items }).toEqual(page(ITEMS));
  });

  it('R1 I5 keeps no more of it than the object under way', () => {
    const reader = new PageReader(decoder({}), 1 << 30);
    reader.push(Buffer.from('{"items":['));
    expect(outcome(() => reader.push(Buffer.alloc((16 << 20) + 1, '{"a":"b'.slice(0, 6))))).toBe('ObjectTooLarge');
    expect(outcome(() => read(Buffer.from(JSON.stringify(page(ITEMS))), 64, MASK, 100))).toBe('AnswerTooLarge');
  });
});
