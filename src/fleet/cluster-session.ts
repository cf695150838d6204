import type { Failure } from '../informer/failure.ts';
import type { ListGate } from '../informer/list-gate.ts';
import type { ClusterRecord, SyncState } from '../model/cluster.ts';
import { type GroupResource, groupResourceOf, type Resource } from '../model/resource.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Random } from '../runtime/random.ts';
import type { ClusterDefinition } from './cluster-definition.ts';
import type { ClusterFacts } from './cluster-facts.ts';
import { ClusterPublisher } from './cluster-publisher.ts';
import { ContactLoop } from './contact-loop.ts';
import { DEFINITIONS, DefinitionWatch } from './definition-watch.ts';
import type { FleetStore } from './fleet-store.ts';
import type { FleetTuning } from './fleet-tuning.ts';
import { ClusterIngest } from './ingest.ts';
import { openKruiseOf } from './open-kruise.ts';
import { WATCHED_RESOURCES } from './projection/projectors.ts';
import type { ProjectorFor } from './projector.ts';
import { QuietCheck } from './quiet-check.ts';
import { assessSync, type Contact } from './sync-state.ts';
import { planWatches } from './watch-plan.ts';
import { WatchedKinds } from './watched-kinds.ts';

export interface ClusterSessionOptions {
  readonly definition: ClusterDefinition;
  /** Knows the cluster already. */
  readonly store: FleetStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly tuning: FleetTuning;
  readonly contactGate: ListGate;
  readonly listGate: ListGate;
  readonly projectorFor: ProjectorFor;
  /** Which incarnation this is became known, or changed. May call `setDuplicateOf`. */
  readonly onIdentity?: (systemUid: string) => void;
}

/** States in which a cluster need not be waited for. */
const SETTLED: ReadonlySet<SyncState> = new Set(['LIVE', 'STALE', 'UNREACHABLE', 'UNAUTHORIZED', 'FORBIDDEN', 'DISABLED']);

/** Everything about one cluster, from first contact until it leaves. */
export class ClusterSession {
  readonly #options: ClusterSessionOptions;
  readonly #contactLoop: ContactLoop;
  readonly #ingest: ClusterIngest;
  readonly #kinds: WatchedKinds;
  readonly #publisher: ClusterPublisher;
  readonly #quietCheck: QuietCheck;
  readonly #definitionWatch: DefinitionWatch;
  #settle: () => void = () => {};
  /** Resolves when the cluster has been LIVE or has failed once. */
  readonly settled = new Promise<void>((resolve) => {
    this.#settle = resolve;
  });
  #contact: Contact = { phase: 'connecting' };
  #facts: ClusterFacts | undefined;
  #isStopped = false;
  #flaws = 0;

