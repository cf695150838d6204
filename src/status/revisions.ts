import type { PodRecord } from '../model/pod-record.ts';
import type { RevisionRecord, WorkloadRecord } from '../model/workload-record.ts';
import type { ClusterStore } from '../store/graph-store.ts';
import { ownedRevisions, podsOfWorkload } from './owners.ts';

/**
 * The revisions of a workload. A key is known without its record where the workload names it and the
 * ControllerRevisions cannot be read.
 */
export interface WorkloadRevisions {
  /** Highest number first. */
  readonly all: readonly RevisionRecord[];
  /** Where the pods are going; absent while it cannot be told (unsettled, or paused with a changed template). */
  readonly update?: RevisionRef;
  /** Where the pods were: the same as `update` once none is at another. */
  readonly current?: RevisionRef;
}

export interface RevisionRef {
  readonly name: string;
  readonly key: string;
  readonly record?: RevisionRecord;
}

export function revisionsOf(cluster: ClusterStore, workload: WorkloadRecord): WorkloadRevisions {
  return deriveRevisions(workload, [...ownedRevisions(cluster, workload)], [...podsOfWorkload(cluster, workload)]);
}

export function deriveRevisions(workload: WorkloadRecord, owned: readonly RevisionRecord[], pods: readonly PodRecord[]): WorkloadRevisions {
  const all = owned.toSorted((a, b) => b.number - a.number || compareText(b.name, a.name));
  const update = updateRevision(workload, all);
  const current = currentRevision(workload, all, pods, update);
  return { all, ...(update && { update }), ...(current && { current }) };
}

/** The controller has seen the latest change of the spec. */
export function isSettled(workload: WorkloadRecord): boolean {
  return (workload.observedGeneration ?? 0) > 0 && (workload.observedGeneration ?? 0) >= workload.generation;
}

/** Text after the last "-": equal for a revision's full name, its short hash and the label of its pods. */
export function revisionKeyOf(name: string): string {
  return name.slice(name.lastIndexOf('-') + 1);
}

function updateRevision(workload: WorkloadRecord, all: readonly RevisionRecord[]): RevisionRef | undefined {
  if (workload.workloadKind === 'DEPLOYMENT') return refOf(newReplicaSet(workload, all));
  if (workload.workloadKind === 'DAEMON_SET') return isSettled(workload) ? refOf(all[0]) : undefined;
  return named(workload.updateRevision, all);
}

/** The ReplicaSet with the same template, the oldest if there are several, as the controller chooses. */
function newReplicaSet(workload: WorkloadRecord, all: readonly RevisionRecord[]): RevisionRecord | undefined {
  const equal = all.filter((revision) => revision.templateDigest === workload.templateDigest);
  if (equal.length > 0) return equal.reduce((a, b) => (b.createdAt < a.createdAt ? b : a));
  // A server of another version may have filled the two templates differently: trust the controller's number.
  if (workload.strategy.paused || !isSettled(workload) || workload.revisionNumber === undefined) return undefined;
  return all.find((revision) => revision.number === workload.revisionNumber);
}

function currentRevision(
  workload: WorkloadRecord,
  all: readonly RevisionRecord[],
  pods: readonly PodRecord[],
  update: RevisionRef | undefined,
): RevisionRef | undefined {
  // Under OnDelete a StatefulSet keeps currentRevision by best effort only.
  if (workload.currentRevision !== undefined && workload.strategy.type !== 'OnDelete') return named(workload.currentRevision, all);
  return revisionWithMostPods(workload, all, pods, update) ?? update;
}

/** Of those that are not the target; pods going away do not count. */
function revisionWithMostPods(
  workload: WorkloadRecord,
  all: readonly RevisionRecord[],
  pods: readonly PodRecord[],
  update: RevisionRef | undefined,
): RevisionRef | undefined {
  const counts = new Map<string, number>();
  for (const pod of pods) {
    if (pod.revisionKey === undefined || pod.revisionKey === update?.key || pod.deletionRequestedAt !== undefined) continue;
    counts.set(pod.revisionKey, (counts.get(pod.revisionKey) ?? 0) + 1);
  }
  const ranked = [...counts].sort((a, b) => b[1] - a[1] || compareText(a[0], b[0]));
  return ranked[0] && named(`${workload.name}-${ranked[0][0]}`, all);
}

function named(name: string | undefined, all: readonly RevisionRecord[]): RevisionRef | undefined {
  if (name === undefined) return undefined;
  const key = revisionKeyOf(name);
  return refOf(all.find((revision) => revision.revisionKey === key)) ?? { name, key };
}

function refOf(record: RevisionRecord | undefined): RevisionRef | undefined {
  return record && { name: record.name, key: record.revisionKey, record };
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
