/** Puts answers on a connection, in order and no faster than it drains. */
import type { ServerResponse } from 'node:http';
import type { ServerHttp2Stream } from 'node:http2';
import type { ApiAnswer, LineStream, WholeAnswer } from './api-request.ts';

/** Over HTTP/2 a response of Node's compatibility layer: the same methods, and a stream. */
export type Response = ServerResponse & { readonly stream?: ServerHttp2Stream };

/** Characters or bytes that are handed to the connection in one piece. */
const CHUNK_LENGTH = 65_536;

/** Ends when the answer is written or the connection gone; never rejects. `cutAfterBytes`: then destroys it. */
export async function writeAnswer(response: Response, answer: ApiAnswer, cutAfterBytes?: number): Promise<void> {
  if (answer.type === 'whole') writeWhole(response, answer, cutAfterBytes);
  else await writeLines(response, answer, cutAfterBytes);
}

function writeWhole(response: Response, { status, headers, body }: WholeAnswer, cutAfterBytes: number | undefined): void {
  const bytes = Buffer.from(body);
  response.writeHead(status, { ...headers, 'content-length': String(bytes.length) });
  if (cutAfterBytes === undefined || cutAfterBytes >= bytes.length) response.end(bytes);
  else cutAfter(response, bytes, cutAfterBytes);
}

async function writeLines(response: Response, stream: LineStream, cutAfterBytes: number | undefined): Promise<void> {
  response.writeHead(stream.status, { ...stream.headers });
  response.flushHeaders();
  response.once('close', () => stream.cancel());
  let left = cutAfterBytes ?? Number.POSITIVE_INFINITY;
  for (let line = await stream.next(); line !== undefined && !isGone(response); line = await stream.next()) {
    const chunk = gathered(line, stream);
    if (chunk.length > left) return cutAfter(response, chunk, left);
    left -= chunk.length;
    if (!response.write(chunk)) await drained(response);
  }
  if (!isGone(response)) response.end();
}

/** The line or frame and those that wait behind it, up to one chunk. */
function gathered(first: string | Uint8Array, stream: LineStream): Buffer {
  let [text, length] = ['', first.length];
  const frames: Uint8Array[] = [];
  for (let next: string | Uint8Array | undefined = first; next !== undefined; next = length < CHUNK_LENGTH ? stream.poll() : undefined) {
    if (next !== first) length += next.length;
    if (typeof next === 'string') text += next;
    else frames.push(next);
  }
  return frames.length === 0 ? Buffer.from(text) : Buffer.concat(frames);
}

function drained(response: Response): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.on('drain', done);
    response.on('close', done);
  });
}

function cutAfter(response: Response, bytes: Buffer, count: number): void {
  response.write(bytes.subarray(0, count), () => destroyConnection(response));
}

export function isGone(response: Response): boolean {
  return response.stream === undefined ? response.destroyed : response.stream.destroyed;
}

/** HTTP/1.1: the socket; HTTP/2: this stream only, other requests on the connection go on. */
export function destroyConnection(response: Response): void {
  if (response.stream === undefined) response.socket?.destroy();
  else response.stream.destroy();
}
