import type { ClusterFollower, Entrance } from './cluster-follower.ts';
import type { OpenedToken } from './resume-token.ts';
import { takeUp } from './resumption.ts';
import type { StreamClusters } from './stream-clusters.ts';
import type { StreamHistory } from './stream-journal.ts';
import type { StreamChange } from './stream-message.ts';
import type { ObjectStreamOptions, StreamLimits } from './stream-options.ts';
import type { ClusterRights } from './stream-rights.ts';
import type { TokenCluster, TokenContent } from './token-content.ts';

/**
 * What an opening does next. `busy`: more at once, after others had their turn. `idle`: something has to happen
 * first. `done`: SYNCED.
 */
export type OpeningStep<R> =
  | { readonly phase: 'CHANGES' | 'SNAPSHOT'; readonly changes: readonly StreamChange<R>[] }
  | { readonly phase: 'RESYNC'; readonly resyncClusters?: readonly string[] }
  | 'busy'
  | 'idle'
  | 'done';

export interface StreamOpeningOptions<R> {
  readonly stream: ObjectStreamOptions<R>;
  readonly limits: StreamLimits;
  readonly clusters: StreamClusters<R>;
  readonly token: OpenedToken | undefined;
  /** That of the token's stream, if it is remembered. */
  readonly history: StreamHistory;
  readonly remembered: boolean;
}

/** Everything up to a SYNCED: what a returning reader missed, what it must drop, and pages of what it does not have. */
export class StreamOpening<R> {
  readonly #stream: ObjectStreamOptions<R>;
  readonly #limits: StreamLimits;
  readonly #clusters: StreamClusters<R>;
  /** What a token says that we can go by. */
  readonly #held: TokenContent | undefined;
  readonly #history: StreamHistory;
  readonly #returning: boolean;
  #planned = false;
  #since = 0;
  /** Clusters that the next RESYNC names. */
  readonly #resync = new Set<string>();
  #resyncAll = false;
  /** Removals of rows whose cluster is gone. */
  #gone: StreamChange<R>[] = [];

  constructor({ stream, limits, clusters, token, history, remembered }: StreamOpeningOptions<R>) {
    this.#stream = stream;
    this.#limits = limits;
    this.#clusters = clusters;
    this.#returning = token !== undefined;
    this.#held = remembered && token?.from === 'this-process' ? token.content : undefined;
    this.#history = history;
    this.#since = stream.clock.monotonic();
  }

  /** When patience with clusters that have not arrived ends; Infinity once it has. */
  get nextAt(): number {
    return this.#patient ? this.#since + this.#limits.syncWaitMs : Number.POSITIVE_INFINITY;
  }

