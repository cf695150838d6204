import { ChangeLog } from '../../src/feed/change-log.ts';
import { ResumeTokens } from '../../src/feed/resume-token.ts';
import type { StreamAccess, StreamVisibility } from '../../src/feed/stream-access.ts';
import type { StreamMessage } from '../../src/feed/stream-message.ts';
import { storedRows } from '../../src/feed/stream-source.ts';
import type { ClusterRecord, SyncState } from '../../src/model/cluster.ts';
import type { EventRecord } from '../../src/model/event-record.ts';
import type { NamespaceRecord, NodeRecord } from '../../src/model/node-record.ts';
import type { PodRecord } from '../../src/model/pod-record.ts';
import { seededRandom } from '../../src/runtime/random.ts';
import { VirtualClock } from '../../src/runtime/virtual-clock.ts';
import { InMemoryGraphStore } from '../../src/store/in-memory-graph-store.ts';

export const POD_ROWS = storedRows<PodRecord>({ resources: ['pods'], collections: (cluster) => [cluster.pods] });

/** A store with its log, in virtual time, and hands to change it. */
export class StreamWorld {
  readonly clock = new VirtualClock();
  readonly store = new InMemoryGraphStore({ now: () => this.clock.now() });
  readonly random = seededRandom(7);
  readonly log: ChangeLog;
  readonly access = new FakeAccess();
  tokens = new ResumeTokens({ processId: 'one', key: Buffer.alloc(32, 1) });
  #version = 100;
  #commits: Disposable;

  constructor(clusters: readonly string[], log: Partial<ConstructorParameters<typeof ChangeLog>[0]> = {}) {
    this.log = new ChangeLog({ clock: this.clock, ...log });
    this.#commits = this.store.onCommit((commit) => this.log.append(commit));
    for (const name of clusters) this.register(name);
  }

  register(name: string): void {
    this.store.addCluster(aCluster(name, 'LIVE'));
  }

  get shared() {
    const { store, log, clock, random, tokens } = this;
    return { store, log, clock, random, tokens };
  }

  /** Another process over the same clusters: knows nothing of tokens and commits so far. */
  restart(): void {
    this.#commits[Symbol.dispose]();
    this.tokens = new ResumeTokens({ processId: 'two', key: Buffer.alloc(32, 1) });
  }

