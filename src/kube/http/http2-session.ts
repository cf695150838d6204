import http2 from 'node:http2';
import type { Socket } from 'node:net';
import type { Clock } from '../../runtime/clock.ts';
import { deferred } from './deferred.ts';
import { groupLines } from './header-lines.ts';
import { type LivenessTiming, watchLiveness } from './liveness.ts';
import { TransportError, type TransportRequest, type TransportResponse } from './transport.ts';
import { transportFailure } from './transport-failure.ts';

/** A big list must not wait for window updates, nor one slow watch hold up the others. */
const STREAM_WINDOW_BYTES = 4 << 20;
const SESSION_WINDOW_BYTES = 16 << 20;

/** The server did not look at the stream: safe to send again, writes too. RFC 9113, 8.7. */
const REFUSED = http2.constants.NGHTTP2_REFUSED_STREAM;

/**
 * One HTTP/2 connection. It notices a peer that has silently gone, and takes no new requests once the server
 * has said GOAWAY; those in flight may finish.
 */
export class Http2Session {
  readonly #session: http2.ClientHttp2Session;
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #timing: LivenessTiming;
  readonly #origin: { readonly scheme: string; readonly authority: string };
  readonly #closed = deferred<void>();
  #watchdog: Disposable | undefined;
  #streams = 0;
  #isReady = false;
  #isDraining = false;
  #failure: TransportError | undefined;

