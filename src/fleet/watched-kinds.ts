import type { ListGate } from '../informer/list-gate.ts';
import type { ListFrom } from '../informer/next-move.ts';
import { Reflector } from '../informer/reflector.ts';
import type { ApiServer } from '../kube/api-server.ts';
import { apiVersionOf, type GroupResource, groupResourceOf, type Resource } from '../model/resource.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Random } from '../runtime/random.ts';
import type { ResumePoint, SyncedKind } from './copies/cluster-copy.ts';
import type { FleetStore } from './fleet-store.ts';
import type { FleetTuning } from './fleet-tuning.ts';
import type { ClusterIngest } from './ingest.ts';
import type { MemoryBudget } from './memory-budget.ts';
import { keptFieldsOf } from './projection/kept-fields.ts';
import type { Projector } from './projector.ts';
import { ReadingTally } from './reading-counts.ts';
import type { WatchedKind } from './sync-state.ts';

export interface WatchedKindsOptions {
  readonly cluster: string;
  readonly apiServer: ApiServer;
  readonly store: FleetStore;
  readonly ingest: ClusterIngest;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly tuning: FleetTuning;
  readonly gate: ListGate;
  readonly projectorFor: (resource: GroupResource) => Projector | undefined;
  readonly budget: MemoryBudget;
  /** Where a kind of that version may go on from, the first time that it is watched. */
  readonly resumePoint: (resource: GroupResource, apiVersion: string) => ResumePoint | undefined;
  /** Whether the server lists by stream of its own accord. */
  readonly listsByStream: (resource: Resource) => boolean;
  readonly onState: () => void;
  readonly onActivity: () => void;
  /** A kind answers 404: what the cluster serves has changed. */
  readonly onGone: () => void;
}

interface Kind {
  readonly resource: Resource;
  readonly reflector: Reflector;
  /** Its connection was in trouble when last looked at. */
  isCut: boolean;
  isGone: boolean;
}

/** The reflectors of one cluster, one for each kind that is watched. */
export class WatchedKinds {
  readonly #options: WatchedKindsOptions;
  readonly #kinds = new Map<GroupResource, Kind>();
  readonly #leaving = new Set<Promise<void>>();
  /** Of kinds that are watched no more. */
  readonly #past = new ReadingTally();

  constructor(options: WatchedKindsOptions) {
    this.#options = options;
  }

