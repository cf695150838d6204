import { buildSchema, GraphQLError } from 'graphql';
import { auditServer } from 'graphql-http';
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { systemClock } from '../../src/runtime/clock.ts';
import { silentLogger } from '../../src/runtime/logger.ts';
import { systemRandom } from '../../src/runtime/random.ts';
import type { GraphqlApi } from '../../src/server/graphql-api.ts';
import { GraphqlServer } from '../../src/server/graphql-server.ts';
import { Metrics } from '../../src/telemetry/metrics.ts';

const schema = buildSchema(
  'type Query { hello: String fail: String } type Subscription { count(to: Int!): Int! until: String fault: Int! }',
);
Object.assign(schema.getQueryType()?.getFields()['hello'] ?? {}, { resolve: () => 'world' });
Object.assign(schema.getQueryType()?.getFields()['fail'] ?? {}, {
  resolve: () => {
    throw new Error('secret of the house');
  },
});
const streams = schema.getSubscriptionType()?.getFields();
Object.assign(streams?.['count'] ?? {}, {
  async *subscribe(_root: unknown, { to }: { to: number }) {
    for (let count = 1; count <= to; count += 1) yield { count };
  },
});
Object.assign(streams?.['until'] ?? {}, {
  async *subscribe(_root: unknown, _args: unknown, { closing }: { closing: AbortSignal }) {
    yield { until: 'open' };
    await new Promise((resolve) => closing.addEventListener('abort', resolve));
    yield { until: 'closing' };
  },
});
Object.assign(streams?.['fault'] ?? {}, {
  async *subscribe() {
    yield { fault: 1 };
    throw new Error('secret of the stream');
  },
});

const api: GraphqlApi = {
  schema,
  contextFor: (call) => call,
  guardText: (query) => (query.includes('{{{{{{') ? new GraphQLError('too deep', { extensions: { code: 'LIMIT_EXCEEDED' } }) : undefined),
  validationRules: [],
  price: ({ document }) => ({
    requested: 1,
    limit: 10,
    errors: document.definitions.some((definition) => 'name' in definition && definition.name?.value === 'Costly')
      ? [new GraphQLError('too much', { extensions: { code: 'COST_LIMIT_EXCEEDED' } })]
      : [],
  }),
  maskError: (error, requestId) =>
    error instanceof GraphQLError && error.originalError === undefined
      ? error
      : new GraphQLError(`masked ${requestId}`, { extensions: { code: 'INTERNAL' } }),
};

async function start(): Promise<GraphqlServer> {
  return GraphqlServer.start({
    host: '127.0.0.1',
    port: 0,
    api,
    authenticator: {
      identify: async (request, params) =>
        request.headersDistinct['authorization']?.[0] === 'Bearer wrong' || params?.['authorization'] === 'Bearer wrong'
          ? { rejection: { status: 401, message: 'unauthorized' } }
          : { principal: { mode: 'LOCAL', user: { username: 'tester', groups: [] } } },
      refuse: (request) =>
        request.headersDistinct['origin']?.[0] === 'http://evil.example' ? { status: 403, message: 'origin' } : undefined,
      stillValid: async () => true,
    },
    metrics: new Metrics({
      clusters: () => [
        {
          name: 'c1',
          state: 'LIVE',
          staleSeconds: 0,
          objects: 3,
          relists: new Map([['Expired', 4]]),
          reconnects: 5,
          comparisons: 7,
          differences: 2,
        },
      ],
      rollouts: () => ({ phases: new Map([['RUNNING', 1]]), leads: true }),
    }),
    clock: systemClock,
    random: systemRandom,
    logger: silentLogger,
    live: [{ name: 'ping', failure: () => undefined }],
    ready: [{ name: 'clusters', failure: () => 'c1 has not synced' }],
    playground: { queries: () => ['{ hello }'] },
  });
}

let server: GraphqlServer;
beforeAll(async () => {
  server = await start();
});
afterAll(() => server[Symbol.asyncDispose]());

