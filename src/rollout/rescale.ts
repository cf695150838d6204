import { brakeOf } from './brake.ts';
import { targetOf } from './targets.ts';
import type { Turn } from './turn.ts';

/**
 * Somebody (an autoscaler, as a rule) changed spec.replicas: the targets follow by what was asked. Pods that
 * scaling made new beyond that stay so (no brake brings a pod back), and let no others go.
 */
export function rescale(turn: Turn, replicas: number, manager?: string): void {
  const { status } = turn;
  if (replicas === status.replicas) return;
  const by = manager === undefined ? '' : ` by ${manager}`;
  turn.note('Scaled', `The workload was scaled${by} from ${status.replicas} to ${replicas}; the steps' targets follow.`);
  const steps = status.steps.map((step) => {
    const target = targetOf(step, replicas);
    return step.index < status.currentStep || target === step.target ? step : { ...step, target };
  });
  turn.set({ replicas, steps });
  turn.set({ goal: goalAfter(turn) });
}

/** More pods are new than the step asks for: scaling moved the split. Said once for each number. */
export function noteOvershoot(turn: Turn, updated: number): void {
  const target = heldTarget(turn);
  const overshoot = updated > target ? updated - target : undefined;
  if (overshoot === turn.status.overshoot) return;
  turn.set({ overshoot });
  if (overshoot === undefined) return;
  turn.note('Overshoot', `${updated} pods are new where the step asks for ${target}: scaling moved the split.`);
}

function goalAfter(turn: Turn): number {
  const { status, spec, current } = turn;
  const brake = brakeOf(spec.target);
  if (status.applied === undefined) {
    return current?.state === 'RUNNING'
      ? brake.next(spec.original, { replicas: status.replicas, allowed: 0, target: current.target })
      : status.goal;
  }
  // The brake of a Deployment counts pods: left as it was it would let more of fewer go.
  return brake.hasFinish ? Math.min(status.allowed, heldTarget(turn)) : heldTarget(turn);
}

/** What the run has let go so far, of the present number of pods. */
function heldTarget({ status, current }: Turn): number {
  if (current !== undefined && current.state !== 'GATING' && current.state !== 'PENDING') return current.target;
  const done = status.steps.findLast(({ index, state }) => index < status.currentStep && state === 'DONE');
  return done === undefined ? status.replicas : targetOf(done, status.replicas);
}
