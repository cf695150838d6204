import type { RolloutRecord } from '../../hub/rollout-record.ts';
import type { RolloutListener } from '../../hub/rollout-repository.ts';
import { compareResourceVersions } from '../../model/resource-version.ts';
import type { Logger } from '../../runtime/logger.ts';
import type { RunBook } from '../run-book.ts';
import { stateOf } from './run-record.ts';

export interface FollowedRunsOptions {
  readonly book: RunBook;
  /** Runs that this process drives: their loops tell the book, and sooner. */
  readonly isInHand: (id: string) => boolean;
  readonly logger: Logger;
  /** The hub has answered, if only that it cannot. */
  readonly onHeard: (isLoaded: boolean) => void;
}

/** Keeps the book as the hub has the runs, but for those in hand. */
export class FollowedRuns implements RolloutListener {
  readonly #options: FollowedRunsOptions;
  /** Of runs in hand: what the hub last said. */
  readonly #behind = new Map<string, RolloutRecord>();
  readonly #unknownLayout = new Set<string>();

  constructor(options: FollowedRunsOptions) {
    this.#options = options;
  }

  replaced(records: readonly RolloutRecord[]): void {
    const { book, isInHand, onHeard } = this.#options;
    const present = new Set(records.map(({ id }) => id));
    for (const { uid: id } of book.all()) if (!present.has(id) && !isInHand(id)) book.remove(id);
    for (const record of records) this.changed(record);
    onHeard(true);
  }

  changed(record: RolloutRecord): void {
    if (this.#options.isInHand(record.id)) this.#behind.set(record.id, record);
    else if (this.#isNews(record)) this.#put(record);
  }

  removed(id: string): void {
    this.#behind.delete(id);
    if (!this.#options.isInHand(id)) this.#options.book.remove(id);
  }

  lost(): void {
    this.#options.onHeard(false);
  }

  /** A run is in hand no more: what its loop showed beyond the record is forgotten. */
  released(id: string): void {
    const record = this.#behind.get(id);
    this.#behind.delete(id);
    if (record !== undefined && this.#isNotOlder(record)) this.#put(record);
  }

  #isNews(record: RolloutRecord): boolean {
    return this.#options.book.get(record.id)?.resourceVersion !== record.version && this.#isNotOlder(record);
  }

  /** What our own write was answered may be heard of before an older change. */
  #isNotOlder({ id, version }: RolloutRecord): boolean {
    const order = compareResourceVersions(version, this.#options.book.get(id)?.resourceVersion ?? '');
    return order === undefined || order >= 0;
  }

  #put(record: RolloutRecord): void {
    const state = stateOf(record);
    if (state !== undefined) {
      this.#options.book.put(state, record.version);
      return;
    }
    if (this.#unknownLayout.has(record.id)) return;
    this.#unknownLayout.add(record.id);
    this.#options.logger.error('a rollout was written by a version that knows more, and is left alone', { rollout: record.id });
  }
}