  get #patient(): boolean {
    return this.#stream.clock.monotonic() < this.#since + this.#limits.syncWaitMs;
  }

  /** How a cluster enters that comes into scope now. */
  entrance(): Entrance {
    if (this.#returning) return this.#planned ? 'arrival' : 'resume';
    return this.#stream.snapshot === false ? 'baseline' : 'snapshot';
  }

  /** Continuity of these was lost while the stream was running. */
  again(slow: readonly ClusterFollower<R>[]): void {
    for (const follower of slow) this.#mustResync(follower);
    this.#since = this.#stream.clock.monotonic();
  }

  step(): OpeningStep<R> {
    if (!this.#planned) return this.#plan();
    for (const follower of this.#clusters.overflowed(isTold)) this.#mustResync(follower);
    const missed = [...this.#gone.splice(0), ...this.#clusters.changes(isTold)];
    if (missed.length > 0) return { phase: 'CHANGES', changes: missed };
    if (this.#resyncAll || this.#resync.size > 0) return this.#announceResync();
    const waiting = this.#begin();
    const page = this.#page();
    if (page.length > 0) return { phase: 'SNAPSHOT', changes: page };
    const entering = [...this.#clusters.inScope()].filter((follower) => follower.entrance !== 'followed');
    if (entering.some((follower) => follower.walking && this.#clusters.rightsOf(follower) !== undefined)) return 'busy';
    return waiting || entering.some((follower) => this.#untold(follower)) ? 'idle' : this.#done();
  }

  // ---------------------------------------------------------------------------------------------- what the reader has

  /** One cluster a turn, so that a reader of a large fleet who comes back does not hold up everybody. */
  #plan(): 'busy' | 'idle' {
    let waiting = false;
    for (const follower of this.#clusters.inScope()) {
      if (follower.following || follower.entrance === 'snapshot' || follower.entrance === 'arrival') continue;
      const rights = this.#clusters.rightsOf(follower);
      if (rights !== undefined) {
        this.#planOne(follower, rights);
        return 'busy';
      }
      waiting = true;
    }
    if (waiting) {
      this.#clusters.holdBack();
      return 'idle';
    }
    this.#planTheGone();
    this.#planned = true;
    this.#clusters.flushIn(0);
    return 'busy';
  }

  #planOne(follower: ClusterFollower<R>, rights: ClusterRights): void {
    if (follower.entrance === 'baseline') this.#assume(follower, rights);
    else if (this.#held === undefined) follower.entrance = 'snapshot';
    else this.#planReturn(follower, rights, this.#held);
  }

  #planReturn(follower: ClusterFollower<R>, rights: ClusterRights, { clusters }: TokenContent): void {
    const held = clusters.find((cluster) => cluster.name === follower.name);
    if ((held?.turn ?? 0) !== this.#history.turn(follower.name)) this.#mustResync(follower);
    else if (held === undefined) follower.entrance = 'arrival';
    else if (!this.#resume(follower, held, rights)) this.#mustResync(follower);
  }

  #assume(follower: ClusterFollower<R>, rights: ClusterRights): void {
    const { source, clock } = this.#stream;
    for (const row of rights.any ? follower.rows() : []) {
      if (follower.wants(row) && rights.sees(source.identity(row)) === true) follower.sent.assume(row, 'unannounced', clock.monotonic());
    }
    follower.following = true;
  }

  /** False when the token's position is not covered, or was taken with other rights. */
  #resume(follower: ClusterFollower<R>, held: TokenCluster, rights: ClusterRights): boolean {
    const { log, source } = this.#stream;
    if (held.positions === undefined || held.rights !== rights.digest) return false;
    const missed = log.missedSince(follower.name, held.positions, source.follows);
    if (missed === undefined) return false;
    for (const key of takeUp(follower, missed, rights, this.#stream)) {
      this.#clusters.queue.put(follower.name, key, { since: held.positions, away: false });
    }
    follower.following = true;
    return true;
  }

  #mustResync(follower: ClusterFollower<R>): void {
    this.#resync.add(follower.name);
    this.#clusters.startOver(follower);
  }

  /** What the reader may hold of clusters that are no longer in scope. */
  #planTheGone(): void {
    if (this.#held === undefined) {
      this.#resyncAll = this.#returning;
      return;
    }
    for (const name of new Set([...this.#held.clusters.map((cluster) => cluster.name), ...this.#history.clusters()])) {
      if (this.#clusters.get(name)?.inScope) continue;
      const identity = this.#stream.source.gone?.(name);
      if (identity === undefined) this.#resync.add(name);
      else this.#gone.push({ type: 'REMOVED', cluster: name, identity });
    }
  }

  // ---------------------------------------------------------------------------------------------- what it is sent

  #announceResync(): OpeningStep<R> {
    const resyncClusters = [...this.#resync].sort();
    const all = this.#resyncAll;
    this.#resyncAll = false;
    this.#resync.clear();
    return all ? { phase: 'RESYNC' } : { phase: 'RESYNC', resyncClusters };
  }

  /** True while there are clusters worth waiting for, or rights that are being asked. */
  #begin(): boolean {
    let waiting = false;
    for (const follower of this.#clusters.inScope()) {
      if (follower.following) continue;
      const rights = this.#clusters.rightsOf(follower);
      if (rights === undefined || (this.#patient && this.#isWorthWaiting(follower, rights))) waiting = true;
      else this.#beginOne(follower, rights);
    }
    return waiting;
  }

  #beginOne(follower: ClusterFollower<R>, rights: ClusterRights): void {
    if (follower.entrance === 'baseline') {
      this.#assume(follower, rights);
      return;
    }
    follower.following = true;
    if (rights.any) follower.walkAll({ partial: true });
  }

  #isWorthWaiting(follower: ClusterFollower<R>, rights: ClusterRights): boolean {
    return follower.entrance !== 'baseline' && rights.any && this.#clusters.freshness(follower) === 'arriving';
  }

  #page(): StreamChange<R>[] {
    const page: StreamChange<R>[] = [];
    for (const follower of this.#clusters.inScope()) if (follower.entrance === 'snapshot') this.#clusters.walkInto(page, follower);
    return page;
  }

  #untold(follower: ClusterFollower<R>): boolean {
    return follower.walking || (isTold(follower) && this.#clusters.queue.since(follower.name) !== undefined);
  }

  #done(): 'done' {
    for (const follower of this.#clusters.inScope()) follower.entrance = 'followed';
    return 'done';
  }
}

/** What changes in these is told before SYNCED; the others are in the middle of a snapshot, or were synced before. */
function isTold<R>(follower: ClusterFollower<R>): boolean {
  return !follower.inScope || follower.entrance === 'resume' || follower.entrance === 'arrival';
}
