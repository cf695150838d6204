import type { Server } from 'node:http';
import type { Authenticator } from '../auth/authenticator.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Random } from '../runtime/random.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { GraphqlApi } from './graphql-api.ts';
import type { HealthCheck } from './health.ts';
import { createHttpServer, listen, urlOf } from './http-listener.ts';
import { HttpRouter } from './http-router.ts';
import { createPipeline } from './pipeline.ts';
import type { PlaygroundOptions } from './playground.ts';
import { serveSockets } from './socket-server.ts';

export interface GraphqlServerOptions {
  readonly host: string;
  readonly port: number;
  readonly api: GraphqlApi;
  readonly authenticator: Authenticator;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly live: readonly HealthCheck[];
  readonly ready: readonly HealthCheck[];
  readonly playground?: PlaygroundOptions;
}

/** How long streams get to say CLOSING and complete. */
const GOODBYE_MS = 2_000;

interface Parts {
  readonly url: string;
  readonly server: Server;
  readonly sockets: AsyncDisposable;
  readonly closing: AbortController;
  readonly clock: Clock;
}

/** The listener with everything it serves. Made listening, or not at all. */
export class GraphqlServer implements AsyncDisposable {
  readonly url: string;
  readonly #server: Server;
  readonly #sockets: AsyncDisposable;
  readonly #closing: AbortController;
  readonly #clock: Clock;

  private constructor({ url, server, sockets, closing, clock }: Parts) {
    this.url = url;
    this.#server = server;
    this.#sockets = sockets;
    this.#closing = closing;
    this.#clock = clock;
  }

  /** Throws `ListenError` when the address cannot be had. */
  static async start(options: GraphqlServerOptions): Promise<GraphqlServer> {
    const closing = new AbortController();
    const pipeline = createPipeline(options.api);
    const router = new HttpRouter({ ...options, pipeline, closing: closing.signal });
    const server = createHttpServer((request, response) => {
      router.handle(request, response).catch((error: unknown) => {
        options.logger.error('a request failed outside the pipeline', { error: String(error) });
        response.destroy();
      });
    });
    const address = await listen(server, options.host, options.port);
    const { authenticator, clock, random, api, metrics } = options;
    const sockets = serveSockets(server, {
      pipeline,
      authenticator,
      clock,
      random,
      closing: closing.signal,
      maskError: (error, requestId) => api.maskError(error, requestId),
      onOperation: (change) => metrics.streams.inc({ transport: 'websocket' }, change),
    });
    return new GraphqlServer({ url: urlOf(address), server, sockets, closing, clock });
  }

  /** Streams say CLOSING with a last token and complete; then sockets and the listener close. */
  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#closing.abort();
    this.#server.closeIdleConnections();
    await Promise.race([closed, this.#clock.sleep(GOODBYE_MS)]);
    await this.#sockets[Symbol.asyncDispose]();
    this.#server.closeAllConnections();
    await closed;
  }
}
