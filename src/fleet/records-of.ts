import type { ObjectRecord } from '../model/object-record.ts';
import type { GroupResource } from '../model/resource.ts';
import { WORKLOAD_KINDS } from '../model/workload-record.ts';
import { WORKLOAD_RESOURCES } from '../model/workload-resources.ts';
import type { ClusterStore, Collection } from '../store/graph-store.ts';

/** What is held of a kind; nothing of kinds without records. */
export function recordsOf(cluster: ClusterStore, resource: GroupResource): Iterable<ObjectRecord> {
  return collectionOf(cluster, resource)?.all() ?? [];
}

export function collectionOf(cluster: ClusterStore, resource: GroupResource): Collection<ObjectRecord> | undefined {
  const workload = WORKLOAD_KINDS.find((kind) => WORKLOAD_RESOURCES[kind] === resource);
  if (workload !== undefined) return cluster.workloads(workload);
  switch (resource) {
    case 'pods':
      return cluster.pods;
    case 'nodes':
      return cluster.nodes;
    case 'namespaces':
      return cluster.namespaces;
    case 'replicasets.apps':
      return cluster.replicaSets;
    case 'controllerrevisions.apps':
      return cluster.controllerRevisions;
    default:
      return undefined;
  }
}
