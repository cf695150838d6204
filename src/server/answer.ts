import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Rejection } from '../auth/authenticator.ts';
import { ERROR_CATALOGUE, type ErrorCode } from '../model/errors.ts';

const TEXT = 'text/plain; charset=utf-8';
const HTML = 'text/html; charset=utf-8';
const JSON_TEXT = 'application/json; charset=utf-8';

/** Pages load nothing from elsewhere, are framed by nobody and tell nobody where the reader came from. */
const PAGE_HEADERS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'content-security-policy':
    "default-src 'self'; script-src 'self' 'unsafe-inline' blob:; worker-src blob:; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; frame-ancestors 'none'",
} as const;

/** Everything that is answered whole and not by the GraphQL pipeline. */
export interface Answer {
  readonly status: number;
  readonly body: string | Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

export function text(status: number, body: string, type = TEXT): Answer {
  return { status, body, headers: { 'content-type': type } };
}

export function page(body: string | Buffer): Answer {
  return { status: 200, body, headers: { 'content-type': HTML, ...PAGE_HEADERS } };
}

/** An error in GraphQL's shape, for a request that never became a document. */
export function errorAnswer(status: number, code: ErrorCode, message: string, headers: Readonly<Record<string, string>> = {}): Answer {
  const body = `${JSON.stringify({ errors: [{ message, extensions: { code, retryable: ERROR_CATALOGUE[code].retryable } }] })}\n`;
  // What is left of a body that nobody reads would be taken for the next request.
  return { status, body, headers: { 'content-type': JSON_TEXT, connection: 'close', ...headers } };
}

export function rejectionAnswer({ status, message }: Rejection): Answer {
  switch (status) {
    case 401:
      return errorAnswer(status, 'UNAUTHENTICATED', message, { 'www-authenticate': 'Bearer realm="fleetgraph"' });
    case 429:
      return errorAnswer(status, 'TOO_MANY_REQUESTS', message, { 'retry-after': '1' });
    case 503:
      return errorAnswer(status, 'UNAVAILABLE', message, { 'retry-after': '1' });
    case 403:
      return errorAnswer(status, 'FORBIDDEN', message);
    case 400:
    case 421:
      return errorAnswer(status, 'BAD_REQUEST', message);
  }
}

export function send(request: IncomingMessage, response: ServerResponse, { status, body, headers }: Answer): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(request.method === 'HEAD' ? undefined : body);
}
