/**
 * One copy of each value that many records share, kept as long as somebody uses it. `acquire` and `release` come
 * in pairs: after as many releases nothing is held.
 */
export class Interner<V> {
  readonly #entries = new Map<string, { readonly value: V; uses: number }>();

  /** The copy kept under `key`, or `value`, which then becomes it. */
  acquire(key: string, value: V): V {
    const entry = this.#entries.get(key);
    if (entry === undefined) {
      this.#entries.set(key, { value, uses: 1 });
      return value;
    }
    entry.uses += 1;
    return entry.value;
  }

  release(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    entry.uses -= 1;
    if (entry.uses === 0) this.#entries.delete(key);
  }

  get size(): number {
    return this.#entries.size;
  }
}
