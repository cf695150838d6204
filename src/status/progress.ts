import type { Observation } from './observation.ts';
import { isActive } from './pod-class.ts';
import { progressDeadlineMs } from './pod-trouble.ts';

/**
 * Since when a Deployment says that this revision has missed its deadline. OpenKruise's condition is not
 * asked: it outlives a new template and its clock does not start anew with progress.
 */
export function deadlineExceededSince({ workload, revisions }: Observation): number | undefined {
  if (workload.workloadKind !== 'DEPLOYMENT') return undefined;
  const condition = workload.conditions.find(({ type, status }) => type === 'Progressing' && status === 'False');
  if (condition?.reason !== 'ProgressDeadlineExceeded') return undefined;
  // The message names the ReplicaSet; of another one it is yesterday's news.
  const message = condition.message ?? '';
  const named = message.includes('ReplicaSet "');
  if (named && revisions.update !== undefined && !message.includes(`"${revisions.update.name}"`)) return undefined;
  return condition.since ?? condition.updatedAt ?? 0;
}

/** The last time that a pod was made, moved, got ready or ceased to be, or was asked to go, or that the workload was changed. */
export function lastProgressAt(observation: Observation): number | undefined {
  let latest = observation.workload.specWrittenAt;
  const consider = (at: number | undefined) => {
    if (at !== undefined && (latest === undefined || at > latest)) latest = at;
  };
  for (const { pod, podClass, updated } of observation.pods) {
    consider(pod.deletionRequestedAt);
    if (!updated || !isActive(podClass)) continue;
    consider(pod.createdAt);
    consider(pod.inPlaceUpdatedAt);
    consider(pod.readySince);
    consider(pod.notReady?.since);
  }
  return latest;
}

/**
 * Nothing has moved for the whole deadline, and no pod is on its way to being available. Only where the
 * server says when the workload was changed: without that, a change made a moment ago to a workload with
 * old pods looks just the same. And only while no pod is missing: when it went is not recorded anywhere,
 * so that each deletion would look like a standstill until the controller has replaced the pod.
 */
export function hasStoodStill(observation: Observation): boolean {
  const { workload, active } = observation;
  if (workload.specWrittenAt === undefined || active < workload.replicas.desired) return false;
  if (observation.pods.some(({ podClass, updated }) => updated && podClass === 'READY_NOT_AVAILABLE')) return false;
  const last = lastProgressAt(observation);
  return last !== undefined && observation.now - last >= progressDeadlineMs(observation.workload);
}

export function hasMovedWithin(ms: number, observation: Observation): boolean {
  const last = lastProgressAt(observation);
  return last !== undefined && observation.now - last < ms;
}
