import type { JsonObject, KubeObject } from '../model/kube-object.ts';
import { apiVersionOf } from '../model/resource.ts';
import type { ResourceVersion } from '../model/resource-version.ts';
import { HubError } from './hub-error.ts';
import { instantOf, millisOf } from './instant.ts';
import { HUB_NAMESPACE, OPERATIONS } from './resources.ts';
import { type HubTarget, targetFromJson, targetToJson } from './target.ts';

/** One mutation that somebody asked for. Instants in milliseconds since 1970. */
export interface Operation {
  /** For people; unique. */
  readonly id: string;
  readonly mutation: string;
  readonly actor: string;
  readonly requestId?: string;
  readonly target?: HubTarget;
  /** Name of the rollout that it is about. */
  readonly rollout?: string;
  /** How it is about to be done, noted before it is. */
  readonly command?: JsonObject;
  readonly note?: string;
  readonly dryRun: boolean;
  readonly auditId: string;
  readonly at: number;
}

export interface OperationResult {
  readonly outcome: string;
  /** What the asker gets, now and whenever the request is repeated. */
  readonly answer: JsonObject;
  /** Nothing was done: the request id may be used again. */
  readonly isReusable?: boolean;
}

/** An operation as the hub has it. */
export interface OperationEntry extends Operation {
  /** Name of the object. */
  readonly name: string;
  readonly questionDigest: string;
  readonly attempt: number;
  /** The process that carries it out. */
  readonly holder: string;
  readonly heldSince: number;
  readonly expiresAt: number;
  readonly outcome: string;
  /** Absent while it is being carried out. */
  readonly result?: OperationResult & { readonly finishedAt: number };
  readonly version: ResourceVersion;
}

export type NewEntry = Omit<OperationEntry, 'version'>;

export function operationObject(entry: NewEntry): KubeObject {
  return {
    apiVersion: apiVersionOf(OPERATIONS),
    kind: OPERATIONS.kind,
    metadata: { name: entry.name, namespace: HUB_NAMESPACE, labels: { 'app.kubernetes.io/managed-by': 'fleetgraph' } },
    spec: specOf(entry),
    status: statusOf(entry),
  };
}

function specOf({ requestId, target, rollout, command, note, at, heldSince, expiresAt, ...entry }: NewEntry): JsonObject {
  const { id, mutation, actor, questionDigest, dryRun, auditId, attempt, holder } = entry;
  return {
    ...{ id, mutation, actor, questionDigest, dryRun, auditId, attempt, holder },
    at: instantOf(at),
    heldSince: instantOf(heldSince),
    expiresAt: instantOf(expiresAt),
    ...(requestId !== undefined && { requestId }),
    ...(target !== undefined && { target: targetToJson(target) }),
    ...(rollout !== undefined && { rollout }),
    ...(command !== undefined && { command }),
    ...(note !== undefined && { note }),
  };
}

function statusOf({ outcome, result }: NewEntry): JsonObject {
  if (result === undefined) return { outcome, isFinished: false };
  const { answer, isReusable = false, finishedAt } = result;
  return { outcome, isFinished: true, finishedAt: instantOf(finishedAt), isReusable, answer };
}

/** Throws `unreadable` for what `operationObject` did not write. */
export function operationEntry({ metadata, spec = {}, status = {} }: KubeObject): OperationEntry {
  const [at, expiresAt] = [millisOf(spec['at']), millisOf(spec['expiresAt'])];
  const { id, mutation, actor, questionDigest, holder, attempt } = spec;
  const isWhole = [id, mutation, actor, questionDigest, holder].every((part) => typeof part === 'string') && Number.isInteger(attempt);
  if (!isWhole || at === undefined || expiresAt === undefined)
    throw new HubError('unreadable', `Operation ${metadata.name} of the hub is not what we write`);
  const target = targetFromJson(spec['target']);
  const result = resultOf(status);
  return {
    name: metadata.name,
    version: metadata.resourceVersion ?? '',
    id: String(id),
    mutation: String(mutation),
    actor: String(actor),
    questionDigest: String(questionDigest),
    holder: String(holder),
    attempt: Number(attempt),
    dryRun: spec['dryRun'] === true,
    auditId: String(spec['auditId'] ?? ''),
    at,
    heldSince: millisOf(spec['heldSince']) ?? at,
    expiresAt,
    outcome: String(status['outcome'] ?? ''),
    ...texts(spec, 'requestId', 'rollout', 'note'),
    ...(target && { target }),
    ...(isObject(spec['command']) && { command: spec['command'] }),
    ...(result && { result }),
  };
}

function resultOf(status: JsonObject): OperationEntry['result'] {
  const finishedAt = millisOf(status['finishedAt']);
  const answer = status['answer'];
  if (status['isFinished'] !== true || finishedAt === undefined || !isObject(answer)) return undefined;
  return { outcome: String(status['outcome'] ?? ''), isReusable: status['isReusable'] === true, finishedAt, answer };
}

function texts<K extends string>(from: JsonObject, ...names: readonly K[]): { [name in K]?: string } {
  return Object.fromEntries(names.flatMap((name) => (typeof from[name] === 'string' ? [[name, from[name]]] : []))) as {
    [name in K]?: string;
  };
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
