import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LinearHash } from './linear-hash.ts';
import { joinName, packUuid, splitName, unpackUuid } from './packing.ts';
import { TextTable } from './text-table.ts';
import { TupleDraft, TupleTable } from './tuple-table.ts';
import { WordRuns } from './word-runs.ts';
import { Words } from './words.ts';

describe('a linear hash', () => {
  it('finds whatever was added and not deleted, however it grew and shrank', () => {
    const steps = fc.array(fc.record({ id: fc.integer({ min: 1, max: 60 }), add: fc.boolean() }), { maxLength: 300 });
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 97 }), (random, spread) => {
        // Few hashes for many ids: chains have to be walked.
        const hashOf = (id: number) => Math.imul(id % spread, 0x9e3779b1) >>> 0;
        const index = new LinearHash(hashOf);
        const model = new Set<number>();
        for (const { id, add } of random) {
          if (add === model.has(id)) continue;
          if (add) index.add(id, hashOf(id));
          else index.delete(id, hashOf(id));
          if (add) model.add(id);
          else model.delete(id);
        }
        expect(index.size).toBe(model.size);
        for (let id = 1; id <= 60; id += 1) expect(found(index, hashOf(id)).has(id)).toBe(model.has(id));
      }),
    );
  });

  it('shortens its chains as it grows', () => {
    const hashOf = (id: number) => Math.imul(id, 0x9e3779b1) >>> 0;
    const index = new LinearHash(hashOf);
    for (let id = 1; id <= 20_000; id += 1) index.add(id, hashOf(id));
    const longest = Math.max(...Array.from({ length: 20_000 }, (_, at) => found(index, hashOf(at + 1)).size));
    expect(longest).toBeLessThan(12);
  });
});

function found(index: LinearHash, hash: number): Set<number> {
  const ids = new Set<number>();
  for (let id = index.first(hash); id !== 0; id = index.next(id)) ids.add(id);
  return ids;
}

describe('texts', () => {
  it('are kept once, while somebody uses them', () => {
    const texts = new TextTable();
    const id = texts.acquire('web');
    expect(texts.acquire(['we', 'b'].join(''))).toBe(id);
    texts.release(id);
    expect(texts.text(id)).toBe('web');
    texts.release(id);
    expect([texts.size, texts.find('web')]).toEqual([0, undefined]);
    expect(() => texts.text(id)).toThrow(RangeError);
  });

  it('R28 a million names through a few leave no more behind than a few', () => {
    const texts = new TextTable();
    const live: number[] = [];
    let highest = 0;
    for (let at = 0; at < 1_000_000; at += 1) {
      const id = texts.acquire(`name-${at}`);
      highest = Math.max(highest, id);
      live.push(id);
      if (live.length > 1_000) texts.release(live.shift() as number);
    }
    expect(texts.size).toBe(1_000);
    expect(highest).toBeLessThanOrEqual(1_001);
  });
});

describe('tuples', () => {
  it('are kept once; the texts of a known one are given back at once, those of a deleted one with it', () => {
    const texts = new TextTable();
    const tuples = new TupleTable(texts, 1);
    const draft = new TupleDraft(texts);
    const one = tuples.settle(draft.begin().text('a').number(3).text(undefined));
    expect(tuples.settle(draft.begin().text('a').number(3).text(undefined))).toEqual({ id: one.id, isNew: false });
    expect(tuples.settle(draft.begin().text('a').number(4).text(undefined)).isNew).toBe(true);
    expect([tuples.textAt(one.id, 0), tuples.numberAt(one.id, 1), tuples.textAt(one.id, 2)]).toEqual(['a', 3, undefined]);
    tuples.delete(one.id);
    expect(texts.size).toBe(1);
    expect(tuples.size).toBe(1);
  });
});

describe('words and runs', () => {
  it('keep what was written, over all pages', () => {
    const words = new Words();
    for (let at = 0; at < 20_000; at += 7) words.set(at, at);
    for (let at = 0; at < 20_000; at += 1) expect(words.get(at)).toBe(at % 7 === 0 ? at : 0);
    words.set(100_000, 5);
    expect([words.get(100_000), words.get(99_999), words.get(19_999)]).toEqual([5, 0, 19_999]);
  });

  it('use a run that was given back before they grow', () => {
    const runs = new WordRuns();
    const first = runs.allocate(3);
    const second = runs.allocate(3);
    runs.release(first, 3);
    expect(runs.allocate(2)).not.toBe(first);
    expect(runs.allocate(3)).toBe(first);
    expect(runs.allocate(3)).toBeGreaterThan(second);
  });
});

describe('packing', () => {
  it('gives every UUID and every name back letter by letter', () => {
    const words = new Uint32Array(4);
    fc.assert(
      fc.property(fc.uuid(), fc.string({ minLength: 1 }), (uid, name) => {
        expect(packUuid(uid, words)).toBe(true);
        expect(unpackUuid(words[0]!, words[1]!, words[2]!, words[3]!)).toBe(uid);
        const { prefix, suffix } = splitName(name);
        expect(joinName(prefix, suffix)).toBe(name);
      }),
    );
  });

  it.each(['web-0', 'web-00', 'web-zzzzzz', 'web-000000', 'web-7d9f8-x2x9z'])('splits %s', (name) => {
    const { prefix, suffix } = splitName(name);
    expect(suffix).toBeGreaterThan(0);
    expect(suffix).toBeLessThan(2 ** 32);
    expect(joinName(prefix, suffix)).toBe(name);
  });
});
