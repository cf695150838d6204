import type { IncomingMessage } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import { requestTooLarge } from '../status.ts';

export type Request = IncomingMessage | Http2ServerRequest;

/** As the real server: 3 MiB. */
const MAX_BODY_BYTES = 3 * 1024 * 1024;

/** Throws 413 as soon as the limit is passed; rejects when the connection breaks. */
export async function readBody(request: Request): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw requestTooLarge(MAX_BODY_BYTES);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Lower-case names; repeated headers keep their values apart. */
export function headersOfRequest(request: Request): Record<string, string | readonly string[]> {
  const headers = new Map<string, string[]>();
  for (let at = 0; at + 1 < request.rawHeaders.length; at += 2) {
    const name = (request.rawHeaders[at] ?? '').toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), decoded(request.rawHeaders[at + 1] ?? '')]);
  }
  return Object.fromEntries(headers);
}

/** Node gives the bytes of a value as one character each; the real server reads them as UTF-8. */
function decoded(value: string): string {
  return Buffer.from(value, 'latin1').toString('utf8');
}
