import type { ClusterRecord } from '../model/cluster.ts';
import type { NamespaceRecord, NodeRecord } from '../model/node-record.ts';
import type { ObjectRecord } from '../model/object-record.ts';
import type { GroupResource } from '../model/resource.ts';
import type { RevisionRecord, WorkloadKind, WorkloadRecord } from '../model/workload-record.ts';
import { WORKLOAD_RESOURCES } from '../model/workload-resources.ts';
import { PodColumns } from './columns/pod-columns.ts';
import type { SharedColumns } from './columns/shared-columns.ts';
import type { ResourcePosition } from './commit.ts';
import type { ClusterStore, Collection, OwnedCollection } from './graph-store.ts';
import { Graveyard } from './graveyard.ts';
import { OwnedRecordCollection, RecordCollection } from './record-collection.ts';
import { RecordEventRing } from './record-event-ring.ts';
import type { RecordInterning } from './record-interning.ts';
import type { RecordTable } from './record-table.ts';

/** What the tables of all clusters share. */
export interface SharedValues {
  readonly interning: RecordInterning;
  readonly columns: SharedColumns;
}

/** All that is held of one cluster. Readers see it as `ClusterStore`; only transactions change it. */
export class ClusterTables implements ClusterStore {
  record: ClusterRecord;
  readonly pods: PodColumns;
  readonly nodes: Collection<NodeRecord>;
  readonly namespaces: Collection<NamespaceRecord>;
  readonly replicaSets: OwnedCollection<RevisionRecord>;
  readonly controllerRevisions: OwnedCollection<RevisionRecord>;
  readonly events: RecordEventRing;
  readonly graveyard = new Graveyard();
  readonly positions = new Map<GroupResource, ResourcePosition>();
  readonly #workloads: ReadonlyMap<WorkloadKind, Collection<WorkloadRecord>>;
  readonly #collections: ReadonlyMap<GroupResource, RecordTable<ObjectRecord>>;

  constructor(record: ClusterRecord, now: () => number, { interning, columns }: SharedValues) {
    this.record = record;
    this.pods = new PodColumns(record.name, columns);
    const nodes = new RecordCollection<NodeRecord>('nodes', interning);
    const namespaces = new RecordCollection<NamespaceRecord>('namespaces', interning);
    const replicaSets = new OwnedRecordCollection<RevisionRecord>('replicasets.apps', interning);
    const controllerRevisions = new OwnedRecordCollection<RevisionRecord>('controllerrevisions.apps', interning);
    this.nodes = nodes;
    this.namespaces = namespaces;
    this.replicaSets = replicaSets;
    this.controllerRevisions = controllerRevisions;
    this.events = new RecordEventRing(now);
    const workloads = Object.entries(WORKLOAD_RESOURCES).map(
      ([kind, resource]) => [kind as WorkloadKind, new RecordCollection<WorkloadRecord>(resource, interning)] as const,
    );
    this.#workloads = new Map(workloads);
    const all = [this.pods, nodes, namespaces, replicaSets, controllerRevisions, ...workloads.map(([, collection]) => collection)];
    // Each collection holds records of its own kind: the operations name the kind, and the projector of that kind made the record.
    this.#collections = new Map(all.map((collection) => [collection.resource, collection as unknown as RecordTable<ObjectRecord>]));
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

  collection(resource: GroupResource): RecordTable<ObjectRecord> | undefined {
    return this.#collections.get(resource);
  }

  collections(): Iterable<RecordTable<ObjectRecord>> {
    return this.#collections.values();
  }
}
