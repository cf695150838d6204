import type { Socket } from 'node:net';
import tls from 'node:tls';
import type { Clock } from '../../runtime/clock.ts';
import { connectSocket, type TlsTrust } from './connect-socket.ts';
import { deferred } from './deferred.ts';
import { Http1Agent } from './http1-agent.ts';
import { Http2Session, type Http2Timing } from './http2-session.ts';
import {
  type ClientCertificate,
  isSameCertificate,
  type Transport,
  TransportError,
  type TransportRequest,
  type TransportResponse,
} from './transport.ts';

export interface NodeTransportOptions {
  /** http or https, with or without a path prefix. */
  readonly server: URL;
  readonly clock: Clock;
  readonly trust: () => Promise<TlsTrust>;
  readonly timing?: Partial<TransportTiming>;
  /** What to offer over TLS; default HTTP/2, and HTTP/1.1 for servers that do not speak it. */
  readonly protocols?: readonly ('h2' | 'http/1.1')[];
}

interface TransportTiming extends Http2Timing {
  readonly connectTimeoutMs: number;
}

const TIMING: TransportTiming = { connectTimeoutMs: 30_000, readIdleMs: 30_000, pingTimeoutMs: 15_000 };

/** A stream that the server refused has not been looked at; so many times in a row is the server's last word. */
const MAX_ATTEMPTS = 5;

/**
 * Connections to one API server, kept and shared: HTTP/2 where the server speaks it (all requests in one
 * session until its stream limit, then in one more), else HTTP/1.1 with keep-alive.
 */
export class NodeTransport implements Transport {
  readonly #options: NodeTransportOptions;
  #pool: ConnectionPool | undefined;
  readonly #retired = new Set<ConnectionPool>();
  #isClosed = false;

  constructor(options: NodeTransportOptions) {
    this.#options = options;
  }

  async open(request: TransportRequest, signal: AbortSignal): Promise<TransportResponse> {
    for (let attempt = 1; ; attempt += 1) {
      if (this.#isClosed) throw closedFailure();
      try {
        return await this.#poolFor(request.certificate).open(this.#placed(request), signal);
      } catch (error) {
        const unseen = error instanceof TransportError && !error.sent && RETRIED.has(error.reason);
        if (!unseen || attempt === MAX_ATTEMPTS) throw error;
      }
    }
  }

  close(): Promise<void> {
    this.#isClosed = true;
    const pools = [...this.#retired, ...(this.#pool === undefined ? [] : [this.#pool])];
    return Promise.all(pools.map((pool) => pool.destroy())).then(() => undefined);
  }

  /** Connections made so far that are still open. */
  get connections(): number {
    return [...this.#retired, this.#pool].reduce((sum, pool) => sum + (pool?.size ?? 0), 0);
  }

  #placed(request: TransportRequest): TransportRequest {
    return { ...request, path: this.#options.server.pathname.replace(/\/+$/, '') + request.path };
  }

  // A TLS connection speaks for the certificate it was made with, so a new certificate needs new ones.
  #poolFor(certificate: ClientCertificate | undefined): ConnectionPool {
    if (this.#pool !== undefined && isSameCertificate(this.#pool.certificate, certificate)) return this.#pool;
    const old = this.#pool;
    if (old !== undefined) {
      this.#retired.add(old);
      void old.drain().then(() => this.#retired.delete(old));
    }
    this.#pool = new ConnectionPool(this.#options, certificate);
    return this.#pool;
  }
}

const RETRIED: ReadonlySet<string> = new Set(['StreamRefused', 'ConnectionDraining']);

/** All connections that speak for one certificate. */
class ConnectionPool {
  readonly certificate: ClientCertificate | undefined;
  readonly #options: NodeTransportOptions;
  readonly #timing: TransportTiming;
  readonly #sessions = new Set<Http2Session>();
  #opening: Promise<void> | undefined;
  #http1: Http1Agent | undefined;
  #isClosed = false;

  constructor(options: NodeTransportOptions, certificate: ClientCertificate | undefined) {
    this.#options = options;
    this.#timing = { ...TIMING, ...options.timing };
    this.certificate = certificate;
    if (options.server.protocol === 'http:') this.#http1 = new Http1Agent(options.server, () => this.#connect(['http/1.1']));
  }

  get size(): number {
    return this.#sessions.size;
  }

  async open(request: TransportRequest, signal: AbortSignal): Promise<TransportResponse> {
    for (;;) {
      if (signal.aborted) throw withdrawn();
      if (this.#isClosed) throw closedFailure();
      if (this.#http1 !== undefined) return this.#http1.request(request, signal);
      const session = this.#sessionWithRoom();
      if (session !== undefined) return session.request(request, signal);
      await unlessAborted(this.#oneMore(), signal);
    }
  }

  /** Resolves when the last stream has ended. */
  async drain(): Promise<void> {
    this.#http1?.drain();
    for (const session of this.#sessions) session.drain();
    await Promise.all(Array.from(this.#sessions, (session) => session.closed));
  }

  async destroy(): Promise<void> {
    this.#isClosed = true;
    this.#http1?.destroy();
    const ended = Array.from(this.#sessions, (session) => session.closed);
    for (const session of this.#sessions) session.destroy(closedFailure());
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
    const { server, clock } = this.#options;
    const socket = await this.#connect(this.#options.protocols ?? ['h2', 'http/1.1']);
    if (this.#isClosed) {
      socket.destroy();
      throw closedFailure();
    }
    if (!(socket instanceof tls.TLSSocket) || socket.alpnProtocol !== 'h2') {
      this.#http1 = new Http1Agent(server, this.#startingWith(socket));
      return;
    }
    const session = await Http2Session.open(socket, { origin: server, clock, timing: this.#timing });
    this.#sessions.add(session);
    void session.closed.then(() => this.#sessions.delete(session));
  }

  /** The connection that told us of HTTP/1.1 serves the first request. */
  #startingWith(first: Socket): () => Promise<Socket> {
    let spare: Socket | undefined = first;
    return () => {
      const socket = spare;
      spare = undefined;
      return socket === undefined || socket.destroyed ? this.#connect(['http/1.1']) : Promise.resolve(socket);
    };
  }

  async #connect(protocols: readonly string[]): Promise<Socket> {
    const { server, clock } = this.#options;
    const trust = await this.#options.trust();
    return connectSocket(server, { clock, timeoutMs: this.#timing.connectTimeoutMs, trust, certificate: this.certificate, protocols });
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

function closedFailure(): TransportError {
  return new TransportError('Closed', 'this connection to the cluster has been closed', { sent: false });
}
