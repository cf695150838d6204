import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cursorOf, pageSize, readCursor, selectPage } from './pagination.ts';
import { hmacSeal } from './seal.ts';
import { compareRows, type Sorting, sortingBy } from './sorting.ts';

interface Row {
  readonly name: string;
  readonly restarts: number | undefined;
  readonly ready: boolean;
}

// Few values, so that rows tie in everything but the key.
const row = fc.record({ name: fc.string(), restarts: fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }), ready: fc.boolean() });
const rows = fc.uniqueArray(row, { selector: ({ name }) => name, maxLength: 60 });
const sortings = fc.record({ restarts: fc.boolean(), ready: fc.boolean() }).map(
  ({ restarts, ready }): Sorting<Row> =>
    sortingBy(
      'Row',
      [
        { name: 'RESTARTS', of: (each) => each.restarts, descending: restarts },
        { name: 'READY', of: (each) => each.ready, descending: ready },
      ],
      [({ name }) => name],
    ),
);
const seal = hmacSeal('key');

describe('pages', () => {
  it('put together are the whole list, sorted, whatever the order in which rows come', () => {
    fc.assert(
      fc.property(rows, sortings, fc.integer({ min: 1, max: 7 }), fc.func(fc.nat()), (all, sorting, first, shuffle) => {
        const whole = all.toSorted((a, b) => compareRows(sorting, a, b));
        const seen: Row[] = [];
        for (let after: string | undefined, more = true; more; ) {
          const shuffled = all.toSorted((a, b) => shuffle(a.name, seen.length) - shuffle(b.name, seen.length));
          const page = selectPage(shuffled, sorting, first, after === undefined ? undefined : readCursor(seal, sorting, after));
          expect(page.totalCount).toBe(all.length);
          expect(page.hasPreviousPage).toBe(seen.length > 0);
          seen.push(...page.rows);
          const last = page.rows.at(-1);
          more = page.hasNextPage;
          expect(more).toBe(seen.length < all.length);
          if (last !== undefined) after = cursorOf(seal, sorting, last);
        }
        expect(seen).toEqual(whole);
      }),
    );
  });

  it('go on from a row that is gone', () => {
    fc.assert(
      fc.property(rows, sortings, fc.nat(), (all, sorting, pick) => {
        const whole = all.toSorted((a, b) => compareRows(sorting, a, b));
        const index = whole.length === 0 ? 0 : pick % whole.length;
        const gone = whole[index];
        if (gone === undefined) return;
        const after = readCursor(seal, sorting, cursorOf(seal, sorting, gone));
        const { rows: rest } = selectPage(
          all.filter((each) => each !== gone),
          sorting,
          500,
          after,
        );
        expect(rest).toEqual(whole.slice(index + 1));
      }),
    );
  });

  it('show absent values last in either direction', () => {
    const all: Row[] = [
      { name: 'a', restarts: undefined, ready: true },
      { name: 'b', restarts: 1, ready: true },
      { name: 'c', restarts: 2, ready: true },
    ];
    const names = (descending: boolean) =>
      selectPage(
        all,
        sortingBy<Row>('Row', [{ name: 'R', of: ({ restarts }) => restarts, descending }], [({ name }) => name]),
        10,
      ).rows.map(({ name }) => name);
    expect(names(false)).toEqual(['b', 'c', 'a']);
    expect(names(true)).toEqual(['c', 'b', 'a']);
  });
});

describe('a cursor', () => {
  const byName = sortingBy<Row>('Row', [], [({ name }) => name]);
  const byRestarts = sortingBy<Row>('Row', [{ name: 'RESTARTS', of: ({ restarts }) => restarts, descending: true }], [({ name }) => name]);
  const cursor = cursorOf(seal, byName, { name: 'web-1', restarts: 1, ready: true });

  it('is good for its own order only', () => {
    expect(() => readCursor(seal, byRestarts, cursor)).toThrow(/another `orderBy`/);
  });

  it.each([
    { name: 'one of another gateway', text: cursorOf(hmacSeal('other'), byName, { name: 'web-1', restarts: 1, ready: true }) },
    { name: 'a damaged one', text: `${cursor.slice(0, -2)}AA` },
    { name: 'rubbish', text: '????' },
    { name: 'nothing', text: '' },
  ])('is refused: $name', ({ text }) => {
    expect(() => readCursor(seal, byName, text)).toThrow(
      expect.objectContaining({ extensions: expect.objectContaining({ code: 'BAD_CURSOR' }) }),
    );
  });

  it('shows nothing of what is in it', () => {
    expect(Buffer.from(cursor, 'base64url').toString('latin1')).not.toContain('web-1');
  });
});

describe('the size of a page', () => {
  it.each([
    { first: undefined, size: 50 },
    { first: null, size: 50 },
    { first: 1, size: 1 },
    { first: 500, size: 500 },
  ])('is $size for $first', ({ first, size }) => {
    expect(pageSize(first, 50)).toBe(size);
  });

  it.each([0, -1, 501])('is refused for %s, with the field, the rule and the way out', (first) => {
    expect(() => pageSize(first, 50)).toThrow(/^first: must be from 1 to 500, not -?\d+; (select only|narrow the question)/);
  });
});
