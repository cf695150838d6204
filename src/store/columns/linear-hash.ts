import { Words } from './words.ts';

const FIRST_BUCKETS = 4;

/**
 * A hash index over small integers (ids from 1), after Litwin's linear hashing: with every entry that comes one bucket
 * is split, with entries that go buckets are joined, so there is never a moment at which everything is hashed again.
 * About 8 bytes an entry. It knows ids and hashes only; whoever asks compares what the ids stand for.
 */
export class LinearHash {
  readonly #heads = new Words();
  readonly #next = new Words();
  readonly #hashOf: (id: number) => number;
  #buckets = FIRST_BUCKETS;
  /** Buckets of the present round: a power of two, `#round <= #buckets < 2 * #round`. */
  #round = FIRST_BUCKETS;
  #size = 0;

  /** `hashOf` must not change while an id is in the index. */
  constructor(hashOf: (id: number) => number) {
    this.#hashOf = hashOf;
  }

  get size(): number {
    return this.#size;
  }

  get bytes(): number {
    return this.#heads.bytes + this.#next.bytes;
  }

  /** The first id that may have this hash; 0: none. */
  first(hash: number): number {
    return this.#heads.get(this.#bucket(hash));
  }

  /** The next after `id`; 0: no more. */
  next(id: number): number {
    return this.#next.get(id);
  }

  add(id: number, hash: number): void {
    this.#push(this.#bucket(hash), id);
    this.#size += 1;
    if (this.#size > this.#buckets) this.#split();
  }

  delete(id: number, hash: number): void {
    if (!this.#unlink(this.#bucket(hash), id)) return;
    this.#size -= 1;
    if (this.#buckets > FIRST_BUCKETS && this.#size * 2 < this.#buckets) this.#join();
  }

  #bucket(hash: number): number {
    const wide = hash & (this.#round * 2 - 1);
    return wide < this.#buckets ? wide : hash & (this.#round - 1);
  }

  #push(bucket: number, id: number): void {
    this.#next.set(id, this.#heads.get(bucket));
    this.#heads.set(bucket, id);
  }

  #unlink(bucket: number, id: number): boolean {
    let before = 0;
    for (let at = this.#heads.get(bucket); at !== 0; before = at, at = this.#next.get(at)) {
      if (at !== id) continue;
      if (before === 0) this.#heads.set(bucket, this.#next.get(id));
      else this.#next.set(before, this.#next.get(id));
      this.#next.set(id, 0);
      return true;
    }
    return false;
  }

  #split(): void {
    const from = this.#buckets - this.#round;
    this.#buckets += 1;
    let at = this.#heads.get(from);
    this.#heads.set(from, 0);
    while (at !== 0) {
      const next = this.#next.get(at);
      this.#push(this.#bucket(this.#hashOf(at)), at);
      at = next;
    }
    if (this.#buckets === this.#round * 2) this.#round *= 2;
  }

  #join(): void {
    if (this.#buckets === this.#round) this.#round /= 2;
    this.#buckets -= 1;
    let at = this.#heads.get(this.#buckets);
    this.#heads.set(this.#buckets, 0);
    this.#heads.truncate(this.#buckets);
    while (at !== 0) {
      const next = this.#next.get(at);
      this.#push(this.#buckets - this.#round, at);
      at = next;
    }
  }
}
