import { type ConnectionOptions, ConnectionPool, closedFailure } from './connection-pool.ts';
import {
  type ClientCertificate,
  isSameCertificate,
  type Transport,
  TransportError,
  type TransportRequest,
  type TransportResponse,
} from './transport.ts';

export type NodeTransportOptions = ConnectionOptions;

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
