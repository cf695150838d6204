import type { RankedCause } from './causes.ts';
import { isHeldByMinReady } from './expected-updated.ts';
import type { Observation } from './observation.ts';
import { podsText } from './trouble-text.ts';
import type { WorkloadState } from './workload-state.ts';

/** One sentence for a person who did not start it and has just been woken up. */
export function stateMessage(state: WorkloadState, observation: Observation, causes: readonly RankedCause[]): string {
  const text = MESSAGES[state](observation);
  const first = causes[0];
  return first === undefined ? text : `${text}; ${causeText(first, observation)}`;
}

const MESSAGES: Readonly<Record<WorkloadState, (observation: Observation) => string>> = {
  UNKNOWN: () => 'Its pods cannot be seen, so nobody can say what it is doing',
  UNOBSERVED: unobserved,
  NOT_STARTED: notStarted,
  IN_PROGRESS: inProgress,
  PAUSED: (observation) => `Paused: ${newPods(observation)}`,
  PAUSED_AT_PARTITION: pausedAtPartition,
  OVERSHOOT: overshoot,
  SUPERSEDED: () => 'Somebody changed the template after this change was applied',
  STUCK: (observation) => (isMoving(observation) ? newPods(observation) : availablePods(observation)),
  COMPLETE: complete,
};

function unobserved({ workload, now }: Observation): string {
  const seen = workload.observedGeneration ?? 0;
  const text = `The controller has not looked at the latest change yet (generation ${workload.generation}, seen ${seen})`;
  const since = workload.specWrittenAt ?? workload.createdAt;
  return now - since >= CONTROLLER_PATIENCE_MS ? `${text}; is it running?` : text;
}

function notStarted({ workload }: Observation): string {
  const pods = `none of the ${workload.replicas.desired} pods is on the new revision`;
  if (workload.strategy.paused) return `Paused: ${pods}`;
  if (workload.strategy.type === 'OnDelete') return `Waiting: ${pods}, and OnDelete updates a pod only when somebody deletes it`;
  return `Waiting: ${pods}, and the partition lets none be`;
}

function inProgress(observation: Observation): string {
  const { workload, active, goal } = observation;
  if (workload.deletionRequestedAt !== undefined) return 'It is being deleted';
  const { desired } = workload.replicas;
  if (!isMoving(observation)) return active > desired ? `Scaling down: ${podsText(active)}, ${desired} wanted` : availablePods(observation);
  const brake = goal < desired ? `, ${goal} ${goal === 1 ? 'is' : 'are'} to be` : '';
  return `${newPods(observation)}${brake}, ${observation.updatedAvailable} of them available`;
}

function pausedAtPartition(observation: Observation): string {
  const { workload } = observation;
  const text = newPods(observation);
  if (workload.strategy.type === 'OnDelete') return `${text}; OnDelete leaves the others until somebody deletes them`;
  if (isHeldByMinReady(workload)) return `${text}, as many as maxSurge and maxUnavailable let be under the present brake`;
  if (workload.strategy.nodeSelector !== undefined && workload.strategy.partition === undefined)
    return `${text}, all on the selected nodes`;
  return `${text}, as many as the partition lets be`;
}

function overshoot(observation: Observation): string {
  return `${newPods(observation)}, ${observation.updated - observation.goal} more than the present brake asks for`;
}

function complete(observation: Observation): string {
  const { workload, target } = observation;
  const { desired } = workload.replicas;
  if (desired === 0) return 'It wants no pods and has none';
  const revision = observation.revisions.update === undefined ? '' : ` on revision ${observation.revisions.update.name}`;
  if (target < desired) return `${target} of ${desired} pods are available${revision}, and the others are on nodes that are down`;
  return desired === 1 ? `Its pod is available${revision}` : `All ${desired} pods are available${revision}`;
}

/** There is a revision to leave behind. */
function isMoving({ old, revisions, workload }: Observation): boolean {
  return old > 0 || (revisions.update === undefined && workload.workloadKind === 'DEPLOYMENT');
}

function newPods({ workload, updated }: Observation): string {
  const { desired } = workload.replicas;
  return `${updated} of ${podsText(desired)} ${updated === 1 ? 'is' : 'are'} on the new revision`;
}

function availablePods({ workload, updatedAvailable }: Observation): string {
  const { desired } = workload.replicas;
  return `${updatedAvailable} of ${podsText(desired)} ${updatedAvailable === 1 ? 'is' : 'are'} available`;
}

function causeText({ cause, clause, updated }: RankedCause, observation: Observation): string {
  if (cause.examples.length === 0) return clause;
  const ofThem = isMoving(observation) && updated === cause.count;
  if (ofThem && observation.updated === 1) return `it ${clause}`;
  return ofThem ? `${cause.count} of them ${clause}` : `${podsText(cause.count)} ${clause}`;
}

const CONTROLLER_PATIENCE_MS = 300_000;
