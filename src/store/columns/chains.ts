import type { Rows } from './rows.ts';
import { Words } from './words.ts';

/** Where in a row its neighbours in a chain are kept. */
export interface ChainWords {
  readonly previous: number;
  readonly next: number;
}

/** Which rows belong to which bucket (ids from 1): chains through the rows themselves, and how long each is. */
export class Chains {
  readonly #rows: Rows;
  readonly #at: ChainWords;
  readonly #heads = new Words();
  readonly #counts = new Words();

  constructor(rows: Rows, at: ChainWords) {
    this.#rows = rows;
    this.#at = at;
  }

  get bytes(): number {
    return this.#heads.bytes + this.#counts.bytes;
  }

  count(bucket: number): number {
    return this.#counts.get(bucket);
  }

  link(row: number, bucket: number): void {
    const head = this.#heads.get(bucket);
    this.#rows.set(row, this.#at.previous, 0);
    this.#rows.set(row, this.#at.next, head);
    if (head !== 0) this.#rows.set(head, this.#at.previous, row);
    this.#heads.set(bucket, row);
    this.#counts.set(bucket, this.#counts.get(bucket) + 1);
  }

  /** How many are left in the bucket. */
  unlink(row: number, bucket: number): number {
    const previous = this.#rows.get(row, this.#at.previous);
    const next = this.#rows.get(row, this.#at.next);
    if (previous === 0) this.#heads.set(bucket, next);
    else this.#rows.set(previous, this.#at.next, next);
    if (next !== 0) this.#rows.set(next, this.#at.previous, previous);
    const left = this.#counts.get(bucket) - 1;
    this.#counts.set(bucket, left);
    return left;
  }

  /** The rows of a bucket as they are now, the longest there first: a list that later changes do not touch. */
  rowsOf(bucket: number): number[] {
    const rows: number[] = [];
    for (let row = this.#heads.get(bucket); row !== 0; row = this.#rows.get(row, this.#at.next)) rows.push(row);
    return rows.reverse();
  }
}