  /** Speaks HTTP/2 over `socket`, whose handshake is done. */
  constructor(socket: Socket, { origin, clock, timing }: { origin: URL; clock: Clock; timing: LivenessTiming }) {
    this.#socket = socket;
    this.#clock = clock;
    this.#timing = timing;
    this.#origin = { scheme: origin.protocol.slice(0, -1), authority: origin.host };
    this.#session = http2.connect(origin, {
      createConnection: () => socket,
      settings: { initialWindowSize: STREAM_WINDOW_BYTES, enablePush: false },
    });
    this.#session.on('connect', () => this.#session.setLocalWindowSize(SESSION_WINDOW_BYTES));
    this.#session.on('goaway', () => this.drain());
    this.#session.on('error', (error) => this.#fail(transportFailure(error, true)));
    this.#session.on('close', () => this.#onClose());
  }

  /** Waits for the server's limits; before there is no room. */
  async ready(): Promise<void> {
    await this.#settled();
    this.#isReady = true;
    this.#watchdog = this.#watch();
  }

  get hasRoom(): boolean {
    const limit = Math.max(1, this.#session.remoteSettings?.maxConcurrentStreams ?? 1);
    return this.#isReady && !this.#isDraining && !this.#session.closed && !this.#session.destroyed && this.#streams < limit;
  }

  get streams(): number {
    return this.#streams;
  }

  /** Resolves when the connection is gone. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  /** No new requests; ends after those in flight. */
  drain(): void {
    this.#isDraining = true;
    this.#closeWhenDrained();
  }

  destroy(failure: TransportError): void {
    this.#fail(failure);
    this.#session.destroy();
    // A session that was draining would else wait for the peer to close first.
    this.#socket.destroy();
  }

  /** Call only when `hasRoom`, in the same turn. */
  request(request: TransportRequest, signal: AbortSignal): Promise<TransportResponse> {
    const stream = this.#start(request);
    this.#streams += 1;
    stream.once('close', () => {
      this.#streams -= 1;
      this.#closeWhenDrained();
    });
    return this.#answerOf(stream, signal);
  }

  #start(request: TransportRequest): http2.ClientHttp2Stream {
    try {
      const stream = this.#session.request(this.#headers(request), { endStream: request.body === undefined });
      if (request.body !== undefined) stream.end(request.body);
      return stream;
    } catch (error) {
      throw transportFailure(error, false);
    }
  }

  #headers(request: TransportRequest): http2.OutgoingHttpHeaders {
    const headers: http2.OutgoingHttpHeaders = {
      ':method': request.method,
      ':path': request.path,
      ':scheme': this.#origin.scheme,
      ':authority': this.#origin.authority,
      ...groupLines(request.headers),
    };
    if (request.body !== undefined) headers['content-length'] = String(request.body.byteLength);
    return headers;
  }

  #answerOf(stream: http2.ClientHttp2Stream, signal: AbortSignal): Promise<TransportResponse> {
    const { promise, resolve, reject } = deferred<TransportResponse>();
    const abort = () => {
      reject(new TransportError('Aborted', 'the request was withdrawn', { sent: true }));
      stream.close(http2.constants.NGHTTP2_CANCEL);
    };
    // Errors of the body come out of its iterator; this listener keeps them from being uncaught as well.
    stream.on('error', (error) => reject(this.#failureOf(stream, error)));
    stream.once('end', () => signal.removeEventListener('abort', abort));
    stream.once('close', () => {
      signal.removeEventListener('abort', abort);
      reject(this.#failureOf(stream, undefined));
    });
    stream.once('response', (headers) => {
      const promised = Number(headers['content-length'] ?? 0);
      resolve({ ...answerHead(headers), body: this.#body(stream, signal, promised) });
    });
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    return promise;
  }

  async *#body(stream: http2.ClientHttp2Stream, signal: AbortSignal, promised: number): AsyncGenerator<Uint8Array, void, undefined> {
    let received = 0;
    try {
      for await (const chunk of stream as AsyncIterable<Uint8Array>) {
        received += chunk.length;
        yield chunk;
      }
    } catch (error) {
      throw signal.aborted ? aborted() : this.#failureOf(stream, error);
    }
    // Node ends a stream that was cancelled, by either side, as if it were complete.
    if (signal.aborted) throw aborted();
    const isShort = received < promised || stream.aborted || (stream.rstCode ?? 0) !== 0;
    if (isShort || this.#failure !== undefined) throw this.#failureOf(stream, undefined);
  }

  #failureOf(stream: http2.ClientHttp2Stream, error: unknown): TransportError {
    if (stream.rstCode === REFUSED)
      return new TransportError('StreamRefused', 'the server refused the stream', { sent: false, cause: error });
    if (this.#failure !== undefined) return this.#failure;
    if (error !== undefined) return transportFailure(error, true);
    if (this.#socket.destroyed || this.#session.destroyed)
      return new TransportError('ConnectionReset', 'the connection broke off', { sent: true });
    return new TransportError('StreamReset', 'the server broke the stream off', { sent: true });
  }

  // Not while there are streams: the GOAWAY would overtake a request that has just begun, which is then refused.
  #closeWhenDrained(): void {
    if (this.#isDraining && this.#streams === 0 && !this.#session.closed) this.#session.close();
  }

  #fail(failure: TransportError): void {
    this.#failure ??= failure;
    this.#isDraining = true;
  }

  #onClose(): void {
    this.#isDraining = true;
    this.#watchdog?.[Symbol.dispose]();
    this.#closed.resolve();
  }

  /** The server's SETTINGS come first on a connection; before them its stream limit is not known. */
  async #settled(): Promise<void> {
    const { promise, resolve, reject } = deferred<void>();
    this.#session.once('remoteSettings', () => resolve());
    this.#session.once('close', () =>
      reject(unsent(this.#failure ?? new TransportError('ConnectionReset', 'the server closed the connection', { sent: false }))),
    );
    const { pingTimeoutMs } = this.#timing;
    const mute = new TransportError('TimedOut', `no HTTP/2 within ${pingTimeoutMs} ms`, { sent: false });
    using _deadline = this.#clock.after(pingTimeoutMs, () => this.destroy(mute));
    await promise;
  }

  #watch(): Disposable {
    const connection = {
      bytesRead: () => this.#socket.bytesRead,
      isBehind: () => this.#session.destroyed || (this.#session.state.outboundQueueSize ?? 0) > 0,
      ping: () => {
        if (!this.#session.closed && !this.#session.destroyed) this.#session.ping(() => {});
      },
      giveUp: () => this.destroy(new TransportError('ConnectionLost', 'the server stopped answering', { sent: true })),
    };
    return watchLiveness(connection, this.#clock, this.#timing);
  }
}

function unsent(failure: TransportError): TransportError {
  return failure.sent ? new TransportError(failure.reason, failure.message, { sent: false, cause: failure }) : failure;
}

function aborted(): TransportError {
  return new TransportError('Aborted', 'the request was withdrawn', { sent: true });
}

function answerHead(headers: http2.IncomingHttpHeaders): { status: number; headers: Record<string, string> } {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !name.startsWith(':')) plain[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return { status: Number(headers[':status']), headers: plain };
}
