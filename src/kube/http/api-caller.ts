import type { UserInfo } from '../../model/user.ts';
import type { Clock } from '../../runtime/clock.ts';
import { type Lane, openLane } from '../../runtime/pump.ts';
import { isApiError } from '../api-error.ts';
import type { RequestOptions } from '../api-server.ts';
import { readBody, readSome, timedPieces } from './answer-body.ts';
import { type Effect, errorOfAnswer } from './api-errors.ts';
import { CallScope } from './call-scope.ts';
import { type Credential, type Credentials, isSameCredential } from './credentials.ts';
import { unreadableAnswer } from './object-shape.ts';
import { statusText } from './protobuf/status-text.ts';
import { requestHeaders } from './request-headers.ts';
import type { Method, Transport, TransportRequest, TransportResponse } from './transport.ts';

/** One request in the words of HTTP, without who asks. */
export interface Call {
  readonly method: Method;
  readonly path: string;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly accept?: string;
  /** Default: by method. A review or a dry run is a POST that changes nothing. */
  readonly effect?: Effect;
  readonly maxBytes?: number;
}

export type AnswerHeaders = TransportResponse['headers'];

/** Takes an answer's body, piece by piece. */
export interface PieceReader {
  push(piece: Uint8Array): void;
}

export interface ApiCallerOptions {
  readonly transport: Transport;
  readonly credentials: Credentials;
  readonly clock: Clock;
  readonly userAgent: string;
  /** Whom the kubeconfig tells us to act as ("as"); a request's own `impersonate` goes before it. */
  readonly impersonate?: UserInfo;
  /** Turns to read what comes, shared with all clusters; default: always. */
  readonly lane?: Lane;
}

const DEFAULT_TIMEOUT_MS = 30_000;
const MAX_ANSWER_BYTES = 32 << 20;
const MAX_ERROR_BYTES = 1 << 20;

/** Sends calls as somebody, within their time, and turns what goes wrong into `ApiError`. */
export class ApiCaller {
  readonly #options: ApiCallerOptions;

  constructor(options: ApiCallerOptions) {
    this.#options = options;
  }

  /** The answer's JSON, read to the end. */
  async json(call: Call, options: RequestOptions = {}): Promise<unknown> {
    using scope = new CallScope(this.#options.clock, options.signal);
    const limits = { maxBytes: call.maxBytes ?? MAX_ANSWER_BYTES, stallMs: timeoutOf(options) };
    const answer = await this.open(call, options, scope);
    try {
      return parse(await readBody(answer.body, scope, this.#options.clock, limits));
    } catch (error) {
      throw scope.failure(error, effectOf(call));
    }
  }

  /** Hands the answer's bytes to what `readerOf` makes of its header, as they come, in turns with other clusters. */
  async pieces<T extends PieceReader>(call: Call, options: RequestOptions, readerOf: (headers: AnswerHeaders) => T): Promise<T> {
    const { clock, lane = openLane } = this.#options;
    using scope = new CallScope(clock, options.signal);
    const answer = await this.open(call, options, scope);
    try {
      const reader = readerOf(answer.headers);
      for await (const piece of timedPieces(answer.body, scope, clock, timeoutOf(options))) {
        using _turn = await lane.turn(piece.length);
        reader.push(piece);
      }
      return reader;
    } catch (error) {
      throw scope.failure(error, effectOf(call));
    }
  }

  /** An answer of success whose body the caller reads, for as long as `scope` lives. */
  async open(call: Call, options: RequestOptions, scope: CallScope): Promise<TransportResponse> {
    try {
      using _deadline = scope.deadline(timeoutOf(options), 'no answer');
      return await this.#openTwice(call, options, scope);
    } catch (error) {
      throw scope.failure(error, effectOf(call));
    }
  }

  /** A refused credential is fetched anew; when that gives another one the call is sent again, once. */
  async #openTwice(call: Call, options: RequestOptions, scope: CallScope): Promise<TransportResponse> {
    const credential = await this.#credential(scope);
    try {
      return await this.#openAs(credential, call, options, scope);
    } catch (error) {
      if (!isApiError(error, 'unauthorized') || scope.signal.aborted) throw error;
      this.#options.credentials.invalidate(credential);
      const renewed = await this.#credential(scope);
      if (isSameCredential(renewed, credential)) throw error;
      return this.#openAs(renewed, call, options, scope);
    }
  }

  #credential(scope: CallScope): Promise<Credential> {
    return scope.during(() => this.#options.credentials.current());
  }

  async #openAs(credential: Credential, call: Call, options: RequestOptions, scope: CallScope): Promise<TransportResponse> {
    const answer = await this.#options.transport.open(this.#requestOf(credential, call, options), scope.signal);
    if (answer.status >= 200 && answer.status < 300) return answer;
    const body = await readSome(answer.body, scope, MAX_ERROR_BYTES, timeoutOf(options));
    throw errorOfAnswer(
      { status: answer.status, headers: answer.headers, body: statusText(answer.headers, body) },
      this.#options.clock.now(),
    );
  }

  #requestOf(credential: Credential, call: Call, options: RequestOptions): TransportRequest {
    return {
      method: call.method,
      path: call.path,
      headers: requestHeaders({
        userAgent: this.#options.userAgent,
        accept: call.accept ?? 'application/json',
        authorization: credential.authorization,
        impersonate: options.impersonate ?? this.#options.impersonate,
        auditId: options.auditId,
        contentType: call.body === undefined ? undefined : (call.contentType ?? 'application/json'),
      }),
      ...(call.body === undefined ? {} : { body: Buffer.from(JSON.stringify(call.body)) }),
      ...(credential.certificate === undefined ? {} : { certificate: credential.certificate }),
    };
  }
}

function effectOf(call: Pick<Call, 'method' | 'effect'>): Effect {
  return call.effect ?? (call.method === 'GET' ? 'read' : 'write');
}

function timeoutOf(options: RequestOptions): number {
  return options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    // Without the cause: a JSON error quotes the text, which may be a secret.
    throw unreadableAnswer('the answer is not JSON');
  }
}
