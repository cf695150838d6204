import { describe, expect, it } from 'vitest';
import { aDefinition, FleetStory } from '../../test/support/a-fleet.ts';
import { aPod } from '../../test/support/a-pod.ts';
import { minutes, seconds } from '../../test/support/an-object.ts';
import { ScriptedApiServer } from '../../test/support/scripted-api-server.ts';
import {
  ADVANCED_STATEFUL_SETS,
  CLONE_SETS,
  DEFINITIONS,
  DEPLOYMENTS,
  EVENTS,
  KRUISE_CLUSTER,
  NODES,
  PLAIN_CLUSTER,
  PODS,
  SECRETS,
} from '../../test/support/served-kinds.ts';
import { ApiError } from '../kube/api-error.ts';
import type { KubeObject } from '../model/kube-object.ts';
import type { Resource } from '../model/resource.ts';
import { silentLogger } from '../runtime/logger.ts';
import { seededRandom } from '../runtime/random.ts';
import { VirtualClock } from '../runtime/virtual-clock.ts';
import { InMemoryGraphStore } from '../store/in-memory-graph-store.ts';
import { startFleet } from './fleet.ts';
import { projectorFor } from './projector.ts';

const clockAt = () => new VirtualClock();
const forbidden = new ApiError('forbidden', 'no', { status: 403, reason: 'Forbidden' });

function plain(clock: VirtualClock, served: readonly Resource[] = PLAIN_CLUSTER): ScriptedApiServer {
  return new ScriptedApiServer(clock, [...served]);
}

function cloneSet(name: string): KubeObject {
  return { apiVersion: 'apps.kruise.io/v1alpha1', kind: 'CloneSet', metadata: { name, namespace: 'shop', uid: `uid-${name}` }, spec: {} };
}

