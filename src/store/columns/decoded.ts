/** More than this many are forgotten all at once. */
const MAX_DECODED = 4_096;

/**
 * Tuples in readable form, as long as the collector of garbage lets us: what is asked for together lies together, so
 * few are read again and again, and none is held for good.
 */
export class Decoded<V> {
  readonly #read: (id: number) => V;
  #values = new WeakRef(new Map<number, V>());

  constructor(read: (id: number) => V) {
    this.#read = read;
  }

  get(id: number): V {
    const values = this.#present();
    const known = values.get(id);
    if (known !== undefined) return known;
    if (values.size >= MAX_DECODED) values.clear();
    const value = this.#read(id);
    values.set(id, value);
    return value;
  }

  /** The number stands for something else from now on. */
  forget(id: number): void {
    this.#values.deref()?.delete(id);
  }

  #present(): Map<number, V> {
    const present = this.#values.deref();
    if (present !== undefined) return present;
    const fresh = new Map<number, V>();
    this.#values = new WeakRef(fresh);
    return fresh;
  }
}
