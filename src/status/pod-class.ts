import type { NodeRecord } from '../model/node-record.ts';
import type { ContainerRecord, PodRecord } from '../model/pod-record.ts';

export const POD_CLASSES = [
  'TERMINATING',
  'FAILED',
  'SUCCEEDED',
  'UNSCHEDULABLE',
  'IMAGE_ERROR',
  'CONFIG_ERROR',
  'CRASH_LOOP',
  'HOOK_BLOCKED',
  'IN_PLACE_UPDATING',
  'NODE_DOWN',
  'NOT_READY',
  'READY_NOT_AVAILABLE',
  'AVAILABLE',
] as const;
export type PodStatusClass = (typeof POD_CLASSES)[number];

/** The node of a pod: GONE when its object was deleted, undefined when there is none or it cannot be known. */
export type PodNode = NodeRecord | 'GONE' | undefined;

export interface PodSurroundings {
  readonly node: PodNode;
  readonly minReadySeconds: number;
  readonly now: number;
}

/** What a pod is doing, the first that holds in the order of `POD_CLASSES`. */
export function classifyPod(pod: PodRecord, { node, minReadySeconds, now }: PodSurroundings): PodStatusClass {
  if (pod.deletionRequestedAt !== undefined) return 'TERMINATING';
  if (pod.phase === 'Failed') return 'FAILED';
  if (pod.phase === 'Succeeded') return 'SUCCEEDED';
  if (pod.unscheduled?.reason === 'Unschedulable') return 'UNSCHEDULABLE';
  const broken = brokenClass(pod, now);
  if (broken !== undefined) return broken;
  if (isHookBlocked(pod, now)) return 'HOOK_BLOCKED';
  if (pod.inPlaceUpdating === true || pod.lifecycleState === 'Updating') return 'IN_PLACE_UPDATING';
  if (!pod.ready) return isNodeDown(node) ? 'NODE_DOWN' : 'NOT_READY';
  return isAvailable(pod, minReadySeconds, now) ? 'AVAILABLE' : 'READY_NOT_AVAILABLE';
}

/** On a pod at the target revision these speak against the revision, unless the pod's node is down. */
export function isReleaseEvidence(podClass: PodStatusClass): boolean {
  return RELEASE_EVIDENCE.has(podClass);
}

/** These speak against the cluster and never against the revision. */
export function isEnvironmentEvidence(podClass: PodStatusClass): boolean {
  return podClass === 'NODE_DOWN';
}

export function isNodeDown(node: PodNode): boolean {
  return node === 'GONE' || node?.ready === false;
}

/** Counts as one of the workload's pods: neither going nor ended. */
export function isActive(podClass: PodStatusClass): boolean {
  return podClass !== 'TERMINATING' && podClass !== 'FAILED' && podClass !== 'SUCCEEDED';
}

/** A pod that is ready counts as available, by the rule of its kind. */
export function isServing(podClass: PodStatusClass): boolean {
  return podClass === 'AVAILABLE' || podClass === 'READY_NOT_AVAILABLE';
}

/** Its grace period is over for so long that something holds it: a dead kubelet, a finalizer. */
export function isTerminatingStuck(pod: PodRecord, now: number): boolean {
  if (pod.deletionRequestedAt === undefined) return false;
  const graceMs = (pod.deletionGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS) * 1_000;
  return now - pod.deletionRequestedAt > graceMs + TERMINATING_MARGIN_MS;
}

const RELEASE_EVIDENCE: ReadonlySet<PodStatusClass> = new Set([
  'UNSCHEDULABLE',
  'IMAGE_ERROR',
  'CONFIG_ERROR',
  'CRASH_LOOP',
  'HOOK_BLOCKED',
]);
const DEFAULT_GRACE_SECONDS = 30;
const TERMINATING_MARGIN_MS = 120_000;
const HOOK_PATIENCE_MS = 300_000;
const CRASH_RESTARTS = 3;
/** The kubelet forgets its back-off after a container has run that long. */
const CRASH_MEMORY_MS = 600_000;
/** A pod that has been ready for so long has got over its crashes. */
const RECOVERED_MS = 60_000;

const IMAGE_REASONS: ReadonlySet<string> = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'ImageInspectError',
  'RegistryUnavailable',
  'SignatureValidationFailed',
]);
const CONFIG_REASONS: ReadonlySet<string> = new Set([
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
  'PreCreateHookError',
  'PreStartHookError',
  'PostStartHookError',
]);
const HOOK_STATES: ReadonlySet<string> = new Set(['PreparingUpdate', 'Updated', 'PreparingDelete', 'PreparingNormal']);

export function isImageError(container: ContainerRecord): boolean {
  return container.state === 'waiting' && container.reason !== undefined && IMAGE_REASONS.has(container.reason);
}

export function isConfigError(container: ContainerRecord): boolean {
  return container.state === 'waiting' && container.reason !== undefined && CONFIG_REASONS.has(container.reason);
}

function isCrashLooping(container: ContainerRecord, pod: PodRecord, now: number): boolean {
  if (container.state === 'waiting' && container.reason === 'CrashLoopBackOff') return true;
  return container.restarts >= CRASH_RESTARTS && !hasRecovered(pod, now) && crashedLately(container, pod, now);
}

function brokenClass(pod: PodRecord, now: number): PodStatusClass | undefined {
  if (pod.ready && (pod.restarts < CRASH_RESTARTS || hasRecovered(pod, now))) return undefined;
  let broken: PodStatusClass | undefined;
  for (const container of pod.containers) {
    if (isImageError(container)) return 'IMAGE_ERROR';
    if (isConfigError(container)) broken = 'CONFIG_ERROR';
    else if (broken === undefined && isCrashLooping(container, pod, now)) broken = 'CRASH_LOOP';
  }
  return broken;
}

function hasRecovered(pod: PodRecord, now: number): boolean {
  return pod.ready && (pod.readySince === undefined || now - pod.readySince >= RECOVERED_MS);
}

/** Crashes before an in-place update belong to the revision before. */
function crashedLately(container: ContainerRecord, pod: PodRecord, now: number): boolean {
  const at = container.lastTermination?.finishedAt;
  if (at === undefined || now - at > CRASH_MEMORY_MS) return false;
  return pod.inPlaceUpdatedAt === undefined || (at > pod.inPlaceUpdatedAt && container.lastTermination?.exitCode !== 0);
}

function isHookBlocked(pod: PodRecord, now: number): boolean {
  if (pod.lifecycleState === undefined || !HOOK_STATES.has(pod.lifecycleState)) return false;
  const since = pod.lifecycleSince ?? pod.inPlaceUpdatedAt;
  return since !== undefined && now - since >= HOOK_PATIENCE_MS;
}

function isAvailable(pod: PodRecord, minReadySeconds: number, now: number): boolean {
  if (minReadySeconds <= 0) return true;
  return pod.readySince !== undefined && pod.readySince + minReadySeconds * 1_000 <= now;
}
