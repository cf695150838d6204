import type { IntOrString } from '../model/object-record.ts';
import { PlanProblem, problem } from './problem.ts';
import type { RolloutStep } from './state.ts';
import { targetOf } from './targets.ts';

export interface StepRequest {
  /** Pods, or a percentage such as "25%". */
  readonly target: IntOrString;
  readonly pauseSeconds?: number;
  /** Wins over `pauseSeconds`. */
  readonly manual?: boolean;
}

/** Ascending, none beyond all, the last one all of them. Throws `PlanProblem`. */
export function plannedSteps(requested: readonly StepRequest[], replicas: number): RolloutStep[] {
  if (requested.length > MAX_STEPS) throw wrong([], `There are ${requested.length} steps; at most ${MAX_STEPS} are allowed.`);
  const sizes = requested.map((request, at) => ({ ...pausing(request, at), ...sizeOf(request.target, at) }));
  const steps = withLast(sizes, replicas).map(
    (size, index): RolloutStep => ({ index, ...size, state: 'PENDING', target: targetOf(size, replicas), bakedMs: 0 }),
  );
  for (const step of steps) {
    const before = steps[step.index - 1]?.target ?? 0;
    if (step.target < before)
      throw wrong(
        [String(step.index), 'target'],
        `Step ${step.index} is ${step.target} pods, fewer than the ${before} of the step before it.`,
      );
  }
  return steps;
}

type Size = Pick<RolloutStep, 'pods' | 'percent'>;
type Pausing = Pick<RolloutStep, 'manual' | 'pauseSeconds'>;

const MAX_STEPS = 100;
const MAX_PAUSE_SECONDS = 604_800;

/** A last step that means all pods follows a change of their number; one that is added pauses for nothing. */
function withLast(sizes: readonly (Size & Pausing)[], replicas: number): (Size & Pausing)[] {
  const last = sizes.at(-1);
  if (last?.percent === 100) return [...sizes];
  if (last?.pods === undefined || last.pods < replicas) return [...sizes, { percent: 100, manual: false }];
  const { pods: _, ...pausing } = last;
  return [...sizes.slice(0, -1), { ...pausing, percent: 100 }];
}

function sizeOf(target: IntOrString, at: number): Size {
  if (typeof target === 'number') {
    if (Number.isSafeInteger(target) && target >= 1) return { pods: target };
    throw wrong([String(at), 'target'], `${target} is no number of pods: at least 1.`);
  }
  const percent = /^\d{1,3}(\.\d{1,3})?%$/.test(target) ? Number(target.slice(0, -1)) : Number.NaN;
  if (percent > 0 && percent <= 100) return { percent };
  throw wrong([String(at), 'target'], `"${target}" is no percentage above 0% and up to 100%.`);
}

function pausing({ manual = false, pauseSeconds }: StepRequest, at: number): Pausing {
  if (pauseSeconds === undefined || manual) return { manual };
  if (Number.isSafeInteger(pauseSeconds) && pauseSeconds >= 0 && pauseSeconds <= MAX_PAUSE_SECONDS) return { manual, pauseSeconds };
  throw wrong([String(at), 'pauseSeconds'], `pauseSeconds is a whole number between 0 and ${MAX_PAUSE_SECONDS}.`);
}

function wrong(path: readonly string[], message: string): PlanProblem {
  return new PlanProblem(problem('Validation', message, ['steps', ...path]));
}
