/** Rows come in any order from both sides: they are compared in this one. */
export function sortedBy<T>(list: readonly T[], key: (item: T) => string): T[] {
  return [...list].sort((a, b) => compareText(key(a), key(b)));
}

export function sortedByName<T extends { readonly name: string }>(list: readonly T[]): T[] {
  return sortedBy(list, ({ name }) => name);
}

/** By code units, as the gateway orders. */
export function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** Orders rows that name their cluster, namespace and name. */
export function placeOf(row: object): string {
  const { cluster, namespace, name } = row as Record<string, string>;
  return `${cluster}/${namespace}/${name}`;
}
