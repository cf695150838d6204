import { describe, expect, it } from 'vitest';
import { conditionOf } from '../objects/conditions.ts';
import { DEPLOYMENTS, EVENTS, PODS, REPLICA_SETS } from '../objects/kinds.ts';
import type { Deployment, ReplicaSet } from '../objects/types.ts';
import { demo, Story } from '../testing/story.ts';
import { revisionOf } from './deployment-revisions.ts';

const deployment = (spec = {}) => demo('apps/v1', 'Deployment', { replicas: 8, ...spec });
const status = async (story: Story) => (await story.get<Deployment>(DEPLOYMENTS, 'demo')).status ?? {};
const progress = async (story: Story) => conditionOf((await status(story)).conditions, 'Progressing');

/** Names of the demo's ReplicaSets with their sizes and revisions, in order of revision. */
async function replicaSets(story: Story): Promise<{ name: string; replicas: number; revision: number }[]> {
  const { items } = await story.api.list(REPLICA_SETS, { namespace: 'shop', labelSelector: 'app=demo' });
  const all = (items as ReplicaSet[]).map((one) => ({
    name: one.metadata.name,
    replicas: one.spec.replicas ?? 0,
    revision: revisionOf(one),
  }));
  return all.sort((a, b) => a.revision - b.revision);
}

