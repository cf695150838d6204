import { LRUCache } from 'lru-cache';

/** What a cluster said, and when it was asked (monotonic milliseconds). */
export interface Decision {
  readonly allowed: boolean;
  readonly at: number;
  /** Of the cluster's rights: an answer of an earlier one counts for nothing. */
  readonly generation: number;
}

export interface DecisionCacheLimits {
  readonly total: number;
  readonly perUser: number;
  readonly users: number;
}

export const DECISION_LIMITS: DecisionCacheLimits = { total: 200_000, perUser: 20_000, users: 5_000 };

/** Decisions by user and question. Bounded in all and for each user: who asks much forgets own answers first. */
export class DecisionCache {
  readonly #limits: DecisionCacheLimits;
  readonly #users: LRUCache<string, LRUCache<string, Decision>>;
  #total = 0;

  constructor(limits: DecisionCacheLimits = DECISION_LIMITS) {
    this.#limits = limits;
    this.#users = new LRUCache({
      max: limits.users,
      dispose: (decisions) => {
        this.#total -= decisions.size;
      },
    });
  }

  get size(): number {
    return this.#total;
  }

  get(user: string, question: string): Decision | undefined {
    return this.#users.get(user)?.get(question);
  }

  set(user: string, question: string, decision: Decision): void {
    const decisions = this.#of(user);
    const before = decisions.size;
    decisions.set(question, decision);
    this.#total += decisions.size - before;
    if (this.#total > this.#limits.total) this.#forgetOneOfTheLargest();
  }

  #of(user: string): LRUCache<string, Decision> {
    const known = this.#users.get(user);
    if (known !== undefined) return known;
    const created = new LRUCache<string, Decision>({ max: this.#limits.perUser });
    this.#users.set(user, created);
    return created;
  }

  #forgetOneOfTheLargest(): void {
    let largest: LRUCache<string, Decision> | undefined;
    for (const decisions of this.#users.values()) if (decisions.size > (largest?.size ?? 0)) largest = decisions;
    if (largest?.pop() !== undefined) this.#total -= 1;
  }
}
