import type { KubeObject } from '../../model/kube-object.ts';

/** "namespace/name", or "name" for a cluster-scoped object: how the store tells objects of one kind apart. */
export function objectKey(namespace: string | undefined, name: string): string {
  return namespace === undefined || namespace === '' ? name : `${namespace}/${name}`;
}

/** Objects of one kind in the order in which lists show them: by key, as etcd keeps them. */
export class Collection {
  readonly #objects = new Map<string, KubeObject>();
  readonly #keys: string[] = [];

  get size(): number {
    return this.#objects.size;
  }

  get(key: string): KubeObject | undefined {
    return this.#objects.get(key);
  }

  set(key: string, object: KubeObject): void {
    if (!this.#objects.has(key)) this.#keys.splice(firstNotBelow(this.#keys, key), 0, key);
    this.#objects.set(key, object);
  }

  delete(key: string): void {
    if (this.#objects.delete(key)) this.#keys.splice(firstNotBelow(this.#keys, key), 1);
  }

  /** Entries in order, of one namespace if named. Do not change the collection meanwhile. */
  *entries(namespace?: string): IterableIterator<readonly [string, KubeObject]> {
    const prefix = namespace === undefined ? '' : `${namespace}/`;
    for (let at = firstNotBelow(this.#keys, prefix); at < this.#keys.length; at += 1) {
      const key = this.#keys[at] ?? '';
      if (!key.startsWith(prefix)) return;
      const object = this.#objects.get(key);
      if (object !== undefined) yield [key, object];
    }
  }
}

/** Index of the first of the sorted `keys` that is not below `key`. */
function firstNotBelow(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  const last = keys[high - 1];
  if (last === undefined || last < key) return high;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] ?? '') < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
