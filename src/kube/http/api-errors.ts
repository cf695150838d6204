import { ApiError, type ApiErrorCode, type ApiErrorDetail } from '../api-error.ts';
import { retryAfterMs, secondsToMs } from './retry-after.ts';
import type { TransportError } from './transport.ts';

/** Whether a request without an answer may have changed something. */
export type Effect = 'read' | 'write';

export interface FailedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** As much of it as was read; a Status object in JSON, or a proxy's page. */
  readonly body: string;
}

/** The server answered, and the answer is not 2xx. */
export function errorOfAnswer(answer: FailedAnswer, now: number): ApiError {
  const status = asStatus(parse(answer.body));
  const askedFor = answer.headers['retry-after'];
  return new ApiError(codeOf(answer.status, askedFor !== undefined), status?.message ?? plainMessage(answer), {
    status: answer.status,
    ...defined({
      reason: status?.reason ?? PLAIN_REASONS[answer.status],
      retryAfterMs: retryAfterMs(askedFor, now) ?? status?.retryAfterMs,
      causes: status?.causes,
    }),
  });
}

/** The object of a watch's ERROR line. */
export function errorOfStatus(object: unknown): ApiError {
  const status = asStatus(object);
  if (status === undefined)
    return new ApiError('server-error', 'the watch reported an error without a Status', { reason: 'UnreadableLine' });
  const { message, code, reason, ...rest } = status;
  // Old servers send 410 with the reason only.
  const expired = reason === 'Expired' || reason === 'Gone';
  return new ApiError(expired ? 'gone' : codeOf(code ?? 500, rest.retryAfterMs !== undefined), message ?? 'the watch failed', {
    ...defined({ status: code, reason, ...rest }),
  });
}

/** No answer. A write that may have been sent has an unknown outcome; everything else did not happen. */
export function errorOfTransport(error: TransportError, effect: Effect): ApiError {
  const code = effect === 'write' && error.sent ? 'outcome-unknown' : 'unreachable';
  return new ApiError(code, error.message, { reason: error.reason, cause: error });
}

function codeOf(status: number, hasRetryAfter: boolean): ApiErrorCode {
  const known = CODES[status];
  if (known !== undefined) return known;
  if (status === 503 && hasRetryAfter) return 'throttled';
  return status >= 400 && status < 500 ? 'invalid' : 'server-error';
}

const CODES: Readonly<Record<number, ApiErrorCode>> = {
  400: 'invalid',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not-found',
  405: 'unsupported',
  406: 'unsupported',
  408: 'server-error',
  409: 'conflict',
  410: 'gone',
  415: 'unsupported',
  422: 'invalid',
  429: 'throttled',
};

/** For answers that carry no Status: a proxy's, or the server's own before it has read the request. */
const PLAIN_REASONS: Readonly<Record<number, string>> = {
  301: 'Redirected',
  302: 'Redirected',
  303: 'Redirected',
  307: 'Redirected',
  308: 'Redirected',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  410: 'Gone',
  413: 'RequestEntityTooLarge',
  429: 'TooManyRequests',
  502: 'BadGateway',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};

interface StatusContent {
  readonly message?: string;
  readonly code?: number;
  readonly reason?: string;
  readonly retryAfterMs?: number;
  readonly causes?: NonNullable<ApiErrorDetail['causes']>;
}

function asStatus(value: unknown): StatusContent | undefined {
  if (!isRecord(value) || value['kind'] !== 'Status') return undefined;
  const details = isRecord(value['details']) ? value['details'] : {};
  return defined({
    message: text(value['message']),
    code: typeof value['code'] === 'number' ? value['code'] : undefined,
    reason: text(value['reason']),
    retryAfterMs: typeof details['retryAfterSeconds'] === 'number' ? secondsToMs(details['retryAfterSeconds']) : undefined,
    causes: Array.isArray(details['causes']) ? details['causes'].filter(isRecord).map(causeOf) : undefined,
  });
}

function causeOf(cause: Record<string, unknown>): NonNullable<ApiErrorDetail['causes']>[number] {
  return { field: text(cause['field']) ?? '', reason: text(cause['reason']) ?? '', message: text(cause['message']) ?? '' };
}

/** A page of HTML tells an operator nothing; a short line of text may. */
function plainMessage(answer: FailedAnswer): string {
  const line = answer.body.trim();
  const told = line !== '' && line.length <= 200 && !line.includes('\n') && !line.startsWith('<') && !line.startsWith('{');
  return told ? line : `the server answered with HTTP status ${answer.status}`;
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function defined<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
}
