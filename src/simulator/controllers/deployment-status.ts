import { conditionOf, withCondition, withoutCondition } from '../objects/conditions.ts';
import { millis, timestamp } from '../objects/timestamps.ts';
import type { Condition, Deployment, DeploymentStatus, ReplicaSet } from '../objects/types.ts';
import { fenceposts, replicasOf, statusTotal } from './deployment-replicas.ts';

/** What a pass did to the rollout, as far as the Progressing condition tells it. */
export interface Rollout {
  readonly current: ReplicaSet | undefined;
  readonly old: readonly ReplicaSet[];
  /** The ReplicaSet of the present template is made in this pass, or found for the first time. */
  readonly found?: 'created' | 'found';
  /** Paused, or only being scaled: progress is not judged. */
  readonly isHeld: boolean;
}

/** The status to report, and when the progress deadline falls if it runs. */
export function deploymentStatus(
  deployment: Deployment,
  rollout: Rollout,
  now: number,
): { status: DeploymentStatus; deadlineInMs?: number } {
  const counts = countReplicas(deployment, rollout);
  const judged = judgeProgress(deployment, rollout, counts, now);
  const conditions = withCondition(judged, availableCondition(deployment, counts, now));
  const status = { ...counts, conditions: [...conditions] };
  return { status, ...deadline(deployment, status, now) };
}

function countReplicas(deployment: Deployment, { current, old }: Rollout): DeploymentStatus {
  const all = current === undefined ? old : [...old, current];
  const available = statusTotal(all, 'availableReplicas');
  const total = all.reduce((sum, { spec }) => sum + (spec.replicas ?? 1), 0);
  const count = (name: string, value: number) => (value <= 0 ? {} : { [name]: value });
  const { collisionCount } = deployment.status ?? {};
  return {
    observedGeneration: deployment.metadata.generation ?? 0,
    ...count('replicas', statusTotal(all, 'replicas')),
    ...count('updatedReplicas', current?.status?.replicas ?? 0),
    ...count('readyReplicas', statusTotal(all, 'readyReplicas')),
    ...count('availableReplicas', available),
    ...count('unavailableReplicas', Math.max(total, 0) - available),
    ...(collisionCount === undefined ? {} : { collisionCount }),
  };
}

