/** More than this many are forgotten all at once. */
const MAX_DECODED = 2_048;

/** Tuples in readable form, the latest ones. What is asked for together lies together, so few are needed. */
export class Decoded<V> {
  readonly #read: (id: number) => V;
  readonly #values = new Map<number, V>();

  constructor(read: (id: number) => V) {
    this.#read = read;
  }

  get(id: number): V {
    const known = this.#values.get(id);
    if (known !== undefined) return known;
    if (this.#values.size >= MAX_DECODED) this.#values.clear();
    const value = this.#read(id);
    this.#values.set(id, value);
    return value;
  }

  /** The number stands for something else from now on. */
  forget(id: number): void {
    this.#values.delete(id);
  }
}
