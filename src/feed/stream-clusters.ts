import type { Change } from '../store/commit.ts';
import type { Alarm } from './alarm.ts';
import type { LogEntry } from './change-log.ts';
import { type AskRights, ClusterFollower, type Entrance, isAsking } from './cluster-follower.ts';
import { type Freshness, freshnessOf } from './freshness.ts';
import { positionsOf } from './position.ts';
import { StreamError } from './stream-error.ts';
import type { StreamHistory } from './stream-journal.ts';
import type { StreamChange } from './stream-message.ts';
import type { ObjectStreamOptions, StreamLimits } from './stream-options.ts';
import { type ClusterRights, StreamRights } from './stream-rights.ts';
import { SubscriberQueue } from './subscriber-queue.ts';
import type { TokenCluster } from './token-content.ts';

export interface StreamClustersOptions<R> {
  readonly stream: ObjectStreamOptions<R>;
  readonly limits: StreamLimits;
  readonly alarm: Alarm;
  /** How a cluster that comes into scope now enters. */
  readonly entrance: () => Entrance;
  readonly history: StreamHistory;
}

/** The clusters of one stream: which are in scope, with what rights, and what of them the reader has to be told. */
export class StreamClusters<R> {
  readonly queue: SubscriberQueue;
  /** The reader is waiting for a message. */
  reading = false;
  /** What `matches` or the source threw while a commit was heard. */
  failure: { readonly error: unknown } | undefined;
  readonly #stream: ObjectStreamOptions<R>;
  readonly #limits: StreamLimits;
  readonly #alarm: Alarm;
  readonly #entrance: () => Entrance;
  readonly #history: StreamHistory;
  readonly #rights: StreamRights;
  readonly #followers = new Map<string, ClusterFollower<R>>();
  #flushAt = Number.POSITIVE_INFINITY;
  #reviewAt = 0;

  constructor({ stream, limits, alarm, entrance, history }: StreamClustersOptions<R>) {
    this.#stream = stream;
    this.#limits = limits;
    this.#alarm = alarm;
    this.#entrance = entrance;
    this.#history = history;
    this.queue = new SubscriberQueue(limits.maxPending);
    this.#rights = new StreamRights({ ...stream, maxAgeMs: limits.rightsMs, onAnswer: () => this.flushIn(0) });
  }

  get(name: string): ClusterFollower<R> | undefined {
    return this.#followers.get(name);
  }