function availableCondition(deployment: Deployment, { availableReplicas = 0 }: DeploymentStatus, now: number): Condition {
  const isEnough = availableReplicas >= replicasOf(deployment) - fenceposts(deployment).unavailable;
  return isEnough
    ? at(now, { type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable', message: 'Deployment has minimum availability.' })
    : at(now, {
        type: 'Available',
        status: 'False',
        reason: 'MinimumReplicasUnavailable',
        message: 'Deployment does not have minimum availability.',
      });
}

function judgeProgress(deployment: Deployment, rollout: Rollout, counts: DeploymentStatus, now: number): readonly Condition[] {
  const present = deployment.status?.conditions ?? [];
  if (!hasDeadline(deployment)) return withoutCondition(present, 'Progressing');
  const conditions = pausedOrResumed(deployment, present, now);
  if (rollout.found !== undefined) return foundCondition(deployment, rollout, conditions, now);
  if (rollout.isHeld || isSettled(conditions, counts)) return conditions;
  const name = rollout.current === undefined ? `Deployment "${deployment.metadata.name}"` : `ReplicaSet "${rollout.current.metadata.name}"`;
  if (isComplete(deployment, counts)) {
    return withCondition(
      conditions,
      at(now, { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable', message: `${name} has successfully progressed.` }),
    );
  }
  if (hasMoved(deployment.status ?? {}, counts))
    return refreshed(
      conditions,
      at(now, { type: 'Progressing', status: 'True', reason: 'ReplicaSetUpdated', message: `${name} is progressing.` }),
    );
  if (isOverdue(deployment, conditions, now)) {
    return withCondition(
      conditions,
      at(now, { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message: `${name} has timed out progressing.` }),
    );
  }
  return conditions;
}

function pausedOrResumed(deployment: Deployment, conditions: readonly Condition[], now: number): readonly Condition[] {
  const reason = conditionOf(conditions, 'Progressing')?.reason;
  // A timed-out condition is not overwritten by a pause.
  if (reason === 'ProgressDeadlineExceeded') return conditions;
  if (deployment.spec.paused === true && reason !== 'DeploymentPaused') {
    return withCondition(
      conditions,
      at(now, { type: 'Progressing', status: 'Unknown', reason: 'DeploymentPaused', message: 'Deployment is paused' }),
    );
  }
  if (deployment.spec.paused !== true && reason === 'DeploymentPaused') {
    return withCondition(
      conditions,
      at(now, { type: 'Progressing', status: 'Unknown', reason: 'DeploymentResumed', message: 'Deployment is resumed' }),
    );
  }
  return conditions;
}

function foundCondition(
  deployment: Deployment,
  { found, current }: Rollout,
  conditions: readonly Condition[],
  now: number,
): readonly Condition[] {
  const name = current?.metadata.name ?? deployment.metadata.name;
  return found === 'created'
    ? refreshed(
        conditions,
        at(now, { type: 'Progressing', status: 'True', reason: 'NewReplicaSetCreated', message: `Created new replica set "${name}"` }),
      )
    : refreshed(
        conditions,
        at(now, { type: 'Progressing', status: 'True', reason: 'FoundNewReplicaSet', message: `Found new replica set "${name}"` }),
      );
}

/** After success progress is not estimated any more until the template changes. */
function isSettled(conditions: readonly Condition[], { replicas = 0, updatedReplicas = 0 }: DeploymentStatus): boolean {
  return conditionOf(conditions, 'Progressing')?.reason === 'NewReplicaSetAvailable' && replicas === updatedReplicas;
}

export function isComplete(
  deployment: Deployment,
  { replicas = 0, updatedReplicas = 0, availableReplicas = 0 }: DeploymentStatus,
): boolean {
  const wanted = replicasOf(deployment);
  return updatedReplicas === wanted && replicas === wanted && availableReplicas === wanted;
}

/** More updated, fewer old, more ready or more available than was reported last. */
function hasMoved(before: DeploymentStatus, after: DeploymentStatus): boolean {
  const old = ({ replicas = 0, updatedReplicas = 0 }: DeploymentStatus) => replicas - updatedReplicas;
  return (
    (after.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) ||
    old(after) < old(before) ||
    (after.readyReplicas ?? 0) > (before.readyReplicas ?? 0) ||
    (after.availableReplicas ?? 0) > (before.availableReplicas ?? 0)
  );
}

function isOverdue(deployment: Deployment, conditions: readonly Condition[], now: number): boolean {
  const left = untilDeadline(deployment, conditions, now);
  return left !== undefined && left <= 0;
}

function deadline(deployment: Deployment, status: DeploymentStatus, now: number): { deadlineInMs?: number } {
  const left =
    isComplete(deployment, status) || deployment.spec.paused === true ? undefined : untilDeadline(deployment, status.conditions ?? [], now);
  return left === undefined || left <= 0 ? {} : { deadlineInMs: left };
}

function untilDeadline(deployment: Deployment, conditions: readonly Condition[], now: number): number | undefined {
  const present = conditionOf(conditions, 'Progressing');
  if (present === undefined || !hasDeadline(deployment)) return undefined;
  if (present.reason === 'NewReplicaSetAvailable' || present.reason === 'ProgressDeadlineExceeded') return undefined;
  const since = millis(present.lastUpdateTime) ?? now;
  return since + (deployment.spec.progressDeadlineSeconds ?? 600) * 1000 - now;
}

/** MaxInt32 switches the deadline off. */
function hasDeadline({ spec }: Deployment): boolean {
  return (spec.progressDeadlineSeconds ?? 600) < 2147483647;
}

/** As `withCondition`, but the update time moves even when nothing else does: the deadline runs from it. */
function refreshed(conditions: readonly Condition[], next: Condition): readonly Condition[] {
  const present = conditionOf(conditions, next.type);
  if (present === undefined) return [...conditions, next];
  const kept = present.status === next.status ? present.lastTransitionTime : next.lastTransitionTime;
  const merged = { ...next, ...(kept === undefined ? {} : { lastTransitionTime: kept }) };
  return conditions.map((one) => (one.type === next.type ? merged : one));
}

type Verdict = Pick<Condition, 'type' | 'status'> & { readonly reason: string; readonly message: string };

function at(now: number, verdict: Verdict): Condition {
  return { ...verdict, lastUpdateTime: timestamp(now), lastTransitionTime: timestamp(now) };
}
