import { isDeepStrictEqual } from 'node:util';
import { type ApiError, isApiError, isOutcomeUnknown } from '../kube/api-error.ts';
import type { ApiServer } from '../kube/api-server.ts';
import type { KubeObject } from '../model/kube-object.ts';
import type { Resource } from '../model/resource.ts';
import { HubError } from './hub-error.ts';
import { checkSize } from './size-guard.ts';

export interface WriteLimits {
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

/** What is written where. */
export interface HubWrite {
  readonly apiServer: ApiServer;
  readonly resource: Resource;
  readonly object: KubeObject;
  readonly limits?: WriteLimits;
}

/**
 * Replaces the version named by the object's `metadata.resourceVersion`: compare and swap. An answer that was lost is
 * cleared up by sending the same again: at most one of them can take effect. Throws `conflict`, `absent`, `too-large`,
 * or `ApiError`; after `outcome-unknown` or `server-error` it may have been written.
 */
export async function replaceObject(write: HubWrite): Promise<KubeObject> {
  const { apiServer, resource, object, limits } = write;
  checkSize(object);
  const sent = await sendUntilKnown(() => apiServer.update(resource, object, limits), limits);
  if (sent.stored !== undefined) return sent.stored;
  const { refusal, isRepeated } = sent;
  if (refusal.code === 'not-found') throw new HubError('absent', `${object.kind} ${object.metadata.name} is gone`, refusal);
  if (refusal.code !== 'conflict') throw refusal;
  const own = isRepeated ? await ownWrite(write) : undefined;
  if (own === undefined) throw conflictError(object, refusal);
  return own;
}

/**
 * Creates the object, or answers undefined when there is one of that name. A lost answer is cleared up like that of
 * `replaceObject`: an object that then is there and is what we sent was created by us. Throws `too-large` or `ApiError`.
 */
export async function createObject(write: HubWrite): Promise<KubeObject | undefined> {
  const { apiServer, resource, object, limits } = write;
  checkSize(object);
  const sent = await sendUntilKnown(() => apiServer.create(resource, object, limits), limits);
  if (sent.stored !== undefined) return sent.stored;
  const { refusal, isRepeated } = sent;
  if (refusal.reason !== 'AlreadyExists') throw refusal;
  return isRepeated ? ownWrite(write) : undefined;
}

type Sent =
  | { readonly stored: KubeObject }
  /** `isRepeated`: an earlier one may have succeeded, and be the reason of the refusal. */
  | { readonly stored?: undefined; readonly refusal: ApiError; readonly isRepeated: boolean };

const ATTEMPTS = 3;

async function sendUntilKnown(send: () => Promise<KubeObject>, { signal }: WriteLimits = {}): Promise<Sent> {
  let unknown: ApiError | undefined;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return { stored: await send() };
    } catch (error) {
      if (!isApiError(error)) throw error;
      if (!isOutcomeUnknown(error)) return { refusal: certain(error, unknown), isRepeated: unknown !== undefined };
      if (attempt === ATTEMPTS || signal?.aborted) throw error;
      unknown = error;
    }
  }
}

/** A later attempt that did not arrive says nothing about an earlier one. */
function certain(refusal: ApiError, unknown: ApiError | undefined): ApiError {
  if (unknown !== undefined && !isApiError(refusal, 'conflict', 'not-found')) throw unknown;
  return refusal;
}

/** What is there, when it is what we sent: then it was us who wrote since. */
async function ownWrite({ apiServer, resource, object, limits }: HubWrite): Promise<KubeObject | undefined> {
  const { namespace, name } = object.metadata;
  const present = await apiServer.get(resource, { name, ...(namespace !== undefined && { namespace }) }, limits);
  return isDeepStrictEqual(plain(present), plain(object)) ? present : undefined;
}

/** As the server has it: without members that are undefined. */
function plain({ spec, status }: KubeObject): unknown {
  return JSON.parse(JSON.stringify([spec, status]));
}

function conflictError({ kind, metadata }: KubeObject, cause: unknown): HubError {
  return new HubError('conflict', `${kind} ${metadata.name} has been written by somebody else`, cause);
}
