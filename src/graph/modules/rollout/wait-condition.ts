import type { Run } from '../../../rollout/run.ts';
import { isFinished, type RolloutPhase, type RolloutStatus, type StepState } from '../../../rollout/state.ts';

/** What somebody waits for: exactly one of them. */
export type RolloutWaitCondition =
  | { readonly stepReached: number }
  | { readonly phaseIn: readonly RolloutPhase[] }
  | { readonly finished: true }
  | { readonly needsAttention: true };

/** `impossible`: it cannot hold any more, whatever anybody does. Undefined: not yet. */
export type Verdict = 'met' | 'impossible' | undefined;

/** Whether the condition holds of the run as it is now. */
export function verdictOn(condition: RolloutWaitCondition, { state }: Run): Verdict {
  const { status } = state;
  if ('stepReached' in condition) return stepVerdict(status, condition.stepReached, isFinished(state));
  if ('phaseIn' in condition) return phaseVerdict(status, condition.phaseIn);
  if ('finished' in condition) return isFinished(state) ? 'met' : undefined;
  if (needsAttention(status)) return 'met';
  return isFinished(state) ? 'impossible' : undefined;
}

const REACHED: ReadonlySet<StepState> = new Set(['BAKING', 'WAITING', 'DONE']);

/** A later step that is reached has more pods: it reaches those before it. */
function stepVerdict(status: RolloutStatus, step: number, finished: boolean): Verdict {
  if (hasGoneBack(status)) return 'impossible';
  if (status.steps.some(({ index, state }) => index >= step && REACHED.has(state))) return 'met';
  return finished ? 'impossible' : undefined;
}

const BACK: ReadonlySet<RolloutPhase> = new Set(['ROLLING_BACK', 'ROLLED_BACK', 'ROLLBACK_FAILED']);

/** No way leads forward again, also when the way back was broken off. */
function hasGoneBack({ phase, applied }: RolloutStatus): boolean {
  return BACK.has(phase) || applied?.shape === 'ORIGINAL';
}

function phaseVerdict(status: RolloutStatus, wanted: readonly RolloutPhase[]): Verdict {
  if (wanted.includes(status.phase)) return 'met';
  const reachable = stillReachable(status);
  return reachable === undefined || wanted.some((phase) => reachable.has(phase)) ? undefined : 'impossible';
}

const NOWHERE: ReadonlySet<RolloutPhase> = new Set();
const ENDS_OF_BACK: readonly RolloutPhase[] = ['ABORTING', 'ABORTED', 'FAILED', 'SUPERSEDED'];
/** A rollback that finds the object moved on leaves the end as it was. */
const FROM_BACK: ReadonlySet<RolloutPhase> = new Set([...BACK, ...ENDS_OF_BACK, 'SUCCEEDED']);

/** Phases that may still come; undefined: any. */
function stillReachable({ phase }: RolloutStatus): ReadonlySet<RolloutPhase> | undefined {
  switch (phase) {
    case 'ROLLED_BACK':
    case 'FAILED':
    case 'SUPERSEDED':
      return NOWHERE;
    // Only a rollback leads out of them.
    case 'SUCCEEDED':
    case 'ABORTED':
    case 'ROLLING_BACK':
    case 'ROLLBACK_FAILED':
    case 'ABORTING':
      return FROM_BACK;
    default:
      return undefined;
  }
}

const STOPPED: ReadonlySet<RolloutPhase> = new Set(['PAUSED', 'HALTED', 'ROLLBACK_FAILED']);

/** Nothing more will happen until a person acts; a timed wait goes on by itself. */
function needsAttention({ phase, reason }: RolloutStatus): boolean {
  return STOPPED.has(phase) || (phase === 'WAITING' && reason.code === 'WaitingForAdvance');
}
