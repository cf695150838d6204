import type { ClusterRecord } from '../model/cluster.ts';
import type { Clock } from '../runtime/clock.ts';
import { differsInKind } from './sync-state.ts';

export interface ClusterPublisherOptions {
  readonly clock: Clock;
  readonly countsEveryMs: number;
  /** What is published now. */
  readonly published: () => ClusterRecord | undefined;
  /** What should be. */
  readonly assess: (published: ClusterRecord) => { readonly record: ClusterRecord; readonly reviewInMs?: number };
  readonly publish: (record: ClusterRecord) => void;
}

/** Publishes a cluster's record: at once when something is different, at most every few seconds when only counts and times are. */
export class ClusterPublisher {
  readonly #options: ClusterPublisherOptions;
  #timer: { readonly at: number; readonly stop: Disposable } | undefined;
  #isScheduled = false;
  #isClosed = false;
  #publishedAt = Number.NEGATIVE_INFINITY;

  constructor(options: ClusterPublisherOptions) {
    this.#options = options;
  }

  /** Something may be different: looks at the end of this turn, once for all that happens in it. */
  soon(): void {
    if (this.#isScheduled || this.#isClosed) return;
    this.#isScheduled = true;
    void this.#options.clock.yield().then(() => {
      this.#isScheduled = false;
      this.#review();
    });
  }

  /** Only counts and times have changed. */
  later(): void {
    if (this.#timer === undefined) this.#reviewIn(this.#countsDueInMs());
  }

  close(): void {
    this.#isClosed = true;
    this.#timer?.stop[Symbol.dispose]();
    this.#timer = undefined;
  }

  #review(): void {
    const published = this.#options.published();
    if (this.#isClosed || published === undefined) return;
    const { record, reviewInMs } = this.#options.assess(published);
    if (isOther(record, published) || this.#countsDueInMs() <= 0) this.#publish(record);
    else this.#reviewIn(this.#countsDueInMs());
    if (reviewInMs !== undefined) this.#reviewIn(reviewInMs);
  }

  #publish(record: ClusterRecord): void {
    this.#publishedAt = this.#options.clock.monotonic();
    this.#options.publish(record);
  }

  #countsDueInMs(): number {
    return Math.max(0, this.#publishedAt + this.#options.countsEveryMs - this.#options.clock.monotonic());
  }

  /** An earlier review that is planned already stands. */
  #reviewIn(ms: number): void {
    const { clock } = this.#options;
    const at = clock.monotonic() + ms;
    if (this.#isClosed || (this.#timer !== undefined && this.#timer.at <= at)) return;
    this.#timer?.stop[Symbol.dispose]();
    const stop = clock.after(ms, () => {
      this.#timer = undefined;
      this.#review();
    });
    this.#timer = { at, stop };
  }
}

function isOther({ sync: a, ...left }: ClusterRecord, { sync: b, ...right }: ClusterRecord): boolean {
  return differsInKind(a, b) || JSON.stringify(left) !== JSON.stringify(right);
}
