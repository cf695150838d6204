import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Authenticator } from '../auth/authenticator.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Random } from '../runtime/random.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { Admission } from './admission.ts';
import { type Answer, errorAnswer, page, rejectionAnswer, send, text } from './answer.ts';
import type { Call, Transport } from './graphql-api.ts';
import { answerHealth, type HealthCheck } from './health.ts';
import { landingPage } from './landing-page.ts';
import { type Pipeline, withinCall } from './pipeline.ts';
import { type PlaygroundOptions, playgroundPage } from './playground.ts';
import { refusalOf } from './request-rules.ts';

export interface RouterOptions {
  readonly pipeline: Pipeline;
  readonly authenticator: Authenticator;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly random: Random;
  readonly closing: AbortSignal;
  readonly live: readonly HealthCheck[];
  readonly ready: readonly HealthCheck[];
  /** Absent: there is no playground. */
  readonly playground?: PlaygroundOptions;
}

/** Everything that the listener answers, by path. */
export class HttpRouter {
  readonly #options: RouterOptions;
  readonly #requests = new Admission({ all: 400, each: 50 });
  readonly #streams = new Admission({ all: 5_000, each: 500 });
  /** The last page made, by what it begins with. */
  #playgroundMade: { readonly of: string; readonly body: Buffer } | undefined;

  constructor(options: RouterOptions) {
    this.#options = options;
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (url.pathname === '/graphql') return this.#graphql(request, response);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return send(request, response, { ...text(405, 'use GET\n'), headers: { allow: 'GET, HEAD' } });
    }
    const rejection = OPEN_TO_PROBES.has(url.pathname) ? undefined : this.#options.authenticator.refuse(request);
    send(request, response, rejection === undefined ? await this.#page(url) : rejectionAnswer(rejection));
  }

  async #page(url: URL): Promise<Answer> {
    const { live, ready, metrics, playground } = this.#options;
    const verbose = url.searchParams.has('verbose');
    switch (url.pathname) {
      case '/livez':
        return healthAnswer('livez', live, verbose);
      case '/readyz':
      case '/healthz':
        return healthAnswer(url.pathname.slice(1), ready, verbose);
      case '/metrics':
        return text(200, await metrics.text(), metrics.contentType);
      case '/playground':
        return this.#playground();
      case '/':
        return page(landingPage({ playground: playground !== undefined, graphqlUrl: '/graphql' }));
      default:
        return text(404, 'nothing is served here; see /\n');
    }
  }

  #playground(): Answer {
    const { playground } = this.#options;
    if (playground === undefined) return text(404, 'the playground is off; start with --playground on\n');
    const queries = playground.queries();
    const of = queries.join('\0');
    if (this.#playgroundMade?.of !== of) this.#playgroundMade = { of, body: Buffer.from(playgroundPage(queries)) };
    return page(this.#playgroundMade.body);
  }

  async #graphql(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refusal = refusalOf(request);
    if (refusal !== undefined) return send(request, response, errorAnswer(refusal.status, 'BAD_REQUEST', refusal.message, refusal.headers));
    const caller = await this.#options.authenticator.identify(request);
    if ('rejection' in caller) return send(request, response, rejectionAnswer(caller.rejection));
    const transport: Transport = (request.headers.accept ?? '').includes('text/event-stream') ? 'sse' : 'post';
    const admission = transport === 'sse' ? this.#streams : this.#requests;
    const name = caller.principal.user.username;
    if (!admission.enter(name)) return send(request, response, tooMany(transport, admission));
    try {
      await this.#execute(request, response, { principal: caller.principal, transport });
    } finally {
      admission.leave(name);
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
    if (who.transport === 'sse') metrics.streams.inc({ transport: 'sse' });
    await withinCall(call, () => pipeline.handle(request, response, { call }));
    if (who.transport === 'sse') {
      await left;
      metrics.streams.dec({ transport: 'sse' });
    } else {
      metrics.requestSeconds.observe({ transport: who.transport }, (clock.monotonic() - startedAt) / 1000);
    }
    metrics.requests.inc({ transport: who.transport, outcome: response.statusCode < 400 ? 'answered' : 'refused' });
  }
}

/** A kubelet asks by address and without credentials; nothing about the fleet is told. */
const OPEN_TO_PROBES: ReadonlySet<string> = new Set(['/livez', '/readyz', '/healthz']);

function healthAnswer(endpoint: string, checks: readonly HealthCheck[], verbose: boolean): Answer {
  const { status, body } = answerHealth(endpoint, checks, verbose);
  return text(status, body);
}

function tooMany(transport: Transport, { limits }: Admission): Answer {
  const noun = transport === 'sse' ? 'streams' : 'requests';
  const message = `too many ${noun} at once: ${limits.each} for one caller, ${limits.all} in all; wait for some to end`;
  return errorAnswer(429, 'TOO_MANY_REQUESTS', message, { 'retry-after': '1' });
}
