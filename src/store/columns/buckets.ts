import { Chains, type ChainWords } from './chains.ts';
import { Decoded } from './decoded.ts';
import type { Rows } from './rows.ts';
import type { SharedColumns } from './shared-columns.ts';
import { type TupleDraft, TupleTable } from './tuple-table.ts';

export interface BucketsOptions<V> {
  readonly shared: SharedColumns;
  readonly rows: Rows;
  readonly chain: ChainWords;
  /** The word of a row that says in which bucket it is; 0: in none. */
  readonly word: number;
  readonly read: (tuples: TupleTable, id: number) => V;
  /** A bucket has come, or is about to go: for the indexes over buckets. */
  readonly onBucket?: (type: 'added' | 'removed', id: number) => void;
}

/**
 * Rows that have something in common, kept once as a tuple. A bucket lives as long as it has rows, so the chain of its
 * rows is its reference count and an index at once.
 */
export class Buckets<V> {
  readonly tuples: TupleTable;
  readonly #options: BucketsOptions<V>;
  readonly #chains: Chains;
  readonly #decoded: Decoded<V>;

  constructor(options: BucketsOptions<V>) {
    this.#options = options;
    const tuples = new TupleTable(options.shared.texts, options.shared.seed);
    this.tuples = tuples;
    this.#chains = new Chains(options.rows, options.chain);
    this.#decoded = new Decoded((id) => options.read(tuples, id));
  }

  get size(): number {
    return this.tuples.size;
  }

  get bytes(): number {
    return this.tuples.bytes + this.#chains.bytes;
  }

  count(id: number): number {
    return this.#chains.count(id);
  }

  value(id: number): V {
    return this.#decoded.get(id);
  }

  idOf(row: number): number {
    return this.#options.rows.get(row, this.#options.word);
  }

  rowsOf(id: number): number[] {
    return this.#chains.rowsOf(id);
  }

  /** Puts the row into the bucket of the drafted tuple, or into none; it leaves the one it was in. */
  move(row: number, draft: TupleDraft | undefined): void {
    const { rows, word, onBucket } = this.#options;
    const before = this.idOf(row);
    const { id, isNew } = draft === undefined ? { id: 0, isNew: false } : this.tuples.settle(draft);
    if (isNew) onBucket?.('added', id);
    if (id === before) return;
    if (before !== 0) this.#leave(row, before);
    if (id !== 0) this.#chains.link(row, id);
    rows.set(row, word, id);
  }

  /** Puts a row that is in no bucket into one that is there. */
  join(row: number, id: number): void {
    this.#chains.link(row, id);
    this.#options.rows.set(row, this.#options.word, id);
  }

  #leave(row: number, id: number): void {
    if (this.#chains.unlink(row, id) > 0) return;
    this.#options.onBucket?.('removed', id);
    this.#decoded.forget(id);
    this.tuples.delete(id);
  }
}