describe('a cluster is read', () => {
  it('goes from CONNECTING over SYNCING to LIVE, and knows its objects by then', async () => {
    const clock = clockAt();
    const server = plain(clock);
    for (let at = 0; at < 3; at += 1) server.put(PODS, aPod(`p-${at}`).object());
    server.latencyMs = 20;
    await using story = new FleetStory(clock, { dev: server }).watchStates();
    expect(story.sync()).toMatchObject({ state: 'CONNECTING', resources: [] });
    await story.until('LIVE');
    expect(story.states()).toEqual(['CONNECTING', 'SYNCING', 'LIVE']);
    expect(story.pods()).toEqual(['p-0@101', 'p-1@102', 'p-2@103']);
    expect(story.cluster().record).toMatchObject({ kubernetesVersion: 'v1.32.4', systemUid: 'system-uid', labels: { stage: 'test' } });
    expect(story.cluster().position('pods')).toEqual({ resource: 'pods', resourceVersion: '103', epoch: 0 });
  });

  it('is watched for the kinds of which records are kept, and never for Secrets', async () => {
    const clock = clockAt();
    const server = plain(clock);
    await using story = new FleetStory(clock, { dev: server });
    await story.until('LIVE');
    await clock.advanceBy(minutes(20));
    expect(server.requests.filter(({ resource }) => resource === 'secrets')).toEqual([]);
    expect(story.sync().resources.map(({ resource }) => resource)).toEqual([
      ...['namespaces', 'nodes', 'deployments.apps', 'statefulsets.apps', 'daemonsets.apps'],
      ...['replicasets.apps', 'controllerrevisions.apps', 'pods', 'events'],
    ]);
    expect(story.sync().resources.every(({ state }) => state === 'LIVE')).toBe(true);
  });

  it('makes one commit of what arrives together, whatever its kind', async () => {
    const clock = clockAt();
    const server = plain(clock);
    await using story = new FleetStory(clock, { dev: server });
    await story.until('LIVE');
    await clock.advanceBy(seconds(10));
    const before = story.commits.length;
    server.put(PODS, aPod('a').object());
    server.put(PODS, aPod('b').object());
    server.put(NODES, { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n', uid: 'uid-n' } });
    await clock.settle();
    const made = story.commits.slice(before).filter(({ changes }) => changes.length > 0);
    expect(made).toHaveLength(1);
    expect(made[0]?.changes).toHaveLength(3);
    expect(made[0]?.positions).toEqual(
      expect.arrayContaining([
        { resource: 'pods', resourceVersion: '102', epoch: 0 },
        { resource: 'nodes', resourceVersion: '103', epoch: 0 },
      ]),
    );
  });

  it('keeps events in a ring and announces each, while the server’s forgetting them changes nothing', async () => {
    const clock = clockAt();
    const server = plain(clock);
    const event = (name: string, secondsAgo: number): KubeObject => ({
      ...{ apiVersion: 'v1', kind: 'Event', metadata: { name, namespace: 'shop', uid: `uid-${name}` } },
      ...{ reason: 'Started', lastTimestamp: new Date(clock.now() - secondsAgo * 1_000).toISOString(), involvedObject: { uid: 'u' } },
    });
    server.put(EVENTS, event('first', 10));
    await using story = new FleetStory(clock, { dev: server });
    await story.until('LIVE');
    server.put(EVENTS, event('second', 1));
    await clock.settle();
    server.remove(EVENTS, 'first', 'shop');
    await clock.settle();
    expect([...story.cluster().events.all()].map(({ name }) => name)).toEqual(['second', 'first']);
    expect(story.commits.flatMap(({ changes }) => changes.filter((change) => change.resource === 'events'))).toHaveLength(2);
  });

  it('an object that its projector fails on is counted and spares the others', async () => {
    const clock = clockAt();
    const server = plain(clock, [PODS]);
    server.put(PODS, aPod('good').object());
    server.put(PODS, aPod('odd').object());
    const store = new InMemoryGraphStore({ now: () => clock.now() });
    await using _fleet = startFleet({
      ...{ store, clock, random: seededRandom(1), logger: silentLogger, definitions: [aDefinition('dev', server)] },
      projectorFor: (resource, flaw) => (object, cluster) => {
        if (object.metadata.name === 'odd') throw new Error('odd');
        const project = projectorFor(resource, flaw);
        if (project === undefined) throw new Error('no projector');
        return project(object, cluster);
      },
    });
    await clock.advanceUntil(() => store.cluster('dev')?.record.sync.state === 'LIVE', seconds(20));
    expect(store.cluster('dev')?.pods.size).toBe(1);
  });
});

describe('R35 freshness', () => {
  it('a quiet healthy cluster stays LIVE for hours, and what is published about it is counts and times at most every 5 s', async () => {
    const clock = clockAt();
    const server = plain(clock);
    await using story = new FleetStory(clock, { dev: server }).watchStates();
    await story.until('LIVE');
    const before = story.commits.length;
    for (let minute = 0; minute < 120; minute += 1) {
      await clock.advanceBy(minutes(1));
      for (const resource of PLAIN_CLUSTER) server.bookmark(resource);
    }
    expect(story.states()).toEqual(['CONNECTING', 'LIVE']);
    expect(story.commits.length - before).toBeLessThanOrEqual(241);
    expect(server.fullLists(PODS)).toHaveLength(1);
    expect(story.sync()).not.toHaveProperty('staleSince');
  });

  it('a busy cluster publishes its counts no more often than every 5 s', async () => {
    const clock = clockAt();
    const server = plain(clock);
    await using story = new FleetStory(clock, { dev: server });
    await story.until('LIVE');
    await clock.advanceBy(seconds(6));
    const before = story.commits.length;
    for (let at = 0; at < 100; at += 1) {
      server.put(PODS, aPod(`p-${at}`).object());
      await clock.advanceBy(500);
    }
    const records = story.commits.slice(before).filter(({ clusterChanged }) => clusterChanged);
    expect(records.length).toBeGreaterThanOrEqual(9);
    expect(records.length).toBeLessThanOrEqual(11);
    expect(story.sync().resources.find(({ resource }) => resource === 'pods')?.objects).toBeGreaterThan(85);
  });

  it('LIVE turns UNREACHABLE within two seconds of the server’s end, keeps its objects, and back to LIVE by itself', async () => {
    const clock = clockAt();
    const server = plain(clock);
    server.put(PODS, aPod('a').object());
    await using story = new FleetStory(clock, { dev: server }).watchStates();
    await story.until('LIVE');
    await clock.advanceBy(minutes(3));
    const gone = clock.now();
    server.down();
    await story.until('UNREACHABLE', 'dev', seconds(2));
    expect(story.sync()).toMatchObject({ reason: 'ConnectionRefused', staleSince: gone });
    expect(story.pods()).toEqual(['a@101']);
    server.remove(PODS, 'a', 'shop');
    server.put(PODS, aPod('b').object());
    await clock.advanceBy(minutes(5));
    expect(story.sync()).toMatchObject({ state: 'UNREACHABLE', staleSince: gone });
    server.up();
    await story.until('LIVE', 'dev', seconds(31));
    await clock.advanceBy(seconds(1));
    expect(story.pods()).toEqual(['b@103']);
    expect(server.fullLists(PODS)).toHaveLength(1);
    expect(story.states()).toEqual(['CONNECTING', 'LIVE', 'UNREACHABLE', 'LIVE']);
    expect(story.sync()).not.toHaveProperty('staleSince');
    expect(story.sync()).not.toHaveProperty('reason');
  });

  it('a history lost during an outage is listed anew without another state in between', async () => {
    const clock = clockAt();
    const server = plain(clock);
    server.put(PODS, aPod('a').object());
    await using story = new FleetStory(clock, { dev: server }).watchStates();
    await story.until('LIVE');
    await clock.advanceBy(minutes(3));
    server.down();
    await clock.advanceBy(seconds(20));
    server.remove(PODS, 'a', 'shop');
    server.compact();
    server.latencyMs = 30;
    server.up();
    await story.until('LIVE', 'dev', seconds(31));
    expect(story.pods()).toEqual([]);
    expect(story.states()).toEqual(['CONNECTING', 'LIVE', 'UNREACHABLE', 'LIVE']);
  });

  it('when one kind is through after a long outage the others follow within seconds, not each at the end of its back-off', async () => {
    const clock = clockAt();
    const server = plain(clock, PLAIN_CLUSTER.slice(0, -1));
    await using story = new FleetStory(clock, { dev: server });
    await story.until('LIVE');
    await clock.advanceBy(seconds(30));
    server.down();
    // Not for so long that rediscovery would come and find the cluster first.
    await clock.advanceBy(seconds(150));
    server.up();
    await clock.advanceUntil(() => server.openWatches > 0, seconds(31));
    const first = clock.monotonic();
    await story.until('LIVE', 'dev', seconds(31));
    expect(clock.monotonic() - first).toBeLessThan(2_000);
  });

  it('a cut that is over at once is not shown', async () => {
    const clock = clockAt();
    const server = plain(clock);
    await using story = new FleetStory(clock, { dev: server }).watchStates();
    await story.until('LIVE');
    await clock.advanceBy(minutes(1));
    server.cut(new ApiError('unreachable', 'reset', { reason: 'ConnectionReset' }));
    await clock.advanceBy(seconds(30));
    expect(story.states()).toEqual(['CONNECTING', 'LIVE']);
  });

  it('R17: a connection that hangs without failing is noticed within 45 s, whatever carries it', async () => {
    const clock = clockAt();
    const server = plain(clock);
    await using story = new FleetStory(clock, { dev: server });
    await story.until('LIVE');
    await clock.advanceBy(seconds(30));
    for (const resource of PLAIN_CLUSTER) server.bookmark(resource);
    await clock.settle();
    const lastSign = clock.now();
    server.script = () => 'hang';
    await story.until('UNREACHABLE', 'dev', seconds(45));
    expect(story.sync().staleSince).toBeLessThanOrEqual(lastSign + seconds(1));
    server.script = () => undefined;
    await story.until('LIVE', 'dev', minutes(1));
  });

  it('one kind whose server fails makes the cluster STALE after a moment, not at once', async () => {
    const clock = clockAt();
    const server = plain(clock);
    await using story = new FleetStory(clock, { dev: server }).watchStates();
    await story.until('LIVE');
    await clock.advanceBy(minutes(1));
    const at = clock.now();
    const broken = new ApiError('server-error', 'etcd is unwell', { status: 500, reason: 'InternalError' });
    server.script = ({ resource }) => (resource === 'pods' ? broken : undefined);
    server.say(PODS, broken);
    await clock.advanceBy(seconds(1));
    expect(story.sync().state).toBe('LIVE');
    await story.until('STALE', 'dev', seconds(2));
    expect(story.sync()).toMatchObject({ reason: 'InternalError', staleSince: at });
    expect(story.sync().resources.find(({ resource }) => resource === 'pods')).toMatchObject({
      state: 'STALE',
      lastError: 'InternalError: etcd is unwell',
    });
    server.script = () => undefined;
    await story.until('LIVE');
  });

  it('one forbidden kind leaves the rest of the cluster LIVE and says so', async () => {
    const clock = clockAt();
    const server = plain(clock);
    server.script = ({ resource }) => (resource === 'controllerrevisions.apps' ? forbidden : undefined);
    await using story = new FleetStory(clock, { dev: server });
    await story.until('LIVE');
    expect(story.sync()).toMatchObject({ reason: 'PartlyForbidden', message: expect.stringContaining('controllerrevisions.apps') });
    expect(story.sync().resources.find(({ resource }) => resource === 'controllerrevisions.apps')?.state).toBe('FORBIDDEN');
    server.script = () => undefined;
    await clock.advanceUntil(() => story.sync().reason === undefined, minutes(4));
  });

  it('a cluster in which nothing may be read is FORBIDDEN; refused credentials make it UNAUTHORIZED', async () => {
    const clock = clockAt();
    const [closed, unknown] = [plain(clock), plain(clock)];
    closed.script = ({ verb }) => (verb === 'list' || verb === 'get' ? forbidden : undefined);
    unknown.script = () => new ApiError('unauthorized', 'Unauthorized', { status: 401, reason: 'Unauthorized' });
    await using story = new FleetStory(clock, { closed, unknown });
    await story.until('FORBIDDEN', 'closed');
    await story.until('UNAUTHORIZED', 'unknown');
    unknown.script = () => undefined;
    await story.until('LIVE', 'unknown', minutes(2));
  });

  it('a token that expires makes the cluster UNAUTHORIZED since then', async () => {
    const clock = clockAt();
    const server = plain(clock);
    await using story = new FleetStory(clock, { dev: server });
    await story.until('LIVE');
    const expired = new ApiError('unauthorized', 'token expired', { status: 401, reason: 'Unauthorized' });
    const at = clock.now();
    server.script = () => expired;
    server.cut(expired);
    await story.until('UNAUTHORIZED', 'dev', seconds(2));
    expect(story.sync().staleSince).toBe(at);
  });
});

describe('a cluster that is down at the start', () => {
  it('is shown with state and reason, retried within a budget, and holds nobody back', async () => {
    const clock = clockAt();
    const [up, down] = [plain(clock), plain(clock)];
    up.put(PODS, aPod('a').object());
    down.systemUid = 'down';
    down.down();
    await using story = new FleetStory(clock, { up, down });
    let ready = false;
    void story.fleet.whenReady().then(() => {
      ready = true;
    });
    await clock.advanceUntil(() => ready, seconds(3));
    expect(story.sync('up').state).toBe('LIVE');
    expect(story.sync('down')).toMatchObject({ state: 'UNREACHABLE', reason: 'ConnectionRefused', resources: [] });
    await clock.advanceBy(minutes(10));
    expect(down.requests.length).toBeLessThan(120);
    down.up();
    await story.until('LIVE', 'down', seconds(31));
  });

  it('that never answers counts as ready after 10 s at most', async () => {
    const clock = clockAt();
    const server = plain(clock);
    server.script = () => 'hang';
    await using story = new FleetStory(clock, { dev: server }, { contactTimeoutMs: 60_000 });
    let readyAt: number | undefined;
    void story.fleet.whenReady().then(() => {
      readyAt = clock.monotonic();
    });
    await clock.advanceUntil(() => readyAt !== undefined, seconds(11));
    expect(readyAt).toBe(10_000);
    expect(story.sync().state).toBe('CONNECTING');
  });
});

describe('what a cluster serves', () => {
  it('OpenKruise kinds are watched where installed, at the version that is served', async () => {
    const clock = clockAt();
    const server = plain(clock, KRUISE_CLUSTER);
    await using story = new FleetStory(clock, { dev: server });
    await story.until('LIVE');
    const versions = Object.fromEntries(story.sync().resources.map(({ resource, apiVersion }) => [resource, apiVersion]));
    expect(versions).toMatchObject({
      'clonesets.apps.kruise.io': 'apps.kruise.io/v1alpha1',
      'statefulsets.apps.kruise.io': 'apps.kruise.io/v1beta1',
    });
    expect(story.cluster().record.openKruise).toEqual({
      kinds: [
        { kind: 'CloneSet', servedVersions: ['v1alpha1'] },
        { kind: 'StatefulSet', servedVersions: ['v1beta1', 'v1alpha1'] },
      ],
    });
  });

  it('OpenKruise tells its version by the image of its manager', async () => {
    const clock = clockAt();
    const server = plain(clock, KRUISE_CLUSTER);
    server.put(DEPLOYMENTS, {
      ...{
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'kruise-controller-manager', namespace: 'kruise-system', uid: 'k' },
      },
      spec: { template: { spec: { containers: [{ name: 'manager', image: 'docker.io/openkruise/kruise-manager:v1.8.3' }] } } },
    });
    await using story = new FleetStory(clock, { dev: server });
    await story.until('LIVE');
    expect(story.cluster().record.openKruise?.version).toBe('1.8.3');
  });

  it('R21 a kind that is installed later is watched within seconds of its definition', async () => {
    const clock = clockAt();
    const server = plain(clock);
    await using story = new FleetStory(clock, { dev: server });
    await story.until('LIVE');
    await clock.advanceBy(minutes(1));
    server.served = [...KRUISE_CLUSTER];
    server.put(CLONE_SETS, cloneSet('web'));
    server.put(DEFINITIONS, { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'c', uid: 'c' } });
    await clock.advanceUntil(() => story.cluster().workloads('CLONE_SET').size === 1, seconds(5));
    expect(server.fullLists(DEFINITIONS)).toEqual([]);
    expect(story.cluster().record.openKruise).toBeDefined();
  });

  it('R21 a kind that is no longer served loses its objects; recreated under the same name it returns', async () => {
    const clock = clockAt();
    const server = plain(clock, KRUISE_CLUSTER);
    server.put(CLONE_SETS, cloneSet('web'));
    await using story = new FleetStory(clock, { dev: server });
    await story.until('LIVE');
    await clock.advanceBy(minutes(1));
    server.served = [...PLAIN_CLUSTER];
    server.cut();
    await clock.advanceUntil(() => story.cluster().workloads('CLONE_SET').size === 0, seconds(10));
    await clock.advanceBy(seconds(10));
    expect(story.sync().state).toBe('LIVE');
    expect(story.sync().resources.map(({ resource }) => resource)).not.toContain('clonesets.apps.kruise.io');
    expect(story.cluster().record.openKruise).toBeUndefined();
    server.served = [...KRUISE_CLUSTER];
    server.put(DEFINITIONS, { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'c', uid: 'c' } });
    await clock.advanceUntil(() => story.cluster().workloads('CLONE_SET').size === 1, minutes(1));
  });

  it('R21 a proxy that answers 404 to everything takes no object away', async () => {
    const clock = clockAt();
    const server = plain(clock);
    server.put(PODS, aPod('a').object());
    await using story = new FleetStory(clock, { dev: server }).watchStates();
    await story.until('LIVE');
    await clock.advanceBy(minutes(1));
    const notFound = new ApiError('not-found', 'default backend - 404', { status: 404 });
    server.script = () => notFound;
    server.cut();
    await clock.advanceBy(minutes(10));
    expect(story.pods()).toEqual(['a@101']);
    expect(story.sync().resources.find(({ resource }) => resource === 'pods')?.state).toBe('GONE');
    expect(story.states()).toEqual(['CONNECTING', 'LIVE', 'STALE']);
    server.script = () => undefined;
    await story.until('LIVE', 'dev', minutes(8));
  });

  it('R21 a server that has just started refuses and serves less for a moment: nothing is dropped, nothing but UNREACHABLE is shown', async () => {
    const clock = clockAt();
    const server = plain(clock, KRUISE_CLUSTER);
    server.put(CLONE_SETS, cloneSet('web'));
    await using story = new FleetStory(clock, { dev: server }).watchStates();
    await story.until('LIVE');
    await clock.advanceBy(minutes(3));
    const before = story.commits.length;
    server.down();
    await clock.advanceBy(seconds(20));
    server.served = [...PLAIN_CLUSTER];
    server.script = () => forbidden;
    server.up();
    await clock.advanceBy(seconds(1));
    server.script = () => undefined;
    await clock.advanceBy(seconds(3));
    server.served = [...KRUISE_CLUSTER];
    await story.until('LIVE', 'dev', seconds(40));
    await clock.advanceBy(seconds(20));
    expect(story.states()).toEqual(['CONNECTING', 'LIVE', 'UNREACHABLE', 'LIVE']);
    expect(story.commits.slice(before).flatMap(({ changes }) => changes)).toEqual([]);
    expect(story.sync().resources.every(({ state }) => state === 'LIVE')).toBe(true);
  });

  it('a kind whose served version changes goes on under the new one, without a gap', async () => {
    const clock = clockAt();
    const server = plain(clock, [...PLAIN_CLUSTER, ADVANCED_STATEFUL_SETS[1] ?? PODS]);
    const old = {
      apiVersion: 'apps.kruise.io/v1alpha1',
      kind: 'StatefulSet',
      metadata: { name: 'db', namespace: 'shop', uid: 'db' },
      spec: {},
    };
    server.put(ADVANCED_STATEFUL_SETS[1] ?? PODS, old);
    await using story = new FleetStory(clock, { dev: server });
    await story.until('LIVE');
    let smallest = 1;
    story.store.onCommit(() => {
      smallest = Math.min(smallest, story.cluster().workloads('ADVANCED_STATEFUL_SET').size);
    });
    server.served = [...PLAIN_CLUSTER, ...ADVANCED_STATEFUL_SETS];
    await clock.advanceBy(minutes(10));
    const kind = story.sync().resources.find(({ resource }) => resource === 'statefulsets.apps.kruise.io');
    expect(kind).toMatchObject({ apiVersion: 'apps.kruise.io/v1beta1', state: 'LIVE' });
    expect(smallest).toBe(1);
  });

  it('another kube-system under the same name is another cluster: what was held is dropped', async () => {
    const clock = clockAt();
    const server = plain(clock);
    server.put(PODS, aPod('old').object());
    await using story = new FleetStory(clock, { dev: server });
    await story.until('LIVE');
    await clock.advanceBy(minutes(1));
    server.down();
    await story.until('UNREACHABLE');
    server.remove(PODS, 'old', 'shop');
    server.put(PODS, aPod('new').object());
    server.systemUid = 'another-system-uid';
    server.up();
    await clock.advanceUntil(() => story.cluster().record.systemUid === 'another-system-uid', minutes(2));
    await story.until('LIVE');
    expect(story.pods()).toEqual(['new@103']);
    expect(story.cluster().position('pods')?.epoch).toBeGreaterThan(0);
  });

  it('two registered ways to one cluster are one: the first shows it, the other says so', async () => {
    const clock = clockAt();
    const [first, second] = [plain(clock), plain(clock)];
    second.put(PODS, aPod('a').object());
    await using story = new FleetStory(clock, { first, second });
    await story.until('LIVE', 'first');
    await story.until('DISABLED', 'second');
    expect(story.sync('second')).toMatchObject({ reason: 'SameCluster', message: expect.stringContaining('first') });
    expect(story.pods('second')).toEqual([]);
    await story.fleet.remove('first');
    await story.until('LIVE', 'second');
    expect(story.pods('second')).toEqual(['a@101']);
  });
});

