import type { PodRecord } from '../model/pod-record.ts';
import type { WorkloadRecord } from '../model/workload-record.ts';
import type { CauseCode } from './cause.ts';
import type { Observation, ObservedPod } from './observation.ts';
import { isNodeDown, isReleaseEvidence, isTerminatingStuck, type PodStatusClass } from './pod-class.ts';

/** What is wrong with one pod. */
export interface PodTrouble {
  readonly observed: ObservedPod;
  readonly code: CauseCode;
  readonly since: number;
  /** It has been wrong for so long that waiting will not mend it. */
  readonly lasting: boolean;
}

/** The time that a workload may go without progress: its own deadline where it has a real one. */
export function progressDeadlineMs(workload: WorkloadRecord): number {
  const own = workload.progressDeadlineSeconds;
  return own !== undefined && own > 0 && own <= MAX_DEADLINE_SECONDS ? own * 1_000 : DEFAULT_DEADLINE_MS;
}

/** Every pod that is not as it should be, whether for a second or a week. */
export function podTroubles(observation: Observation): readonly PodTrouble[] {
  const troubles: PodTrouble[] = [];
  for (const observed of observation.pods) {
    const code = codeOf(observed, observation);
    if (code === undefined) continue;
    const since = troubleSince(observed);
    troubles.push({ observed, code, since, lasting: isLasting(observed, code, since, observation) });
  }
  return troubles;
}

/** Speaks against the target revision: broken there, on a node that works. */
export function isAgainstRelease({ observed, lasting }: PodTrouble): boolean {
  return lasting && observed.updated && isReleaseEvidence(observed.podClass) && !isNodeDown(observed.node);
}

/** All pods are at the target revision already: it is not moving, it is being broken. */
function isAtRest({ old, updated, workload }: Observation): boolean {
  return old === 0 && updated >= workload.replicas.desired;
}

const DEFAULT_DEADLINE_MS = 600_000;
/** Longer ones are ways of writing "never": a week, against the 2^31 - 1 of a brake. */
const MAX_DEADLINE_SECONDS = 604_800;
const PATIENCE_MS = 60_000;
/** A pod that has served before is given the time that a restart and a recovery take. */
const PATIENCE_AT_REST_MS = 300_000;
/** The kubelet's back-off makes these take as long as the patience: 10 + 20 + 40 s, and + 80 + 160 s. */
const CRASHES = 3;
const CRASHES_AT_REST = 5;
/** A pod whose readiness changed that long after its start was ready in between. */
const WAS_READY_MS = 30_000;

const CODES: Readonly<Partial<Record<PodStatusClass, CauseCode>>> = {
  UNSCHEDULABLE: 'Unschedulable',
  IMAGE_ERROR: 'ImagePull',
  CONFIG_ERROR: 'ConfigError',
  CRASH_LOOP: 'CrashLoop',
  HOOK_BLOCKED: 'HookBlocked',
  IN_PLACE_UPDATING: 'InPlaceUpdateStalled',
  NODE_DOWN: 'NodeDown',
  NOT_READY: 'NotReady',
};

function codeOf(observed: ObservedPod, observation: Observation): CauseCode | undefined {
  const { pod, podClass, node } = observed;
  if (podClass === 'TERMINATING') return isTerminatingStuck(pod, observation.now) ? 'TerminatingStuck' : undefined;
  const code = CODES[podClass];
  if (code === undefined) return undefined;
  if (isNodeDown(node)) return 'NodeDown';
  if (podClass === 'NOT_READY' && pod.unscheduled?.reason === 'SchedulingGated') return 'SchedulingGated';
  return isOrderedBlocker(observed, observation) ? 'StatefulSetForcedRollback' : code;
}

/**
 * With OrderedReady a controller waits for a broken pod before it updates any, that pod included: a
 * reverted template does not mend it. Pods that the partition keeps old are not in question.
 */
function isOrderedBlocker({ pod, podClass, updated }: ObservedPod, { workload, revisions }: Observation): boolean {
  if (updated || revisions.update === undefined || workload.strategy.podManagementPolicy !== 'OrderedReady') return false;
  if (workload.strategy.type === 'OnDelete' || !isReleaseEvidence(podClass)) return false;
  const partition = workload.strategy.partition;
  return typeof partition !== 'number' || ordinalOf(pod) >= partition;
}

function ordinalOf(pod: PodRecord): number {
  const ordinal = Number(pod.name.slice(pod.name.lastIndexOf('-') + 1));
  return Number.isSafeInteger(ordinal) ? ordinal : 0;
}

function troubleSince({ pod, podClass, node }: ObservedPod): number {
  if (podClass === 'TERMINATING') return pod.deletionRequestedAt ?? pod.createdAt;
  if (podClass === 'UNSCHEDULABLE') return pod.createdAt;
  if (podClass === 'HOOK_BLOCKED') return pod.lifecycleSince ?? pod.inPlaceUpdatedAt ?? pod.createdAt;
  const notReady = pod.notReady?.since ?? pod.startedAt ?? pod.createdAt;
  if (isNodeDown(node)) return nodeDownSince(node) ?? notReady;
  return Math.max(notReady, pod.inPlaceUpdatedAt ?? 0);
}

function nodeDownSince(node: ObservedPod['node']): number | undefined {
  if (node === undefined || node === 'GONE') return undefined;
  return node.conditions.find((condition) => condition.type === 'Ready')?.since;
}

function isLasting(observed: ObservedPod, code: CauseCode, since: number, observation: Observation): boolean {
  const age = observation.now - since;
  if (code === 'TerminatingStuck' || code === 'HookBlocked') return true;
  if (code === 'NotReady' || code === 'SchedulingGated' || code === 'InPlaceUpdateStalled')
    return age >= progressDeadlineMs(observation.workload);
  if (code === 'NodeDown') return age >= PATIENCE_MS;
  const resting = isAtRest(observation) && wasReady(observed.pod);
  return age >= (resting ? PATIENCE_AT_REST_MS : PATIENCE_MS) || hasCrashedLong(observed, observation.now, resting);
}

/** A container without a probe is ready for a moment between two crashes, so its readiness tells no age. */
function hasCrashedLong({ pod, podClass }: ObservedPod, now: number, resting: boolean): boolean {
  if (podClass !== 'CRASH_LOOP' || pod.inPlaceUpdatedAt !== undefined) return false;
  return now - pod.createdAt >= PATIENCE_MS && pod.restarts >= (resting ? CRASHES_AT_REST : CRASHES);
}

/** It served before it broke, so it is not the start that fails. */
export function wasReady(pod: PodRecord): boolean {
  const since = pod.readySince ?? pod.notReady?.since;
  return since !== undefined && since - (pod.startedAt ?? pod.createdAt) >= WAS_READY_MS;
}
