import { expect, it } from 'vitest';
import { FleetStory } from '../../test/support/a-fleet.ts';
import { aPod } from '../../test/support/a-pod.ts';
import { minutes, seconds } from '../../test/support/an-object.ts';
import { DEPLOYMENTS, NAMESPACES, PODS } from '../../test/support/served-kinds.ts';
import { ApiServerCore } from '../apiserver/api-server-core.ts';
import type { ApiServer } from '../kube/api-server.ts';
import type { KubeObject } from '../model/kube-object.ts';
import { seededRandom } from '../runtime/random.ts';
import { VirtualClock } from '../runtime/virtual-clock.ts';

/** Honest behaviour: our own API-server core instead of a script. */
function core(clock: VirtualClock, name: string, seed: number): ApiServerCore {
  return new ApiServerCore({ name, clock, random: seededRandom(seed), history: { maxChanges: 200 } });
}

function pod(name: string): KubeObject {
  const { metadata, spec } = aPod(name, 'default').object();
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: metadata.name, namespace: 'default' }, ...(spec !== undefined && { spec }) };
}

function deployment(name: string): KubeObject {
  return {
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace: 'default' } },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'app', image: 'registry.example/app:v1' }] } },
    },
  };
}

async function createPods(client: ApiServer, count: number): Promise<void> {
  for (let at = 0; at < count; at += 1) await client.create(PODS, pod(`p-${at}`));
}

const onServer = (server: ApiServerCore) =>
  [...server.objects('pods')].map(({ metadata }) => `${metadata.name}@${metadata.resourceVersion}`).sort();

it('a cluster is read whole, then followed: create, change, delete', async () => {
  const clock = new VirtualClock();
  const server = core(clock, 'dev', 1);
  const client = server.client();
  await createPods(client, 1_234);
  await client.create(DEPLOYMENTS, deployment('web'));
  await using story = new FleetStory(clock, { dev: server.client() });
  await story.until('LIVE');
  expect(story.pods()).toEqual(onServer(server));
  expect(story.cluster().workloads('DEPLOYMENT').get('default', 'web')).toMatchObject({ workloadKind: 'DEPLOYMENT' });
  expect([...story.cluster().namespaces.all()].map(({ name }) => name).sort()).toContain('kube-system');
  await client.create(PODS, pod('late'));
  await client.patch(PODS, { namespace: 'default', name: 'p-3' }, { type: 'merge', body: { metadata: { labels: { a: 'b' } } } });
  await client.delete(PODS, { namespace: 'default', name: 'p-4' }, { gracePeriodSeconds: 0 });
  await clock.settle();
  expect(story.pods()).toEqual(onServer(server));
  expect(story.cluster().pods.get('default', 'p-3')?.labels).toMatchObject({ a: 'b' });
});

it('R10 R23 closed watches and a pod recreated meanwhile: resumed without a list, told as removal and addition', async () => {
  const clock = new VirtualClock();
  const server = core(clock, 'dev', 2);
  const client = server.client();
  await createPods(client, 5);
  await using story = new FleetStory(clock, { dev: server.client() });
  await story.until('LIVE');
  await clock.advanceBy(minutes(1));
  const before = story.commits.length;
  server.closeWatches();
  await client.delete(PODS, { namespace: 'default', name: 'p-0' }, { gracePeriodSeconds: 0 });
  await client.create(PODS, pod('p-0'));
  await clock.advanceBy(seconds(2));
  expect(story.pods()).toEqual(onServer(server));
  const changes = story.commits.slice(before).flatMap((commit) => commit.changes);
  expect(changes.some((change) => 'before' in change && !('after' in change) && change.before?.name === 'p-0')).toBe(true);
  expect(story.sync().resources.every(({ relists }) => relists === 0)).toBe(true);
  expect(story.sync().state).toBe('LIVE');
});

it('R12 R24 history lost while the watch was closed: one list, exactly the missing objects go, marked as guessed', async () => {
  const clock = new VirtualClock();
  const server = core(clock, 'dev', 3);
  const client = server.client();
  await createPods(client, 20);
  await using story = new FleetStory(clock, { dev: server.client() });
  await story.until('LIVE');
  await clock.advanceBy(minutes(1));
  const before = story.commits.length;
  server.closeWatches();
  await client.delete(PODS, { namespace: 'default', name: 'p-7' }, { gracePeriodSeconds: 0 });
  await client.create(PODS, pod('new'));
  server.compact();
  await clock.advanceBy(seconds(5));
  expect(story.pods()).toEqual(onServer(server));
  const removals = story.commits
    .slice(before)
    .flatMap(({ changes }) => changes.filter((change) => 'before' in change && !('after' in change)));
  expect(removals).toMatchObject([{ before: { name: 'p-7' }, finalStateUnknown: true }]);
  expect(story.sync().resources.find(({ resource }) => resource === 'pods')?.relists).toBe(1);
});

it('R8 R9 a quiet cluster is followed for hours by bookmarks alone, over every end of a watch', async () => {
  const clock = new VirtualClock();
  const server = core(clock, 'dev', 4);
  const client = server.client();
  await createPods(client, 3);
  await using story = new FleetStory(clock, { dev: server.client() }).watchStates();
  await story.until('LIVE');
  for (let hour = 0; hour < 3; hour += 1) {
    for (let at = 0; at < 300; at += 1) {
      await client.patch(NAMESPACES, { name: 'default' }, { type: 'merge', body: { metadata: { labels: { at: `${hour}-${at}` } } } });
      if (at % 30 === 0) await clock.advanceBy(minutes(6));
    }
  }
  expect(story.states()).toEqual(['CONNECTING', 'LIVE']);
  expect(story.sync().resources.map(({ resource, relists }) => [resource, relists])).toEqual(
    story.sync().resources.map(({ resource }) => [resource, 0]),
  );
});

it('R33 the end of the fleet ends every watch of the server', async () => {
  const clock = new VirtualClock();
  const server = core(clock, 'dev', 5);
  const story = new FleetStory(clock, { dev: server.client() });
  await story.until('LIVE');
  expect(server.openWatches).toBeGreaterThan(5);
  await story.fleet[Symbol.asyncDispose]();
  await clock.settle();
  expect(server.openWatches).toBe(0);
});
