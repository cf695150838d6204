import type { Failure } from '../informer/failure.ts';
import type { ListGate } from '../informer/list-gate.ts';
import type { ClusterRecord, SyncState } from '../model/cluster.ts';
import { type GroupResource, groupResourceOf, type Resource } from '../model/resource.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Random } from '../runtime/random.ts';
import { Auditor } from './auditor.ts';
import type { ClusterDefinition } from './cluster-definition.ts';
import type { ClusterFacts } from './cluster-facts.ts';
import { ClusterPublisher } from './cluster-publisher.ts';
import { ContactLoop } from './contact-loop.ts';
import type { CopyFiles } from './copies/copy-files.ts';
import { CopyKeeper } from './copies/copy-keeper.ts';
import { DEFINITIONS, DefinitionWatch } from './definition-watch.ts';
import type { FleetStore } from './fleet-store.ts';
import type { FleetTuning } from './fleet-tuning.ts';
import { ClusterIngest } from './ingest.ts';
import type { MemoryBudget } from './memory-budget.ts';
import { openKruiseOf } from './open-kruise.ts';
import { WATCHED_RESOURCES } from './projection/projectors.ts';
import type { ProjectorFor } from './projector.ts';
import { QuietCheck } from './quiet-check.ts';
import type { ReadingCounts } from './reading-counts.ts';
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
  readonly budget: MemoryBudget;
  /** Where its copy outlives the process, and whose turn it is to write or read one. */
  readonly copies?: { readonly files: CopyFiles; readonly gate: ListGate };
  /** Which incarnation this is became known, or changed. May call `setDuplicateOf`. */
  readonly onIdentity?: (systemUid: string) => void;
}

/** States in which a cluster need not be waited for. */
const SETTLED: ReadonlySet<SyncState> = new Set(['LIVE', 'STALE', 'UNREACHABLE', 'UNAUTHORIZED', 'FORBIDDEN', 'DISABLED']);

/** Kinds of aggregated servers are listed in pages: some of these never end a list by stream. */
const STREAMED_GROUPS: ReadonlySet<string> = new Set(['', 'apps']);

/** Everything about one cluster, from first contact until it leaves. */
export class ClusterSession {
  readonly #options: ClusterSessionOptions;
  readonly #contactLoop: ContactLoop;
  readonly #ingest: ClusterIngest;
  readonly #kinds: WatchedKinds;
  readonly #publisher: ClusterPublisher;
  readonly #quietCheck: QuietCheck;
  readonly #definitionWatch: DefinitionWatch;
  readonly #auditor: Auditor;
  readonly #copies: CopyKeeper | undefined;
  #settle: () => void = () => {};
  /** Resolves when the cluster has been LIVE or has failed once. */
  readonly settled = new Promise<void>((resolve) => {
    this.#settle = resolve;
  });
  #contact: Contact = { phase: 'connecting' };
  #facts: ClusterFacts | undefined;
  #isStopped = false;
  /** Kinds have been read from the cluster itself. */
  #hasFollowed = false;
  #flaws = 0;

  constructor(options: ClusterSessionOptions) {
    this.#options = options;
    this.#contactLoop = this.#newContactLoop();
    this.#ingest = this.#newIngest();
    this.#kinds = this.#newKinds();
    this.#publisher = this.#newPublisher();
    this.#quietCheck = this.#newQuietCheck();
    this.#auditor = this.#newAuditor();
    this.#copies = options.copies && this.#newCopyKeeper(options.copies);
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

  get readingCounts(): ReadingCounts {
    const { relists, reconnects } = this.#kinds.tally();
    return { relists, reconnects, comparisons: this.#auditor.audits, differences: this.#auditor.differences };
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
    const kept = this.#copies?.stop();
    const stopped = [this.#contactLoop.stop(), this.#definitionWatch.stop(), this.#quietCheck.stop(), this.#auditor.stop()];
    // Which kinds are worth keeping is known while there are reflectors.
    await kept;
    await Promise.all([...stopped, this.#kinds.stop()]);
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
    if (this.#facts === undefined || this.#isBringingBack(this.#facts)) return;
    this.#hasFollowed = true;
    if (this.#kinds.follow(planWatches(this.#facts.served, WATCHED_RESOURCES))) this.#contactLoop.wake();
    this.#quietCheck.start();
    this.#auditor.start();
    if (this.#facts.served.some((resource) => groupResourceOf(resource) === groupResourceOf(DEFINITIONS))) this.#definitionWatch.start();
  }

  /** What was kept on disk comes first, and only for the cluster that it was kept of. */
  #isBringingBack({ systemUid, served }: ClusterFacts): boolean {
    const copies = this.#copies;
    if (copies === undefined || copies.isDone || systemUid === undefined) return false;
    if (this.#hasFollowed) {
      // It has only now told us who it is. What was deleted while we were away is known by now, to all but the copy.
      copies.begin(systemUid);
      return false;
    }
    copies.bringBack(
      systemUid,
      (records) => this.#ingest.restore(records),
      () => {
        const planned = new Set(planWatches(served, WATCHED_RESOURCES).map(groupResourceOf));
        const unplanned = copies.kinds.filter((kind) => !planned.has(kind));
        for (const kind of unplanned) this.#options.store.clear(this.name, kind);
        copies.giveUp(unplanned);
        this.#followKinds();
        this.#publisher.soon();
      },
    );
    return true;
  }

  /** Another cluster answers under this name: nothing that is held belongs to it. */
  #discardOther(): void {
    this.#options.logger.warn('another cluster answers under this name: what was known of the old one is dropped');
    void this.#copies?.forget(this.systemUid);
    this.#discard();
  }

  #discard(): void {
    this.#copies?.giveUp();
    this.#ingest.discardAll(this.#kinds.abandon());
    this.#options.store.clear(this.name);
  }

  /** Servers list by stream of their own accord from 1.34 on; others would refuse, or never end it. */
  #listsByStream({ group }: Resource): boolean {
    const [, major = '0', minor = '0'] = /^v(\d+)\.(\d+)/.exec(this.#facts?.kubernetesVersion ?? '') ?? [];
    return STREAMED_GROUPS.has(group) && (Number(major) > 1 || Number(minor) >= 34);
  }

  #assess(published: ClusterRecord): { record: ClusterRecord; reviewInMs?: number } {
    const { clock, tuning, definition, store } = this.#options;
    this.#kinds.measure();
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
      budget: this.#options.budget,
      resumePoint: (resource, apiVersion) => this.#copies?.takeResumePoint(resource, apiVersion),
      listsByStream: (resource) => this.#listsByStream(resource),
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

  #newAuditor(): Auditor {
    const { clock, random, logger, store, tuning, definition, listGate } = this.#options;
    return new Auditor({
      ...{ clock, random, logger, gate: listGate, apiServer: definition.apiServer, everyMs: tuning.auditEveryMs },
      held: () => store.cluster(this.name),
      live: () => this.#kinds.live(),
      onDifference: (resource) => this.#kinds.relist([resource], 'Audit', 'afresh'),
    });
  }

  #newCopyKeeper(copies: NonNullable<ClusterSessionOptions['copies']>): CopyKeeper {
    const { clock, random, logger, store, tuning } = this.#options;
    return new CopyKeeper({
      ...{ ...copies, clock, random, logger, cluster: this.name },
      ...{ firstMs: tuning.firstCopyMs, everyMs: tuning.copyEveryMs, finalMs: tuning.finalCopyMs },
      held: () => store.cluster(this.name),
      synced: () => this.#kinds.synced(),
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
