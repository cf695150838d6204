import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FleetStory } from '../../test/support/a-fleet.ts';
import { aPod } from '../../test/support/a-pod.ts';
import { minutes, seconds } from '../../test/support/an-object.ts';
import { ScriptedApiServer } from '../../test/support/scripted-api-server.ts';
import { NAMESPACES, PODS } from '../../test/support/served-kinds.ts';
import { staticCredentials } from '../kube/http/credentials.ts';
import { HttpApiServer } from '../kube/http/http-api-server.ts';
import { bytes, FakeTransport, reply, type Script } from '../kube/http/testing/fake-transport.ts';
import type { TransportResponse } from '../kube/http/transport.ts';
import { Pump } from '../runtime/pump.ts';
import { VirtualClock } from '../runtime/virtual-clock.ts';

const MB = 1_000_000;

let clock: VirtualClock;
let good: ScriptedApiServer;
let story: FleetStory;
let transport: FakeTransport;

/** A fleet of a good cluster and one whose pods are listed and watched as `script` answers. */
function begin(script: Script, memoryBytes = Number.POSITIVE_INFINITY): void {
  const pump = new Pump(clock);
  transport = new FakeTransport((request, signal) =>
    request.path.startsWith('/api/v1/pods') ? script(request, signal) : request.path.includes('watch=true') ? quiet(signal) : page([]),
  );
  const http = new HttpApiServer({ transport, credentials: staticCredentials({}), clock, userAgent: 'test', lane: pump.lane() });
  const bad = Object.assign(new ScriptedApiServer(clock, [NAMESPACES, PODS]), { list: http.list.bind(http), watch: http.watch.bind(http) });
  bad.systemUid = 'bad';
  story = new FleetStory(clock, { good, bad }, { memoryBytes, reflector: { pageSize: 100 } });
}

const page = (items: readonly unknown[], more: object = {}) =>
  reply(200, { kind: 'PodList', apiVersion: 'v1', metadata: { resourceVersion: '50', ...more }, items });

/** A watch on which nothing happens. */
function quiet(signal: AbortSignal): TransportResponse {
  const body = (async function* () {
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    yield* bytes([]);
  })();
  return { status: 200, headers: {}, body };
}

function pod(name: string, version = '40', extra: object = {}): object {
  const object = aPod(name).object();
  return { ...object, metadata: { ...object.metadata, uid: `uid-${name}`, resourceVersion: version, ...extra } };
}

const isWatch = ({ path }: { readonly path: string }) => path.includes('watch=true');
const lines = (...objects: readonly object[]) => bytes(objects.map((object) => `${JSON.stringify(object)}\n`));

/** The good cluster is as well as ever, and hears at once what happens in it. */
async function expectGoodIsWell(): Promise<void> {
  expect(story.sync('good').state).toBe('LIVE');
  good.put(PODS, aPod('later').object() as never);
  await clock.settle();
  expect(story.pods('good').some((name) => name.startsWith('later@'))).toBe(true);
  expect(story.store.listenerFailures).toBe(0);
}

const reasonOfBad = () => story.sync('bad').reason;
const lastErrorOfPods = () => story.sync('bad').resources.find(({ resource }) => resource === 'pods')?.lastError;

beforeEach(() => {
  clock = new VirtualClock();
  good = new ScriptedApiServer(clock, [NAMESPACES, PODS]);
  good.put(PODS, aPod('one').object() as never);
});

afterEach(async () => {
  await story[Symbol.asyncDispose]();
  await clock.settle();
  expect(clock.pendingTimers).toBe(0);
});

