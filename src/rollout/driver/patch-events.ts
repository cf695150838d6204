import type { Intent, IntentOp, RolloutState } from '../state.ts';
import type { WorkloadEvent } from './event-recorder.ts';

/** What a write that succeeded is called on the workload; undefined for those that change nothing but our label. */
export function eventOfPatch({ spec, status }: RolloutState, intentId: string): WorkloadEvent | undefined {
  const intent = status.intents.find(({ id }) => id === intentId);
  const said = intent && SAID[intent.op];
  if (intent === undefined || said === undefined) return undefined;
  const [reason, message] = said;
  return { type: 'Normal', reason, message: message(intent, spec.original.replicas) };
}

const SAID: Readonly<Partial<Record<IntentOp, readonly [reason: string, message: (intent: Intent, replicas: number) => string]>>> = {
  START: ['RolloutStarted', ({ allowed = 0 }, replicas) => `The new template is in; ${allowed} of ${replicas} pods may be new.`],
  MOVE: ['RolloutAdvanced', ({ allowed = 0 }, replicas) => `${allowed} of ${replicas} pods may be new.`],
  FREEZE: ['RolloutFrozen', () => 'The update is frozen.'],
  THAW: ['RolloutThawed', () => 'The update goes on.'],
  ROLL_BACK: ['RolloutRollingBack', () => 'Template and strategy are back to what they were before the run.'],
};
