/** Ids by a number: most numbers have one id, and only those that have more pay for a set. Emptied ones leave. */
export class Postings {
  readonly #ids = new Map<number, number | Set<number>>();

  get size(): number {
    return this.#ids.size;
  }

  keys(): Iterable<number> {
    return this.#ids.keys();
  }

  add(key: number, id: number): void {
    const held = this.#ids.get(key);
    if (held === undefined) this.#ids.set(key, id);
    else if (typeof held === 'number') this.#ids.set(key, new Set([held, id]));
    else held.add(id);
  }

  remove(key: number, id: number): void {
    const held = this.#ids.get(key);
    if (held === id) this.#ids.delete(key);
    else if (typeof held === 'object') {
      held.delete(id);
      if (held.size === 0) this.#ids.delete(key);
    }
  }

  *of(key: number | undefined): Iterable<number> {
    const held = key === undefined ? undefined : this.#ids.get(key);
    if (typeof held === 'number') yield held;
    else if (held !== undefined) yield* held;
  }
}
