import type { ClusterRecord } from '../model/cluster.ts';
import type { NamespaceRecord, NodeRecord } from '../model/node-record.ts';
import type { ObjectRecord } from '../model/object-record.ts';
import type { GroupResource } from '../model/resource.ts';
import type { RevisionRecord, WorkloadKind, WorkloadRecord } from '../model/workload-record.ts';
import { WORKLOAD_RESOURCES } from '../model/workload-resources.ts';
import type { ResourcePosition } from './commit.ts';
import type { ClusterStore, Collection, OwnedCollection } from './graph-store.ts';
import { Graveyard } from './graveyard.ts';
import { OwnedRecordCollection, PodRecordCollection, RecordCollection } from './record-collection.ts';
import { RecordEventRing } from './record-event-ring.ts';

/** All that is held of one cluster. Readers see it as `ClusterStore`; only transactions change it. */
export class ClusterTables implements ClusterStore {
  record: ClusterRecord;
  readonly pods = new PodRecordCollection('pods');
  readonly nodes: Collection<NodeRecord> = new RecordCollection<NodeRecord>('nodes');
  readonly namespaces: Collection<NamespaceRecord> = new RecordCollection<NamespaceRecord>('namespaces');
  readonly replicaSets: OwnedCollection<RevisionRecord> = new OwnedRecordCollection<RevisionRecord>('replicasets.apps');
  readonly controllerRevisions: OwnedCollection<RevisionRecord> = new OwnedRecordCollection<RevisionRecord>('controllerrevisions.apps');
  readonly events: RecordEventRing;
  readonly graveyard = new Graveyard();
  readonly positions = new Map<GroupResource, ResourcePosition>();
  readonly #workloads: ReadonlyMap<WorkloadKind, Collection<WorkloadRecord>>;
  readonly #collections: ReadonlyMap<GroupResource, RecordCollection<ObjectRecord>>;

  constructor(record: ClusterRecord, now: () => number) {
    this.record = record;
    this.events = new RecordEventRing(now);
    this.#workloads = new Map(
      Object.entries(WORKLOAD_RESOURCES).map(([kind, resource]) => [kind as WorkloadKind, new RecordCollection<WorkloadRecord>(resource)]),
    );
    const all = [this.pods, this.nodes, this.namespaces, this.replicaSets, this.controllerRevisions, ...this.#workloads.values()];
    // Each collection holds records of its own kind: the operations name the kind, and the projector of that kind made the record.
    this.#collections = new Map(all.map((collection) => [collection.resource, collection as unknown as RecordCollection<ObjectRecord>]));
  }

  workloads(kind: WorkloadKind): Collection<WorkloadRecord> {
    const collection = this.#workloads.get(kind);
    if (collection === undefined) throw new RangeError(`no such kind of workload: ${kind}`);
    return collection;
  }

  byUid(resource: GroupResource, uid: string): ObjectRecord | undefined {
    return this.#collections.get(resource)?.byUid(uid);
  }

  position(resource: GroupResource): ResourcePosition | undefined {
    return this.positions.get(resource);
  }

  collection(resource: GroupResource): RecordCollection<ObjectRecord> | undefined {
    return this.#collections.get(resource);
  }

  collections(): Iterable<RecordCollection<ObjectRecord>> {
    return this.#collections.values();
  }
}
