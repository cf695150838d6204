import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../runtime/clock.ts';
import type { Random } from '../runtime/random.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Gatekeeper, Rejection } from './caller.ts';
import type { Call, Transport } from './graphql-api.ts';
import { answerHealth, type HealthCheck } from './health.ts';
import { landingPage } from './landing-page.ts';
import { type Pipeline, withinCall } from './pipeline.ts';
import { playgroundPage } from './playground.ts';
import { refusalOf } from './request-rules.ts';

/** Requests in work at once; beyond it 429, so that those admitted are served well. Streams count apart. */
const LIMITS = { inFlight: 400, inFlightPerCaller: 50, streams: 5_000, streamsPerCaller: 500 } as const;

export interface RouterOptions {
  readonly pipeline: Pipeline;
  readonly gatekeeper: Gatekeeper;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly random: Random;
  readonly closing: AbortSignal;
  readonly live: readonly HealthCheck[];
  readonly ready: readonly HealthCheck[];
  /** Undefined: there is no playground. */
  readonly playground?: { readonly defaultQuery: string };
}

/** Everything that the listener answers, by path. */
export class HttpRouter {
  readonly #options: RouterOptions;
  readonly #inFlight = new Counts();
  readonly #streams = new Counts();
  #playgroundBody: Buffer | undefined;

  constructor(options: RouterOptions) {
    this.#options = options;
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://localhost');
    switch (url.pathname) {
      case '/graphql':
        return this.#graphql(request, response);
      case '/livez':
        return this.#health(request, response, 'livez', this.#options.live, url.searchParams.has('verbose'));
      case '/readyz':
      case '/healthz':
        return this.#health(request, response, url.pathname.slice(1), this.#options.ready, url.searchParams.has('verbose'));
      case '/metrics':
        return send(request, response, 200, this.#options.metrics.contentType, await this.#options.metrics.text());
      case '/playground':
        return this.#playground(request, response);
      case '/':
        return send(request, response, 200, HTML, landingPage({ playground: this.#options.playground !== undefined, graphqlUrl: '/graphql' }));
      default:
        return send(request, response, 404, TEXT, 'nothing is served here; see /\n');
    }
  }

  #health(request: IncomingMessage, response: ServerResponse, endpoint: string, checks: readonly HealthCheck[], verbose: boolean): void {
    const { status, body } = answerHealth(endpoint, checks, verbose);
    send(request, response, status, TEXT, body);
  }

  #playground(request: IncomingMessage, response: ServerResponse): void {
    const { playground } = this.#options;
    if (playground === undefined) return send(request, response, 404, TEXT, 'the playground is off; start with --playground on\n');
    this.#playgroundBody ??= Buffer.from(playgroundPage(playground));
    send(request, response, 200, HTML, this.#playgroundBody);
  }

  async #graphql(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refusal = refusalOf(request);
    if (refusal !== undefined) return sendError(request, response, refusal.status, 'BAD_REQUEST', refusal.message, refusal.headers);
    const caller = await this.#options.gatekeeper.identify(request);
    if ('rejection' in caller) return reject(request, response, caller.rejection);
    const transport: Transport = (request.headers.accept ?? '').includes('text/event-stream') ? 'sse' : 'post';
    const counts = transport === 'sse' ? this.#streams : this.#inFlight;
    const name = caller.principal.user.username;
    const [all, each] = transport === 'sse' ? [LIMITS.streams, LIMITS.streamsPerCaller] : [LIMITS.inFlight, LIMITS.inFlightPerCaller];
    if (!counts.enter(name, all, each)) {
      const noun = transport === 'sse' ? 'streams' : 'requests';
      return sendError(request, response, 429, 'TOO_MANY_REQUESTS', `too many ${noun} at once: ${each} for one caller, ${all} in all; wait for some to end`, { 'retry-after': '1' });
    }
    try {
      await this.#execute(request, response, { principal: caller.principal, transport });
    } finally {
      counts.leave(name);
    }
  }

  async #execute(request: IncomingMessage, response: ServerResponse, who: Pick<Call, 'principal' | 'transport'>): Promise<void> {
    const { pipeline, random, closing, metrics, clock } = this.#options;
    const gone = new AbortController();
    const left = new Promise<void>((resolve) => response.once('close', resolve));
    response.once('close', () => gone.abort());
    const call: Call = { ...who, requestId: random.uuid(), signal: gone.signal, closing };
    const startedAt = clock.monotonic();
    response.setHeader('x-request-id', call.requestId);
    response.setHeader('cache-control', 'no-store');
    await withinCall(call, () => pipeline.handle(request, response, { call }));
    if (who.transport === 'sse') await left;
    else metrics.requestSeconds.observe({ transport: who.transport }, (clock.monotonic() - startedAt) / 1000);
    metrics.requests.inc({ transport: who.transport, outcome: response.statusCode < 400 ? 'answered' : 'refused' });
  }
}

/** How many are at work, in all and for each caller. */
class Counts {
  readonly #byCaller = new Map<string, number>();
  #all = 0;

  enter(caller: string, limit: number, limitPerCaller: number): boolean {
    const own = this.#byCaller.get(caller) ?? 0;
    if (this.#all >= limit || own >= limitPerCaller) return false;
    this.#all += 1;
    this.#byCaller.set(caller, own + 1);
    return true;
  }

  leave(caller: string): void {
    const own = (this.#byCaller.get(caller) ?? 1) - 1;
    this.#all -= 1;
    if (own === 0) this.#byCaller.delete(caller);
    else this.#byCaller.set(caller, own);
  }
}

const TEXT = 'text/plain; charset=utf-8';
const HTML = 'text/html; charset=utf-8';
const JSON_ANSWER = 'application/json; charset=utf-8';
/** Pages load nothing from elsewhere, are framed by nobody and tell nobody where the reader came from. */
const PAGE_HEADERS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'content-security-policy':
    "default-src 'self'; script-src 'self' 'unsafe-inline' blob:; worker-src blob:; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; frame-ancestors 'none'",
} as const;

function send(request: IncomingMessage, response: ServerResponse, status: number, type: string, body: string | Buffer, headers: Readonly<Record<string, string>> = {}): void {
  if (type !== JSON_ANSWER && request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { allow: 'GET, HEAD' }).end();
    return;
  }
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body), ...(type === HTML ? PAGE_HEADERS : {}), ...headers });
  response.end(request.method === 'HEAD' ? undefined : body);
}

function reject(request: IncomingMessage, response: ServerResponse, { status, message }: Rejection): void {
  const headers: Record<string, string> = status === 401 ? { 'www-authenticate': 'Bearer realm="fleetgraph"' } : status === 429 ? { 'retry-after': '1' } : {};
  const code = status === 401 ? 'UNAUTHENTICATED' : status === 429 ? 'TOO_MANY_REQUESTS' : 'BAD_REQUEST';
  sendError(request, response, status, code, message, headers);
}

function sendError(request: IncomingMessage, response: ServerResponse, status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}): void {
  // What is left of a body that nobody reads would be taken for the next request.
  send(request, response, status, JSON_ANSWER, `${JSON.stringify({ errors: [{ message, extensions: { code } }] })}\n`, { connection: 'close', ...headers });
}