describe('the fleet', () => {
  it('refuses a name twice, before anything starts', () => {
    const clock = clockAt();
    const server = plain(clock);
    const definitions = [aDefinition('dev', server), aDefinition('dev', server)];
    expect(() => new FleetStory(clock, {}).fleet.add({ ...aDefinition('', server) })).toThrow(RangeError);
    const story = new FleetStory(clock, { dev: server });
    expect(() => story.fleet.add(definitions[0] ?? aDefinition('dev', server))).toThrow(/dev/);
  });

  it('a cluster that joins later is read, one that leaves is gone at once with its connection', async () => {
    const clock = clockAt();
    const [one, two] = [plain(clock), plain(clock)];
    two.systemUid = 'two';
    await using story = new FleetStory(clock, { one });
    await story.until('LIVE', 'one');
    story.fleet.add(aDefinition('two', two));
    await story.until('LIVE', 'two');
    expect(story.fleet.served('two')).toHaveLength(PLAIN_CLUSTER.length);
    expect(story.fleet.apiServer('two')).toBe(two);
    const left = story.fleet.remove('two');
    expect(story.store.cluster('two')).toBeUndefined();
    expect(story.commits.at(-1)).toMatchObject({ cluster: 'two', clusterChanged: true });
    expect(await left).toBe(true);
    expect(two.openWatches).toBe(0);
    const commits = story.commits.length;
    two.put(PODS, aPod('late').object());
    await clock.settle();
    expect(story.commits).toHaveLength(commits);
    expect(await story.fleet.remove('two')).toBe(false);
  });

  it.each(['at once', 'while connecting', 'while live', 'while down'])(
    'R33 stopping %s leaves nothing open and commits nothing more',
    async (when) => {
      const clock = clockAt();
      const server = plain(clock);
      for (let at = 0; at < 5; at += 1) server.put(PODS, aPod(`p-${at}`).object());
      if (when === 'while connecting') server.script = () => 'hang';
      const story = new FleetStory(clock, { dev: server });
      if (when === 'while connecting') await clock.advanceBy(500);
      if (when === 'while live' || when === 'while down') await story.until('LIVE');
      if (when === 'while down') {
        server.down();
        await clock.advanceBy(seconds(5));
      }
      const stopped = story.fleet[Symbol.asyncDispose]();
      server.put(PODS, aPod('late').object());
      await stopped;
      await clock.settle();
      const commits = story.commits.length;
      await clock.advanceBy(minutes(30));
      expect(clock.pendingTimers).toBe(0);
      expect(server.openWatches).toBe(0);
      expect(story.commits).toHaveLength(commits);
      expect(() => story.fleet.add(aDefinition('late', server))).toThrow(RangeError);
    },
  );

  it('R32 300 clusters that start together list 8 at a time and 2 of one cluster, and none waits for a dead one', async () => {
    const clock = clockAt();
    let listing = 0;
    let most = 0;
    const servers = Object.fromEntries(
      Array.from({ length: 300 }, (_, at) => {
        const server = plain(clock, [PODS, NODES]);
        server.systemUid = `system-${at}`;
        const list = server.list.bind(server);
        server.list = async (resource, options) => {
          listing += 1;
          most = Math.max(most, listing);
          await clock.sleep(20);
          listing -= 1;
          return list(resource, options);
        };
        if (at % 10 === 0) server.script = () => 'hang';
        return [`c-${String(at).padStart(3, '0')}`, server];
      }),
    );
    await using story = new FleetStory(clock, servers);
    let ready = false;
    void story.fleet.whenReady().then(() => {
      ready = true;
    });
    await clock.advanceUntil(() => ready, seconds(11));
    const states = story.store.clusters().map(({ record }) => record.sync.state);
    expect(states.filter((state) => state === 'LIVE')).toHaveLength(270);
    expect(most).toBeLessThanOrEqual(8);
  }, 60_000);

  it('R15 after an outage of the whole fleet the retries do not come together', async () => {
    const clock = clockAt();
    const servers = Object.fromEntries(
      Array.from({ length: 60 }, (_, at) => {
        const server = plain(clock, [PODS]);
        server.systemUid = `system-${at}`;
        return [`c-${at}`, server];
      }),
    );
    await using story = new FleetStory(clock, servers);
    await clock.advanceUntil(() => story.store.clusters().every(({ record }) => record.sync.state === 'LIVE'), minutes(1));
    await clock.advanceBy(minutes(3));
    const downAt = clock.monotonic();
    for (const server of Object.values(servers)) server.down();
    await clock.advanceBy(minutes(1));
    const attempts = Object.values(servers).flatMap((server) => server.requests.filter(({ at }) => at > downAt + 300).map(({ at }) => at));
    const perTenth = new Map<number, number>();
    for (const at of attempts) perTenth.set(Math.floor(at / 100), (perTenth.get(Math.floor(at / 100)) ?? 0) + 1);
    expect(Math.max(...perTenth.values())).toBeLessThan(25);
    expect(attempts.length / 60).toBeLessThan(20);
  }, 60_000);

  it('Secrets are not even asked for', async () => {
    const clock = clockAt();
    const server = plain(clock, [...KRUISE_CLUSTER, SECRETS]);
    await using story = new FleetStory(clock, { dev: server });
    await story.until('LIVE');
    await clock.advanceBy(minutes(15));
    expect(server.requests.some(({ resource }) => resource.startsWith('secrets'))).toBe(false);
  });
});