describe('a hostile cluster slows or fails only itself, with a reason', () => {
  it('R11 R35 that answers garbage', async () => {
    begin((request) => ({ status: 200, headers: {}, body: bytes([Buffer.from(isWatch(request) ? 'ff00fe0a' : '7b22ff6974', 'hex')]) }));
    await clock.advanceBy(minutes(2));
    expect([story.sync('bad').state, reasonOfBad()]).toEqual(['SYNCING', 'UnreadableAnswer']);
    await expectGoodIsWell();
  });

  it('R11 R35 that puts garbage into its watch', async () => {
    begin((request) =>
      isWatch(request) ? { status: 200, headers: {}, body: bytes(['{"type":"ADDED","object":{"kind":\n']) } : page([pod('a')]),
    );
    await clock.advanceBy(minutes(2));
    expect(story.pods('bad')).toEqual(['a@40']);
    expect(lastErrorOfPods()).toContain('UnreadableLine');
    expect(transport.requests.length).toBeLessThan(60);
    await expectGoodIsWell();
  });

  it('R35 that redirects', async () => {
    begin(() => ({ status: 302, headers: { location: 'https://elsewhere.example/' }, body: bytes([]) }));
    await clock.advanceBy(minutes(1));
    expect(reasonOfBad()).toBe('Redirected');
    expect(transport.requests.every(({ path }) => path.startsWith('/api/v1/'))).toBe(true);
    await expectGoodIsWell();
  });

  it('R1 R35 whose pages never end and bring nothing new', async () => {
    let token = 0;
    begin((request) => (isWatch(request) ? quiet(new AbortController().signal) : page([pod('a')], { continue: `more-${token++}` })));
    await clock.advanceBy(minutes(1));
    expect(lastErrorOfPods()).toContain('EndlessList');
    expect(transport.requests.length).toBeLessThan(400);
    await expectGoodIsWell();
  });

  it('R34 whose pages never end and always bring something new: memory is the end of it', async () => {
    let token = 0;
    const more = () =>
      page(
        Array.from({ length: 50 }, (_, at) => pod(`p-${token}-${at}`)),
        { continue: `more-${token++}` },
      );
    begin(() => more(), 600_000);
    await clock.advanceBy(minutes(1));
    expect(reasonOfBad()).toBe('MemoryBudget');
    expect(token).toBeLessThan(100);
    expect(story.pods('bad')).toEqual([]);
    await expectGoodIsWell();
  });

  it('R16 with objects of 10 MB: they are read; beyond 16 MB they are refused', async () => {
    let size = 10 * MB;
    begin((request, signal) => (isWatch(request) ? quiet(signal) : page([pod('a', '40', { annotations: { huge: 'x'.repeat(size) } })])));
    await story.until('LIVE', 'bad');
    expect(story.pods('bad')).toEqual(['a@40']);
    expect(JSON.stringify(story.cluster('bad').pods.byUid('uid-a')).length).toBeLessThan(5_000);
    await story[Symbol.asyncDispose]();
    size = 17 * MB;
    begin((request, signal) => (isWatch(request) ? quiet(signal) : page([pod('a', '40', { annotations: { huge: 'x'.repeat(size) } })])));
    await clock.advanceBy(seconds(30));
    expect(reasonOfBad()).toBe('ObjectTooLarge');
    await expectGoodIsWell();
  }, 30_000);

  it('R4 R5 whose versions go down: no object goes back', async () => {
    const told = [45, 44, 43, 41].map((version) => ({
      type: 'MODIFIED',
      object: pod('a', String(version), { labels: { version: String(version) } }),
    }));
    begin((request, signal) => {
      if (!isWatch(request)) return page([pod('a', '42')]);
      return request.path.includes('resourceVersion=50')
        ? { status: 200, headers: {}, body: lines(...told, { type: 'MODIFIED', object: pod('a', '60') }, ...told) }
        : quiet(signal);
    });
    await clock.advanceBy(minutes(1));
    expect(story.pods('bad')).toEqual(['a@60']);
    await expectGoodIsWell();
  });

  it('R27 whose names are those that JavaScript knows', async () => {
    const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];
    const odd = (name: string) =>
      JSON.parse(JSON.stringify(pod(name)).replace('"labels":{', '"labels":{"__proto__":"p","constructor":"c",')) as object;
    begin((request, signal) => (isWatch(request) ? quiet(signal) : page(names.map(odd))));
    await story.until('LIVE', 'bad');
    expect(story.pods('bad')).toEqual(names.map((name) => `${name}@40`).sort());
    expect(story.cluster('bad').pods.get('shop', '__proto__')?.uid).toBe('uid-__proto__');
    expect(({} as Record<string, unknown>)['p']).toBeUndefined();
    await expectGoodIsWell();
  });

  it('R31 that floods: another cluster waits for a round, not for the flood', async () => {
    let told = 0;
    begin((request) => {
      if (!isWatch(request)) return page([pod('a')]);
      const flood = (async function* () {
        for (let version = 100; version < 30_100; version += 1) {
          told += 1;
          yield Buffer.from(`${JSON.stringify({ type: 'MODIFIED', object: pod('a', String(version)) })}\n`);
        }
      })();
      return { status: 200, headers: {}, body: flood };
    });
    await clock.advanceUntil(() => told > 0, minutes(1));
    await expectGoodIsWell();
    expect(told).toBeLessThan(30_000);
  });
});

it('R27 no value of env, no argument and no last applied configuration of a server’s answer enters the store', async () => {
  const secret = 'canary-77c1e0';
  const full = pod('a', '40', { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': `{"env":"${secret}"}` } }) as {
    spec: object;
  };
  const container = { name: 'app', image: 'a', env: [{ name: 'A', value: secret }], args: [secret], command: [secret] };
  const items = [{ ...full, spec: { ...full.spec, containers: [container], volumes: [{ csi: { volumeAttributes: { token: secret } } }] } }];
  begin((request, signal) => (isWatch(request) ? quiet(signal) : page(items)));
  await story.until('LIVE', 'bad');
  expect(story.pods('bad')).toEqual(['a@40']);
  expect(JSON.stringify([...story.cluster('bad').pods.all()])).not.toContain(secret);
  expect(JSON.stringify(story.commits)).not.toContain(secret);
});

it('R27 of Secrets nothing but metadata is asked for, and nothing but metadata kept, even of a server that sends more', async () => {
  begin(() => page([]));
  const asked: string[] = [];
  const secret = {
    metadata: { name: 's', uid: 'u', resourceVersion: '1', annotations: { 'kubectl.kubernetes.io/last-applied-configuration': 'x' } },
    data: { password: 'eA==' },
  };
  const server = new HttpApiServer({
    transport: new FakeTransport((request) => {
      asked.push(...request.headers.flatMap(([name, value]) => (name === 'accept' ? [value] : [])));
      return reply(200, { kind: 'SecretList', apiVersion: 'v1', metadata: { resourceVersion: '1' }, items: [secret] });
    }),
    ...{ credentials: staticCredentials({}), clock, userAgent: 'test' },
  });
  const { items } = await server.list({ group: '', version: 'v1', resource: 'secrets', kind: 'Secret', namespaced: true });
  expect(items).toEqual([{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', uid: 'u', resourceVersion: '1' } }]);
  expect(asked).toEqual(['application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1']);
});
