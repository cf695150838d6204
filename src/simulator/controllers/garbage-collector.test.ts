import { describe, expect, it } from 'vitest';
import { CONFIG_MAPS, DEPLOYMENTS, NAMESPACES, PODS, REPLICA_SETS } from '../objects/kinds.ts';
import { demo, Story } from '../testing/story.ts';

const labelSelector = 'app=demo';
const replicaSets = async (story: Story) => (await story.api.list(REPLICA_SETS, { namespace: 'shop', labelSelector })).items;

async function begin(): Promise<Story> {
  const story = await Story.begin();
  await story.create(DEPLOYMENTS, demo('apps/v1', 'Deployment', { replicas: 3 }));
  await story.seconds(5);
  return story;
}

describe('deleting an owner', () => {
  it('takes everything below it away in the background', async () => {
    await using story = await begin();
    await story.api.delete(DEPLOYMENTS, { namespace: 'shop', name: 'demo' }, { propagationPolicy: 'Background' });
    await expect(story.get(DEPLOYMENTS, 'demo')).rejects.toMatchObject({ code: 'not-found' });
    await story.seconds(10);
    expect(await replicaSets(story)).toEqual([]);
    expect(await story.pods('demo')).toEqual([]);
  });

  it('goes last in the foreground', async () => {
    await using story = await begin();
    await story.api.delete(DEPLOYMENTS, { namespace: 'shop', name: 'demo' }, { propagationPolicy: 'Foreground' });
    await story.seconds(0.1);
    expect((await story.get(DEPLOYMENTS, 'demo')).metadata.finalizers).toEqual(['foregroundDeletion']);
    await story.seconds(10);
    await expect(story.get(DEPLOYMENTS, 'demo')).rejects.toMatchObject({ code: 'not-found' });
    expect(await story.pods('demo')).toEqual([]);
  });

  it('sets its dependents free, and a new owner adopts them', async () => {
    await using story = await begin();
    const before = (await story.pods('demo')).map(({ metadata }) => metadata.uid);
    await story.api.delete(DEPLOYMENTS, { namespace: 'shop', name: 'demo' }, { propagationPolicy: 'Orphan' });
    await story.seconds(5);
    const [orphan] = await replicaSets(story);
    expect(orphan?.metadata.ownerReferences).toBeUndefined();
    await story.create(DEPLOYMENTS, demo('apps/v1', 'Deployment', { replicas: 3 }));
    await story.seconds(5);
    expect((await replicaSets(story)).map(({ metadata }) => metadata.uid)).toEqual([orphan?.metadata.uid]);
    expect((await story.pods('demo')).map(({ metadata }) => metadata.uid)).toEqual(before);
  });

  it('does not touch who still has another owner', async () => {
    await using story = await begin();
    const owner = async (name: string) => {
      const { metadata } = await story.create(CONFIG_MAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'shop' } });
      return { apiVersion: 'v1', kind: 'ConfigMap', name, uid: metadata.uid ?? '' };
    };
    const ownerReferences = [await owner('one'), await owner('two')];
    await story.create(CONFIG_MAPS, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'shared', namespace: 'shop', ownerReferences },
    });
    await story.seconds(5);
    await story.api.delete(CONFIG_MAPS, { namespace: 'shop', name: 'one' });
    await story.seconds(5);
    expect((await story.get(CONFIG_MAPS, 'shared')).metadata.ownerReferences?.map(({ name }) => name)).toEqual(['two']);
    await story.api.delete(CONFIG_MAPS, { namespace: 'shop', name: 'two' });
    await story.seconds(5);
    await expect(story.get(CONFIG_MAPS, 'shared')).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('a namespace', () => {
  it('has a default service account, and is emptied when it is deleted', async () => {
    await using story = await Story.begin();
    await story.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'trial' } });
    await story.create(DEPLOYMENTS, { ...demo('apps/v1', 'Deployment'), metadata: { name: 'demo', namespace: 'trial' } });
    await story.seconds(5);
    expect(story.cluster.core.object('serviceaccounts', 'default', 'trial')).toBeDefined();
    await story.api.delete(NAMESPACES, { name: 'trial' });
    await story.seconds(10);
    await expect(story.get(NAMESPACES, 'trial')).rejects.toMatchObject({ code: 'not-found' });
    for (const collection of ['pods', 'deployments.apps', 'replicasets.apps', 'events', 'serviceaccounts'])
      expect([...story.cluster.core.objects(collection, 'trial')]).toEqual([]);
    expect((await story.api.list(PODS)).items.length).toBeGreaterThan(0);
  });
});