  /**
   * Watches what is planned. A kind left out of the plan goes only if the server itself has answered 404 for it for a
   * while: a server that starts may serve it later. Returns whether another look is needed because a kind is missing.
   */
  follow(plan: readonly Resource[]): boolean {
    for (const resource of plan) this.#followOne(resource);
    const planned = new Set(plan.map(groupResourceOf));
    for (const [key, kind] of [...this.#kinds]) if (!planned.has(key) && this.#isLongGone(kind)) this.#dropGone(key, kind);
    return [...this.#kinds.values()].some(({ isGone }) => isGone);
  }

  statuses(): WatchedKind[] {
    const { store, cluster } = this.#options;
    return [...this.#kinds].map(([key, { resource, reflector }]) => ({
      resource,
      status: reflector.status,
      objects: store.objectCount(cluster, key),
    }));
  }

  tally(): ReadingTally {
    const tally = new ReadingTally(this.#past);
    for (const { reflector } of this.#kinds.values()) tally.add(reflector.status);
    return tally;
  }

  get size(): number {
    return this.#kinds.size;
  }

  lastSignAt(): number | undefined {
    const signs = [...this.#kinds.values()].flatMap(({ reflector }) => reflector.status.lastSignAt ?? []);
    return signs.length === 0 ? undefined : Math.max(...signs);
  }

  doubt(): void {
    for (const { reflector } of this.#kinds.values()) reflector.doubt();
  }

  contact(): void {
    for (const { reflector } of this.#kinds.values()) reflector.contact();
  }

  relist(resources: readonly GroupResource[], reason: string, from: ListFrom = 'last-seen'): void {
    for (const resource of resources) this.#kinds.get(resource)?.reflector.relist(from, reason);
  }

  /** Kinds whose copies count as true. */
  live(): Resource[] {
    return [...this.#kinds.values()].filter(({ reflector }) => reflector.status.state === 'LIVE').map(({ resource }) => resource);
  }

  /** Kinds whose copies have been true, and when they were last. */
  synced(): SyncedKind[] {
    const now = this.#options.clock.now();
    return [...this.#kinds.values()].flatMap(({ resource, reflector: { status } }) =>
      status.hasSynced ? [{ resource, trueAt: status.staleSince ?? now }] : [],
    );
  }

  /** Tells the budget how many objects there are by now. */
  measure(): void {
    const { budget, store, cluster } = this.#options;
    for (const key of [...this.#kinds.keys()]) budget.grow(cluster, key, store.objectCount(cluster, key), this.#shedder(key));
  }

  /** Stops watching; returns the kinds that were watched. What is held of them stays. */
  abandon(): GroupResource[] {
    const abandoned = [...this.#kinds.keys()];
    for (const kind of this.#kinds.values()) this.#leave(kind);
    this.#kinds.clear();
    return abandoned;
  }

  async stop(): Promise<void> {
    this.abandon();
    await Promise.all(this.#leaving);
  }

  #followOne(resource: Resource): void {
    const key = groupResourceOf(resource);
    const present = this.#kinds.get(key);
    if (present !== undefined && apiVersionOf(present.resource) === apiVersionOf(resource)) {
      if (present.reflector.status.state === 'GONE') present.reflector.resume();
      return;
    }
    const projector = this.#options.projectorFor(key);
    if (projector === undefined) return;
    if (present !== undefined) this.#leave(present);
    this.#start(key, resource, projector);
  }

  #start(key: GroupResource, resource: Resource, projector: Projector): void {
    const { apiServer, ingest, clock, random, logger, tuning, gate, onActivity } = this.#options;
    const fields = keptFieldsOf(key);
    const resumePoint = this.#options.resumePoint(key, apiVersionOf(resource));
    const reflector = new Reflector({
      ...(fields !== undefined && { fields }),
      ...(resumePoint !== undefined && { resumeFrom: resumePoint }),
      listsByStream: this.#options.listsByStream(resource),
      admit: (objects) => this.#admit(key, objects),
      ...{ apiServer, resource, clock, random, logger, gate, onActivity },
      sink: ingest.sinkFor(key, projector),
      tuning: tuning.reflector,
      onState: () => this.#stateChanged(key),
    });
    this.#kinds.set(key, { resource, reflector, isCut: false, isGone: false });
    if (resumePoint !== undefined) ingest.moveTo(key, resumePoint.resourceVersion);
    reflector.start();
  }

  /** What a list has brought before it turns out to be too much is given up with it. */
  #admit(key: GroupResource, objects: number): void {
    const { budget, cluster } = this.#options;
    try {
      budget.admit(cluster, key, objects, this.#shedder(key));
    } catch (error) {
      this.#giveUp(key);
      throw error;
    }
  }

  #shedder(key: GroupResource): (message: string) => void {
    return (message) => this.#shed(key, message);
  }

  #shed(key: GroupResource, message: string): void {
    this.#options.logger.warn('a kind is given up for want of memory', { resource: key });
    this.#kinds.get(key)?.reflector.shed(message);
    this.#giveUp(key);
  }

  #giveUp(key: GroupResource): void {
    const { ingest, store, cluster } = this.#options;
    ingest.discard([key]);
    store.clear(cluster, key);
  }

  #isLongGone({ reflector: { status } }: Kind): boolean {
    const { clock, tuning } = this.#options;
    return status.state === 'GONE' && clock.now() - status.since >= tuning.goneAfterMs;
  }

  #dropGone(key: GroupResource, kind: Kind): void {
    this.#options.logger.info('a kind is no longer served', { resource: key });
    this.#kinds.delete(key);
    this.#leave(kind);
    this.#options.ingest.discard([key]);
    this.#options.store.clear(this.#options.cluster, key);
  }

  #leave({ resource, reflector }: Kind): void {
    this.#options.budget.release(this.#options.cluster, groupResourceOf(resource));
    this.#past.add(reflector.status);
    const leaving = reflector.stop().finally(() => this.#leaving.delete(leaving));
    this.#leaving.add(leaving);
  }

  #stateChanged(key: GroupResource): void {
    const kind = this.#kinds.get(key);
    if (kind === undefined) return;
    const { state, failure } = kind.reflector.status;
    const wasCut = kind.isCut;
    const wasGone = kind.isGone;
    kind.isCut = state !== 'LIVE' && failure?.kind === 'connection';
    kind.isGone = state === 'GONE';
    // One connection carries all kinds: when one of them is through, the others need not wait out their back-off.
    if (wasCut && state === 'LIVE') this.contact();
    if (!wasGone && kind.isGone) this.#options.onGone();
    this.#options.onState();
  }
}