describe('a Deployment', () => {
  it('brings up its pods and says so', async () => {
    await using story = await Story.begin();
    await story.create(DEPLOYMENTS, deployment());
    await story.seconds(5);
    expect(await status(story)).toMatchObject({
      observedGeneration: 2,
      replicas: 8,
      updatedReplicas: 8,
      readyReplicas: 8,
      availableReplicas: 8,
    });
    expect(await progress(story)).toMatchObject({ status: 'True', reason: 'NewReplicaSetAvailable' });
  });

  it('never has fewer available pods nor more pods than its strategy allows', async () => {
    await using story = await Story.begin();
    await story.create(DEPLOYMENTS, deployment());
    await story.seconds(5);
    const seen = { least: 8, most: 8 };
    story.cluster.core.onChange(({ collection, object }) => {
      if (collection !== 'deployments.apps' || object.metadata.name !== 'demo') return;
      const { availableReplicas = 0, replicas = 0 } = (object as Deployment).status ?? {};
      seen.least = Math.min(seen.least, availableReplicas);
      seen.most = Math.max(seen.most, replicas);
    });
    await story.setImage(DEPLOYMENTS, 'demo', 'demo:v2');
    await story.seconds(15);
    expect(await story.images('demo')).toBe('demo:v2=8');
    expect(seen).toEqual({ least: 6, most: 10 });
  });

  it('stops at a bad image with enough pods left, and exceeds its deadline', async () => {
    await using story = await Story.begin();
    await story.create(DEPLOYMENTS, deployment());
    await story.seconds(5);
    await story.setImage(DEPLOYMENTS, 'demo', 'demo:v2-missing');
    await story.seconds(30);
    expect(await status(story)).toMatchObject({ readyReplicas: 6, updatedReplicas: 4, unavailableReplicas: 4 });
    expect(await progress(story)).toMatchObject({ status: 'True', reason: 'ReplicaSetUpdated' });
    await story.seconds(600);
    expect(await progress(story)).toMatchObject({ status: 'False', reason: 'ProgressDeadlineExceeded' });
  });

  it('goes back by the ReplicaSet it had, which becomes the newest revision', async () => {
    await using story = await Story.begin();
    await story.create(DEPLOYMENTS, deployment());
    await story.seconds(5);
    const [first] = await replicaSets(story);
    await story.setImage(DEPLOYMENTS, 'demo', 'demo:v2-broken');
    await story.seconds(20);
    await story.setImage(DEPLOYMENTS, 'demo', 'demo:v1');
    await story.seconds(10);
    expect(await story.images('demo')).toBe('demo:v1=8');
    const newest = (await replicaSets(story)).at(-1);
    expect(newest).toEqual({ name: first?.name, replicas: 8, revision: 3 });
    const { metadata } = await story.get(DEPLOYMENTS, 'demo');
    expect(metadata.annotations).toMatchObject({ 'deployment.kubernetes.io/revision': '3' });
  });

  it('makes no ReplicaSet while paused, but keeps its size', async () => {
    await using story = await Story.begin();
    await story.create(DEPLOYMENTS, deployment());
    await story.seconds(5);
    await story.merge(DEPLOYMENTS, 'demo', { spec: { paused: true } });
    await story.setImage(DEPLOYMENTS, 'demo', 'demo:v2');
    await story.merge(DEPLOYMENTS, 'demo', { spec: { replicas: 10 } });
    await story.seconds(10);
    expect(await story.images('demo')).toBe('demo:v1=10');
    expect(await progress(story)).toMatchObject({ status: 'Unknown', reason: 'DeploymentPaused' });
    expect(await replicaSets(story)).toHaveLength(1);
    await story.merge(DEPLOYMENTS, 'demo', { spec: { paused: false } });
    await story.seconds(15);
    expect(await story.images('demo')).toBe('demo:v2=10');
  });

  it('takes all old pods down before the first new one comes, if told to recreate', async () => {
    await using story = await Story.begin();
    await story.create(DEPLOYMENTS, deployment({ strategy: { type: 'Recreate' } }));
    await story.seconds(5);
    const mixed: string[] = [];
    story.cluster.core.onChange(({ collection }) => {
      if (collection !== 'pods') return;
      const images = new Set(
        [...story.cluster.pods()]
          .filter(({ metadata }) => metadata.labels?.['app'] === 'demo')
          .map(({ spec }) => spec.containers[0]?.image),
      );
      if (images.size > 1) mixed.push([...images].join(' '));
    });
    await story.setImage(DEPLOYMENTS, 'demo', 'demo:v2');
    await story.seconds(10);
    expect(await story.images('demo')).toBe('demo:v2=8');
    expect(mixed).toEqual([]);
  });

  it('counts a pod as available only after minReadySeconds', async () => {
    await using story = await Story.begin();
    await story.create(DEPLOYMENTS, deployment({ minReadySeconds: 30 }));
    await story.seconds(10);
    expect(await status(story)).toMatchObject({ readyReplicas: 8, unavailableReplicas: 8 });
    await story.seconds(30);
    expect(await status(story)).toMatchObject({ availableReplicas: 8 });
  });

  // Split and numbers as on a real control plane (1.36.3).
  it('stands still under the brake of an endless minReadySeconds, and keeps the split while scaled', async () => {
    await using story = await Story.begin();
    await story.create(DEPLOYMENTS, deployment({ replicas: 10 }));
    await story.seconds(5);
    const brake = { minReadySeconds: 2147483646, progressDeadlineSeconds: 2147483647 };
    const strategy = (maxUnavailable: number) => ({ strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable } } });
    const containers = [{ name: 'app', image: 'demo:v2' }];
    const patch = { spec: { ...brake, ...strategy(1), template: { spec: { containers } } } };
    await story.merge(DEPLOYMENTS, 'demo', patch);
    await story.seconds(60);
    expect(await story.images('demo')).toBe('demo:v1=9 demo:v2=1');
    expect(await status(story)).toMatchObject({ updatedReplicas: 1, readyReplicas: 10, availableReplicas: 9 });
    await story.merge(DEPLOYMENTS, 'demo', { spec: strategy(5) });
    await story.seconds(30);
    expect(await story.images('demo')).toBe('demo:v1=5 demo:v2=5');
    await story.merge(DEPLOYMENTS, 'demo', { spec: { replicas: 12 } });
    await story.seconds(30);
    expect(await story.images('demo')).toBe('demo:v1=6 demo:v2=6');
    await story.merge(DEPLOYMENTS, 'demo', { spec: { replicas: 8 } });
    await story.seconds(30);
    expect(await story.images('demo')).toBe('demo:v1=3 demo:v2=5');
  });

  it('brings back an old pod for an old one and a new for a new one', async () => {
    await using story = await Story.begin();
    await story.create(DEPLOYMENTS, deployment({ replicas: 4 }));
    await story.seconds(5);
    await story.setImage(DEPLOYMENTS, 'demo', 'demo:v2-broken');
    await story.seconds(10);
    const before = await story.images('demo');
    for (const { metadata } of (await story.pods('demo')).slice(0, 2))
      await story.api.delete(PODS, { namespace: 'shop', name: metadata.name });
    await story.seconds(10);
    expect(await story.images('demo')).toBe(before);
  });

  it('tells what it does by events', async () => {
    await using story = await Story.begin();
    await story.create(DEPLOYMENTS, deployment({ replicas: 2 }));
    await story.seconds(5);
    const { items } = await story.api.list(EVENTS, { namespace: 'shop' });
    const reasons = new Set(items.map((event) => event['reason']));
    expect([...reasons].sort()).toEqual(['Created', 'Pulled', 'Pulling', 'ScalingReplicaSet', 'Scheduled', 'Started', 'SuccessfulCreate']);
  });
});
