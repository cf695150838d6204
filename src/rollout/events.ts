import type { KubeObject } from '../model/kube-object.ts';
import type { IntOrString } from '../model/object-record.ts';
import type { ResourceVersion } from '../model/resource-version.ts';
import type { UserInfo } from '../model/user.ts';
import type { Cause } from '../status/cause.ts';
import type { RolloutPhase } from './state.ts';

/** Everything that can happen to a run. Any of them may come late, twice or out of order. */
export type RolloutEvent =
  | ObservationEvent
  | CommandEvent
  | ReadEvent
  | ReviewEvent
  | PatchedEvent
  | { readonly type: 'timer' }
  | LeadershipEvent;

/** What our copy of the cluster shows: on every change of it, and when a `wait` is over. */
export interface ObservationEvent {
  readonly type: 'observation';
  readonly observation: RolloutObservation;
}

export interface RolloutObservation {
  readonly uid: string;
  readonly resourceVersion: ResourceVersion;
  readonly generation: number;
  readonly observedGeneration: number;
  /** Value of our label. */
  readonly marker?: string;
  readonly isDeleting: boolean;
  readonly replicas: number;
  /** Name of the revision that the template of this generation became; absent while it cannot be told. */
  readonly updateRevision?: string;
  readonly currentRevision?: string;
  /** Neither going nor ended, at any revision. */
  readonly active: number;
  readonly old: number;
  readonly updated: number;
  readonly updatedReady: number;
  /** By the workload's own minReadySeconds, not by that of a brake. */
  readonly updatedAvailable: number;
  /** Updated pods that are not available and whose node is down. */
  readonly onDeadNodes: number;
  /** What speaks against the new revision now, on nodes that work; the most telling first. */
  readonly troubles: readonly Cause[];
  /** Everything that is wrong, of whatever revision and whoever's fault; for people. */
  readonly causes: readonly Cause[];
  /** How old the copy is; Infinity before the first whole one. `isLive`: it was heard of the server within its time. */
  readonly ageMs: number;
  readonly isLive: boolean;
}

export const ROLLOUT_VERBS = ['advance', 'pause', 'resume', 'abort', 'rollback', 'retry'] as const;
export type RolloutVerb = (typeof ROLLOUT_VERBS)[number];

export interface CommandEvent {
  readonly type: 'command';
  readonly command: RolloutCommand;
}

export interface RolloutCommand {
  /** The request id, or one made up for it: the same id is carried out once. */
  readonly id: string;
  readonly verb: RolloutVerb;
  readonly actor: UserInfo;
  readonly note?: string;
  readonly expectedPhase?: RolloutPhase;
  readonly expectedStep?: number;
  /** advance only: straight to that step, or to so many pods. */
  readonly toStep?: number;
  readonly target?: IntOrString;
}

/** The answer to a `read`: the object as the server has it now, never from a cache. */
export interface ReadEvent {
  readonly type: 'read';
  readonly id: number;
  readonly result:
    | { readonly object: KubeObject }
    | { readonly error: 'not-found' | 'forbidden' | 'unreachable'; readonly retryAfterMs?: number };
}

/** The answer to a `review`. */
export interface ReviewEvent {
  readonly type: 'review';
  readonly id: number;
  readonly result:
    | { readonly allowed: boolean; readonly reason?: string }
    | { readonly error: 'unreachable'; readonly retryAfterMs?: number };
}

/** The answer to a `patch`. */
export interface PatchedEvent {
  readonly type: 'patched';
  readonly intentId: string;
  readonly result: PatchResult;
}

export type PatchResult =
  | { readonly outcome: 'ok'; readonly object: KubeObject }
  | { readonly outcome: 'unknown' }
  | { readonly outcome: PatchRefusal; readonly message: string; readonly retryAfterMs?: number };

/**
 * The server certainly did not do it. invalid: a `test` failed, or validation or admission said no; conflict: 409;
 * unreachable: the request did not arrive; gone: there is no such object.
 */
export type PatchRefusal = 'conflict' | 'invalid' | 'forbidden' | 'throttled' | 'unreachable' | 'gone';

/** This gateway leads from now on, with an epoch higher than any before; also after a restart. */
export interface LeadershipEvent {
  readonly type: 'leadership';
  readonly epoch: number;
}
