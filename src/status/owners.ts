import type { PodRecord } from '../model/pod-record.ts';
import type { RevisionRecord, WorkloadRecord } from '../model/workload-record.ts';
import { workloadKindOf } from '../model/workload-resources.ts';
import type { ClusterStore, GraphStore } from '../store/graph-store.ts';

/** The workload that made the pod: its controlling owner, or for a Deployment the owner of its ReplicaSet. */
export function workloadOfPod(store: Pick<GraphStore, 'cluster'>, pod: PodRecord): WorkloadRecord | undefined {
  const cluster = store.cluster(pod.cluster);
  return cluster && workloadOfPodIn(cluster, pod);
}

export function workloadOfPodIn(cluster: ClusterStore, pod: PodRecord): WorkloadRecord | undefined {
  if (pod.owner === undefined) return undefined;
  const owner = pod.owner.kind === 'ReplicaSet' ? cluster.replicaSets.byUid(pod.owner.uid)?.owner : pod.owner;
  const kind = owner && workloadKindOf(owner);
  return kind && cluster.workloads(kind).byUid(owner.uid);
}

/** The workload that a ReplicaSet or ControllerRevision belongs to. */
export function workloadOfRevision(cluster: ClusterStore, revision: RevisionRecord): WorkloadRecord | undefined {
  const kind = revision.owner && workloadKindOf(revision.owner);
  return kind && revision.owner && cluster.workloads(kind).byUid(revision.owner.uid);
}

/** In time proportional to the answer (and, for a Deployment, to its ReplicaSets). */
export function* podsOfWorkload(cluster: ClusterStore, workload: WorkloadRecord): Generator<PodRecord> {
  if (workload.workloadKind !== 'DEPLOYMENT') {
    yield* cluster.pods.ownedBy(workload.uid);
    return;
  }
  for (const replicaSet of cluster.replicaSets.ownedBy(workload.uid)) yield* cluster.pods.ownedBy(replicaSet.uid);
}

/** ReplicaSets of a Deployment, ControllerRevisions of any other kind; in no order. */
export function ownedRevisions(cluster: ClusterStore, workload: WorkloadRecord): Iterable<RevisionRecord> {
  return workload.workloadKind === 'DEPLOYMENT'
    ? cluster.replicaSets.ownedBy(workload.uid)
    : cluster.controllerRevisions.ownedBy(workload.uid);
}

/** The revision that the pod was made from, or in place updated to. */
export function revisionOfPod(cluster: ClusterStore, pod: PodRecord): RevisionRecord | undefined {
  if (pod.owner === undefined) return undefined;
  if (pod.owner.kind === 'ReplicaSet') return cluster.replicaSets.byUid(pod.owner.uid);
  for (const revision of cluster.controllerRevisions.ownedBy(pod.owner.uid)) {
    if (revision.revisionKey === pod.revisionKey) return revision;
  }
  return undefined;
}

/** In time proportional to the answer for a ReplicaSet, to the workload's pods otherwise. */
export function* podsOfRevision(cluster: ClusterStore, revision: RevisionRecord): Generator<PodRecord> {
  if (revision.resource === 'replicasets.apps') {
    yield* cluster.pods.ownedBy(revision.uid);
    return;
  }
  if (revision.owner === undefined) return;
  for (const pod of cluster.pods.ownedBy(revision.owner.uid)) {
    if (pod.revisionKey === revision.revisionKey) yield pod;
  }
}