  constructor(options: ClusterSessionOptions) {
    this.#options = options;
    this.#contactLoop = this.#newContactLoop();
    this.#ingest = this.#newIngest();
    this.#kinds = this.#newKinds();
    this.#publisher = this.#newPublisher();
    this.#quietCheck = this.#newQuietCheck();
    const { clock, random, definition } = options;
    this.#definitionWatch = new DefinitionWatch({
      ...{ clock, random, apiServer: definition.apiServer },
      onChange: () => this.#contactLoop.wake(),
    });
  }

  get name(): string {
    return this.#options.definition.name;
  }

  /** Every kind the cluster serves, at every served version; empty before first contact. */
  get served(): readonly Resource[] {
    return this.#facts?.served ?? [];
  }

  get systemUid(): string | undefined {
    return this.#facts?.systemUid;
  }

  /** Fields that were not of the promised type, and objects that could not be projected. */
  get flaws(): number {
    return this.#flaws + this.#ingest.unprojectable;
  }

  start(delayMs: number): void {
    this.#contactLoop.start(delayMs);
  }

  /** Nothing is committed after this call; resolves when nothing is open any more. */
  async stop(): Promise<void> {
    if (!this.#isStopped) this.#ingest.close();
    this.#isStopped = true;
    this.#publisher.close();
    this.#settle();
    await Promise.all([this.#contactLoop.stop(), this.#definitionWatch.stop(), this.#quietCheck.stop(), this.#kinds.stop()]);
  }

  /** Another registered cluster is this one and shows it; undefined: it shows itself. */
  setDuplicateOf(name: string | undefined): void {
    const isDuplicate = this.#contact.phase === 'duplicate';
    if (this.#isStopped || isDuplicate === (name !== undefined)) return;
    this.#contact = name === undefined ? { phase: 'made' } : { phase: 'duplicate', of: name };
    if (name === undefined) this.#followKinds();
    else this.#discard();
    this.#publisher.soon();
  }

  #onFacts(facts: ClusterFacts): void {
    if (this.#isStopped) return;
    const before = this.#facts;
    this.#facts = facts;
    const isOther = before?.systemUid !== undefined && facts.systemUid !== undefined && before.systemUid !== facts.systemUid;
    if (isOther) this.#discardOther();
    if (this.#contact.phase !== 'duplicate') this.#contact = { phase: 'made' };
    if (facts.systemUid !== undefined) this.#options.onIdentity?.(facts.systemUid);
    if (this.#contact.phase === 'made') this.#followKinds();
    this.#kinds.contact();
    this.#publisher.soon();
  }

  #onContactFailure(failure: Failure): void {
    if (this.#isStopped) return;
    if (this.#facts === undefined) this.#contact = { phase: 'failed', failure };
    else if (failure.kind === 'connection') this.#kinds.doubt();
    this.#publisher.soon();
  }

  #followKinds(): void {
    if (this.#facts === undefined) return;
    if (this.#kinds.follow(planWatches(this.#facts.served, WATCHED_RESOURCES))) this.#contactLoop.wake();
    this.#quietCheck.start();
    if (this.#facts.served.some((resource) => groupResourceOf(resource) === groupResourceOf(DEFINITIONS))) this.#definitionWatch.start();
  }

  /** Another cluster answers under this name: nothing that is held belongs to it. */
  #discardOther(): void {
    this.#options.logger.warn('another cluster answers under this name: what was known of the old one is dropped');
    this.#discard();
  }

  #discard(): void {
    this.#ingest.discard(this.#kinds.abandon());
    this.#options.store.clear(this.name);
  }

  #assess(published: ClusterRecord): { record: ClusterRecord; reviewInMs?: number } {
    const { clock, tuning, definition, store } = this.#options;
    const kinds = this.#kinds.statuses();
    const { sync, reviewInMs } = assessSync({
      ...{
        kinds,
        contact: this.#contact,
        previous: published.sync,
        now: clock.now(),
        holdBackMs: tuning.holdBackMs,
        goneAfterMs: 3 * tuning.goneAfterMs,
      },
    });
    const openKruise = openKruiseOf(this.served, store.cluster(this.name));
    const record: ClusterRecord = {
      ...{ name: definition.name, source: definition.source, labels: definition.labels },
      ...(this.#facts?.systemUid !== undefined && { systemUid: this.#facts.systemUid }),
      ...(this.#facts !== undefined && { kubernetesVersion: this.#facts.kubernetesVersion }),
      ...(openKruise !== undefined && { openKruise }),
      sync,
    };
    return { record, ...(reviewInMs !== undefined && { reviewInMs }) };
  }

  #publish(record: ClusterRecord): void {
    const before = this.#options.store.cluster(this.name)?.record.sync.state;
    const { state, reason } = record.sync;
    this.#options.store.commit(this.name, { record });
    if (SETTLED.has(state)) this.#settle();
    if (before === state) return;
    this.#options.logger.info('cluster state', { state, reason });
    // It was away: it may have been upgraded, or replaced by another one.
    if (before === 'UNREACHABLE') this.#contactLoop.wake();
  }

  #newContactLoop(): ContactLoop {
    const { clock, random, tuning, contactGate, definition } = this.#options;
    return new ContactLoop({
      ...{ clock, random, tuning, gate: contactGate, apiServer: definition.apiServer },
      onFacts: (facts) => this.#onFacts(facts),
      onFailure: (failure) => this.#onContactFailure(failure),
    });
  }

  #newIngest(): ClusterIngest {
    const { clock, store, logger, definition } = this.#options;
    return new ClusterIngest({
      ...{ clock, store, logger, cluster: definition.name },
      onLost: (resources) => this.#kinds.relist(resources, 'NotCommitted'),
    });
  }

  #newKinds(): WatchedKinds {
    const { clock, random, store, logger, tuning, definition, listGate, projectorFor } = this.#options;
    const countFlaw = () => {
      this.#flaws += 1;
    };
    return new WatchedKinds({
      ...{ clock, random, store, logger, tuning, gate: listGate, ingest: this.#ingest },
      ...{ cluster: definition.name, apiServer: definition.apiServer },
      projectorFor: (resource: GroupResource) => projectorFor(resource, countFlaw),
      onState: () => this.#publisher.soon(),
      onActivity: () => this.#publisher.later(),
      onGone: () => this.#contactLoop.wake(),
    });
  }

  #newPublisher(): ClusterPublisher {
    const { clock, store, tuning } = this.#options;
    return new ClusterPublisher({
      ...{ clock, countsEveryMs: tuning.countsEveryMs },
      published: () => store.cluster(this.name)?.record,
      assess: (published) => this.#assess(published),
      publish: (record) => this.#publish(record),
    });
  }

  #newQuietCheck(): QuietCheck {
    const { clock, random, tuning, definition } = this.#options;
    return new QuietCheck({
      ...{ clock, random, apiServer: definition.apiServer, quietMs: tuning.quietMs, timeoutMs: tuning.quietTimeoutMs },
      lastSignAt: () => this.#kinds.lastSignAt(),
      onSilence: () => this.#kinds.doubt(),
    });
  }
}
