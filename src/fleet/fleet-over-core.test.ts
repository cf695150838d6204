import { describe, expect, it } from 'vitest';
import { FleetStory } from '../../test/support/a-fleet.ts';
import { aPod } from '../../test/support/a-pod.ts';
import { minutes } from '../../test/support/an-object.ts';
import { type InformerStage, openStage, type Way } from '../../test/support/informer-stage.ts';
import { DEPLOYMENTS, NAMESPACES, PODS } from '../../test/support/served-kinds.ts';
import { ApiServerCore } from '../apiserver/api-server-core.ts';
import type { ApiServer } from '../kube/api-server.ts';
import type { KubeObject } from '../model/kube-object.ts';
import { seededRandom } from '../runtime/random.ts';
import { VirtualClock } from '../runtime/virtual-clock.ts';

/** Honest behaviour: our own API-server core instead of a script; and the same stories over real sockets. */

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

const withPods = (count: number) => async (client: ApiServer) => {
  for (let at = 0; at < count; at += 1) await client.create(PODS, pod(`p-${at}`));
};

const createPods = (client: ApiServer, count: number) => withPods(count)(client);

const held = (stage: InformerStage) => [...stage.cluster().pods.all()].map((one) => `${one.name}@${one.resourceVersion}`).sort();
const onServer = ({ core }: InformerStage) =>
  [...core.objects('pods')].map(({ metadata }) => `${metadata.name}@${metadata.resourceVersion}`).sort();
const isTrue = (stage: InformerStage) => stage.sync().state === 'LIVE' && held(stage).join() === onServer(stage).join();
const ofPods = (stage: InformerStage) => stage.sync().resources.find(({ resource }) => resource === 'pods');
const removals = (stage: InformerStage, since: number) =>
  stage.commits.slice(since).flatMap(({ changes }) => changes.filter((change) => 'before' in change && !('after' in change)));
const gracelessly = { gracePeriodSeconds: 0 };

describe.each<Way>(['in process', 'http/1.1', 'h2'])('a cluster that is reached %s', (way) => {
  it('is read whole, then followed: create, change, delete', async () => {
    await using stage = await openStage(way, async (client) => {
      await createPods(client, 1_234);
      await client.create(DEPLOYMENTS, deployment('web'));
    });
    await stage.until(() => isTrue(stage));
    expect(held(stage)).toHaveLength(1_234);
    expect(stage.cluster().workloads('DEPLOYMENT').get('default', 'web')).toMatchObject({ workloadKind: 'DEPLOYMENT' });
    expect([...stage.cluster().namespaces.all()].map(({ name }) => name).sort()).toContain('kube-system');
    const { client } = stage;
    await client.create(PODS, pod('late'));
    await client.patch(PODS, { namespace: 'default', name: 'p-3' }, { type: 'merge', body: { metadata: { labels: { a: 'b' } } } });
    await client.delete(PODS, { namespace: 'default', name: 'p-4' }, gracelessly);
    await stage.until(() => isTrue(stage));
    expect(stage.cluster().pods.get('default', 'p-3')?.labels).toMatchObject({ a: 'b' });
  });

  it('R10 R23 cut off while a pod is created anew: resumes without a list, and tells a removal and an addition', async () => {
    await using stage = await openStage(way, withPods(5));
    await stage.until(() => isTrue(stage));
    const before = stage.commits.length;
    stage.cut();
    await stage.client.delete(PODS, { namespace: 'default', name: 'p-0' }, gracelessly);
    await stage.client.create(PODS, pod('p-0'));
    await stage.until(() => isTrue(stage));
    expect(removals(stage, before)).toMatchObject([{ before: { name: 'p-0' } }]);
    expect(stage.sync().resources.every(({ relists }) => relists === 0)).toBe(true);
  });

  it('R12 R24 cut off while its history is lost: one list, exactly the missing objects go, marked as guessed', async () => {
    await using stage = await openStage(way, withPods(20));
    await stage.until(() => isTrue(stage));
    const before = stage.commits.length;
    stage.cut();
    await stage.client.delete(PODS, { namespace: 'default', name: 'p-7' }, gracelessly);
    await stage.client.create(PODS, pod('new'));
    stage.core.compact();
    await stage.until(() => isTrue(stage));
    expect(removals(stage, before)).toMatchObject([{ before: { name: 'p-7' }, finalStateUnknown: true }]);
    expect(ofPods(stage)?.relists).toBe(1);
  });

  it('R13 R15 answers 500 for a while, and whatever happened meanwhile is there afterwards', async () => {
    await using stage = await openStage(way, withPods(5));
    await stage.until(() => isTrue(stage));
    stage.troublePods({ status: 500 });
    stage.cut();
    await stage.client.create(PODS, pod('meanwhile'));
    await stage.until(() => ofPods(stage)?.lastError !== undefined);
    await stage.pass(1_000);
    stage.troublePods(undefined);
    await stage.until(() => isTrue(stage));
  });

  it('R14 asks it to come back later: comes back no sooner', async () => {
    await using stage = await openStage(way, withPods(5));
    await stage.until(() => isTrue(stage));
    stage.troublePods({ status: 429, retryAfterSeconds: 3 });
    const before = stage.podRequests();
    stage.cut();
    await stage.until(() => stage.podRequests() > before);
    const asked = stage.podRequests();
    await stage.pass(2_000);
    expect(stage.podRequests()).toBe(asked);
    stage.troublePods(undefined);
    await stage.until(() => isTrue(stage));
  });

  it('R10 R2 I2 cuts every answer about pods in the middle: nothing is shown in part as if it were whole', async () => {
    await using stage = await openStage(way, withPods(30));
    stage.troublePods({ cutAfterBytes: 1_000 });
    await stage.until(() => ofPods(stage)?.lastError !== undefined);
    await stage.pass(500);
    expect(ofPods(stage)?.state).not.toBe('LIVE');
    stage.troublePods(undefined);
    await stage.until(() => isTrue(stage));
    expect(removals(stage, 0)).toEqual([]);
  });

  it('R33 is left: every watch ends', async () => {
    const stage = await openStage(way, withPods(1));
    await stage.until(() => isTrue(stage));
    expect(stage.core.openWatches).toBeGreaterThan(5);
    await stage.fleet[Symbol.asyncDispose]();
    await stage.until(() => stage.core.openWatches === 0);
    await stage[Symbol.asyncDispose]();
  });
});

it('R8 R9 a quiet cluster is followed for hours by bookmarks alone, over every end of a watch', async () => {
  const clock = new VirtualClock();
  const server = new ApiServerCore({ name: 'dev', clock, random: seededRandom(4), history: { maxChanges: 200 } });
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
