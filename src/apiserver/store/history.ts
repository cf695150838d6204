import type { KubeObject } from '../../model/kube-object.ts';
import type { GroupResource } from '../../model/resource.ts';
import type { Clock } from '../../runtime/clock.ts';

/** One write. `previous` is absent for a creation; a deletion keeps the last state, at the revision of the deletion. */
export interface Change {
  readonly type: 'added' | 'modified' | 'deleted';
  readonly revision: number;
  readonly collection: GroupResource;
  readonly key: string;
  readonly object: KubeObject;
  readonly previous: KubeObject | undefined;
}

interface Remembered {
  readonly change: Change;
  readonly atMs: number;
}

export interface HistoryOptions {
  readonly clock: Clock;
  readonly maxChanges: number;
  readonly maxAgeMs: number;
  /** Nothing up to this revision is remembered. */
  readonly compactedRevision: number;
}

/** The bounded window of past changes: oldest forgotten first, by count and by age. */
export class History {
  readonly #options: HistoryOptions;
  #changes: Remembered[] = [];
  #first = 0;
  #compactedRevision: number;

  constructor(options: HistoryOptions) {
    this.#options = options;
    this.#compactedRevision = options.compactedRevision;
  }

  /** The oldest revision whose state and whose later changes are still known. */
  get compactedRevision(): number {
    this.#forgetOld();
    return this.#compactedRevision;
  }

  append(change: Change): void {
    this.#changes.push({ change, atMs: this.#options.clock.monotonic() });
    this.#forgetOld();
  }

  /** Forgets all changes up to and including `revision`. */
  compact(revision: number): void {
    for (let oldest = this.#oldest(); oldest !== undefined && oldest.change.revision <= revision; oldest = this.#oldest())
      this.#dropOldest();
    this.#compactedRevision = Math.max(this.#compactedRevision, revision);
  }

  /** Changes after `revision`, oldest first. The caller has checked that `revision` is not compacted. */
  *since(revision: number): IterableIterator<Change> {
    for (let at = this.#indexAfter(revision); at < this.#changes.length; at += 1) {
      const remembered = this.#changes[at];
      if (remembered !== undefined) yield remembered.change;
    }
  }

  #indexAfter(revision: number): number {
    let low = this.#first;
    let high = this.#changes.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#changes[middle]?.change.revision ?? 0) <= revision) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #forgetOld(): void {
    const oldestMs = this.#options.clock.monotonic() - this.#options.maxAgeMs;
    for (let oldest = this.#oldest(); oldest !== undefined; oldest = this.#oldest()) {
      const isOverCount = this.#changes.length - this.#first > this.#options.maxChanges;
      if (!isOverCount && oldest.atMs >= oldestMs) return;
      this.#dropOldest();
    }
  }

  #oldest(): Remembered | undefined {
    return this.#changes[this.#first];
  }

  #dropOldest(): void {
    this.#compactedRevision = this.#oldest()?.change.revision ?? this.#compactedRevision;
    this.#first += 1;
    if (this.#first < 1024 || this.#first * 2 < this.#changes.length) return;
    this.#changes = this.#changes.slice(this.#first);
    this.#first = 0;
  }
}
