import { resolveIntOrPercent } from '../status/int-or-percent.ts';
import { isEditTakenBack } from './drift.ts';
import type { RolloutCommand, RolloutVerb } from './events.ts';
import { isClear } from './evidence.ts';
import type { UnblockingMutation } from './reason.ts';
import type { Refusal } from './refusal.ts';
import type { RolloutPhase, RolloutState } from './state.ts';

/** Whether a verb makes sense now; undefined: it does. The one table for commands and for `viewerCan`. */
export function verdictOn(state: RolloutState, verb: RolloutVerb): Refusal | undefined {
  const { phase } = state.status;
  if (!ACCEPTED_IN[verb].includes(phase))
    return refusal(
      state,
      'Conflict',
      `${ROLLOUT_MUTATIONS[verb]} makes no sense while the run is ${phase}: ${whenAccepted(verb)}.`,
      ways(state),
    );
  return SPECIAL[verb]?.(state);
}

function whenAccepted(verb: RolloutVerb): string {
  const phases = ACCEPTED_IN[verb];
  const last = phases.at(-1) ?? '';
  return `it is accepted while ${phases.length > 1 ? `${phases.slice(0, -1).join(', ')} or ` : ''}${last}`;
}

/** As `verdictOn`, with what the caller expected and asked for besides. */
export function verdictOnCommand(state: RolloutState, command: RolloutCommand): Refusal | undefined {
  const { phase, currentStep } = state.status;
  if (command.expectedPhase !== undefined && command.expectedPhase !== phase) {
    return { ...refusal(state, 'Conflict', `The run is ${phase}, not ${command.expectedPhase}.`, ways(state)), path: ['expectedPhase'] };
  }
  if (command.expectedStep !== undefined && command.expectedStep !== currentStep) {
    return {
      ...refusal(state, 'Conflict', `The run is at step ${currentStep}, not ${command.expectedStep}.`, ways(state)),
      path: ['expectedStep'],
    };
  }
  return verdictOn(state, command.verb) ?? (command.verb === 'advance' ? badDestination(state, command) : undefined);
}

/** Verbs that would be accepted now. */
function ways(state: RolloutState): UnblockingMutation[] {
  const verbs = Object.keys(ACCEPTED_IN) as RolloutVerb[];
  const able = verbs.filter((verb) => ACCEPTED_IN[verb].includes(state.status.phase) && SPECIAL[verb]?.(state) === undefined);
  return able.length > 0 ? able.map((verb) => ROLLOUT_MUTATIONS[verb]) : ['rolloutStart'];
}

/** The Mutation field of each verb. */
export const ROLLOUT_MUTATIONS: Readonly<Record<RolloutVerb, UnblockingMutation>> = {
  advance: 'rolloutAdvance',
  pause: 'rolloutPause',
  resume: 'rolloutResume',
  abort: 'rolloutAbort',
  rollback: 'rolloutRollback',
  retry: 'rolloutRetry',
};

const ACCEPTED_IN: Readonly<Record<RolloutVerb, readonly RolloutPhase[]>> = {
  advance: ['WAITING'],
  pause: ['PENDING', 'RUNNING', 'WAITING'],
  resume: ['PAUSING', 'PAUSED', 'HALTED'],
  abort: ['PENDING', 'PLANNING', 'RUNNING', 'WAITING', 'PAUSING', 'PAUSED', 'HALTED', 'ROLLING_BACK', 'ROLLBACK_FAILED'],
  rollback: ['PENDING', 'RUNNING', 'WAITING', 'PAUSING', 'PAUSED', 'HALTED', 'ROLLBACK_FAILED', 'ABORTED', 'SUCCEEDED'],
  retry: ['HALTED', 'ROLLBACK_FAILED'],
};

const SPECIAL: Readonly<Partial<Record<RolloutVerb, (state: RolloutState) => Refusal | undefined>>> = {
  resume(state) {
    if (state.status.phase !== 'HALTED') return undefined;
    if (isClear(state) || isEditTakenBack(state)) return undriven(state);
    return refusal(state, 'Blocked', `What halted the run still holds: ${state.status.reason.message}`, halted(state));
  },
  retry: undriven,
  rollback(state) {
    const { status } = state;
    if (status.closing === 'SUCCEEDED') return refusal(state, 'Conflict', 'The run is ending; it can be rolled back once it has.', []);
    if (status.finishedAt === undefined || status.applied?.shape === 'HELD' || status.applied?.shape === 'FINISHED') return undefined;
    return refusal(state, 'Conflict', 'The run had changed nothing: there is nothing to roll back.', ['rolloutStart']);
  },
};

/** Somebody's edit stands: going on would undo it or build on it unseen. */
function undriven(state: RolloutState): Refusal | undefined {
  const { drift } = state.status;
  if (drift === undefined) return undefined;
  return refusal(state, 'Blocked', `Somebody else's edit stands: ${drift.fields.map(({ path }) => path).join(', ')}.`, [
    'rolloutRollback',
    'rolloutAbort',
  ]);
}

function halted({ status }: RolloutState): UnblockingMutation[] {
  return status.drift === undefined ? ['rolloutRollback', 'rolloutRetry', 'rolloutAbort'] : ['rolloutRollback', 'rolloutAbort'];
}

function badDestination(state: RolloutState, { toStep, target }: RolloutCommand): Refusal | undefined {
  const { currentStep, steps, replicas } = state.status;
  const wrong = (path: string, message: string) => ({ ...refusal(state, 'Validation', message, ['rolloutAdvance']), path: [path] });
  if (toStep !== undefined && target !== undefined) return wrong('target', 'Name a step or a number of pods, not both.');
  if (toStep !== undefined && (!Number.isSafeInteger(toStep) || toStep <= currentStep || toStep >= steps.length)) {
    return wrong('toStep', badStep(currentStep, steps.length));
  }
  if (target === undefined) return undefined;
  const pods = resolveIntOrPercent(target, replicas, 'up');
  const present = steps[currentStep]?.target ?? 0;
  if (pods === undefined || pods <= present || pods > replicas)
    return wrong('target', `target must be more than the present ${present} pods and at most ${replicas}.`);
  return undefined;
}

/** The steps are counted from 0, and the last one has none after it. */
function badStep(present: number, count: number): string {
  const [first, last] = [present + 1, count - 1];
  if (first > last) return `There is no step after step ${present} (steps are counted from 0): leave toStep out.`;
  const range = first === last ? `must be ${first}` : `must lie between ${first} and ${last}`;
  return `toStep ${range}: steps are counted from 0, and the run is at step ${present}.`;
}

function refusal({ status }: RolloutState, code: Refusal['code'], message: string, unblock: readonly UnblockingMutation[]): Refusal {
  return { code, message, path: [], unblock, phase: status.phase, currentStep: status.currentStep };
}
