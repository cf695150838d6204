import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../model/kube-object.ts';
import type { Resource } from '../../model/resource.ts';
import { VirtualClock } from '../../runtime/virtual-clock.ts';
import type { Credential, Credentials } from './credentials.ts';
import { staticCredentials } from './credentials.ts';
import { HttpApiServer } from './http-api-server.ts';
import { bytes, FakeTransport, reply, type Script } from './testing/fake-transport.ts';
import { TransportError, type TransportRequest } from './transport.ts';

const PODS: Resource = { group: '', version: 'v1', resource: 'pods', kind: 'Pod', namespaced: true };
const DEPLOYMENTS: Resource = { group: 'apps', version: 'v1', resource: 'deployments', kind: 'Deployment', namespaced: true };
const NODES: Resource = { group: '', version: 'v1', resource: 'nodes', kind: 'Node', namespaced: false };

const pod: KubeObject = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'shop', resourceVersion: '7' } };

interface Given {
  readonly server: HttpApiServer;
  readonly transport: FakeTransport;
  readonly clock: VirtualClock;
}

function given(script: Script, credentials: Credentials = staticCredentials({ authorization: 'Bearer t' })): Given {
  const clock = new VirtualClock();
  const transport = new FakeTransport(script);
  return { clock, transport, server: new HttpApiServer({ transport, credentials, clock, userAgent: 'fleetgraph/test' }) };
}

function sent(transport: FakeTransport, at = 0): TransportRequest & { json: unknown } {
  const request = transport.requests[at];
  if (request === undefined) throw new Error('nothing was sent');
  return { ...request, json: request.body === undefined ? undefined : JSON.parse(Buffer.from(request.body).toString('utf8')) };
}

/** Never answers; ends as a transport does when its signal fires. */
function silence(isSent: boolean): Script {
  return (_request, signal) =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(new TransportError('Aborted', 'withdrawn', { sent: isSent })));
    });
}

