import type { JsonPatchOperation } from '../kube/api-server.ts';
import type { UserInfo } from '../model/user.ts';
import type { Refusal } from './refusal.ts';
import type { RolloutTarget } from './state.ts';

/**
 * What `step` asks for, as data, to be done in this order.
 *
 * The contract with who carries them out: where there is a `record`, it is the first effect, and the state
 * that `step` returned counts only once the hub has it. If the hub refuses or cannot be reached, drop that
 * state and every effect after the record, read the run from the hub again and go on with what is there (not
 * leading any more: stop). Without a `record` the state is simply the next one. Answers come back as events.
 */
export type RolloutEffect = RecordEffect | AnswerEffect | PatchEffect | ReadEffect | ReviewEffect | WaitEffect | EmitEventEffect;

/** Write the returned state to the hub, by compare-and-swap. */
export interface RecordEffect {
  readonly do: 'record';
}

/** Tell who sent the command. Only after the record. */
export interface AnswerEffect {
  readonly do: 'answer';
  readonly commandId: string;
  readonly refusal?: Refusal;
  readonly replayed: boolean;
}

/** Send it once, as `actor`; answer with `patched`, whatever happens. Never send one again by yourself. */
export interface PatchEffect {
  readonly do: 'patch';
  readonly intentId: string;
  readonly target: RolloutTarget;
  readonly operations: readonly JsonPatchOperation[];
  readonly actor: UserInfo;
}

/** GET the object from the server itself; answer with `read` and the same id. */
export interface ReadEffect {
  readonly do: 'read';
  readonly id: number;
  readonly target: RolloutTarget;
}

/** May this user still patch the object? Answer with `review` and the same id. */
export interface ReviewEffect {
  readonly do: 'review';
  readonly id: number;
  readonly target: RolloutTarget;
  readonly actor: UserInfo;
}

/** Deliver an observation, or a `timer` where there is none, at that moment at the latest. Replaces the one before. */
export interface WaitEffect {
  readonly do: 'wait';
  readonly until: number;
}

/** A Kubernetes event on the workload. Best effort. */
export interface EmitEventEffect {
  readonly do: 'emit';
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}
