import type { IntOrString } from '../model/object-record.ts';
import { resolveIntOrPercent } from '../status/int-or-percent.ts';
import type { RolloutCommand } from './events.ts';
import type { RolloutStep } from './state.ts';
import { leaveStep } from './steps.ts';
import { targetOf } from './targets.ts';
import type { Turn } from './turn.ts';

/** On to the next step, to the one named, or to a number of pods, which is a step of its own that then waits. */
export function skipTo(turn: Turn, { toStep, target }: RolloutCommand): void {
  if (target === undefined) {
    leaveStep(turn, toStep);
    return;
  }
  const pods = resolveIntOrPercent(target, turn.status.replicas, 'up') ?? turn.status.replicas;
  const { steps, currentStep, replicas } = turn.status;
  const index = steps.findIndex((step) => step.index > currentStep && step.target >= pods);
  const same = steps[index];
  if (same?.target === pods) {
    leaveStep(turn, index);
    return;
  }
  const at = index < 0 ? steps.length : index;
  const inserted = [...steps.slice(0, at), asked(target, replicas), ...steps.slice(at)];
  turn.set({ steps: inserted.map((step, position) => (step.index === position ? step : { ...step, index: position })) });
  leaveStep(turn, at);
}

function asked(target: IntOrString, replicas: number): RolloutStep {
  const size = typeof target === 'number' ? { pods: target } : { percent: Number(target.slice(0, -1)) };
  return { index: -1, ...size, manual: true, state: 'PENDING', target: targetOf(size, replicas), bakedMs: 0 };
}
