import type { ObjectRecord } from '../model/object-record.ts';
import type { GroupResource } from '../model/resource.ts';
import type { ClusterStore, OwnedCollection, PodCollection } from '../store/graph-store.ts';

/** What is left of a cluster that is no longer registered but that history names. */
export function removedCluster(name: string, now: number): ClusterStore {
  return {
    record: { name, source: 'CLUSTER_OBJECT', labels: {}, sync: { state: 'REMOVED', since: now, resources: [] } },
    pods: emptyPods,
    nodes: empty('nodes'),
    namespaces: empty('namespaces'),
    workloads: () => empty('deployments.apps'),
    replicaSets: empty('replicasets.apps'),
    controllerRevisions: empty('controllerrevisions.apps'),
    events: { size: 0, all: () => [], regarding: () => [] },
    byUid: () => undefined,
    position: () => undefined,
  };
}

function empty<R extends ObjectRecord>(resource: GroupResource): OwnedCollection<R> {
  return {
    resource,
    size: 0,
    get: () => undefined,
    byUid: () => undefined,
    all: () => [],
    inNamespace: () => [],
    namespaces: () => [],
    ownedBy: () => [],
  };
}

const emptyPods: PodCollection = {
  ...empty('pods'),
  onNode: () => [],
  countOnNode: () => 0,
  withLabel: () => [],
  withStatus: () => [],
  countWithStatus: () => 0,
};
