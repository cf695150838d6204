import type { ListStart, ObjectEvent, ReflectorSink } from '../informer/reflector-sink.ts';
import type { EventRecord } from '../model/event-record.ts';
import type { KubeObject } from '../model/kube-object.ts';
import type { ObjectRecord } from '../model/object-record.ts';
import type { GroupResource } from '../model/resource.ts';
import type { ResourceVersion } from '../model/resource-version.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Commit, ResourcePosition } from '../store/commit.ts';
import type { StoreBatch, StoreOperation } from '../store/store-batch.ts';
import type { Projector } from './projector.ts';

/** The part of the store that a cluster's ingest writes to. */
export interface StoreWriter {
  commit(cluster: string, batch: StoreBatch): Commit | undefined;
}

export interface IngestOptions {
  readonly cluster: string;
  readonly store: StoreWriter;
  readonly clock: Clock;
  readonly logger: Logger;
  /** What was taken of these kinds could not be committed: they must be listed again. */
  readonly onLost: (resources: readonly GroupResource[]) => void;
}

/** More than this is not gathered before it is committed. */
const MAX_OPERATIONS = 1_000;

/**
 * The way from the reflectors of one cluster into the store. What arrives in one turn of the event loop becomes one
 * commit, whatever its kind; a page of a list is a commit of its own.
 */
export class ClusterIngest {
  readonly #options: IngestOptions;
  #operations: StoreOperation[] = [];
  #positions = new Map<GroupResource, ResourcePosition>();
  readonly #epochs = new Map<GroupResource, number>();
  #isScheduled = false;
  #isClosed = false;
  #unprojectable = 0;

  constructor(options: IngestOptions) {
    this.#options = options;
  }

  /** Objects that their projector failed on: the store keeps what it had of them. */
  get unprojectable(): number {
    return this.#unprojectable;
  }

  sinkFor(resource: GroupResource, projector: Projector): ReflectorSink {
    return new KindSink(resource, projector, this);
  }

  projected(projector: Projector, object: KubeObject): ObjectRecord | EventRecord | undefined {
    try {
      return projector(object, this.#options.cluster);
    } catch (error) {
      this.#unprojectable += 1;
      this.#options.logger.error('an object could not be projected', { kind: object.kind, error: String(error).slice(0, 200) });
      return undefined;
    }
  }

  add(operation: StoreOperation): void {
    this.#operations.push(operation);
    if (this.#operations.length >= MAX_OPERATIONS) this.#flushTurn();
    else this.#schedule();
  }

  moveTo(resource: GroupResource, resourceVersion: ResourceVersion): void {
    this.#positions.set(resource, { resource, resourceVersion, epoch: this.#epochs.get(resource) ?? 0 });
    this.#schedule();
  }

  beginEpoch(resource: GroupResource): void {
    this.#epochs.set(resource, (this.#epochs.get(resource) ?? 0) + 1);
    this.#operations.push({ type: 'forget-history', resource });
  }

  /** Throws what the store throws, having lost what was gathered. */
  flush(): void {
    if (this.#operations.length === 0 && this.#positions.size === 0) return;
    const batch: StoreBatch = { operations: this.#operations, positions: [...this.#positions.values()] };
    this.#drop();
    if (!this.#isClosed) this.#options.store.commit(this.#options.cluster, batch);
  }

  /** Commits what others gathered, so that what comes now succeeds or fails alone. */
  settle(): void {
    this.#flushTurn();
  }

  /** Records of an earlier life of this process. Throws what the store throws. */
  restore(records: readonly ObjectRecord[]): void {
    for (const record of records) this.add({ type: 'put', record });
    this.flush();
  }

  /** What was gathered of these kinds is worth nothing; of others it is kept. */
  discard(resources: Iterable<GroupResource>): void {
    const given = new Set(resources);
    this.#operations = this.#operations.filter((operation) => !given.has(resourceOf(operation)));
    for (const resource of given) {
      this.#positions.delete(resource);
      this.#epochs.set(resource, (this.#epochs.get(resource) ?? 0) + 1);
    }
  }

  /** Another cluster answers under this name, in which these kinds were watched: nothing gathered or learnt is worth anything. */
  discardAll(resources: Iterable<GroupResource>): void {
    this.discard(resources);
    this.#drop();
  }

  /** Commits what was gathered; afterwards nothing is taken any more. */
  close(): void {
    this.#flushTurn();
    this.#isClosed = true;
  }

  #schedule(): void {
    if (this.#isScheduled || this.#isClosed) return;
    this.#isScheduled = true;
    void this.#options.clock.yield().then(() => {
      this.#isScheduled = false;
      this.#flushTurn();
    });
  }

  #flushTurn(): void {
    const operations = this.#operations;
    try {
      this.flush();
    } catch (error) {
      this.#options.logger.error('a batch could not be committed', { error: String(error).slice(0, 200) });
      this.#options.onLost([...new Set(operations.map(resourceOf))]);
    }
  }

  #drop(): void {
    this.#operations = [];
    this.#positions = new Map();
  }
}

/** One kind's way into the ingest. */
class KindSink implements ReflectorSink {
  readonly #resource: GroupResource;
  readonly #projector: Projector;
  readonly #ingest: ClusterIngest;
  #list: ListStart = { newEpoch: false };
  /** Uids of the list under way, as often as they were told, and those that were deleted since: mostly none. */
  #named: string[] = [];
  #dropped = new Set<string>();

