import { brakeOf } from './brake.ts';
import { targetOf } from './targets.ts';
import type { Turn } from './turn.ts';

export interface Rescaling {
  readonly replicas: number;
  /** Pods at the new revision as last seen: a target never falls below what is there. */
  readonly updated: number;
  /** Who scaled it, where the server says so. */
  readonly manager?: string | undefined;
}

/** Somebody (an autoscaler, as a rule) changed spec.replicas: the targets follow by what was asked, and say so. */
export function rescale(turn: Turn, { replicas, updated, manager }: Rescaling): void {
  const { status } = turn;
  if (replicas === status.replicas) return;
  const by = manager === undefined ? '' : ` by ${manager}`;
  const present = Math.min(updated, replicas);
  const before = status.steps[Math.min(status.currentStep, status.steps.length - 1)]?.target ?? 0;
  turn.note('Scaled', `The workload was scaled${by} from ${status.replicas} to ${replicas}; the steps' targets follow.`);
  if (status.applied !== undefined && present > before) {
    turn.note('Overshoot', `Scaling${by} moved the split: ${present} pods are new where the step asks for ${before}.`);
  }
  const steps = status.steps.map((step) => {
    if (step.index < status.currentStep) return step;
    const target = Math.max(targetOf(step, replicas), step.index === status.currentStep ? present : 0);
    return target === step.target ? step : { ...step, target: Math.min(target, replicas) };
  });
  turn.set({ replicas, steps });
  turn.set({ goal: goalAfter(turn, present) });
}

function goalAfter(turn: Turn, present: number): number {
  const { status, spec, current } = turn;
  const brake = brakeOf(spec.target);
  if (status.applied === undefined) {
    return current?.state === 'RUNNING'
      ? brake.next(spec.original, { replicas: status.replicas, allowed: 0, target: current.target })
      : status.goal;
  }
  const base = Math.max(heldTarget(turn), present);
  // The brake of a Deployment counts pods: left as it was it would let more of fewer go.
  return brake.hasFinish ? Math.max(Math.min(status.allowed, base), present) : base;
}

/** What the run has let go so far, of the present number of pods. */
function heldTarget({ status, current }: Turn): number {
  if (current !== undefined && current.state !== 'GATING' && current.state !== 'PENDING') return current.target;
  const done = status.steps.findLast(({ index, state }) => index < status.currentStep && state === 'DONE');
  return done === undefined ? status.replicas : targetOf(done, status.replicas);
}
