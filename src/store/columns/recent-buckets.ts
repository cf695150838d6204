import type { Buckets } from './buckets.ts';

interface Recent<V> {
  readonly id: number;
  readonly value: V;
}

/**
 * The two buckets that new rows went to last. Lists tell the pods of a ReplicaSet one after another: mostly a new one is
 * like one of the last, and what they have in common need not be looked up.
 */
export class RecentBuckets<V> {
  readonly #buckets: Buckets<V>;
  #last: Recent<V> | undefined;
  #before: Recent<V> | undefined;

  constructor(buckets: Buckets<V>) {
    this.#buckets = buckets;
  }

  /** One whose value `isIt`; 0: neither. */
  find(isIt: (value: V) => boolean): number {
    if (this.#last !== undefined && isIt(this.#last.value)) return this.#last.id;
    return this.#before !== undefined && isIt(this.#before.value) ? this.#before.id : 0;
  }

  note(id: number): void {
    this.#before = this.#last;
    this.#last = { id, value: this.#buckets.value(id) };
  }

  /** It is about to go. */
  forget(id: number): void {
    if (this.#last?.id === id) this.#last = undefined;
    if (this.#before?.id === id) this.#before = undefined;
  }
}
