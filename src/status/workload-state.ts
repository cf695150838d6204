import type { WorkloadRecord } from '../model/workload-record.ts';
import type { ClusterStore } from '../store/graph-store.ts';
import type { Cause } from './cause.ts';
import { type RankedCause, rankCauses, standstillCause } from './causes.ts';
import { creationFailure } from './creation-failure.ts';
import { isDaemon, type Observation, observeWorkload } from './observation.ts';
import { isNodeDown } from './pod-class.ts';
import { isAgainstRelease, type PodTrouble, podTroubles } from './pod-trouble.ts';
import { deadlineExceededSince, hasMovedWithin, hasStoodStill, lastProgressAt } from './progress.ts';
import { isSettled } from './revisions.ts';
import { stateMessage } from './state-message.ts';
import { shownAt, viewOf, type WorkloadView } from './workload-view.ts';

export const WORKLOAD_STATES = [
  'UNKNOWN',
  'UNOBSERVED',
  'NOT_STARTED',
  'IN_PROGRESS',
  'PAUSED',
  'PAUSED_AT_PARTITION',
  'OVERSHOOT',
  'SUPERSEDED',
  'STUCK',
  'COMPLETE',
] as const;
export type WorkloadState = (typeof WORKLOAD_STATES)[number];

export interface WorkloadStatus {
  readonly state: WorkloadState;
  readonly message: string;
  readonly since?: number;
  /** Names of revisions. */
  readonly currentRevision?: string;
  readonly updateRevision?: string;
  /** Pods that the present brake lets be new; absent while they cannot be told. */
  readonly expectedUpdated?: number;
  /** Why it does not move, most likely first; also what is broken while it does. */
  readonly causes: readonly Cause[];
}

/** As our copy of the cluster shows it. */
export function workloadStatusIn(cluster: ClusterStore, workload: WorkloadRecord, now: number): WorkloadStatus {
  return workloadStatus(workload, viewOf(cluster, workload), shownAt(cluster, now));
}

/** What is happening to a workload, whoever started it: from the object, its revisions, its pods and their nodes. */
export function workloadStatus(workload: WorkloadRecord, view: WorkloadView, now: number): WorkloadStatus {
  return statusOf(observeWorkload(workload, view, now));
}

export function statusOf(observation: Observation): WorkloadStatus {
  const early = earlyState(observation);
  const { state, causes } = early === undefined ? judge(observation) : { state: early, causes: [] };
  const { update, current } = observation.revisions;
  const since = stateSince(state, observation, causes);
  return {
    state,
    message: stateMessage(state, observation, causes),
    ...(since !== undefined && { since }),
    ...(current && { currentRevision: current.name }),
    ...(update && { updateRevision: update.name }),
    ...(early === undefined && { expectedUpdated: observation.expected }),
    causes: causes.map(({ cause }) => cause),
  };
}

/** States in which the pods' numbers mean nothing. */
function earlyState({ workload, view, revisions, pods }: Observation): WorkloadState | undefined {
  if (!view.podsKnown) return 'UNKNOWN';
  if (workload.deletionRequestedAt !== undefined) return 'IN_PROGRESS';
  if (!isSettled(workload)) return 'UNOBSERVED';
  if (view.wantedTemplateDigest !== undefined && view.wantedTemplateDigest !== workload.templateDigest) return 'SUPERSEDED';
  // Without its ReplicaSets a Deployment's pods cannot be found.
  const lost = workload.workloadKind === 'DEPLOYMENT' && revisions.all.length === 0 && pods.length === 0;
  return lost && workload.replicas.current > 0 ? 'UNKNOWN' : undefined;
}

function judge(observation: Observation): { state: WorkloadState; causes: readonly RankedCause[] } {
  const troubles = podTroubles(observation);
  const lasting = troubles.filter((trouble) => trouble.lasting);
  const failure = creationFailure(observation);
  const held = heldState(observation);
  if (held !== undefined) return { state: held, causes: rankCauses(observation, lasting) };
  if (isReached(observation)) {
    const settled = rankCauses(observation, lasting, failure?.lasting ? failure : undefined);
    return { state: reachedState(observation), causes: settled };
  }
  const stuck = isStuck(observation, troubles, failure?.lasting ?? false);
  if (!stuck) return { state: 'IN_PROGRESS', causes: rankCauses(observation, lasting) };
  // Once it is stuck, what has been wrong for a moment only may be the explanation too.
  const causes = rankCauses(observation, lasting.length > 0 ? lasting : troubles, failure);
  const standstill = () => standstillCause(observation, lastProgressAt(observation) ?? observation.now);
  return { state: 'STUCK', causes: causes.length > 0 ? causes : [standstill()] };
}

