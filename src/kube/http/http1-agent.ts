import http from 'node:http';
import type { Duplex } from 'node:stream';
import { BodyTap } from './body-tap.ts';
import { deferred } from './deferred.ts';
import { groupLines } from './header-lines.ts';
import { Ongoing } from './ongoing.ts';
import { TransportError, type TransportRequest, type TransportResponse } from './transport.ts';
import { transportFailure } from './transport-failure.ts';

/** Opens a connection that is ready for the first byte of a request, TLS included. */
export type OpenConnection = () => Promise<Duplex>;

/**
 * HTTP/1.1 for servers and proxies that speak nothing newer: connections are kept and used again, each for
 * one request at a time.
 */
export class Http1Agent {
  readonly #origin: URL;
  readonly #ongoing = new Ongoing();
  readonly #agent: KeptConnections;

  /** `spare` is a connection that is open already, for the first request. */
  constructor(origin: URL, open: OpenConnection, spare?: Duplex) {
    this.#origin = origin;
    this.#agent = new KeptConnections(open, this.#ongoing, spare);
  }

  /** Sends; a read that met a connection which the server was just closing is sent once more. */
  async request(request: TransportRequest, signal: AbortSignal): Promise<TransportResponse> {
    // Counted apart from its connection, which between the two attempts is none.
    using _call = this.#ongoing.begin();
    const first = attempt(this.#agent, this.#origin, request, signal);
    try {
      return await first.answer;
    } catch (error) {
      if (!first.wasStale() || request.method !== 'GET' || signal.aborted) throw error;
      return await attempt(this.#agent, this.#origin, request, signal).answer;
    }
  }

  /** Idle connections close now, the others after the request that they serve. Resolves when all are closed. */
  async drain(): Promise<void> {
    this.#agent.forgetIdle();
    await this.#ongoing.over;
  }

  destroy(): void {
    this.#agent.destroy();
  }
}

class KeptConnections extends http.Agent {
  readonly #open: OpenConnection;
  readonly #ongoing: Ongoing;
  readonly #endSpare = () => void this.#spare?.destroy();
  #spare: Duplex | undefined;

  constructor(open: OpenConnection, ongoing: Ongoing, spare: Duplex | undefined) {
    super({ keepAlive: true });
    this.#open = open;
    this.#ongoing = ongoing;
    // What comes unasked, as a timeout of the server, is no answer to the first request.
    this.#spare = spare?.on('data', this.#endSpare);
  }

  override createConnection(_options: http.ClientRequestArgs, callback?: (error: Error | null, socket: Duplex) => void): undefined {
    const connection = this.#ongoing.begin();
    this.#next().then(
      (socket) => {
        socket.once('close', () => connection[Symbol.dispose]());
        callback?.(null, socket);
      },
      (error: unknown) => {
        connection[Symbol.dispose]();
        // The request gets the error, and there is no socket to hand over.
        callback?.(transportFailure(error, false), undefined as unknown as Duplex);
      },
    );
    return undefined;
  }

  forgetIdle(): void {
    // Node reads the field when a request ends; its types do not show it.
    Object.assign(this, { keepAlive: false });
    this.#endSpare();
    for (const socket of Object.values(this.freeSockets).flat()) socket?.destroy();
  }

  override destroy(): void {
    this.#endSpare();
    super.destroy();
  }

  #next(): Promise<Duplex> {
    const spare = this.#spare?.off('data', this.#endSpare);
    this.#spare = undefined;
    return spare?.writable === true ? Promise.resolve(spare) : this.#open();
  }
}

interface Attempt {
  readonly answer: Promise<TransportResponse>;
  /** The connection had served before and broke before it answered: the server was closing it as we sent. */
  wasStale(): boolean;
}

function attempt(agent: http.Agent, origin: URL, request: TransportRequest, signal: AbortSignal): Attempt {
  const { promise, resolve, reject } = deferred<TransportResponse>();
  if (signal.aborted) return { answer: Promise.reject(aborted(false)), wasStale: () => false };
  const call = http.request({
    agent,
    host: origin.hostname,
    port: origin.port,
    method: request.method,
    path: request.path,
    headers: headersOf(request, origin),
  });
  let isSent = false;
  let isAnswered = false;
  let wasReset = false;
  const abort = () => {
    reject(aborted(isSent));
    call.destroy();
  };
  let tap: BodyTap | undefined;
  call.once('socket', (socket) => {
    isSent = true;
    tap = BodyTap.on(socket);
  });
  call.on('error', (error) => {
    wasReset = call.reusedSocket;
    reject(transportFailure(error, isSent));
  });
  call.once('close', () => {
    signal.removeEventListener('abort', abort);
    // A switch of protocols is neither an answer nor an error to Node, which just ends the connection.
    if (!isAnswered) reject(new TransportError('ConnectionReset', 'the connection ended without an answer', { sent: isSent }));
  });
  call.once('response', (response) => {
    isAnswered = true;
    // The connection may serve somebody else from here on.
    response.once('end', () => signal.removeEventListener('abort', abort));
    const pieces: AsyncIterable<Uint8Array> = tap?.isOpen === true ? tap.body(response) : response;
    resolve({ status: response.statusCode ?? 0, headers: headerOf(response), body: bodyOf(pieces, signal) });
  });
  signal.addEventListener('abort', abort, { once: true });
  call.end(request.body);
  return { answer: promise, wasStale: () => wasReset };
}

async function* bodyOf(pieces: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* pieces;
  } catch (error) {
    throw signal.aborted ? aborted(true) : transportFailure(error, true);
  }
  if (signal.aborted) throw aborted(true);
}

function headersOf(request: TransportRequest, origin: URL): http.OutgoingHttpHeaders {
  const headers: http.OutgoingHttpHeaders = { host: origin.host, ...groupLines(request.headers) };
  if (request.body !== undefined) headers['content-length'] = request.body.byteLength;
  return headers;
}

function headerOf(response: http.IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(response.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  );
}

function aborted(sent: boolean): TransportError {
  return new TransportError('Aborted', 'the request was withdrawn', { sent });
}
