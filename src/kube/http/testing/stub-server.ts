import { once } from 'node:events';
import http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import net, { type AddressInfo, type Socket } from 'node:net';
import { selfSigned, type TestCertificate } from './certificates.ts';

export interface StubCall {
  readonly method: string;
  readonly path: string;
  /** As they came, in order, lower-case. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
  /** Subject of the certificate that the client presented. */
  readonly clientName: string | undefined;
  readonly response: http.ServerResponse | http2.Http2ServerResponse;
}

export type StubHandler = (call: StubCall) => void;

export interface StubOptions {
  /** Default h2. "http" is without TLS. */
  readonly speaks?: 'h2' | 'http1' | 'http';
  readonly maxStreams?: number;
  readonly certificate?: TestCertificate;
  readonly acceptsClientCertificates?: boolean;
}

/** A server on loopback that answers as it is told and counts who came. */
export class StubServer implements AsyncDisposable {
  readonly certificate: TestCertificate;
  readonly calls: StubCall[] = [];
  readonly sessions = new Set<http2.ServerHttp2Session>();
  readonly sockets = new Set<Socket>();
  /** Those whose TLS handshake is done. */
  readonly secured = new Set<Socket>();
  /** Connections accepted so far. */
  connections = 0;
  /** HTTP/2 sessions begun so far. */
  sessionCount = 0;
  handler: StubHandler;
  readonly #server: net.Server;
  readonly #scheme: string;

  private constructor(handler: StubHandler, certificate: TestCertificate, options: StubOptions) {
    this.handler = handler;
    this.certificate = certificate;
    this.#scheme = options.speaks === 'http' ? 'http' : 'https';
    this.#server = this.#create(options);
    this.#server.on('secureConnection', (socket: Socket) => {
      this.secured.add(socket);
      socket.once('close', () => this.secured.delete(socket));
    });
    this.#server.on('connection', (socket: Socket) => {
      this.connections += 1;
      this.sockets.add(socket);
      socket.on('error', () => {}).once('close', () => this.sockets.delete(socket));
    });
  }

  static async start(handler: StubHandler, options: StubOptions = {}): Promise<StubServer> {
    const stub = new StubServer(handler, options.certificate ?? (await selfSigned()), options);
    stub.#server.listen(0, '127.0.0.1');
    await once(stub.#server, 'listening');
    return stub;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `${this.#scheme}://127.0.0.1:${this.port}`;
  }

  /** Breaks every connection. */
  disconnect(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.disconnect();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #create(options: StubOptions): net.Server {
    const listener = (
      request: http.IncomingMessage | http2.Http2ServerRequest,
      response: http.ServerResponse | http2.Http2ServerResponse,
    ) => void this.#serve(request, response);
    if (options.speaks === 'http') return http.createServer(listener);
    const tls = {
      key: this.certificate.key,
      cert: this.certificate.cert,
      requestCert: options.acceptsClientCertificates ?? false,
      rejectUnauthorized: false,
    };
    if (options.speaks === 'http1') return https.createServer(tls, listener);
    const settings = options.maxStreams === undefined ? {} : { maxConcurrentStreams: options.maxStreams };
    const server = http2.createSecureServer({ ...tls, settings }, listener);
    server.on('session', (session) => this.#count(session));
    server.on('sessionError', () => {});
    return server;
  }

  #count(session: http2.ServerHttp2Session): void {
    this.sessionCount += 1;
    this.sessions.add(session);
    ignoreErrors(session);
    session.once('close', () => this.sessions.delete(session));
  }

  async #serve(
    request: AsyncIterable<Buffer> & Pick<http.IncomingMessage, 'method' | 'url' | 'rawHeaders'> & { readonly socket: unknown },
    response: http.ServerResponse | http2.Http2ServerResponse,
  ): Promise<void> {
    ignoreErrors(response);
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk);
    } catch {
      return;
    }
    const call: StubCall = {
      method: request.method ?? '',
      path: request.url ?? '',
      headers: pairs(request.rawHeaders),
      body: Buffer.concat(chunks).toString('utf8'),
      clientName: clientNameOf(request.socket),
      response,
    };
    this.calls.push(call);
    this.handler(call);
  }
}

/** Answers `body` as JSON. */
export function answer(call: StubCall, status: number, body: unknown, headers: Record<string, string> = {}): void {
  const response = sinkOf(call);
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

/** Begins an answer and leaves it open. */
export function begin(call: StubCall, status = 200): (text: string) => void {
  const response = sinkOf(call);
  response.writeHead(status, { 'content-type': 'application/json' });
  return (text) => void response.write(text);
}

interface Sink {
  writeHead(status: number, headers: Record<string, string>): unknown;
  write(text: string): boolean;
  end(text: string): unknown;
}

/** What the two kinds of response have in common; they declare it differently. */
function sinkOf(call: StubCall): Sink {
  return call.response as Sink;
}

/** Ends an answer before its end, as a crash does. */
export function breakOff(call: StubCall): void {
  if ('stream' in call.response) call.response.stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR);
  else call.response.destroy();
}

/** What lies between client and server and can swallow everything, as a pulled cable does. */
export class Wire implements AsyncDisposable {
  readonly #server: net.Server;
  readonly #pairs: (readonly [Socket, Socket])[] = [];

  private constructor(targetPort: number) {
    this.#server = net.createServer((near) => {
      const far = net.connect(targetPort, '127.0.0.1');
      for (const socket of [near, far]) socket.on('error', () => {});
      near.pipe(far).pipe(near);
      this.#pairs.push([near, far]);
    });
  }

  static async to(targetPort: number): Promise<Wire> {
    const wire = new Wire(targetPort);
    wire.#server.listen(0, '127.0.0.1');
    await once(wire.#server, 'listening');
    return wire;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Nothing passes any more, and nobody is told. */
  cut(): void {
    for (const [near, far] of this.#pairs) {
      near.unpipe(far);
      far.unpipe(near);
      near.resume();
      far.resume();
    }
  }

  /** The client is told that there is no such connection. */
  reset(): void {
    for (const [near] of this.#pairs) near.resetAndDestroy();
  }

  /** The same with the next piece of more than `bytes`, which arrives yet; `meanwhile` runs before the client can have read either. */
  resetWithNext(bytes: number, meanwhile: () => void): void {
    for (const [near, far] of this.#pairs) {
      far.unpipe(near);
      far.on('data', (piece: Buffer) => {
        if (near.destroyed) return;
        near.write(piece);
        if (piece.length <= bytes) return;
        near.resetAndDestroy();
        meanwhile();
      });
      far.resume();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#pairs.flat()) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

/** The client may be gone before we have answered. */
function ignoreErrors(emitter: NodeJS.EventEmitter): void {
  emitter.on('error', () => {});
}

function pairs(raw: readonly string[]): [string, string][] {
  const lines: [string, string][] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) lines.push([String(raw[at]).toLowerCase(), String(raw[at + 1])]);
  return lines;
}

function clientNameOf(socket: unknown): string | undefined {
  const getPeer = (socket as { getPeerCertificate?: () => { subject?: { CN?: string } } }).getPeerCertificate;
  return getPeer?.call(socket).subject?.CN;
}
