/**
 * Uids by some key. A key that loses its last uid is removed, so that names which come and go leave nothing
 * behind. A record without a key (undefined) is not indexed.
 */
export class UidIndex {
  readonly #buckets = new Map<string, Set<string>>();

  add(key: string | undefined, uid: string): void {
    if (key === undefined) return;
    const bucket = this.#buckets.get(key);
    if (bucket === undefined) this.#buckets.set(key, new Set([uid]));
    else bucket.add(uid);
  }

  remove(key: string | undefined, uid: string): void {
    if (key === undefined) return;
    const bucket = this.#buckets.get(key);
    if (bucket === undefined) return;
    bucket.delete(uid);
    if (bucket.size === 0) this.#buckets.delete(key);
  }

  uids(key: string): Iterable<string> {
    return this.#buckets.get(key) ?? [];
  }

  count(key: string): number {
    return this.#buckets.get(key)?.size ?? 0;
  }

  /** Keys that have uids. */
  keys(): Iterable<string> {
    return this.#buckets.keys();
  }

  get size(): number {
    return this.#buckets.size;
  }
}
