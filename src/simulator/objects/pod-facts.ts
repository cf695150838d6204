import { conditionOf, isTrue } from './conditions.ts';
import { isDeleting } from './owners.ts';
import { millis } from './timestamps.ts';
import type { Pod } from './types.ts';

export function isReady(pod: Pod): boolean {
  return isTrue(pod.status?.conditions, 'Ready');
}

export function isFinished(pod: Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
}

/** Counts towards the replicas of its owner: neither finished nor about to go. */
export function isActive(pod: Pod): boolean {
  return !isFinished(pod) && !isDeleting(pod);
}

/** Milliseconds since 1970 since when the pod is ready; undefined while it is not. */
export function readySince(pod: Pod): number | undefined {
  const condition = conditionOf(pod.status?.conditions, 'Ready');
  return condition?.status === 'True' ? (millis(condition.lastTransitionTime) ?? 0) : undefined;
}

export function isAvailable(pod: Pod, minReadySeconds: number, now: number): boolean {
  const since = readySince(pod);
  return since !== undefined && (minReadySeconds === 0 || since + minReadySeconds * 1000 <= now);
}

/** Milliseconds until the next of `pods` becomes available by waiting alone; undefined when none will. */
export function nextAvailableInMs(pods: readonly Pod[], minReadySeconds: number, now: number): number | undefined {
  if (minReadySeconds === 0) return undefined;
  const waits = pods.flatMap((pod) => {
    const since = readySince(pod);
    return since === undefined || since + minReadySeconds * 1000 <= now ? [] : [since + minReadySeconds * 1000 - now];
  });
  return waits.length === 0 ? undefined : Math.min(...waits);
}

export function restartsOf(pod: Pod): number {
  return (pod.status?.containerStatuses ?? []).reduce((most, status) => Math.max(most, status.restartCount), 0);
}

/** Is the pod running and ready, as a StatefulSet asks it? */
export function isRunningAndReady(pod: Pod): boolean {
  return pod.status?.phase === 'Running' && isReady(pod);
}
