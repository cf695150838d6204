import { badInput, graphError } from './errors.ts';
import type { Seal } from './seal.ts';
import { compareRows, compareToValues, type Sorting, type SortValue, sortValuesOf } from './sorting.ts';

const MAX_PAGE = 500;

export interface Page<R> {
  readonly rows: readonly R[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  /** Rows of the whole list, on this page or not. */
  readonly totalCount: number;
}

/** The first `first` rows after `after` in the order of `sorting`, in one pass, without sorting the rest. */
export function selectPage<R>(rows: Iterable<R>, sorting: Sorting<R>, first: number, after?: readonly SortValue[]): Page<R> {
  const nearest = new Nearest(sorting, first + 1);
  let totalCount = 0;
  let hasPreviousPage = false;
  for (const row of rows) {
    totalCount += 1;
    if (after !== undefined && compareToValues(sorting, row, after) <= 0) hasPreviousPage = true;
    else nearest.offer(row);
  }
  return { rows: nearest.rows.slice(0, first), hasNextPage: nearest.rows.length > first, hasPreviousPage, totalCount };
}

/** The `size` rows that come first, in order. */
class Nearest<R> {
  readonly rows: R[] = [];
  readonly #sorting: Sorting<R>;
  readonly #size: number;

  constructor(sorting: Sorting<R>, size: number) {
    this.#sorting = sorting;
    this.#size = size;
  }

  offer(row: R): void {
    const last = this.rows.at(-1);
    const isFull = this.rows.length === this.#size;
    if (isFull && last !== undefined && compareRows(this.#sorting, row, last) >= 0) return;
    this.rows.splice(this.#placeOf(row), 0, row);
    if (isFull) this.rows.pop();
  }

  #placeOf(row: R): number {
    let low = 0;
    let high = this.rows.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareRows(this.#sorting, this.rows[middle] as R, row) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Kept with the row: sealing costs more than all its other fields, and pages are asked for again and again. */
export function cursorOf<R extends object>(seal: Seal, sorting: Sorting<R>, row: R): string {
  const values = sortValuesOf(sorting, row).map((value) => value ?? null);
  const text = JSON.stringify([sorting.signature, ...values]);
  const known = sealed.get(row);
  if (known?.text === text && known.seal === seal) return known.cursor;
  const cursor = seal.seal(text);
  keep(row, { seal, text, cursor });
  return cursor;
}

interface SealedCursor {
  readonly seal: Seal;
  readonly text: string;
  readonly cursor: string;
}

let sealed = new WeakMap<object, SealedCursor>();
let kept = 0;
const MAX_KEPT = 20_000;

function keep(row: object, cursor: SealedCursor): void {
  if (kept >= MAX_KEPT) {
    sealed = new WeakMap();
    kept = 0;
  }
  sealed.set(row, cursor);
  kept += 1;
}

/** Throws BAD_CURSOR for anything but a cursor of this kind of list in this order. */
export function readCursor(seal: Seal, sorting: Sorting<never>, cursor: string): readonly SortValue[] {
  const text = seal.open(cursor);
  if (text === undefined) throw graphError('BAD_CURSOR', 'after: this is not a cursor of this gateway; begin again without `after`.');
  const [signature, ...values] = JSON.parse(text) as [string, ...(string | number | boolean | null)[]];
  if (signature !== sorting.signature) {
    throw graphError(
      'BAD_CURSOR',
      'after: this cursor belongs to another list or another `orderBy`; keep them while paging, or begin again without `after`.',
    );
  }
  return values.map((value) => value ?? undefined);
}

/** `first` as given, or `otherwise` where it is null or absent. Throws BAD_USER_INPUT outside 1 to 500. */
export function pageSize(first: number | null | undefined, otherwise: number): number {
  const size = first ?? otherwise;
  if (size >= 1 && size <= MAX_PAGE) return size;
  const wayOut =
    size < 1 ? 'select only `totalCount` where no rows are wanted' : 'narrow the question, or page on with `after` where the field has it';
  throw badInput('first', `must be from 1 to ${MAX_PAGE}, not ${size}; ${wayOut}`);
}
