import { brakeOf } from './brake.ts';
import { halt } from './endings.ts';
import type { RolloutObservation } from './events.ts';
import { reasonFor, weigh } from './evidence.ts';
import { healthyMs, isOverdue } from './progress.ts';
import { askReview } from './questions.ts';
import { noteOvershoot, rescale } from './rescale.ts';
import type { RolloutStep } from './state.ts';
import { bakeMs, beginStep, citationOf, leaveStep, raiseGoal, reachStep, tellWait } from './steps.ts';
import type { Turn } from './turn.ts';

/** What a fresh look means for a run on its way to the new revision. */
export function goForward(turn: Turn, observation: RolloutObservation): void {
  rescale(turn, observation.replicas);
  noteOvershoot(turn, observation.updated);
  if (observation.replicas === 0) {
    waitForPods(turn);
    return;
  }
  const cause = weigh(turn, observation);
  if (cause !== undefined) {
    halt(turn, {
      code: reasonFor(cause.code),
      message: `${cause.message}.`,
      unblock: AFTER_FAILURE,
      isFailure: true,
      causes: observation.causes,
    });
    return;
  }
  if (isOverdue(turn)) {
    miss(turn, observation);
    return;
  }
  if (isWritePending(turn)) return;
  const { current } = turn;
  if (current === undefined) {
    finish(turn, observation);
    return;
  }
  inStep(turn, current, observation);
}

const AFTER_FAILURE = ['rolloutRollback', 'rolloutRetry', 'rolloutAbort'] as const;

function inStep(turn: Turn, step: RolloutStep, observation: RolloutObservation): void {
  switch (step.state) {
    case 'PENDING':
    case 'GATING':
      gate(turn, observation);
      return;
    case 'RUNNING':
    case 'FAILED':
      run(turn, step, observation);
      return;
    case 'BAKING':
      bake(turn, step, observation);
      return;
    case 'WAITING':
      if (!isWell(observation, step.target)) watch(turn, step, observation);
      if (turn.current?.state === 'WAITING') tellWait(turn, step, observation);
      return;
    case 'DONE':
    case 'SKIPPED':
      return;
  }
}

/** No pod can show anything, and a brake of no pods is none: nothing is written or held against the run. */
function waitForPods(turn: Turn): void {
  turn.meter({ healthyAt: undefined, stalledMs: 0 });
  turn.reason('WaitingForHealth', 'The workload is scaled to zero; the run goes on by itself when it is scaled up.', {
    unblock: ['rolloutRollback', 'rolloutAbort'],
  });
}

/** The counts would be judged by a brake that is not there yet. */
function isWritePending({ status }: Turn): boolean {
  return status.applied?.shape === 'HELD' && (status.goal !== status.allowed || status.applied.replicas !== status.replicas);
}

function gate(turn: Turn, observation: RolloutObservation): void {
  if (turn.status.rightReviewedFor !== turn.status.currentStep) {
    askReview(turn);
    return;
  }
  if (isWell(observation, turn.status.allowed)) {
    beginStep(turn);
    return;
  }
  turn.reason('WaitingForHealth', `The next step begins when ${turn.status.allowed} new pods are available again.`, {
    unblock: ['rolloutRollback', 'rolloutPause'],
  });
}

function run(turn: Turn, step: RolloutStep, observation: RolloutObservation): void {
  if (!isWell(observation, Math.min(turn.status.allowed, step.target))) {
    progress(turn, observation);
    return;
  }
  if (turn.status.allowed < step.target) raiseGoal(turn);
  else reachStep(turn, observation);
}

function bake(turn: Turn, step: RolloutStep, observation: RolloutObservation): void {
  if (!isWell(observation, step.target)) {
    watch(turn, step, observation);
    return;
  }
  if (turn.status.reason.code === 'WaitingForHealth')
    turn.reason('Baking', `Step ${step.index} is watched for ${step.pauseSeconds} s.`, { unblock: ['rolloutAdvance', 'rolloutRollback'] });
  const bakedMs = step.bakedMs + healthyMs(turn);
  turn.setStep(step.index, { bakedMs });
  if (bakedMs < bakeMs(step.pauseSeconds)) return;
  turn.setStep(step.index, { citation: citationOf(turn, observation) });
  turn.note('Baked', `Step ${step.index} was well for ${step.pauseSeconds} s.`);
  leaveStep(turn);
}

/** A step that was reached is not any more: the wait stands still, and too few pods make it run again. */
function watch(turn: Turn, step: RolloutStep, observation: RolloutObservation): void {
  turn.meter({ healthyAt: undefined });
  if (observation.updated >= step.target) return;
  turn.setStep(step.index, { state: 'RUNNING' });
  turn.phase('RUNNING');
  progress(turn, observation);
}

function finish(turn: Turn, observation: RolloutObservation): void {
  const { replicas } = turn.status;
  const isThere = isWell(observation, replicas) && observation.old === 0 && observation.active === replicas;
  if (!isThere) {
    progress(turn, observation);
    return;
  }
  // Its own strategy comes back first, and what it then says counts.
  if (brakeOf(turn.spec.target).hasFinish && turn.status.applied?.shape === 'HELD') return;
  turn.set({ closing: 'SUCCEEDED' });
}

function miss(turn: Turn, observation: RolloutObservation): void {
  const seconds = turn.spec.patience.stepDeadlineSeconds;
  const cause = observation.causes[0];
  const message = `Nothing has moved for ${seconds} s${cause === undefined ? '' : `: ${cause.message}`}.`;
  halt(turn, { code: 'StepDeadlineExceeded', message, unblock: AFTER_FAILURE, isFailure: true, causes: observation.causes });
}

function progress(turn: Turn, observation: RolloutObservation): void {
  const { status, current } = turn;
  const { updated, updatedAvailable, onDeadNodes } = observation;
  const target = current?.target ?? status.replicas;
  if (onDeadNodes > 0 && updatedAvailable + onDeadNodes >= Math.min(status.allowed, target)) {
    turn.reason('NodesNotReady', `${onDeadNodes} new pods are on nodes that are down; the run waits for them.`, {
      unblock: ['rolloutPause', 'rolloutRollback'],
    });
    return;
  }
  const code = updated > target ? 'Overshoot' : 'Progressing';
  turn.reason(code, `${updated} of ${target} pods are at the new revision, ${updatedAvailable} of them available.`, {
    unblock: ['rolloutPause', 'rolloutRollback'],
  });
}

/** So many new pods are there and available, and nothing speaks against any. */
function isWell({ replicas, updated, updatedAvailable, troubles }: RolloutObservation, count: number): boolean {
  return replicas > 0 && updated >= count && updatedAvailable >= count && troubles.length === 0;
}
