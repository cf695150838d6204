import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  createSecureServer,
  type Http2SecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
} from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { type Clock, systemClock } from '../runtime/clock.ts';
import type { ApiServerCore } from './api-server-core.ts';
import { makeServingCertificate, type ServingCertificate } from './certificate.ts';
import { destroyConnection, isGone, type Response, writeAnswer } from './http/answer-writer.ts';
import { errorAnswer } from './http/answers.ts';
import type { ApiAnswer } from './http/api-request.ts';
import type { Fault, FaultHook } from './http/fault.ts';
import { RequestHandler } from './http/request-handler.ts';
import { headersOfRequest, type Request, readBody } from './http/request-reader.ts';
import { noSuchResource, StatusError } from './status.ts';

export interface HttpsServerOptions {
  /** More may be added later. */
  readonly cores?: readonly ApiServerCore[];
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** Default: made for the occasion. */
  readonly certificate?: ServingCertificate;
  /** Where a cluster's paths begin; default "/clusters/NAME". '' puts one single cluster at the root. */
  readonly basePathOf?: (core: ApiServerCore) => string;
  /** Asked about every request. */
  readonly faults?: FaultHook;
  /** For certificates and delays: the machine's time, whatever time the clusters live in. */
  readonly clock?: Clock;
}

/** What a kubeconfig says of one cluster. */
export interface ClusterAddress {
  readonly name: string;
  /** "https://127.0.0.1:6443/clusters/a". */
  readonly server: string;
  /** `certificate-authority-data`: base64 of PEM. */
  readonly caData: string;
}

interface Served {
  readonly core: ApiServerCore;
  readonly basePath: string;
  readonly handler: RequestHandler;
  isStopped: boolean;
}

/** Resolves when it listens. */
export async function startHttpsServer(options: HttpsServerOptions = {}): Promise<HttpsServer> {
  const clock = options.clock ?? systemClock;
  const host = options.host ?? '127.0.0.1';
  const certificate = options.certificate ?? (await makeServingCertificate({ nowMs: clock.now(), names: certificateNames(host) }));
  const server = new HttpsServer({ ...options, host, certificate, clock });
  await server.listen();
  return server;
}

function certificateNames(host: string): string[] {
  const loopback = ['localhost', '127.0.0.1', '::1'];
  return loopback.includes(host) || host === '0.0.0.0' || host === '::' ? loopback : [...loopback, host];
}

/** One TLS listener for any number of clusters, over HTTP/2 and HTTP/1.1. */
export class HttpsServer implements AsyncDisposable {
  readonly #options: HttpsServerOptions & { readonly host: string; readonly certificate: ServingCertificate; readonly clock: Clock };
  readonly #served = new Map<string, Served>();
  readonly #listener: Http2SecureServer;
  readonly #sockets = new Set<Socket>();
  readonly #sessions = new Set<ServerHttp2Session>();
  /** Which connections a cluster has answered on. */
  readonly #users = new Map<string, Set<Socket | ServerHttp2Session>>();