describe('where requests go', () => {
  it.each<{ name: string; call: (server: HttpApiServer) => Promise<unknown>; method: string; path: string }>([
    { name: 'get', call: (s) => s.get(PODS, { namespace: 'shop', name: 'web' }), method: 'GET', path: '/api/v1/namespaces/shop/pods/web' },
    { name: 'get of a cluster-scoped kind', call: (s) => s.get(NODES, { name: 'n1' }), method: 'GET', path: '/api/v1/nodes/n1' },
    { name: 'create', call: (s) => s.create(PODS, pod), method: 'POST', path: '/api/v1/namespaces/shop/pods' },
    {
      name: 'create of a sub-resource',
      call: (s) => s.create(PODS, pod, { subresource: 'eviction' }),
      method: 'POST',
      path: '/api/v1/namespaces/shop/pods/web/eviction',
    },
    {
      name: 'update of a status, dry',
      call: (s) => s.update(DEPLOYMENTS, pod, { subresource: 'status', dryRun: true, fieldManager: 'me' }),
      method: 'PUT',
      path: '/apis/apps/v1/namespaces/shop/deployments/web/status?dryRun=All&fieldManager=me',
    },
    {
      name: 'apply',
      call: (s) => s.patch(PODS, { namespace: 'shop', name: 'web' }, { type: 'apply', body: {}, force: true }, { fieldManager: 'me' }),
      method: 'PATCH',
      path: '/api/v1/namespaces/shop/pods/web?fieldManager=me&force=true',
    },
    {
      name: 'delete',
      call: (s) => s.delete(PODS, { namespace: 'shop', name: 'web' }),
      method: 'DELETE',
      path: '/api/v1/namespaces/shop/pods/web',
    },
  ])('$name', async ({ call, method, path }) => {
    const { server, transport } = given(() => reply(200, pod));
    await call(server);
    expect(sent(transport)).toMatchObject({ method, path });
  });

  it('lists and watches with selectors, encoded', async () => {
    const { server, transport } = given((request) =>
      request.path.includes('watch=')
        ? reply(200, '')
        : reply(200, { kind: 'PodList', apiVersion: 'v1', metadata: { resourceVersion: '9' }, items: [] }),
    );
    await server.list(PODS, {
      namespace: 'shop',
      labelSelector: 'app in (a,b)',
      limit: 500,
      continue: 'a+b/=',
      resourceVersion: '5',
      resourceVersionMatch: 'Exact',
    });
    for await (const _ of server.watch(PODS, { fieldSelector: 'spec.nodeName=n1', resourceVersion: '9', timeoutSeconds: 300 }));
    expect(sent(transport).path).toBe(
      '/api/v1/namespaces/shop/pods?labelSelector=app%20in%20(a%2Cb)&limit=500&continue=a%2Bb%2F%3D&resourceVersion=5&resourceVersionMatch=Exact',
    );
    expect(sent(transport, 1).path).toBe(
      '/api/v1/pods?watch=true&allowWatchBookmarks=true&resourceVersion=9&timeoutSeconds=300&fieldSelector=spec.nodeName%3Dn1',
    );
  });

  it.each(['', '.', '..', 'a/b', 'a%2fb'])('never sends a name like %j, which would address something else', async (name) => {
    const { server, transport } = given(() => reply(200, pod));
    await expect(server.delete(PODS, { namespace: 'shop', name })).rejects.toMatchObject({ code: 'invalid', reason: 'InvalidName' });
    await expect(server.get(PODS, { namespace: name, name: 'web' })).rejects.toMatchObject({ code: 'invalid' });
    expect(transport.requests).toEqual([]);
  });

  it('sends each patch in its own content type', async () => {
    const { server, transport } = given(() => reply(200, pod));
    const name = { namespace: 'shop', name: 'web' };
    await server.patch(PODS, name, { type: 'json', operations: [{ op: 'remove', path: '/a' }] });
    await server.patch(PODS, name, { type: 'merge', body: { a: 1 } });
    await server.patch(PODS, name, { type: 'strategic', body: { a: 1 } });
    await server.patch(PODS, name, { type: 'apply', body: { a: 1 } });
    const types = transport.requests.map((request) => request.headers.find(([header]) => header === 'content-type')?.[1]);
    expect(types).toEqual([
      'application/json-patch+json',
      'application/merge-patch+json',
      'application/strategic-merge-patch+json',
      'application/apply-patch+yaml',
    ]);
    expect(sent(transport).json).toEqual([{ op: 'remove', path: '/a' }]);
  });

  it('says what a deletion depends on', async () => {
    const { server, transport } = given(() => reply(200, pod));
    await server.delete(
      PODS,
      { namespace: 'shop', name: 'web' },
      { uid: 'u', resourceVersion: '7', gracePeriodSeconds: 0, propagationPolicy: 'Foreground', dryRun: true },
    );
    expect(sent(transport).json).toEqual({
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      gracePeriodSeconds: 0,
      propagationPolicy: 'Foreground',
      preconditions: { uid: 'u', resourceVersion: '7' },
      dryRun: ['All'],
    });
  });

  it('evicts by an Eviction of the pod', async () => {
    const { server, transport } = given(() => reply(201, { kind: 'Status', status: 'Success' }));
    await server.evict({ namespace: 'shop', name: 'web' }, { gracePeriodSeconds: 5, uid: 'u' });
    expect(sent(transport)).toMatchObject({
      method: 'POST',
      path: '/api/v1/namespaces/shop/pods/web/eviction',
      json: {
        apiVersion: 'policy/v1',
        kind: 'Eviction',
        metadata: { name: 'web', namespace: 'shop' },
        deleteOptions: { gracePeriodSeconds: 5, preconditions: { uid: 'u' } },
      },
    });
  });
});