  constructor(resource: GroupResource, projector: Projector, ingest: ClusterIngest) {
    this.#resource = resource;
    this.#projector = projector;
    this.#ingest = ingest;
  }

  begin(list: ListStart): void {
    this.#list = list;
    this.#forgetNamed();
    if (list.newEpoch) this.#ingest.beginEpoch(this.#resource);
  }

  upsert(objects: readonly KubeObject[]): void {
    this.#ingest.settle();
    for (const object of objects) this.#takeListed(object);
    this.#ingest.flush();
  }

  drop(uid: string): void {
    this.#dropped.add(uid);
  }

  finish(resourceVersion: ResourceVersion): void {
    this.#ingest.settle();
    // Events leave the ring by number and age, not because the server dropped them.
    if (this.#resource !== 'events') this.#ingest.add({ type: 'sweep', resource: this.#resource, keep: this.#kept() });
    this.#ingest.moveTo(this.#resource, resourceVersion);
    this.#forgetNamed();
    this.#ingest.flush();
  }

  apply(event: ObjectEvent, position: ResourceVersion): void {
    if (event.type === 'deleted') this.#takeDeleted(event.object);
    else this.#takeChanged(event.object);
    this.#ingest.moveTo(this.#resource, position);
  }

  moveTo(position: ResourceVersion): void {
    this.#ingest.moveTo(this.#resource, position);
  }

  #name(uid: string): void {
    this.#named.push(uid);
    if (this.#dropped.size > 0) this.#dropped.delete(uid);
  }

  #kept(): readonly string[] {
    return this.#dropped.size === 0 ? this.#named : this.#named.filter((uid) => !this.#dropped.has(uid));
  }

  #forgetNamed(): void {
    this.#named = [];
    this.#dropped = new Set();
  }

  #takeListed(object: KubeObject): void {
    // Named even when it cannot be projected: the object exists, and what we have of it stays.
    if (this.#resource !== 'events') this.#name(object.metadata.uid ?? '');
    const record = this.#ingest.projected(this.#projector, object);
    if (record === undefined) return;
    const { resourceVersion: listVersion, newEpoch } = this.#list;
    if (isEvent(record)) this.#ingest.add({ type: 'event', event: record });
    else if (listVersion === undefined) this.#ingest.add({ type: 'put', record });
    else this.#ingest.add({ type: 'listed', record, listVersion, newEpoch });
  }

  #takeChanged(object: KubeObject): void {
    const record = this.#ingest.projected(this.#projector, object);
    if (record !== undefined) this.#ingest.add(isEvent(record) ? { type: 'event', event: record } : { type: 'put', record });
  }

  #takeDeleted({ metadata }: KubeObject): void {
    if (this.#resource === 'events' || metadata.uid === undefined) return;
    const { uid, resourceVersion = '' } = metadata;
    this.#ingest.add({ type: 'remove', resource: this.#resource, uid, resourceVersion });
  }
}

function isEvent(record: ObjectRecord | EventRecord): record is EventRecord {
  return 'regarding' in record;
}

function resourceOf(operation: StoreOperation): GroupResource {
  switch (operation.type) {
    case 'put':
    case 'listed':
      return operation.record.resource;
    case 'event':
    case 'clear-events':
      return 'events';
    default:
      return operation.resource;
  }
}
