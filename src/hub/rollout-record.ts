import type { JsonObject, KubeObject } from '../model/kube-object.ts';
import { apiVersionOf } from '../model/resource.ts';
import type { ResourceVersion } from '../model/resource-version.ts';
import { HubError } from './hub-error.ts';
import { instantOf, millisOf } from './instant.ts';
import { HUB_NAMESPACE, ROLLOUTS } from './resources.ts';
import { type HubTarget, targetFromJson, targetToJson } from './target.ts';

/** What changes while a rollout runs. */
export interface RolloutProgress {
  /** The engine's own, kept to the letter. */
  readonly state: JsonObject;
  /** In one word, one CamelCase reason, and "2/3": for `kubectl get`. */
  readonly phase: string;
  readonly reason?: string;
  readonly step?: string;
  /** Nothing will happen any more without a new command. Instants in milliseconds since 1970. */
  readonly finishedAt?: number;
}

export interface NewRollout extends RolloutProgress {
  /** Short, unique, a DNS label. */
  readonly id: string;
  readonly target: HubTarget;
  readonly createdBy: string;
  readonly createdAt: number;
  /** What was decided at the start; never changes. */
  readonly plan: JsonObject;
}

/** A rollout as the hub has it. */
export interface RolloutRecord extends NewRollout {
  /** Of the leader that wrote last. */
  readonly epoch: number;
  /** How often the progress was written. */
  readonly writes: number;
  /** Hand it back with the next write. */
  readonly version: ResourceVersion;
  readonly uid: string;
}

/** `createdAt` and what else is known of the object beforehand come from the object itself where it exists. */
export function rolloutObject(rollout: NewRollout, epoch: number, writes: number): KubeObject {
  const { id, target, createdBy, createdAt, plan } = rollout;
  return {
    apiVersion: apiVersionOf(ROLLOUTS),
    kind: ROLLOUTS.kind,
    metadata: { name: id, namespace: HUB_NAMESPACE, labels: { 'app.kubernetes.io/managed-by': 'fleetgraph' } },
    spec: { target: targetToJson(target), createdBy, createdAt: instantOf(createdAt), plan },
    status: statusOf(rollout, epoch, writes),
  };
}

function statusOf({ state, phase, reason, step, finishedAt }: RolloutProgress, epoch: number, writes: number): JsonObject {
  return {
    epoch,
    writes,
    isFinished: finishedAt !== undefined,
    phase,
    ...(finishedAt !== undefined && { finishedAt: instantOf(finishedAt) }),
    ...(reason !== undefined && { reason }),
    ...(step !== undefined && { step }),
    state,
  };
}

/** Throws `unreadable` for what `rolloutObject` did not write. */
export function rolloutRecord({ metadata, spec = {}, status = {} }: KubeObject): RolloutRecord {
  const [target, createdAt, finishedAt] = [targetFromJson(spec['target']), millisOf(spec['createdAt']), millisOf(status['finishedAt'])];
  const [epoch, writes] = [status['epoch'], status['writes']];
  const { plan } = spec;
  const { state, phase, reason, step } = status;
  const isWhole =
    target && createdAt !== undefined && Number.isInteger(epoch) && Number.isInteger(writes) && isObject(plan) && isObject(state);
  if (!isWhole) throw new HubError('unreadable', `Rollout ${metadata.name} of the hub is not what we write`);
  return {
    id: metadata.name,
    uid: metadata.uid ?? '',
    version: metadata.resourceVersion ?? '',
    target,
    createdBy: String(spec['createdBy'] ?? ''),
    createdAt,
    plan,
    epoch: Number(epoch),
    writes: Number(writes),
    state,
    phase: String(phase ?? ''),
    ...(typeof reason === 'string' && { reason }),
    ...(typeof step === 'string' && { step }),
    ...(finishedAt !== undefined && { finishedAt }),
  };
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
