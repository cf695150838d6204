/**
 * What an API server can answer besides success.
 * - `not-found` (404), `conflict` (409: resource version or already exists, see `reason`), `invalid` (422, 400),
 *   `gone` (410: the version or continue token has left the history), `forbidden` (403), `unauthorized` (401),
 *   `unsupported` (405, 406, 415)
 * - `throttled` (429, 503 with Retry-After; an eviction that a disruption budget refuses is also 429):
 *   wait `retryAfterMs` at least
 * - `unreachable`: no answer, and the request certainly did not reach the server or changes nothing (a read)
 * - `outcome-unknown`: a write was sent and no answer came: it may or may not have happened; read before deciding
 * - `server-error` (5xx): the server failed; for a write its outcome is unknown too, see `isOutcomeUnknown`
 */
export type ApiErrorCode =
  | 'not-found'
  | 'conflict'
  | 'invalid'
  | 'gone'
  | 'forbidden'
  | 'unauthorized'
  | 'unsupported'
  | 'throttled'
  | 'unreachable'
  | 'outcome-unknown'
  | 'server-error';

export interface ApiErrorDetail {
  /** HTTP status, where there was an answer. */
  readonly status?: number;
  /** Kubernetes' machine-readable reason, e.g. "AlreadyExists", "Expired", "NotFound"; or our CamelCase word for a transport failure, e.g. "ConnectionRefused". */
  readonly reason?: string;
  /** How long the server asks to be left alone, in milliseconds. */
  readonly retryAfterMs?: number;
  /** `details.causes` of a Status: which field broke which rule. */
  readonly causes?: readonly { readonly field: string; readonly reason: string; readonly message: string }[];
  readonly cause?: unknown;
}

/** The only error that the methods of an `ApiServer` throw. The message is the server's own where there is one. */
export class ApiError extends Error {
  readonly code: ApiErrorCode;
  readonly status: number | undefined;
  readonly reason: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly causes: NonNullable<ApiErrorDetail['causes']>;

  constructor(code: ApiErrorCode, message: string, detail: ApiErrorDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.name = 'ApiError';
    this.code = code;
    this.status = detail.status;
    this.reason = detail.reason;
    this.retryAfterMs = detail.retryAfterMs;
    this.causes = detail.causes ?? [];
  }
}

export function isApiError(error: unknown, ...codes: readonly ApiErrorCode[]): error is ApiError {
  return error instanceof ApiError && (codes.length === 0 || codes.includes(error.code));
}

/** Of a write that failed: it may have happened all the same. Read before deciding what to do. */
export function isOutcomeUnknown(error: unknown): boolean {
  return isApiError(error, 'outcome-unknown', 'server-error');
}
