import { compareResourceVersions } from '../../../src/model/resource-version.ts';
import type { VirtualClock } from '../../../src/runtime/virtual-clock.ts';
import type { Change, Commit } from '../../../src/store/commit.ts';
import type { InMemoryGraphStore } from '../../../src/store/in-memory-graph-store.ts';
import type { TroubledCluster } from './troubled-cluster.ts';

/** Requests of all sorts that trouble may cause, in a minute and altogether, of three kinds. */
const REQUESTS_PER_MINUTE = 90;
const REQUESTS_AT_ONCE = 250;

/** Knows what may be shown of a troubled cluster, and writes down what was shown and should not have been. */
export class Oracle {
  readonly violations: string[] = [];
  readonly #cluster: TroubledCluster;
  readonly #store: InMemoryGraphStore;
  readonly #clock: VirtualClock;
  /** What a reader of the feed knows: uid -> version. */
  readonly #folded = new Map<string, string>();
  #epoch = 0;

  constructor(cluster: TroubledCluster, store: InMemoryGraphStore, clock: VirtualClock) {
    this.#cluster = cluster;
    this.#store = store;
    this.#clock = clock;
    store.onCommit((commit) => this.#hear(commit));
  }

  held(): string[] {
    const pods = this.#store.cluster('dev')?.pods.all() ?? [];
    return [...pods].map((pod) => `${pod.uid}@${pod.resourceVersion}=${pod.labels['note']}`).sort();
  }

  isLive(): boolean {
    return this.#store.cluster('dev')?.record.sync.state === 'LIVE';
  }

  /** Between two turns: the feed tells what is held, what is called live is what the server had, what is old says since when. */
  checkNow(): void {
    const cluster = this.#store.cluster('dev');
    if (cluster === undefined) return;
    const held = this.held();
    if (
      [...this.#folded.keys()].sort().join() !==
      held
        .map((text) => text.split('@')[0])
        .sort()
        .join()
    )
      this.#broken('I4', 'the feed, folded, is not what is held');
    const { sync } = cluster.record;
    const pods = sync.resources.find(({ resource }) => resource === 'pods');
    if (
      ['STALE', 'UNREACHABLE', 'UNAUTHORIZED'].includes(sync.state) &&
      pods !== undefined &&
      pods.objects > 0 &&
      sync.staleSince === undefined &&
      pods.state !== 'LISTING' &&
      pods.state !== 'LIVE' &&
      // Listed a moment ago, though it may not stay true.
      pods.state !== 'DEGRADED' &&
      cluster.position('pods') !== undefined
    )
      this.#broken('I8', `${sync.state} without saying since when`);
    const position = cluster.position('pods')?.resourceVersion;
    if (pods?.state === 'LIVE' && position !== undefined) this.#checkTruth(held, Number(position));
    if (pods?.state === 'LIVE' && position === undefined) this.#broken('I8', 'live before the first list');
    this.#checkPressure();
  }

  /** After the end nothing is open, waits, is committed or sent. */
  async checkEnd(): Promise<void> {
    await this.#clock.settle();
    const before = [this.#store.revision, this.#cluster.server.requests.length];
    const left = [this.#clock.pendingTimers, this.#cluster.server.openWatches];
    if (left.some((count) => count > 0)) this.#broken('I7', `left open: ${left[0]} timers, ${left[1]} watches`);
    await this.#clock.advanceBy(1_800_000);
    if ([this.#store.revision, this.#cluster.server.requests.length].join() !== before.join())
      this.#broken('I7', 'something happened after the end');
    if (this.#store.listenerFailures > 0) this.#broken('I7', 'a listener failed');
  }

  /** Events that are lost or told late may make the copy old, never other than it was at its version. */
  #checkTruth(held: readonly string[], version: number): void {
    const truth = this.#cluster.at(version);
    if (truth !== undefined && truth.join() !== held.join())
      this.#broken('I8', `live at ${version} with ${held.join(' ')}, where the server had ${truth.join(' ')}`);
  }

  #checkPressure(): void {
    const minutes = this.#clock.monotonic() / 60_000;
    const { length } = this.#cluster.server.requests;
    if (length > REQUESTS_AT_ONCE + minutes * REQUESTS_PER_MINUTE)
      this.#broken('I6', `${length} requests in ${minutes.toFixed(1)} minutes`);
  }

  #hear({ changes, positions, cluster }: Commit): void {
    const epoch =
      positions.find(({ resource }) => resource === 'pods')?.epoch ?? this.#store.cluster(cluster)?.position('pods')?.epoch ?? 0;
    const isNewEpoch = epoch !== this.#epoch || this.#cluster.wasRestored;
    this.#epoch = epoch;
    for (const change of changes) if ('after' in change || 'before' in change) this.#hearChange(change, isNewEpoch);
  }

  #hearChange(change: Exclude<Change, { readonly event: unknown }>, isNewEpoch: boolean): void {
    if (change.resource !== 'pods') return;
    const { before, after } = change;
    const uid = (after ?? before)?.uid ?? '';
    const known = this.#folded.get(uid);
    if ((known !== undefined) !== (before !== undefined))
      this.#broken('I2', `${uid} ${before === undefined ? 'added twice' : 'removed or changed without being there'}`);
    if (after === undefined) this.#removed(uid);
    else {
      const order = known === undefined ? 1 : (compareResourceVersions(after.resourceVersion, known) ?? 1);
      if (order <= 0 && !isNewEpoch) this.#broken('I3', `${uid} went from ${known} to ${after.resourceVersion}`);
      if (this.#cluster.notes.get(uid)?.has(after.labels['note'] ?? '') !== true)
        this.#broken('I4', `${uid} never was ${after.labels['note']}`);
      if (known === undefined && this.#cluster.deleted.has(uid) && !this.#isThere(uid) && this.#wasToldGone.has(uid) && !isNewEpoch)
        this.#broken('I2', `${uid} came back from the dead`);
      this.#folded.set(uid, after.resourceVersion);
    }
  }

  readonly #wasToldGone = new Set<string>();

  #removed(uid: string): void {
    this.#folded.delete(uid);
    this.#wasToldGone.add(uid);
    if (!this.#cluster.deleted.has(uid) && !this.#cluster.wasRestored) this.#broken('I2', `${uid} disappeared and was never deleted`);
  }

  #isThere(uid: string): boolean {
    return this.#cluster.shown().some((shown) => shown.startsWith(`${uid}@`));
  }

  #broken(invariant: string, what: string): void {
    if (this.violations.length < 5) this.violations.push(`${invariant} ${what}`);
  }
}
