import { ApiError } from '../../kube/api-error.ts';
import type { PatchResult, ReadEvent, ReviewEvent } from '../events.ts';

/**
 * What an answer of the server proves. The rule: a patch counts as refused only where the server certainly did not
 * do it; everything else is `unknown`, and the engine reads the object.
 */
export function patchFailure(error: unknown, name: string): PatchResult {
  if (!(error instanceof ApiError)) return { outcome: 'unknown' };
  const detail = { message: error.message, ...waitOf(error) };
  switch (error.code) {
    case 'conflict':
      return { outcome: 'conflict', ...detail };
    case 'invalid':
    case 'unsupported':
      return { outcome: 'invalid', ...detail };
    case 'forbidden':
      return { outcome: 'forbidden', ...detail };
    case 'not-found':
      return { outcome: isAbout(error, name) ? 'gone' : 'unreachable', ...detail };
    case 'throttled':
      // A 503 may come from a proxy that had passed the request on.
      return error.status === 429 ? { outcome: 'throttled', ...detail } : { outcome: 'unknown' };
    case 'unauthorized':
      return { outcome: 'unreachable', ...detail, message: `the cluster does not accept the gateway's own credentials: ${error.message}` };
    case 'unreachable':
    case 'gone':
      return { outcome: 'unreachable', ...detail };
    case 'outcome-unknown':
    case 'server-error':
      return { outcome: 'unknown' };
  }
}

export function readFailure(error: unknown, name: string): ReadEvent['result'] {
  if (!(error instanceof ApiError)) return { error: 'unreachable' };
  if (error.code === 'not-found' && isAbout(error, name)) return { error: 'not-found' };
  return { error: error.code === 'forbidden' ? 'forbidden' : 'unreachable', ...waitOf(error) };
}

export function reviewFailure(error: unknown): ReviewEvent['result'] {
  return { error: 'unreachable', ...(error instanceof ApiError && waitOf(error)) };
}

function waitOf({ retryAfterMs }: ApiError): { readonly retryAfterMs?: number } {
  return retryAfterMs === undefined ? {} : { retryAfterMs };
}

/** A server that does not serve the kind for a while, or a proxy without a way, answers 404 too, and names no object. */
function isAbout({ message }: ApiError, name: string): boolean {
  return message.includes(`"${name}"`);
}