/** Not moving because somebody said so. */
function heldState({ workload, revisions, updated, old, expected }: Observation): WorkloadState | undefined {
  const { desired } = workload.replicas;
  const { paused, type } = workload.strategy;
  const changed = old > 0 || (workload.workloadKind === 'DEPLOYMENT' && revisions.update === undefined && desired > 0);
  if (changed && updated === 0 && (paused || expected === 0 || type === 'OnDelete')) return 'NOT_STARTED';
  return paused && updated < desired ? 'PAUSED' : undefined;
}

/** As many pods are new and available as the brake lets be. */
function isReached({ workload, updated, updatedAvailable, active, old, goal, target }: Observation): boolean {
  if (updated < target || updatedAvailable < target) return false;
  const { desired } = workload.replicas;
  // A node agent may have a pod too many, on a node that should have none, and an old one on a node that is down.
  return goal < desired || (isDaemon(workload) ? old === 0 || target < desired : old === 0 && active === desired);
}

function reachedState({ workload, updated, goal }: Observation): WorkloadState {
  if (goal >= workload.replicas.desired) return 'COMPLETE';
  return updated > goal ? 'OVERSHOOT' : 'PAUSED_AT_PARTITION';
}

function isStuck(observation: Observation, troubles: readonly PodTrouble[], cannotCreate: boolean): boolean {
  if (deadlineExceededSince(observation) !== undefined) return true;
  // A surge that a quota forbids does not stop a rollout that goes on without it.
  if (cannotCreate && !hasMovedWithin(CREATION_PATIENCE_MS, observation)) return true;
  return troubles.some((trouble) => isBlocking(trouble, observation)) || hasStoodStill(observation);
}

function isBlocking(trouble: PodTrouble, { workload, now }: Observation): boolean {
  // A node agent's rollout goes on past nodes that are down.
  if (!trouble.lasting || (isDaemon(workload) && isNodeDown(trouble.observed.node))) return false;
  if (trouble.code === 'StatefulSetForcedRollback' || trouble.code === 'TerminatingStuck') return true;
  if (trouble.code === 'NodeDown') return trouble.observed.updated && now - trouble.since >= NODE_PATIENCE_MS;
  return isAgainstRelease(trouble) || (trouble.observed.updated && AFTER_DEADLINE.has(trouble.code));
}

const CREATION_PATIENCE_MS = 60_000;
/** Pods of a dead node are moved after five minutes; what is left then will not move by itself. */
const NODE_PATIENCE_MS = 600_000;
/** Lasting only after the progress deadline. */
const AFTER_DEADLINE: ReadonlySet<string> = new Set(['NotReady', 'SchedulingGated', 'InPlaceUpdateStalled']);

function stateSince(state: WorkloadState, observation: Observation, causes: readonly RankedCause[]): number | undefined {
  const { workload, revisions } = observation;
  const changedAt = workload.specWrittenAt ?? revisions.update?.record?.createdAt;
  switch (state) {
    case 'STUCK':
      return earliest(causes) ?? deadlineExceededSince(observation);
    case 'COMPLETE':
    case 'PAUSED_AT_PARTITION':
    case 'OVERSHOOT':
      return lastProgressAt(observation);
    case 'PAUSED':
      return workload.conditions.find((condition) => condition.reason === 'DeploymentPaused')?.since ?? changedAt;
    case 'IN_PROGRESS':
      return workload.deletionRequestedAt ?? changedAt;
    case 'UNKNOWN':
      return undefined;
    default:
      return changedAt;
  }
}

function earliest(causes: readonly RankedCause[]): number | undefined {
  const instants = causes.map(({ cause }) => cause.since).filter((since) => since !== undefined);
  return instants.length === 0 ? undefined : Math.min(...instants);
}
