import { type ApiError, isApiError } from '../kube/api-error.ts';
import { OverBudget } from './memory-gate.ts';

/** What kind of trouble an error is: each is met in its own way. */
export type FailureKind =
  /** No answer. */
  | 'connection'
  /** 429, 503: come back later. */
  | 'throttled'
  /** 5xx. */
  | 'server'
  /** 410: the version or the continue token has left the history. */
  | 'expired'
  /** The server has not reached the version that we have seen: it lags, or was restored from a backup. */
  | 'behind'
  | 'credentials'
  | 'rights'
  | 'not-served'
  /** This kind can be listed and not watched. */
  | 'unwatchable'
  /** There is no room in memory for it. */
  | 'budget'
  /** Something came that makes no sense, or could not be applied: nothing after it can be trusted. */
  | 'unreadable';

export interface Failure {
  readonly kind: FailureKind;
  /** CamelCase. */
  readonly reason: string;
  readonly message: string;
  readonly retryAfterMs?: number;
}

const KINDS: Partial<Record<ApiError['code'], readonly [FailureKind, string]>> = {
  unreachable: ['connection', 'ConnectionFailed'],
  'outcome-unknown': ['connection', 'ConnectionFailed'],
  throttled: ['throttled', 'TooManyRequests'],
  gone: ['expired', 'Expired'],
  unauthorized: ['credentials', 'Unauthorized'],
  forbidden: ['rights', 'Forbidden'],
  'not-found': ['not-served', 'NotFound'],
  unsupported: ['unwatchable', 'Unsupported'],
};

/** The reason of an answer that is older than it was asked to be, from a server that does not say so. */
export const LAGGING = 'LaggingReplica';

const TOO_LARGE = /too large resource version/i;

export function failureOf(error: unknown): Failure {
  if (error instanceof OverBudget) return { kind: 'budget', reason: 'MemoryBudget', message: error.message };
  if (!isApiError(error))
    return { kind: 'unreadable', reason: 'NotApplied', message: error instanceof Error ? error.message : String(error) };
  const [kind, reason] = classify(error);
  const { message, retryAfterMs } = error;
  return { kind, reason: error.reason ?? reason, message, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}

function classify(error: ApiError): readonly [FailureKind, string] {
  if (isBehind(error)) return ['behind', 'ResourceVersionTooLarge'];
  const known = KINDS[error.code];
  if (known !== undefined) return known;
  // A 5xx is the server's own answer. Without a status it is the transport that could not make sense of one.
  return error.code === 'server-error' && error.status !== undefined ? ['server', 'ServerError'] : ['unreadable', 'Unreadable'];
}

/** A timeout (504) whose cause says that the version lies in the future. Source: apiserver, NewTooLargeResourceVersionError. */
function isBehind(error: ApiError): boolean {
  if (error.reason === LAGGING) return true;
  return error.causes.some((cause) => cause.reason === 'ResourceVersionTooLarge') || TOO_LARGE.test(error.message);
}

/** A loss that was noticed only because nothing came: it happened earlier than we know. */
export function isSilence({ kind, reason }: Failure): boolean {
  return kind === 'connection' && /deadline|timed?out|ping|lost/i.test(reason);
}