  constructor(options: HttpsServerOptions & { readonly host: string; readonly certificate: ServingCertificate; readonly clock: Clock }) {
    this.#options = options;
    const { certificate: cert, key } = options.certificate;
    this.#listener = createSecureServer({ cert, key, allowHTTP1: true, settings: { maxConcurrentStreams: 250 } });
    this.#listener.on('request', (request: Http2ServerRequest | IncomingMessage, response: Http2ServerResponse | ServerResponse) => {
      void this.#serve(request, response as Response);
    });
    this.#listener.on('connection', (socket: Socket) => remember(this.#sockets, socket));
    this.#listener.on('session', (session: ServerHttp2Session) => {
      session.on('error', () => {});
      remember(this.#sessions, session);
    });
    this.#listener.on('sessionError', () => {});
    this.#listener.on('tlsClientError', () => {});
    for (const core of options.cores ?? []) this.add(core);
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#listener.once('error', reject);
      this.#listener.listen(this.#options.port ?? 0, this.#options.host, () => {
        this.#listener.off('error', reject);
        resolve();
      });
    });
  }

  get port(): number {
    return (this.#listener.address() as AddressInfo).port;
  }

  /** Replaces the cluster of the same name. */
  add(core: ApiServerCore): void {
    const basePath = this.#options.basePathOf?.(core) ?? `/clusters/${core.name}`;
    this.#served.set(core.name, { core, basePath, handler: new RequestHandler(core), isStopped: false });
  }

  /** The cluster's paths are answered by 404 from now on; its connections are destroyed. */
  remove(name: string): void {
    this.#served.delete(name);
    this.#destroyConnections(name);
  }

  /** As if the cluster's API server were killed: its connections are destroyed, and every new one that asks for it. */
  stop(name: string): void {
    this.#servedNamed(name).isStopped = true;
    this.#destroyConnections(name);
  }

  resume(name: string): void {
    this.#servedNamed(name).isStopped = false;
  }

  address(name: string): ClusterAddress {
    const { host, certificate } = this.#options;
    const shown = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
    const server = `https://${shown}:${this.port}${this.#servedNamed(name).basePath}`;
    return { name, server, caData: Buffer.from(certificate.authority).toString('base64') };
  }

  /** Destroys every connection. The clusters themselves stay as they are. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#listener.close(() => resolve());
    });
    for (const session of this.#sessions) session.destroy();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #servedNamed(name: string): Served {
    const served = this.#served.get(name);
    if (served === undefined) throw new RangeError(`no cluster named "${name}" is served here`);
    return served;
  }

  async #serve(request: Request, response: Response): Promise<void> {
    request.on('error', () => {});
    response.on('error', () => {});
    try {
      const url = new URL(request.url ?? '/', 'https://localhost');
      const served = this.#servedAt(url.pathname);
      if (served === undefined) return await writeAnswer(response, errorAnswer(noSuchResource()));
      if (served.isStopped) return destroyConnection(response);
      this.#noteUse(served.core.name, request);
      await this.#answer(served, { request, response, url });
    } catch {
      // The path was none, or the connection broke while the request was read or the answer written: nobody to tell.
      destroyConnection(response);
    }
  }

  #servedAt(path: string): Served | undefined {
    for (const served of this.#served.values()) {
      if (path === served.basePath || path.startsWith(`${served.basePath}/`)) return served;
    }
    return undefined;
  }

  async #answer(served: Served, { request, response, url }: { request: Request; response: Response; url: URL }): Promise<void> {
    const { core, basePath } = served;
    const path = url.pathname.slice(basePath.length) || '/';
    const method = request.method ?? 'GET';
    const fault = this.#options.faults?.({ cluster: core.name, method, path, query: url.searchParams });
    const body = await readBody(request).catch((error: unknown) => {
      if (error instanceof StatusError) return error;
      throw error;
    });
    if (fault?.delayMs !== undefined) await this.#options.clock.sleep(fault.delayMs);
    // Stopped, cut off or gone while it waited: a request that was never carried out.
    if (fault?.refuse || served.isStopped || isGone(response)) return destroyConnection(response);
    const answer =
      faultAnswer(fault) ?? (body instanceof StatusError ? errorAnswer(body) : this.#handled(served, { request, url, path, method, body }));
    if (fault?.loseAnswer) {
      if (answer.type === 'lines') answer.cancel();
      return destroyConnection(response);
    }
    await writeAnswer(response, method === 'HEAD' ? withoutBody(answer) : answer, fault?.cutAfterBytes);
  }

  #handled({ handler, basePath }: Served, { request, url, path, method, body }: Incoming): ApiAnswer {
    const headers = headersOfRequest(request);
    const host = request.headers[':authority'] ?? request.headers.host ?? `${this.#options.host}:${this.port}`;
    return handler.handle({ method, path, query: url.searchParams, headers, body, origin: `https://${String(host)}${basePath}` });
  }

  #noteUse(name: string, request: Request): void {
    const connection = connectionOf(request);
    if (connection === undefined) return;
    const users = this.#users.get(name) ?? new Set();
    this.#users.set(name, users);
    if (users.has(connection)) return;
    users.add(connection);
    connection.once('close', () => this.#users.get(name)?.delete(connection));
  }

  #destroyConnections(name: string): void {
    for (const connection of this.#users.get(name) ?? []) connection.destroy();
  }
}

interface Incoming {
  readonly request: Request;
  readonly url: URL;
  readonly path: string;
  readonly method: string;
  readonly body: Uint8Array;
}

function connectionOf(request: Request): Socket | ServerHttp2Session | undefined {
  return 'stream' in request ? (request.stream.session as ServerHttp2Session | undefined) : request.socket;
}

function remember<T extends { once(event: 'close', listener: () => void): unknown }>(set: Set<T>, connection: T): void {
  set.add(connection);
  connection.once('close', () => set.delete(connection));
}

const FAULT_REASONS: Readonly<Record<number, string>> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  410: 'Expired',
  429: 'TooManyRequests',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};

function faultAnswer(fault: Fault | undefined): ApiAnswer | undefined {
  if (fault?.status === undefined) return undefined;
  const { status: code, retryAfterSeconds } = fault;
  const details = retryAfterSeconds === undefined ? {} : { retryAfterSeconds };
  return errorAnswer(
    new StatusError({ code, reason: FAULT_REASONS[code] ?? 'InternalError', message: `answered ${code} on purpose`, details }),
  );
}

function withoutBody(answer: ApiAnswer): ApiAnswer {
  if (answer.type === 'whole') return { ...answer, body: '' };
  answer.cancel();
  return { type: 'whole', status: answer.status, headers: answer.headers, body: '' };
}
