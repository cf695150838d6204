import type { IncomingMessage } from 'node:http';

/** Why a request to /graphql is refused before anything reads its body. */
export interface Refusal {
  readonly status: number;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Bytes of one request body; `limits` in the documentation of the API. */
export const MAX_BODY_BYTES = 256 * 1024;

/**
 * POST of exactly application/json, uncompressed, of a bounded size: whatever a browser may send across
 * origins without asking first (forms, text) is refused, and so are GET queries.
 */
export function refusalOf(request: IncomingMessage): Refusal | undefined {
  if (request.method !== 'POST') {
    return { status: 405, message: 'use POST with content-type application/json; queries by GET are refused', headers: { allow: 'POST' } };
  }
  const { 'content-type': contentType = '', 'content-encoding': encoding = 'identity', 'content-length': length } = request.headers;
  if (!isPlainJson(contentType)) {
    return { status: 415, message: `content-type must be application/json, not '${contentType.slice(0, 100)}'` };
  }
  if (encoding !== 'identity') return { status: 415, message: 'compressed request bodies are refused; send it as it is' };
  if (length !== undefined && Number(length) > MAX_BODY_BYTES) return { status: 413, message: tooLarge() };
  return undefined;
}

function tooLarge(): string {
  return `the request body is larger than ${MAX_BODY_BYTES} bytes; send variables apart from the document, or several smaller requests`;
}

/** application/json, alone or with charset=utf-8. */
function isPlainJson(contentType: string): boolean {
  const [type = '', ...parameters] = contentType.split(';').map((part) => part.trim().toLowerCase());
  return type === 'application/json' && parameters.every((parameter) => /^charset="?utf-8"?$/.test(parameter));
}
