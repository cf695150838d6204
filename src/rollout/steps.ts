import { brakeOf } from './brake.ts';
import type { RolloutObservation } from './events.ts';
import type { Citation, RolloutStep } from './state.ts';
import { targetOf } from './targets.ts';
import type { Turn } from './turn.ts';

/** From one step to the next. */

/** Freezes the target of the step and lets the first pods go. */
export function beginStep(turn: Turn): void {
  const { current, status } = turn;
  if (current === undefined) return;
  const { replicas } = status;
  const target = Math.min(replicas, Math.max(targetOf(current, replicas), status.allowed));
  turn.setStep(current.index, { state: 'RUNNING', target, startedAt: current.startedAt ?? turn.now });
  turn.meter({ stalledMs: 0, healthyAt: undefined });
  turn.phase('RUNNING');
  raiseGoal(turn);
  turn.reason('Progressing', `Step ${current.index}: ${target} of ${replicas} pods go to the new revision.`);
  turn.note('StepStarted', `Step ${current.index}: ${target} of ${replicas} pods.`);
}

/** One stride on the way to the target of the present step. */
export function raiseGoal(turn: Turn): void {
  const { current, status, spec } = turn;
  if (current === undefined) return;
  const goal = brakeOf(spec.target).next(spec.original, { replicas: status.replicas, allowed: status.allowed, target: current.target });
  if (goal !== status.goal) turn.set({ goal });
}

/** The target is met: waits, bakes or goes on. */
export function reachStep(turn: Turn, observation: RolloutObservation): void {
  const { current } = turn;
  if (current === undefined) return;
  turn.setStep(current.index, { citation: citationOf(turn, observation) });
  if (current.manual) {
    turn.setStep(current.index, { state: 'WAITING' });
    turn.phase('WAITING');
    tellWait(turn, current, observation);
    turn.note('StepReached', `Step ${current.index} waits for rolloutAdvance.`);
  } else if (current.bakedMs < bakeMs(current.pauseSeconds)) {
    turn.setStep(current.index, { state: 'BAKING' });
    turn.meter({ healthyAt: turn.now });
    turn.phase('WAITING');
    turn.reason('Baking', `Step ${current.index} is done and is watched for ${current.pauseSeconds} s.`, {
      unblock: ['rolloutAdvance', 'rolloutRollback'],
    });
    turn.note('StepReached', `Step ${current.index} is watched for ${current.pauseSeconds} s.`);
  } else leaveStep(turn);
}

/** In the present numbers, and with the scaling that moved them. */
export function tellWait(turn: Turn, { index, target }: RolloutStep, { updated, updatedAvailable }: RolloutObservation): void {
  const { replicas, overshoot } = turn.status;
  const { original } = turn.spec;
  const available = updated === updatedAvailable ? ' and available' : `, ${updatedAvailable} of them available`;
  const scaled = replicas === original.replicas ? '' : `; scaled from ${original.replicas} to ${replicas}`;
  const moved = overshoot === undefined ? '' : `; the step asks for ${target}, scaling moved the split`;
  turn.reason('WaitingForAdvance', `Step ${index} is done: ${updated} of ${replicas} new${available}${scaled}${moved}.`, {
    unblock: ['rolloutAdvance', 'rolloutRollback'],
  });
}

export function bakeMs(pauseSeconds = 0): number {
  return pauseSeconds * 1_000;
}

/** To the next step, or to the one named; those between are skipped. */
export function leaveStep(turn: Turn, toStep = turn.status.currentStep + 1): void {
  const { currentStep, steps } = turn.status;
  turn.setStep(currentStep, { state: 'DONE', finishedAt: turn.now });
  for (let index = currentStep + 1; index < toStep; index += 1) turn.setStep(index, { state: 'SKIPPED' });
  turn.set({ currentStep: toStep, rightReviewedFor: undefined });
  turn.meter({ healthyAt: undefined, stalledMs: 0 });
  turn.phase('RUNNING');
  if (toStep < steps.length) {
    turn.setStep(toStep, { state: 'GATING' });
    turn.reason('CheckingRights', `Step ${toStep} begins once its author's right is checked and all is well.`);
  } else turn.reason('Finishing', 'All steps are done; the workload is being given back.');
}

export function citationOf({ now }: Turn, observation: RolloutObservation): Citation {
  const { uid, resourceVersion, generation, observedGeneration, updateRevision, updated, updatedAvailable } = observation;
  return {
    at: now,
    uid,
    resourceVersion,
    generation,
    observedGeneration,
    ...(updateRevision !== undefined && { revision: updateRevision }),
    updated,
    updatedAvailable,
  };
}
