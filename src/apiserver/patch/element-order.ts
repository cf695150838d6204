/** The order of a merged list: as the patch says, with the server's other elements where they were among them. */
import { equalJson, isJsonObject } from '../json-value.ts';

export interface ElementOrder {
  /** Elements, or objects with the key of elements, in the order wanted. */
  readonly order: readonly unknown[];
  /** The list before the patch. */
  readonly before: readonly unknown[];
  /** The merge key; '' for plain values. */
  readonly key: string;
}

export function orderLike(items: readonly unknown[], { order, before, key }: ElementOrder): unknown[] {
  const wanted = items.filter((item) => indexIn(order, item, key) >= 0);
  const others = items.filter((item) => indexIn(order, item, key) < 0);
  const rank = (list: readonly unknown[]) => (a: unknown, b: unknown) => indexIn(list, a, key) - indexIn(list, b, key);
  return interleave(others.toSorted(rank(before)), wanted.toSorted(rank(order)), (item) => indexIn(before, item, key));
}

/** Keeps the order within both lists; between them, the place in the former list decides where both have one. */
function interleave(others: readonly unknown[], wanted: readonly unknown[], place: (item: unknown) => number): unknown[] {
  const all: unknown[] = [];
  let other = 0;
  for (const item of wanted) {
    while (other < others.length && isBefore(place(others[other]), place(item))) all.push(others[other++]);
    all.push(item);
  }
  return [...all, ...others.slice(other)];
}

const isBefore = (a: number, b: number) => a >= 0 && b >= 0 && a < b;

function indexIn(list: readonly unknown[], item: unknown, key: string): number {
  return list.findIndex((candidate) => equalJson(identity(candidate, key), identity(item, key)));
}

function identity(item: unknown, key: string): unknown {
  return key !== '' && isJsonObject(item) ? item[key] : item;
}