function post(body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

function socketClient(params: Record<string, unknown> = {}) {
  return createClient({
    url: server.url.replace('http', 'ws').concat('/graphql'),
    webSocketImpl: WebSocket,
    connectionParams: params,
    retryAttempts: 0,
    lazy: true,
  });
}

async function collect(client: ReturnType<typeof socketClient>, query: string): Promise<unknown[]> {
  const results: unknown[] = [];
  for await (const result of client.iterate({ query })) results.push(result);
  return results;
}

describe('POST', () => {
  it('passes every audit of graphql-http without error or warning; GET is refused on purpose', async () => {
    const results = await auditServer({ url: `${server.url}/graphql` });
    expect(results.filter((result) => result.status === 'error' || result.status === 'warn').map((result) => result.name)).toEqual([]);
    expect(results.length).toBeGreaterThan(55);
    for (const notice of results.filter((result) => result.status === 'notice')) expect(notice.name).toMatch(/GET/);
  });

  it.each([
    {
      name: 'a form',
      init: { method: 'POST', body: 'query={hello}', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      status: 415,
    },
    { name: 'a raw document', init: { method: 'POST', body: '{hello}', headers: { 'content-type': 'application/graphql' } }, status: 415 },
    {
      name: 'a text that a browser sends unasked',
      init: { method: 'POST', body: '{"query":"{hello}"}', headers: { 'content-type': 'text/plain' } },
      status: 415,
    },
    {
      name: 'a compressed body',
      init: { method: 'POST', body: 'x', headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' } },
      status: 415,
    },
    { name: 'GET', init: { method: 'GET' }, status: 405 },
    {
      name: 'a batch',
      init: { method: 'POST', body: '[{"query":"{hello}"}]', headers: { 'content-type': 'application/json' } },
      status: 400,
    },
  ])('refuses $name', async ({ init, status }) => {
    const response = await fetch(`${server.url}/graphql?query={hello}`, init);
    expect(response.status).toBe(status);
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('refuses a body that is too large, also when its length is not told', async () => {
    const chunk = new TextEncoder().encode(`{"query":"${'#'.repeat(300_000)}"}`);
    const stream = new ReadableStream({
      start(controller) {
        controller.enqueue(chunk);
        controller.close();
      },
    });
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: stream, duplex: 'half' } as RequestInit;
    const response = await fetch(`${server.url}/graphql`, init);
    expect(response.status).toBe(413);
  });

  it('says 401 without a reason', async () => {
    const response = await post({ query: '{hello}' }, { authorization: 'Bearer wrong' });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toContain('Bearer');
  });

  it('masks what is unexpected, with the id of the request', async () => {
    const response = await post({ query: '{fail}' });
    const body = await response.text();
    expect(body).not.toContain('secret');
    expect(body).toContain(`masked ${response.headers.get('x-request-id')}`);
  });

  it('tells what an operation may cost', async () => {
    expect(await (await post({ query: '{hello}' })).json()).toEqual({
      data: { hello: 'world' },
      extensions: { cost: { requested: 1, limit: 10 } },
    });
  });

  it('guards the text before parsing and the cost after validation', async () => {
    expect(await (await post({ query: '{{{{{{{{' })).text()).toContain('LIMIT_EXCEEDED');
    expect(await (await post({ query: 'query Costly { hello }', operationName: 'Costly' })).text()).toContain('COST_LIMIT_EXCEEDED');
  });
});

describe('server-sent events', () => {
  it('delivers every value and completes', async () => {
    const response = await post({ query: 'subscription { count(to: 3) }' }, { accept: 'text/event-stream' });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    const text = await response.text();
    expect(text.match(/event: next/g)).toHaveLength(3);
    expect(text).toContain('event: complete');
  });

  it('masks a fault in mid-stream', async () => {
    const text = await (await post({ query: 'subscription { fault }' }, { accept: 'text/event-stream' })).text();
    expect(text).not.toContain('secret');
    expect(text).toContain('INTERNAL');
  });
});

describe('sockets', () => {
  it('delivers every value and completes', async () => {
    const client = socketClient();
    expect(await collect(client, 'subscription { count(to: 3) }')).toEqual([1, 2, 3].map((count) => ({ data: { count } })));
    await client.dispose();
  });

  it('answers a wrong document on its own id and leaves other streams alone', async () => {
    const client = socketClient();
    const open = client.iterate<{ until: string }>({ query: 'subscription { until }' });
    expect((await open.next()).value?.data).toEqual({ until: 'open' });
    for (const query of ['subscription { nothing }', 'not graphql', '{{{{{{{{']) {
      await expect(collect(client, query)).rejects.toEqual([expect.objectContaining({ message: expect.any(String) })]);
    }
    expect(await collect(client, 'subscription Costly { count(to: 1) }')).toMatchObject([
      { errors: [{ extensions: { code: 'COST_LIMIT_EXCEEDED' } }] },
    ]);
    expect(await collect(client, '{ hello }')).toMatchObject([{ data: { hello: 'world' } }]);
    await open.return?.();
    await client.dispose();
  });

  it('masks a fault in mid-stream', async () => {
    const client = socketClient();
    const seen = await collect(client, 'subscription { fault }').catch((error: unknown) => [error]);
    expect(JSON.stringify(seen)).not.toContain('secret');
    await client.dispose();
  });

  it('closes a caller who is not identified with a code that says so', async () => {
    const client = socketClient({ authorization: 'Bearer wrong' });
    await expect(collect(client, '{ hello }')).rejects.toMatchObject({ code: 4403 });
  });

  it('refuses the upgrade of a page from elsewhere', async () => {
    const socket = new WebSocket(server.url.replace('http', 'ws').concat('/graphql'), 'graphql-transport-ws', {
      origin: 'http://evil.example',
    });
    const error = await new Promise<Error>((resolve) => socket.once('error', resolve));
    expect(error.message).toContain('403');
  });
});

describe('life', () => {
  it('answers health in the form of Kubernetes', async () => {
    expect(await (await fetch(`${server.url}/livez`)).text()).toBe('ok');
    const ready = await fetch(`${server.url}/readyz`);
    expect(ready.status).toBe(503);
    expect(await ready.text()).toContain('[-]clusters failed: c1 has not synced');
  });

  it('serves metrics, the landing page and a playground that loads nothing from elsewhere', async () => {
    // Counted elsewhere and only told here: a second scrape tells the same.
    for (let scrape = 0; scrape < 2; scrape += 1) {
      const metrics = await (await fetch(`${server.url}/metrics`)).text();
      expect(metrics).toContain('fleetgraph_cluster_up{cluster="c1"} 1');
      expect(metrics).toContain('fleetgraph_cluster_comparisons_total{cluster="c1"} 7');
      expect(metrics).toContain('fleetgraph_cluster_relists_total{cluster="c1",reason="Expired"} 4');
      expect(metrics).toContain('fleetgraph_cluster_reconnects_total{cluster="c1"} 5');
      expect(metrics).toContain('fleetgraph_cluster_differences_total{cluster="c1"} 2');
    }
    expect(await (await fetch(`${server.url}/`)).text()).toContain('/playground');
    const page = await (await fetch(`${server.url}/playground`)).text();
    expect(page).toContain('.graphiql-tab { transform: none !important; }');
    expect(page).not.toMatch(/<(script|link)[^>]+(src|href)="https?:/);
  });

  it('lets streams say CLOSING before it ends', async () => {
    const own = await start();
    const client = createClient({ url: own.url.replace('http', 'ws').concat('/graphql'), webSocketImpl: WebSocket, retryAttempts: 0 });
    const stream = client.iterate<{ until: string }>({ query: 'subscription { until }' });
    expect((await stream.next()).value?.data).toEqual({ until: 'open' });
    const closing = own[Symbol.asyncDispose]();
    expect((await stream.next()).value?.data).toEqual({ until: 'closing' });
    await closing;
    await client.dispose();
  });
});
