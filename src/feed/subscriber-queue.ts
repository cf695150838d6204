import type { ClusterPositions } from './position.ts';

/**
 * What one reader has still to be told: keys of rows that may have changed, by cluster. It holds no states: a
 * row is read from the store when its turn comes, so a key that is named again is merged, and a row that came
 * and went unseen is nothing. Two rows never share a key, so nothing is merged across a removal.
 *
 * Bounded: beyond `maxPending` keys, the cluster with most of them is *lost*, as a whole and at the cost of
 * nothing but its name, until somebody reads it anew.
 */
export class SubscriberQueue {
  readonly #maxPending: number;
  readonly #pending = new Map<string, PendingCluster>();
  readonly #lost = new Map<string, Lost>();
  #size = 0;
  #conflated = 0;

  constructor(maxPending: number) {
    this.#maxPending = maxPending;
  }

  /** Keys held. */
  get size(): number {
    return this.#size;
  }

  /** `since`: the cluster's position before the change. `away`: the reader is not waiting, so a merge is its loss. */
  put(cluster: string, key: string, { since, away }: { since: ClusterPositions; away: boolean }): void {
    if (this.#lost.has(cluster)) {
      if (away) this.#conflated += 1;
      return;
    }
    const pending = this.#of(cluster, since);
    if (pending.keys.has(key)) {
      if (away) this.#conflated += 1;
      return;
    }
    pending.keys.add(key);
    this.#size += 1;
    if (this.#size > this.#maxPending) this.#lose();
  }

  has(cluster: string, key: string): boolean {
    return this.#pending.get(cluster)?.keys.has(key) ?? false;
  }

  /** The key needs no telling any more. */
  forget(cluster: string, key: string): void {
    if (this.#pending.get(cluster)?.keys.delete(key)) this.#size -= 1;
  }

  /** Clusters with keys waiting. */
  clusters(): string[] {
    return [...this.#pending.keys()];
  }

  /** The keys of the cluster in the order in which they were first named; they wait no longer. */
  take(cluster: string): readonly string[] {
    const pending = this.#pending.get(cluster);
    if (pending === undefined) return [];
    this.#pending.delete(cluster);
    this.#size -= pending.keys.size;
    return [...pending.keys];
  }

  /** The position of the cluster up to which nothing waits and nothing was lost; undefined: up to now. */
  since(cluster: string): ClusterPositions | undefined {
    return this.#lost.get(cluster)?.since ?? this.#pending.get(cluster)?.since;
  }

  lost(): ReadonlyMap<string, Lost> {
    return this.#lost;
  }

  /** The reader stayed away for long: what was lost until now was lost by its slowness. */
  blameReader(): void {
    for (const [cluster, { since }] of this.#lost) this.#lost.set(cluster, { since, slow: true });
  }

  /** The cluster is being read anew, or has left: whatever was to be told of it is void. */
  clear(cluster: string): void {
    this.take(cluster);
    this.#lost.delete(cluster);
  }

  /** Merges counted since the last call. */
  takeConflated(): number {
    const conflated = this.#conflated;
    this.#conflated = 0;
    return conflated;
  }

  #of(cluster: string, since: ClusterPositions): PendingCluster {
    const known = this.#pending.get(cluster);
    if (known !== undefined) return known;
    const created: PendingCluster = { keys: new Set(), since };
    this.#pending.set(cluster, created);
    return created;
  }

  #lose(): void {
    let largest: { cluster: string; pending: PendingCluster } | undefined;
    for (const [cluster, pending] of this.#pending) {
      if (largest === undefined || pending.keys.size > largest.pending.keys.size) largest = { cluster, pending };
    }
    if (largest === undefined) return;
    this.take(largest.cluster);
    this.#lost.set(largest.cluster, { since: largest.pending.since, slow: false });
  }
}

/** A cluster whose changes no longer fitted: from which position on, and whether the reader was slow. */
export interface Lost {
  readonly since: ClusterPositions;
  readonly slow: boolean;
}

interface PendingCluster {
  readonly keys: Set<string>;
  readonly since: ClusterPositions;
}
