/** Absent values come last in either direction. */
export type SortValue = string | number | boolean | undefined;

export interface SortKey<R> {
  /** Unique among the keys of one kind of row; part of a cursor's signature. */
  readonly name: string;
  readonly of: (row: R) => SortValue;
  readonly descending: boolean;
}

/** A total order: the last keys are unique together, so equal rows do not exist. */
export interface Sorting<R> {
  /** Names the kind of row, the keys and their directions: a cursor is good for this order only. */
  readonly signature: string;
  readonly keys: readonly SortKey<R>[];
}

/** `tail`: getters of the unique key, ascending, always the last criterion. */
export function sortingBy<R>(kind: string, keys: readonly SortKey<R>[], tail: readonly ((row: R) => SortValue)[]): Sorting<R> {
  const signature = [kind, ...keys.map(({ name, descending }) => (descending ? `-${name}` : name))].join(' ');
  const last = tail.map((of, index): SortKey<R> => ({ name: `key${index}`, of, descending: false }));
  return { signature, keys: [...keys, ...last] };
}

export function sortValuesOf<R>({ keys }: Sorting<R>, row: R): SortValue[] {
  return keys.map(({ of }) => of(row));
}

export function compareRows<R>({ keys }: Sorting<R>, a: R, b: R): number {
  for (const { of, descending } of keys) {
    const order = compareValues(of(a), of(b), descending);
    if (order !== 0) return order;
  }
  return 0;
}

/** Where `row` stands relative to a row that had these values: negative before, zero the same, positive after. */
export function compareToValues<R>({ keys }: Sorting<R>, row: R, values: readonly SortValue[]): number {
  for (const [index, { of, descending }] of keys.entries()) {
    const order = compareValues(of(row), values[index], descending);
    if (order !== 0) return order;
  }
  return 0;
}

// Code units, not a locale: the same everywhere, and fast.
function compareValues(a: SortValue, b: SortValue, descending: boolean): number {
  if (a === b) return 0;
  if (a === undefined) return 1;
  if (b === undefined) return -1;
  return a < b === descending ? 1 : -1;
}
