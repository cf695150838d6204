import { ROLLOUT_VERBS, type RolloutVerb } from './events.ts';
import type { RolloutState } from './state.ts';
import { verdictOn } from './verdict.ts';

export interface Capability {
  readonly allowed: boolean;
  /** Absent when allowed. */
  readonly reason?: string;
}

export type RolloutCapabilities = Readonly<Record<RolloutVerb, Capability>>;

/** What may be done with the run now, as far as the run is concerned: by the table that commands are judged by. */
export function rolloutCapabilities(state: RolloutState): RolloutCapabilities {
  return Object.fromEntries(ROLLOUT_VERBS.map((verb) => [verb, capabilityOf(state, verb)])) as RolloutCapabilities;
}

function capabilityOf(state: RolloutState, verb: RolloutVerb): Capability {
  const refusal = verdictOn(state, verb);
  return refusal === undefined ? { allowed: true } : { allowed: false, reason: refusal.message };
}
