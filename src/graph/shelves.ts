import type { EventRecord } from '../model/event-record.ts';
import type { ObjectRecord } from '../model/object-record.ts';
import type { GroupResource } from '../model/resource.ts';
import { WORKLOAD_KINDS, type WorkloadKind, type WorkloadRecord } from '../model/workload-record.ts';
import type { ClusterStore, Collection } from '../store/graph-store.ts';

/** Objects of one kind in one cluster, as a right is asked for them. */
export interface Shelf<R> {
  readonly resource: GroupResource;
  /** What the rows are, where they are no objects of the kind but go by its rights: such rows may lie in other namespaces. */
  readonly rows?: 'runs';
  namespaces(): Iterable<string>;
  all(): Iterable<R>;
  inNamespace(namespace: string): Iterable<R>;
}

/** A shelf that knows how many objects it holds. */
export interface CountedShelf<R> extends Shelf<R> {
  readonly size: number;
}

export const EVENTS: GroupResource = 'events';

/** The six collections of workloads, or those of the kinds that are wanted. */
export function workloadShelves(
  cluster: ClusterStore,
  kinds: readonly WorkloadKind[] = WORKLOAD_KINDS,
): readonly Collection<WorkloadRecord>[] {
  return kinds.map((kind) => cluster.workloads(kind));
}

export function eventShelf({ events }: ClusterStore): CountedShelf<EventRecord> {
  return {
    size: events.size,
    resource: EVENTS,
    namespaces: () => new Set(Array.from(events.all(), ({ namespace }) => namespace)),
    all: () => events.all(),
    inNamespace: (namespace) => inNamespace(events.all(), namespace),
  };
}

/** Some objects of a kind (those of one owner, of one node). Rights are asked for the kind as a whole. */
export function partOfShelf<R extends { readonly namespace: string }>(
  whole: Pick<Shelf<R>, 'resource' | 'namespaces'>,
  rows: () => Iterable<R>,
): Shelf<R> {
  return {
    resource: whole.resource,
    namespaces: () => whole.namespaces(),
    all: rows,
    inNamespace: (namespace) => inNamespace(rows(), namespace),
  };
}

function* inNamespace<R extends { readonly namespace: string }>(rows: Iterable<R>, namespace: string): Iterable<R> {
  for (const row of rows) if (row.namespace === namespace) yield row;
}

/** The collection of any kind that the store keeps. */
export function shelfOf(cluster: ClusterStore, resource: GroupResource): CountedShelf<unknown> | undefined {
  return resource === EVENTS ? eventShelf(cluster) : collectionOf(cluster, resource);
}

function collectionOf(cluster: ClusterStore, resource: GroupResource): Collection<ObjectRecord> | undefined {
  const { pods, nodes, namespaces, replicaSets, controllerRevisions } = cluster;
  const all: readonly Collection<ObjectRecord>[] = [pods, nodes, namespaces, replicaSets, controllerRevisions, ...workloadShelves(cluster)];
  return all.find((collection) => collection.resource === resource);
}