  *inScope(): Iterable<ClusterFollower<R>> {
    for (const follower of this.#followers.values()) if (follower.inScope) yield follower;
  }

  /** When there is something to do that nobody will ring for. */
  get nextAt(): number {
    let at = Math.min(this.#flushAt, this.#reviewAt);
    if (this.#stream.background === undefined) return at;
    // An overdue row waits for rights: their answer rings.
    const now = this.#stream.clock.monotonic();
    for (const { sent } of this.#followers.values()) if (sent.nextDueAt > now) at = Math.min(at, sent.nextDueAt);
    return at;
  }

  // ---------------------------------------------------------------------------------------------- what is heard

  /** A commit: notes which rows to look at. Cheap, synchronous, never throws. */
  hear({ commit, before }: LogEntry): void {
    if (commit.clusterChanged) this.#reviewIn(this.#limits.clusterTickMs);
    const follower = this.#followers.get(commit.cluster);
    if (follower === undefined || !follower.following || !follower.inScope) return;
    try {
      for (const change of commit.changes) this.#note(change, follower, before);
    } catch (error) {
      this.failure = { error };
      this.#alarm.ring();
    }
  }

  flushIn(ms: number): void {
    const at = this.#stream.clock.monotonic() + ms;
    if (this.#flushAt <= at) return;
    this.#flushAt = at;
    this.#alarm.ring();
  }

  /** Nothing is told before somebody calls `flushIn` again. */
  holdBack(): void {
    this.#flushAt = Number.POSITIVE_INFINITY;
  }

  #reviewIn(ms: number): void {
    const at = this.#stream.clock.monotonic() + ms;
    if (this.#reviewAt <= at) return;
    this.#reviewAt = at;
    this.#alarm.ring();
  }

  #note(change: Change, follower: ClusterFollower<R>, since: LogEntry['before']): void {
    const { source } = this.#stream;
    const { cluster, name } = follower;
    const put = (key: string) => {
      this.queue.put(name, key, { since, away: !this.reading });
      this.flushIn(this.#limits.flushMs);
    };
    const own = source.own(change);
    if (own !== undefined && this.#concerns(own, follower)) put(own.key);
    if (cluster === undefined || source.dependents === undefined) return;
    for (const key of source.dependents(change, cluster)) put(key);
  }

  /** Spares the reader a turn for rows that it neither has nor wants. */
  #concerns(own: { readonly key: string; readonly after?: R | undefined }, follower: ClusterFollower<R>): boolean {
    if (follower.sent.has(own.key)) return true;
    if (own.after !== undefined) return this.queue.has(follower.name, own.key) || follower.wants(own.after);
    this.queue.forget(follower.name, own.key);
    return false;
  }

  // ---------------------------------------------------------------------------------------------- scope and rights

  /** Who came, who left, whose record changed, what may be seen. Throws `FORBIDDEN` when nothing is left to see. */
  review(): void {
    const now = this.#stream.clock.monotonic();
    if (now >= this.#reviewAt) {
      this.#reviewAt = now + this.#limits.tickMs;
      this.#reviewScope();
      this.#reviewPrints();
    }
    this.#reviewRights();
  }

  /** Undefined while they are being asked: nothing of this cluster may leave. */
  rightsOf(follower: ClusterFollower<R>): ClusterRights | undefined {
    const { cluster } = follower;
    if (!follower.inScope || cluster === undefined) return NOBODYS_RIGHTS;
    const rights = this.#rights.of(cluster);
    const before = follower.rights;
    if (rights === undefined || rights === before) return rights;
    follower.rights = rights;
    if (before !== undefined && before.digest !== rights.digest && follower.following) {
      this.#history.turnOver(follower.name);
      follower.walkRights(rights, before);
    }
    return rights;
  }

  #reviewScope(): void {
    const { store, clustersInScope } = this.#stream;
    const names = new Set([...clustersInScope()].filter((name) => store.cluster(name) !== undefined));
    for (const name of names) this.#enter(name);
    for (const follower of this.#followers.values()) if (!names.has(follower.name)) this.#leave(follower);
  }

  #enter(name: string): void {
    const known = this.#followers.get(name);
    if (known === undefined) {
      const entrance = this.#entrance();
      if (entrance === 'arrival') this.#history.turnOver(name);
      this.#followers.set(name, new ClusterFollower<R>(name, entrance, this.#stream));
    } else if (!known.inScope) {
      this.#history.turnOver(name);
      known.inScope = true;
      known.walkAll({ partial: true });
    }
  }

  /** Its rows become removals; once they are told, it is forgotten. */
  #leave(follower: ClusterFollower<R>): void {
    if (follower.inScope) {
      this.#history.turnOver(follower.name);
      follower.inScope = false;
      this.queue.clear(follower.name);
      this.#rights.forget(follower.name);
      follower.stopWalking();
      if (follower.following) follower.walkAll({ partial: true });
    }
    if (!follower.walking) this.#followers.delete(follower.name);
  }

  #reviewPrints(): void {
    const { source } = this.#stream;
    if (source.clusterPrint === undefined) return;
    for (const follower of this.inScope()) {
      const { cluster } = follower;
      if (cluster === undefined || !follower.following) continue;
      const print = source.clusterPrint(cluster);
      if (print === follower.clusterPrint) continue;
      follower.clusterPrint = print;
      follower.walkAgain(() => true);
    }
  }

  #reviewRights(): void {
    let clusters = 0;
    let hopeful = 0;
    for (const follower of this.inScope()) {
      const rights = this.rightsOf(follower);
      clusters += 1;
      if (rights === undefined || rights.any || rights.incomplete) hopeful += 1;
    }
    if (clusters > 0 && hopeful === 0) throw new StreamError('FORBIDDEN', 'no right to read what this stream shows');
  }

  // ---------------------------------------------------------------------------------------------- what is told

  /** What to tell now of the accepted clusters, an object at most once. */
  changes(accept: (follower: ClusterFollower<R>) => boolean): StreamChange<R>[] {
    const found: StreamChange<R>[] = [];
    const now = this.#stream.clock.monotonic();
    const flushing = this.#flushAt <= now;
    if (flushing) this.#flushAt = Number.POSITIVE_INFINITY;
    for (const follower of this.#followers.values()) {
      if (!accept(follower) || this.rightsOf(follower) === undefined) continue;
      this.#look(follower, follower.sent.takeDue(now), found);
      if (flushing) this.#flush(follower, found);
    }
    for (const follower of this.#followers.values()) if (accept(follower)) this.walkInto(found, follower);
    return found;
  }

  /** Looks at rows that wait to be read, until `found` is a full page. */
  walkInto(found: StreamChange<R>[], follower: ClusterFollower<R>): void {
    const rights = follower.walking ? this.rightsOf(follower) : undefined;
    if (rights === undefined) return;
    const asking = follower.walk(rights, { limit: this.#limits.pageRows, now: this.#stream.clock.monotonic(), into: found });
    if (asking !== undefined) this.#ask(follower, asking);
    if (!follower.inScope && !follower.walking) this.#followers.delete(follower.name);
  }

  /** Clusters whose changes no longer fitted: read anew for a reader that keeps up; the others are returned. */
  overflowed(accept: (follower: ClusterFollower<R>) => boolean): ClusterFollower<R>[] {
    const slow: ClusterFollower<R>[] = [];
    for (const [name, lost] of [...this.queue.lost()]) {
      const follower = this.#followers.get(name);
      if (follower !== undefined && !accept(follower)) continue;
      if (follower !== undefined && lost.slow) slow.push(follower);
      this.queue.clear(name);
      if (follower !== undefined && !lost.slow) follower.walkAll({ partial: false, since: lost.since });
    }
    return slow;
  }

  /** All rows are to be named again; the reader keeps what it has until it is. */
  startOver(follower: ClusterFollower<R>): void {
    this.#history.turnOver(follower.name);
    this.queue.clear(follower.name);
    follower.stopWalking();
    follower.sent.clear();
    follower.entrance = 'snapshot';
    follower.following = false;
  }

  #flush(follower: ClusterFollower<R>, found: StreamChange<R>[]): void {
    const since = this.queue.since(follower.name);
    if (since === undefined) return;
    const keys = this.queue.take(follower.name);
    const left = this.#look(follower, keys, found);
    for (const key of keys.slice(keys.length - left)) this.queue.put(follower.name, key, { since, away: false });
  }

  /** How many of the keys, the last ones, could not be looked at yet. */
  #look(follower: ClusterFollower<R>, keys: readonly string[], found: StreamChange<R>[]): number {
    const rights = keys.length === 0 ? undefined : this.rightsOf(follower);
    if (rights === undefined) return keys.length;
    const now = this.#stream.clock.monotonic();
    for (const [index, key] of keys.entries()) {
      const change = follower.look(key, rights, now);
      if (isAsking(change)) {
        this.#ask(follower, change);
        return keys.length - index;
      }
      if (change !== undefined) found.push(change);
    }
    return 0;
  }

  #ask(follower: ClusterFollower<R>, { ask }: AskRights): void {
    this.#rights.askAbout(follower.name, ask);
    this.flushIn(0);
  }

  // ---------------------------------------------------------------------------------------------- what is true

  freshness({ cluster }: ClusterFollower<R>): Freshness {
    const { freshness, source } = this.#stream;
    if (cluster === undefined) return 'stale';
    return freshness === undefined ? freshnessOf(cluster.record, source.resources) : freshness(cluster.record);
  }

  /** Clusters in scope whose copy may be old. One that recovered counts as `before` until its changes are told. */
  stale(before: readonly string[]): string[] {
    const stale: string[] = [];
    for (const follower of this.inScope()) {
      const { name, rights, cluster } = follower;
      // One that is gone leaves the scope at the next review.
      if (cluster === undefined) continue;
      if (rights === undefined || (!rights.any && (!rights.incomplete || this.#stream.secretScope === true))) continue;
      const told = follower.following && !follower.walking && this.queue.since(name) === undefined;
      if (this.freshness(follower) !== 'live' || (!told && before.includes(name))) stale.push(name);
    }
    return stale.sort();
  }

  /** Up to where the reader has been told everything. */
  positions(): TokenCluster[] {
    const { log, source } = this.#stream;
    const clusters: TokenCluster[] = [];
    for (const follower of this.#followers.values()) {
      const { name, rights } = follower;
      if (follower.inScope && rights !== undefined && !rights.any && follower.sent.size === 0) continue;
      const position = { name, rights: rights?.digest ?? '', turn: this.#history.turn(name) };
      if (rights === undefined || follower.partial || !follower.inScope) {
        clusters.push(position);
        continue;
      }
      const told = follower.walkingSince ?? this.queue.since(name) ?? log.positions(name);
      clusters.push({ ...position, positions: positionsOf(told, source.follows) });
    }
    return clusters;
  }
}

/** Of a cluster that left: nothing is visible, and nobody needs to be asked. */
const NOBODYS_RIGHTS: ClusterRights = { any: false, incomplete: true, digest: '', sees: () => false };