  put(...pods: PodSpec[]): void {
    for (const [cluster, group] of Map.groupBy(pods, (pod) => pod.cluster)) {
      const operations = group.map((pod) => ({ type: 'put' as const, record: aPod({ ...pod, version: this.#next() }) }));
      this.store.commit(cluster, { operations, positions: [this.#position('pods')] });
    }
  }

  remove(cluster: string, uid: string): void {
    this.#version += 1;
    const resourceVersion = String(this.#version);
    this.store.commit(cluster, {
      operations: [{ type: 'remove', resource: 'pods', uid, resourceVersion }],
      positions: [this.#position('pods')],
    });
  }

  node(cluster: string, name: string, ready: boolean): void {
    this.store.commit(cluster, {
      operations: [{ type: 'put', record: aNode(cluster, name, ready, this.#next()) }],
      positions: [this.#position('nodes')],
    });
  }

  namespace(cluster: string, name: string): void {
    const record: NamespaceRecord = {
      ...envelope(cluster, 'namespaces', 'Namespace', name, this.#next()),
      phase: 'Active',
    };
    this.store.commit(cluster, { operations: [{ type: 'put', record }], positions: [this.#position('namespaces')] });
  }

  event(cluster: string, uid: string, count: number, namespace = 'a'): void {
    const event: EventRecord = {
      ...{
        cluster,
        namespace,
        name: uid,
        uid,
        resourceVersion: this.#next(),
        type: 'Warning',
        reason: 'BackOff',
        message: 'no',
        count,
      },
      lastSeenAt: this.clock.now(),
      regarding: { apiVersion: 'v1', kind: 'Pod', namespace, name: 'web' },
    };
    this.store.commit(cluster, { operations: [{ type: 'event', event }], positions: [this.#position('events')] });
  }

  sync(cluster: string, state: SyncState, changes: Partial<ClusterRecord> = {}): void {
    const record = this.store.cluster(cluster)?.record;
    if (record === undefined) return;
    this.store.commit(cluster, { record: { ...record, ...changes, sync: { ...record.sync, state } } });
  }

  /** `count` pods at once, as a list brings them. */
  burst(cluster: string, count: number, status: string, namespace = 'a'): void {
    this.put(...Array.from({ length: count }, (_, index) => ({ cluster, namespace, uid: `b${index}`, status })));
  }

  pods(): PodRecord[] {
    return this.store.clusters().flatMap((cluster) => [...cluster.pods.all()]);
  }

  #next(): string {
    this.#version += 1;
    return String(this.#version);
  }

  #position(resource: string) {
    return { resource, resourceVersion: String(this.#version), epoch: 0 };
  }
}

/** Rights that a test can change, with or without word of it, at once or after a while. */
class FakeAccess implements StreamAccess {
  epoch = 0;
  asked = 0;
  /** Absent: everything. */
  readonly rights = new Map<string, readonly string[]>();
  readonly unreachable = new Set<string>();
  /** Answers come as promises, resolved by this when given. */
  delay: (() => Promise<void>) | undefined;

  visibility(
    cluster: string,
    _resource: string,
    _verb: string,
    candidates: () => Iterable<string>,
  ): StreamVisibility | Promise<StreamVisibility> {
    this.asked += 1;
    const answer = this.#answer(cluster, new Set(candidates()));
    return this.delay === undefined ? answer : this.delay().then(() => answer);
  }

  sees(cluster: string, namespace: string): boolean {
    if (this.unreachable.has(cluster)) return false;
    return this.rights.get(cluster)?.includes(namespace) ?? true;
  }

  seesCluster(cluster: string): boolean {
    return (this.rights.get(cluster)?.length ?? 1) > 0;
  }

  /** `undefined`: everything. */
  allow(cluster: string, namespaces: readonly string[] | undefined): void {
    if (namespaces === undefined) this.rights.delete(cluster);
    else this.rights.set(cluster, namespaces);
    this.epoch += 1;
  }

  #answer(cluster: string, candidates: ReadonlySet<string>): StreamVisibility {
    if (this.unreachable.has(cluster)) return { everything: false, namespaces: new Set(), incomplete: 'UNREACHABLE' };
    const allowed = this.rights.get(cluster);
    if (allowed === undefined) return { everything: true };
    return { everything: false, namespaces: new Set(allowed.filter((namespace) => candidates.has(namespace))) };
  }
}

/** A client that does what the schema tells it to, and notes what no client should see. */
export class StreamReader<R> {
  readonly messages: StreamMessage<R>[] = [];
  readonly rows = new Map<string, R>();
  /** Called with every message as it arrives. */
  check: (message: StreamMessage<R>) => void = () => {};
  token: string | undefined;
  stale: readonly string[] = [];
  done = false;
  error: unknown;
  readonly #clock: VirtualClock;
  readonly #stream: AsyncIterator<StreamMessage<R>>;
  readonly #named = new Set<string>();
  #resyncing: ((cluster: string) => boolean)[] = [];
  #pulling: Promise<void> | undefined;

  constructor(clock: VirtualClock, stream: AsyncIterator<StreamMessage<R>>, before?: StreamReader<R>) {
    this.#clock = clock;
    this.#stream = stream;
    // Without a token one starts afresh.
    if (before?.token === undefined) return;
    for (const [key, row] of before.rows) this.rows.set(key, row);
    this.token = before.token;
  }

  get phases(): string[] {
    return this.messages.map((message) => message.phase);
  }

  get last(): StreamMessage<R> | undefined {
    return this.messages.at(-1);
  }

  /** Takes one message if there is one within `ms` of virtual time; the pull stays open otherwise. */
  async pull(ms = 2_000): Promise<StreamMessage<R> | undefined> {
    const before = this.messages.length;
    this.#pulling ??= this.#take();
    const until = this.#clock.monotonic() + ms;
    await this.#clock.settle();
    while (this.#pulling !== undefined && this.#clock.monotonic() < until)
      await this.#clock.advanceBy(Math.min(20, until - this.#clock.monotonic()));
    return this.messages[before];
  }

  /** Takes messages until none comes for `ms`. */
  async drain(ms = 2_000): Promise<this> {
    while (!this.done && (await this.pull(ms)) !== undefined);
    return this;
  }

  async close(): Promise<void> {
    await this.#stream.return?.();
    await this.#pulling;
  }

  async #take(): Promise<void> {
    try {
      const { value, done } = await this.#stream.next();
      if (done) this.done = true;
      else this.#apply(value);
    } catch (error) {
      this.error = error;
      this.done = true;
    } finally {
      this.#pulling = undefined;
    }
  }

  #apply(message: StreamMessage<R>): void {
    this.messages.push(message);
    this.check(message);
    this.token = message.resumeToken ?? this.token;
    this.stale = message.staleClusters ?? this.stale;
    if (message.phase === 'RESYNC') this.#resync(message.resyncClusters);
    for (const { type, identity, record } of message.changes) {
      const key = `${identity.cluster}/${identity.resource}/${identity.uid}`;
      if (message.phase === 'SNAPSHOT') this.#named.add(key);
      if (type === 'REMOVED') this.rows.delete(key);
      else this.rows.set(key, record as R);
    }
    if (message.phase === 'SYNCED') this.#settle();
  }

  #resync(clusters: readonly string[] | undefined): void {
    this.#named.clear();
    this.#resyncing.push((cluster) => clusters === undefined || clusters.includes(cluster));
  }

  #settle(): void {
    for (const key of [...this.rows.keys()]) {
      const cluster = key.slice(0, key.indexOf('/'));
      if (this.#resyncing.some((concerns) => concerns(cluster)) && !this.#named.has(key)) this.rows.delete(key);
    }
    this.#resyncing = [];
    this.#named.clear();
  }
}

export interface PodSpec {
  readonly cluster: string;
  readonly uid: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly status?: string;
  readonly nodeName?: string;
  readonly version?: string;
}

export function aPod({
  cluster,
  uid,
  namespace = 'a',
  name = uid,
  status = 'Running',
  nodeName = 'n1',
  version = '1',
}: PodSpec): PodRecord {
  return {
    ...envelope(cluster, 'pods', 'Pod', name, version),
    ...{ namespace, uid, phase: 'Running', status, ready: true, readyContainers: 1, totalContainers: 1, restarts: 0, nodeName },
    images: [],
    containers: [],
  };
}

function aNode(cluster: string, name: string, ready: boolean, version: string): NodeRecord {
  return { ...envelope(cluster, 'nodes', 'Node', name, version), ready, unschedulable: false, capacity: {}, conditions: [] };
}

function aCluster(name: string, state: SyncState): ClusterRecord {
  return { name, source: 'SIMULATED', labels: {}, sync: { state, since: 0, resources: [] } };
}

function envelope(cluster: string, resource: string, kind: string, name: string, resourceVersion: string) {
  return { cluster, resource, apiVersion: 'v1', kind, namespace: '', name, uid: name, resourceVersion, createdAt: 0, labels: {} };
}
