import type { ObjectRecord } from '../../model/object-record.ts';
import type { PodRecord } from '../../model/pod-record.ts';
import type { RevisionRecord } from '../../model/workload-record.ts';
import type { Change } from '../../store/commit.ts';
import type { ClusterStore } from '../../store/graph-store.ts';

/** Uids of workloads, and `nameKey`s of changed objects, that changes of a cluster may concern. */
export function touchedBy(cluster: ClusterStore, changes: readonly Change[]): ReadonlySet<string> {
  const touched = new Set<string>();
  for (const change of changes) {
    if ('event' in change) continue;
    for (const record of [change.before, change.after]) if (record !== undefined) touch(touched, cluster, record);
  }
  return touched;
}

export function nameKey({ resource, namespace, name }: Pick<ObjectRecord, 'resource' | 'namespace' | 'name'>): string {
  return `${resource}/${namespace}/${name}`;
}

function touch(touched: Set<string>, cluster: ClusterStore, record: ObjectRecord): void {
  switch (record.resource) {
    case 'pods':
      touchPod(touched, cluster, record as PodRecord);
      return;
    case 'replicasets.apps':
    case 'controllerrevisions.apps':
      touchOwner(touched, (record as RevisionRecord).owner?.uid);
      return;
    case 'nodes':
      for (const pod of cluster.pods.onNode(record.name)) touchPod(touched, cluster, pod);
      return;
    default:
      touched.add(nameKey(record));
  }
}

/** A Deployment's pods are its ReplicaSets'. */
function touchPod(touched: Set<string>, cluster: ClusterStore, { owner }: PodRecord): void {
  const isReplicaSet = owner?.kind === 'ReplicaSet';
  touchOwner(touched, isReplicaSet ? cluster.replicaSets.byUid(owner.uid)?.owner?.uid : owner?.uid);
}

function touchOwner(touched: Set<string>, uid: string | undefined): void {
  if (uid !== undefined) touched.add(uid);
}