describe('what answers become', () => {
  it('gives items of a list the kind and version that the server leaves out', async () => {
    const { server } = given(() =>
      reply(200, {
        kind: 'PodList',
        apiVersion: 'v1',
        metadata: { resourceVersion: '9', continue: 'c', remainingItemCount: 3 },
        items: [{ metadata: { name: 'web' } }],
      }),
    );
    expect(await server.list(PODS)).toEqual({
      items: [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' } }],
      resourceVersion: '9',
      continue: 'c',
      remainingItemCount: 3,
    });
  });

  it('reads a list the same, wherever it is cut', async () => {
    const list =
      '{"apiVersion":"v1","items":[{"metadata":{"name":"web"}}],"kind":"PodList","metadata":{"continue":"","resourceVersion":"9"}}';
    for (let first = 1; first < list.length; first += 1) {
      for (let second = first; second < list.length; second += 3) {
        const pieces = [list.slice(0, first), list.slice(first, second), list.slice(second)];
        const { server } = given(() => ({ status: 200, headers: {}, body: bytes(pieces) }));
        const page = await server.list(PODS);
        expect([pieces, page]).toEqual([
          pieces,
          { items: [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' } }], resourceVersion: '9' },
        ]);
      }
    }
  });

  it('takes items that are null for none, as servers tell an empty list of metadata alone', async () => {
    const { server } = given(() => reply(200, { kind: 'PartialObjectMetadataList', metadata: { resourceVersion: '9' }, items: null }));
    expect(await server.list(PODS, { metadataOnly: true })).toEqual({ items: [], resourceVersion: '9' });
    const { server: other } = given(() => reply(200, { kind: 'PodList', metadata: { resourceVersion: '9' } }));
    await expect(other.list(PODS)).rejects.toMatchObject({ reason: 'UnreadableAnswer' });
  });

  it.each([-1, 1.5, 1e300, '3', null])('takes no count of the items that remain which is none: %s', async (remainingItemCount) => {
    const { server } = given(() => reply(200, { kind: 'PodList', metadata: { resourceVersion: '9', remainingItemCount }, items: [] }));
    expect(await server.list(PODS)).toEqual({ items: [], resourceVersion: '9' });
  });

  it('R16 I5 reads a page that is put together oddly in one piece, but not a large one', async () => {
    const spaces = Buffer.alloc(1 << 20, ' ');
    const odd = (mebibytes: number) => bytes(['{"kind":"a","kind":"b",', ...Array(mebibytes).fill(spaces), '"metadata":{},"items":[]}']);
    const { server } = given((request) => ({ status: 200, headers: {}, body: odd(request.path.includes('/small/') ? 2 : 40) }));
    expect(await server.list(PODS, { namespace: 'small' })).toEqual({ items: [], resourceVersion: '' });
    await expect(server.list(PODS, { namespace: 'large' })).rejects.toMatchObject({ reason: 'AnswerTooLarge' });
  });

  it('makes of the Status of a completed deletion the object that it names', async () => {
    const { server } = given(() =>
      reply(200, { kind: 'Status', status: 'Success', details: { name: 'web', kind: 'deployments', uid: 'u-1' } }),
    );
    expect(await server.delete(DEPLOYMENTS, { namespace: 'shop', name: 'web' })).toEqual({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { namespace: 'shop', name: 'web', uid: 'u-1' },
    });
  });

  it.each([
    { name: 'a page of HTML', body: '<html>log in</html>' },
    { name: 'half a text', body: '{"kind":"Pod","metad' },
    { name: 'something else', body: '{"hello":"world"}' },
  ])('calls $name with status 200 an unreadable answer, and does not quote it', async ({ body }) => {
    const { server } = given(() => reply(200, body));
    const error: unknown = await server.get(PODS, { namespace: 'shop', name: 'web' }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'ApiError', code: 'server-error', reason: 'UnreadableAnswer' });
    expect(error).not.toHaveProperty('cause');
  });

  it('reads discovery in one form or the other, the preferred version first, without sub-resources', async () => {
    const aggregated: Record<string, unknown> = {
      '/api': {
        kind: 'APIGroupDiscoveryList',
        items: [
          {
            metadata: {},
            versions: [{ version: 'v1', resources: [entry('pods', 'Pod', 'Namespaced'), entry('nodes', 'Node', 'Cluster')] }],
          },
        ],
      },
      '/apis': {
        kind: 'APIGroupDiscoveryList',
        items: [
          {
            metadata: { name: 'apps' },
            versions: [
              { version: 'v1', resources: [entry('deployments', 'Deployment', 'Namespaced')] },
              { version: 'v1beta1', resources: [entry('deployments', 'Deployment', 'Namespaced')] },
            ],
          },
        ],
      },
    };
    const old: Record<string, unknown> = {
      '/api': { kind: 'APIVersions', versions: ['v1'] },
      '/apis': {
        kind: 'APIGroupList',
        groups: [
          {
            name: 'apps',
            versions: [{ groupVersion: 'apps/v1beta1' }, { groupVersion: 'apps/v1' }],
            preferredVersion: { groupVersion: 'apps/v1' },
          },
          { name: 'broken', versions: [{ groupVersion: 'broken/v1' }] },
        ],
      },
      '/api/v1': {
        kind: 'APIResourceList',
        resources: [
          { name: 'pods', kind: 'Pod', namespaced: true },
          { name: 'pods/log', kind: 'Pod', namespaced: true },
          { name: 'nodes', kind: 'Node', namespaced: false },
        ],
      },
      '/apis/apps/v1': { kind: 'APIResourceList', resources: [{ name: 'deployments', kind: 'Deployment', namespaced: true }] },
      '/apis/apps/v1beta1': { kind: 'APIResourceList', resources: [{ name: 'deployments', kind: 'Deployment', namespaced: true }] },
    };
    const expected = [PODS, NODES, DEPLOYMENTS, { ...DEPLOYMENTS, version: 'v1beta1' }];
    for (const answers of [aggregated, old]) {
      const { server } = given((request) =>
        answers[request.path] === undefined ? reply(503, 'service unavailable') : reply(200, answers[request.path]),
      );
      expect(await server.discover()).toEqual(expected);
    }
  });

  it('believes a review only when it says yes, and a token only for the audiences that the answer names', async () => {
    const answers = [
      { status: { allowed: true } },
      { status: { allowed: true, denied: true } },
      {},
      { status: { authenticated: true, user: { username: 'alice', groups: ['devs'], extra: { a: ['1'] } } } },
      { status: { authenticated: false, user: { username: 'alice' }, error: 'expired' } },
    ];
    const { server, transport } = given(() => reply(201, answers.shift()));
    const access = { verb: 'get', group: '', resource: 'pods', namespace: 'shop' };
    expect(await server.reviewAccess({ username: 'alice', groups: ['devs'] }, access)).toEqual({ allowed: true });
    expect(await server.reviewOwnAccess(access)).toEqual({ allowed: false });
    expect(await server.reviewOwnAccess(access)).toEqual({ allowed: false });
    expect(await server.reviewToken('t', ['fleetgraph'])).toEqual({
      user: { username: 'alice', groups: ['devs'], extra: { a: ['1'] } },
      audiences: [],
    });
    expect(await server.reviewToken('t', ['fleetgraph'])).toEqual({ audiences: [], error: 'expired' });
    expect(sent(transport).json).toMatchObject({
      kind: 'SubjectAccessReview',
      spec: { user: 'alice', groups: ['devs'], resourceAttributes: access },
    });
  });

  it('refuses an answer larger than it should be', async () => {
    const { server } = given(() => ({ status: 200, headers: {}, body: bytes(Array(33).fill(Buffer.alloc(1 << 20, ' '))) }));
    await expect(server.get(PODS, { namespace: 'shop', name: 'web' })).rejects.toMatchObject({
      code: 'server-error',
      reason: 'AnswerTooLarge',
    });
  });
});

describe('time', () => {
  it.each([
    { name: 'a read', isSent: true, call: (s: HttpApiServer) => s.get(PODS, { namespace: 'a', name: 'b' }), code: 'unreachable' },
    { name: 'a write', isSent: true, call: (s: HttpApiServer) => s.create(PODS, pod), code: 'outcome-unknown' },
    { name: 'a write that was not sent', isSent: false, call: (s: HttpApiServer) => s.create(PODS, pod), code: 'unreachable' },
    { name: 'a dry run', isSent: true, call: (s: HttpApiServer) => s.create(PODS, pod, { dryRun: true }), code: 'unreachable' },
  ])('gives up $name after 30 s as $code', async ({ isSent, call, code }) => {
    const { server, clock } = given(silence(isSent));
    const failing = expect(call(server)).rejects.toMatchObject({ code, reason: 'TimedOut', message: 'no answer within 30000 ms' });
    await clock.advanceBy(30_000);
    await failing;
    expect(clock.pendingTimers).toBe(0);
  });

  it('R18 gives up a body that stalls, and one that drips', async () => {
    for (const pauseMs of [31_000, 20_000]) {
      const clock = new VirtualClock();
      const transport = new FakeTransport((_request, signal) => ({
        status: 200,
        headers: {},
        body: (async function* () {
          for (;;) {
            await clock.sleep(pauseMs, signal);
            if (signal.aborted) throw new TransportError('Aborted', 'withdrawn', { sent: true });
            yield Buffer.from(' ');
          }
        })(),
      }));
      const server = new HttpApiServer({ transport, credentials: staticCredentials({}), clock, userAgent: 'x' });
      const failing = expect(server.get(PODS, { namespace: 'a', name: 'b' })).rejects.toMatchObject({
        code: 'unreachable',
        reason: 'TimedOut',
      });
      await clock.advanceBy(60_000);
      await failing;
    }
  });

  it("ends with the caller's own reason when the caller leaves", async () => {
    const { server, clock } = given(silence(true));
    const controller = new AbortController();
    const reason = new Error('enough');
    const failing = expect(server.create(PODS, pod, { signal: controller.signal })).rejects.toBe(reason);
    await clock.settle();
    controller.abort(reason);
    await failing;
    await expect(server.get(PODS, { namespace: 'a', name: 'b' }, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(clock.pendingTimers).toBe(0);
  });

  it('ends a watch without an error when the caller leaves, wherever it is', async () => {
    const watching = { resourceVersion: '1' };
    const { server, clock } = given(silence(true));
    const controller = new AbortController();
    const next = server
      .watch(PODS, { ...watching, signal: controller.signal })
      [Symbol.asyncIterator]()
      .next();
    await clock.settle();
    controller.abort();
    expect(await next).toEqual({ done: true, value: undefined });
    const started = given(() => reply(200, `${JSON.stringify({ type: 'ADDED', object: pod })}\n`.repeat(3)));
    const second = new AbortController();
    const events = started.server.watch(PODS, { ...watching, signal: second.signal })[Symbol.asyncIterator]();
    expect((await events.next()).done).toBe(false);
    second.abort();
    expect((await events.next()).done).toBe(true);
  });

  it('gives up a watch that the server does not end in time', async () => {
    const clock = new VirtualClock();
    const transport = new FakeTransport((_request, signal) => ({
      status: 200,
      headers: {},
      body: (async function* (): AsyncGenerator<Uint8Array> {
        await clock.sleep(1e9, signal);
        yield* [];
        throw new TransportError('Aborted', 'withdrawn', { sent: true });
      })(),
    }));
    const server = new HttpApiServer({ transport, credentials: staticCredentials({}), clock, userAgent: 'x' });
    const watch = server.watch(PODS, { resourceVersion: '1', timeoutSeconds: 300 })[Symbol.asyncIterator]();
    const ending = expect(watch.next()).rejects.toMatchObject({
      code: 'unreachable',
      reason: 'TimedOut',
    });
    await clock.settle();
    await clock.advanceBy(314_000);
    await clock.advanceBy(1_000);
    await ending;
  });
});

describe('credentials', () => {
  class Tokens implements Credentials {
    refused: Credential[] = [];
    #at = 0;
    readonly #tokens: readonly string[];
    constructor(...tokens: readonly string[]) {
      this.#tokens = tokens;
    }
    current() {
      return Promise.resolve({ authorization: `Bearer ${this.#tokens[this.#at] ?? ''}` });
    }
    invalidate(refused: Credential) {
      this.refused.push(refused);
      this.#at = Math.min(this.#at + 1, this.#tokens.length - 1);
    }
  }

  const onlyTakes =
    (token: string): Script =>
    (request) =>
      request.headers.some(([name, value]) => name === 'authorization' && value === `Bearer ${token}`)
        ? reply(200, pod)
        : reply(401, { kind: 'Status', reason: 'Unauthorized', message: 'Unauthorized' });

  it('fetches a refused credential anew and sends again, once, writes too', async () => {
    const tokens = new Tokens('old', 'new');
    const { server, transport } = given(onlyTakes('new'), tokens);
    expect(await server.create(PODS, pod)).toMatchObject({ metadata: { name: 'web' } });
    expect({ calls: transport.requests.length, refused: tokens.refused.length }).toEqual({ calls: 2, refused: 1 });
  });

  it('does not send again what nothing new could help', async () => {
    const { server, transport } = given(onlyTakes('other'), new Tokens('same'));
    await expect(server.get(PODS, { namespace: 'a', name: 'b' })).rejects.toMatchObject({ code: 'unauthorized' });
    expect(transport.requests).toHaveLength(1);
    const changing = given(onlyTakes('other'), new Tokens('one', 'two', 'three'));
    await expect(changing.server.get(PODS, { namespace: 'a', name: 'b' })).rejects.toMatchObject({ code: 'unauthorized' });
    expect(changing.transport.requests).toHaveLength(2);
  });

  it('sends headers that are a function of identity and operation only, whatever goes on beside', async () => {
    const names = fc.array(fc.constantFrom('alice', 'bob', 'carol', undefined), { minLength: 2, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(names, async (users) => {
        const { server, transport } = given(() => reply(200, pod));
        const get = (user: string | undefined) =>
          server.get(
            PODS,
            { namespace: 'shop', name: user ?? 'nobody' },
            user === undefined ? {} : { impersonate: { username: user, groups: [`${user}s`] }, auditId: `id-${user}` },
          );
        await Promise.all(users.map(get));
        for (const request of transport.requests) {
          const name = request.path.split('/').at(-1) ?? '';
          const identity =
            name === 'nobody'
              ? []
              : [
                  ['audit-id', `id-${name}`],
                  ['impersonate-user', name],
                  ['impersonate-group', `${name}s`],
                ];
          expect(request.headers).toEqual([
            ['accept', 'application/json'],
            ['user-agent', 'fleetgraph/test'],
            ['authorization', 'Bearer t'],
            ...identity,
          ]);
        }
      }),
    );
  });
});

function entry(resource: string, kind: string, scope: string) {
  return { resource, responseKind: { group: '', version: 'v1', kind }, scope, subresources: [{ subresource: 'status' }] };
}
