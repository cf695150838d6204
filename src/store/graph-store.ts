import type { ClusterRecord } from '../model/cluster.ts';
import type { EventRecord } from '../model/event-record.ts';
import type { NamespaceRecord, NodeRecord } from '../model/node-record.ts';
import type { ObjectRecord } from '../model/object-record.ts';
import type { PodRecord } from '../model/pod-record.ts';
import type { GroupResource } from '../model/resource.ts';
import type { RevisionRecord, WorkloadKind, WorkloadRecord } from '../model/workload-record.ts';
import type { ResourcePosition } from './commit.ts';

/**
 * The fleet as we know it, for readers. Everything read without an `await` in between belongs to one
 * revision: commits happen between turns of the event loop, never during a synchronous read.
 */
export interface GraphStore {
  /** Of the last commit; one counter for the process, never repeated, never skipped. */
  readonly revision: number;
  /** Registered clusters, by name in ascending order. */
  clusters(): readonly ClusterStore[];
  cluster(name: string): ClusterStore | undefined;
}

/** What is known of one cluster. A cluster never contacted is present and empty, and its `record.sync` says so. */
export interface ClusterStore {
  readonly record: ClusterRecord;
  readonly pods: PodCollection;
  readonly nodes: Collection<NodeRecord>;
  readonly namespaces: Collection<NamespaceRecord>;
  /** One collection for each kind; empty where the cluster does not serve it. */
  workloads(kind: WorkloadKind): Collection<WorkloadRecord>;
  /** ReplicaSets ("replicasets.apps") and ControllerRevisions ("controllerrevisions.apps"). */
  readonly replicaSets: OwnedCollection<RevisionRecord>;
  readonly controllerRevisions: OwnedCollection<RevisionRecord>;
  readonly events: EventRing;
  /** Any record by its kind and uid. */
  byUid(resource: GroupResource, uid: string): ObjectRecord | undefined;
  /** Up to where in the server's history a kind is known; undefined before its first complete list. */
  position(resource: GroupResource): ResourcePosition | undefined;
}

/** Objects of one kind in one cluster. Iteration order is not defined. */
export interface Collection<R extends ObjectRecord> {
  readonly resource: GroupResource;
  readonly size: number;
  get(namespace: string, name: string): R | undefined;
  byUid(uid: string): R | undefined;
  all(): Iterable<R>;
  inNamespace(namespace: string): Iterable<R>;
  /** Namespaces that hold objects of this kind ('' for a cluster-scoped kind that has any). */
  namespaces(): Iterable<string>;
}

export interface OwnedCollection<R extends ObjectRecord> extends Collection<R> {
  /** Objects whose controlling owner has this uid. */
  ownedBy(ownerUid: string): Iterable<R>;
}

export interface PodCollection extends OwnedCollection<PodRecord> {
  onNode(nodeName: string): Iterable<PodRecord>;
  countOnNode(nodeName: string): number;
  withLabel(key: string, value: string): Iterable<PodRecord>;
  /** Pods for which kubectl prints this word. */
  withStatus(status: string): Iterable<PodRecord>;
  countWithStatus(status: string): number;
}

/** The newest events of a cluster: at most 1,000, at most one hour old. */
export interface EventRing {
  readonly size: number;
  /** Newest first. */
  all(): Iterable<EventRecord>;
  /** Events about the object with this uid, newest first. */
  regarding(uid: string): Iterable<EventRecord>;
}
