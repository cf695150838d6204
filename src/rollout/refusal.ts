import type { UnblockingMutation } from './reason.ts';
import type { RolloutPhase } from './state.ts';

/** Why a command is not carried out. Becomes a `UserError` of the payload. */
export interface Refusal {
  /** Conflict: the run is not where the caller believed, or where the verb makes sense. Blocked: something else must be done first. */
  readonly code: 'Validation' | 'Conflict' | 'Blocked' | 'Unsupported';
  readonly message: string;
  /** Member of the input that is wrong, e.g. ["expectedStep"]; empty when none is. */
  readonly path: readonly string[];
  readonly unblock: readonly UnblockingMutation[];
  readonly phase: RolloutPhase;
  readonly currentStep: number;
}
