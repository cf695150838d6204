import { ApiError } from '../kube/api-error.ts';
import type { CommandError } from './commands.ts';
import type { OperationOutcome } from './operation.ts';

/** What an API server's refusal means to the person who asked. */
export interface Refusal {
  readonly error: CommandError;
  readonly outcome: OperationOutcome;
}

/** How servers begin the refusal of a patch whose object they do not name. */
const NAMELESS = /^\s*"" is invalid: (patch: Invalid value: "(?:[^"\\]|\\.)*": )?/;

/** `path` leads to the argument that named the object. Throws what is no `ApiError`: that is a fault of ours. */
export function refusalOf(error: unknown, cluster: string, path: readonly string[]): Refusal {
  if (!(error instanceof ApiError)) throw error;
  const shape = { message: error.message.replace(NAMELESS, ''), path, unblock: [] };
  switch (error.code) {
    case 'not-found':
    case 'gone':
      return { outcome: 'REFUSED', error: { ...shape, type: 'NotFoundError', code: 'NOT_FOUND' } };
    case 'forbidden':
      return { outcome: 'REFUSED', error: { ...shape, type: 'ForbiddenError', code: 'FORBIDDEN' } };
    case 'conflict':
      return { outcome: 'REFUSED', error: { ...shape, type: 'ConflictError', code: 'CONFLICT' } };
    case 'invalid':
      return { outcome: 'REFUSED', error: { ...shape, type: 'ValidationError', code: 'INVALID' } };
    case 'unsupported':
      return { outcome: 'REFUSED', error: { ...shape, type: 'UnsupportedError', code: 'UNSUPPORTED' } };
    case 'throttled':
      return {
        outcome: 'REFUSED',
        error: {
          ...shape,
          type: 'BlockedError',
          code: error.reason === 'TooManyRequests' || error.status === 429 ? 'TOO_MANY_REQUESTS' : 'UNAVAILABLE',
        },
      };
    case 'unauthorized':
      return {
        outcome: 'FAILED',
        error: {
          ...shape,
          type: 'ClusterUnreachableError',
          code: 'GATEWAY_UNAUTHORIZED',
          cluster,
          message: `cluster ${cluster} does not accept the gateway's own credentials: ${error.message}`,
        },
      };
    case 'unreachable':
      return {
        outcome: 'FAILED',
        error: {
          ...shape,
          type: 'ClusterUnreachableError',
          code: error.reason ?? 'UNREACHABLE',
          cluster,
          message: `cluster ${cluster} cannot be reached, nothing was done: ${error.message}`,
        },
      };
    case 'outcome-unknown':
    case 'server-error':
      return {
        outcome: 'UNKNOWN',
        error: {
          ...shape,
          type: 'ClusterUnreachableError',
          code: 'OUTCOME_UNKNOWN',
          cluster,
          message: `cluster ${cluster} gave no answer; it may or may not have been done, look before asking again: ${error.message}`,
        },
      };
  }
}
