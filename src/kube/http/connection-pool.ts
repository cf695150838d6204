import { setMaxListeners } from 'node:events';
import type { Socket } from 'node:net';
import tls from 'node:tls';
import type { Clock } from '../../runtime/clock.ts';
import { connectSocket, type TlsTrust } from './connect-socket.ts';
import { deferred } from './deferred.ts';
import { Http1Agent } from './http1-agent.ts';
import { Http2Session } from './http2-session.ts';
import type { LivenessTiming } from './liveness.ts';
import { Ongoing } from './ongoing.ts';
import { type ClientCertificate, TransportError, type TransportRequest, type TransportResponse } from './transport.ts';

export interface ConnectionOptions {
  /** http or https, with or without a path prefix. */
  readonly server: URL;
  readonly clock: Clock;
  readonly trust: () => Promise<TlsTrust>;
  readonly timing?: Partial<TransportTiming>;
  /** What to offer over TLS; default HTTP/2, and HTTP/1.1 for servers that do not speak it. */
  readonly protocols?: readonly ('h2' | 'http/1.1')[];
}

interface TransportTiming extends LivenessTiming {
  readonly connectTimeoutMs: number;
}

const TIMING: TransportTiming = { connectTimeoutMs: 30_000, readIdleMs: 30_000, pingTimeoutMs: 15_000 };

/** All connections that speak for one certificate. */
export class ConnectionPool {
  readonly certificate: ClientCertificate | undefined;
  readonly #options: ConnectionOptions;
  readonly #timing: TransportTiming;
  readonly #sessions = new Set<Http2Session>();
  /** Requests without a connection, and the connection that is being made for them. */
  readonly #waiting = new Ongoing();
  readonly #closing = new AbortController();
  #opening: Promise<void> | undefined;
  #http1: Http1Agent | undefined;

  constructor(options: ConnectionOptions, certificate: ClientCertificate | undefined) {
    this.#options = options;
    this.#timing = { ...TIMING, ...options.timing };
    this.certificate = certificate;
    // Every connection listens to it.
    setMaxListeners(0, this.#closing.signal);
    if (options.server.protocol === 'http:') this.#http1 = new Http1Agent(options.server, () => this.#connect(['http/1.1']));
  }

  get size(): number {
    return this.#sessions.size;
  }

  async open(request: TransportRequest, signal: AbortSignal): Promise<TransportResponse> {
    // Over when the request has begun, not only when it is answered: nothing awaits that here.
    using _wait = this.#waiting.begin();
    for (;;) {
      if (signal.aborted) throw withdrawn();
      if (this.#closing.signal.aborted) throw closedFailure();
      if (this.#http1 !== undefined) return this.#http1.request(request, signal);
      const session = this.#sessionWithRoom();
      if (session !== undefined) return session.request(request, signal);
      await unlessAborted(this.#oneMore(), signal);
    }
  }

  /** For when no new requests come: who waits is served yet. Resolves when the last connection has ended. */
  async drain(): Promise<void> {
    await this.#waiting.over;
    for (const session of this.#sessions) session.drain();
    await Promise.all([this.#http1?.drain(), ...Array.from(this.#sessions, (session) => session.closed)]);
  }

  async destroy(): Promise<void> {
    const ended = Array.from(this.#sessions, (session) => session.closed);
    for (const session of this.#sessions) session.destroy(closedFailure({ sent: true }));
    this.#http1?.destroy();
    this.#closing.abort(closedFailure());
    await Promise.all(ended);
  }

  // The fullest first, so that a surplus session can run empty.
  #sessionWithRoom(): Http2Session | undefined {
    let fullest: Http2Session | undefined;
    for (const session of this.#sessions) {
      if (session.hasRoom && (fullest === undefined || session.streams > fullest.streams)) fullest = session;
    }
    return fullest;
  }

  /** However many requests wait, one connection is being made at a time. */
  #oneMore(): Promise<void> {
    this.#opening ??= this.#openSession().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  async #openSession(): Promise<void> {
    using _opening = this.#waiting.begin();
    const { server, clock } = this.#options;
    const socket = await this.#connect(this.#options.protocols ?? ['h2', 'http/1.1']);
    if (this.#closing.signal.aborted) throw closedFailure();
    if (!(socket instanceof tls.TLSSocket) || socket.alpnProtocol !== 'h2') {
      // The connection that told us of HTTP/1.1 serves the first request.
      this.#http1 = new Http1Agent(server, () => this.#connect(['http/1.1']), socket);
      return;
    }
    const session = new Http2Session(socket, { origin: server, clock, timing: this.#timing });
    this.#sessions.add(session);
    void session.closed.then(() => this.#sessions.delete(session));
    await session.ready();
  }

  async #connect(protocols: readonly string[]): Promise<Socket> {
    const { server, clock } = this.#options;
    const trust = await this.#options.trust();
    return connectSocket(server, {
      clock,
      timeoutMs: this.#timing.connectTimeoutMs,
      trust,
      certificate: this.certificate,
      protocols,
      signal: this.#closing.signal,
    });
  }
}

/** Waits for `work` no longer than the caller wants; the work itself goes on, for others. */
async function unlessAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  const { promise, reject } = deferred<void>();
  const abort = () => reject(withdrawn());
  signal.addEventListener('abort', abort, { once: true });
  try {
    await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function withdrawn(): TransportError {
  return new TransportError('Aborted', 'the request was withdrawn before it was sent', { sent: false });
}

export function closedFailure({ sent } = { sent: false }): TransportError {
  return new TransportError('Closed', 'this connection to the cluster has been closed', { sent });
}
