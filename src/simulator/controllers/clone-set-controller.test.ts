import { describe, expect, it } from 'vitest';
import { conditionOf } from '../objects/conditions.ts';
import { CLONE_SETS, PODS } from '../objects/kinds.ts';
import { isReady } from '../objects/pod-facts.ts';
import type { CloneSet } from '../objects/types.ts';
import { demo, Story } from '../testing/story.ts';

const cloneSet = (updateStrategy: object = {}, spec = {}) =>
  demo('apps.kruise.io/v1alpha1', 'CloneSet', { replicas: 10, updateStrategy, ...spec });
const status = async (story: Story) => (await story.get<CloneSet>(CLONE_SETS, 'demo')).status ?? {};
const partition = (value: number | string) => ({ op: 'add', path: '/spec/updateStrategy/partition', value }) as const;

describe('a CloneSet', () => {
  it('moves as many pods as its partition leaves', async () => {
    await using story = await Story.begin();
    await story.create(CLONE_SETS, cloneSet());
    await story.seconds(5);
    await story.setImage(CLONE_SETS, 'demo', 'demo:v2', partition('75%'));
    await story.seconds(20);
    expect(await story.images('demo')).toBe('demo:v1=8 demo:v2=2');
    expect(await status(story)).toMatchObject({
      updatedReplicas: 2,
      updatedReadyReplicas: 2,
      updatedAvailableReplicas: 2,
      expectedUpdatedReplicas: 2,
      replicas: 10,
    });
    await story.merge(CLONE_SETS, 'demo', { spec: { updateStrategy: { partition: 0 } } });
    await story.seconds(30);
    expect(await story.images('demo')).toBe('demo:v2=10');
    const { currentRevision, updateRevision } = await status(story);
    expect(currentRevision).toBe(updateRevision);
  });

  it('brings deleted pods back at their own revision while old ones may stay', async () => {
    await using story = await Story.begin();
    await story.create(CLONE_SETS, cloneSet());
    await story.seconds(5);
    await story.setImage(CLONE_SETS, 'demo', 'demo:v2', partition(6));
    await story.seconds(20);
    for (const image of ['demo:v1', 'demo:v2']) {
      const pod = (await story.pods('demo')).find(({ spec }) => spec.containers[0]?.image === image);
      await story.api.delete(PODS, { namespace: 'shop', name: pod?.metadata.name ?? '' });
      await story.seconds(10);
      expect(await story.images('demo')).toBe('demo:v1=6 demo:v2=4');
    }
  });

  it('lets a bad revision take no more than its budget, and goes back', async () => {
    await using story = await Story.begin();
    await story.create(CLONE_SETS, cloneSet({ maxUnavailable: 2 }));
    await story.seconds(5);
    await story.setImage(CLONE_SETS, 'demo', 'demo:v2-crash');
    await story.seconds(60);
    expect(await story.images('demo')).toBe('demo:v1=8 demo:v2-crash=2');
    expect(await story.readyPods('demo')).toHaveLength(8);
    await story.setImage(CLONE_SETS, 'demo', 'demo:v1');
    await story.seconds(20);
    expect(await story.images('demo')).toBe('demo:v1=10');
  });

  it('stands still while paused', async () => {
    await using story = await Story.begin();
    await story.create(CLONE_SETS, cloneSet({ paused: true }));
    await story.seconds(5);
    await story.setImage(CLONE_SETS, 'demo', 'demo:v2');
    await story.seconds(20);
    expect(await story.images('demo')).toBe('demo:v1=10');
  });

  it('adds pods before it takes any away if it may surge', async () => {
    await using story = await Story.begin();
    await story.create(CLONE_SETS, cloneSet({ maxSurge: 2, maxUnavailable: 0 }));
    await story.seconds(5);
    await story.setImage(CLONE_SETS, 'demo', 'demo:v2');
    let least = 10;
    for (let second = 0; second < 60; second += 1) {
      await story.seconds(1);
      least = Math.min(least, (await story.readyPods('demo')).length);
    }
    expect(await story.images('demo')).toBe('demo:v2=10');
    expect(least).toBe(10);
  });

  it('changes an image in place: same pods, one restart, new image id', async () => {
    await using story = await Story.begin();
    await story.create(CLONE_SETS, cloneSet({ type: 'InPlaceIfPossible' }));
    await story.seconds(5);
    const before = (await story.pods('demo')).map(({ metadata }) => metadata.uid);
    await story.setImage(CLONE_SETS, 'demo', 'demo:v2');
    await story.seconds(40);
    const pods = await story.pods('demo');
    expect(pods.map(({ metadata }) => metadata.uid)).toEqual(before);
    expect(new Set(pods.map(({ status: pod }) => pod?.containerStatuses?.[0]?.imageID))).toEqual(new Set(['sim://demo:v2']));
    expect(pods.every(({ status: pod }) => pod?.containerStatuses?.[0]?.restartCount === 1)).toBe(true);
    expect(pods.every((pod) => isReady(pod) && conditionOf(pod.status?.conditions, 'InPlaceUpdateReady')?.status === 'True')).toBe(true);
    expect(await status(story)).toMatchObject({ updatedReplicas: 10, updatedAvailableReplicas: 10 });
  });

  it('closes the gate before it changes the image, and waits for the grace', async () => {
    await using story = await Story.begin();
    await story.create(
      CLONE_SETS,
      cloneSet({ type: 'InPlaceIfPossible', maxUnavailable: 1, inPlaceUpdateStrategy: { gracePeriodSeconds: 5 } }, { replicas: 1 }),
    );
    await story.seconds(5);
    await story.setImage(CLONE_SETS, 'demo', 'demo:v2');
    await story.seconds(2);
    const [waiting] = await story.pods('demo');
    expect(waiting?.spec.containers[0]?.image).toBe('demo:v1');
    expect(waiting !== undefined && isReady(waiting)).toBe(false);
    await story.seconds(10);
    expect(await story.images('demo')).toBe('demo:v2=1');
    expect(await story.readyPods('demo')).toHaveLength(1);
  });

  it('recreates when more than the image changes', async () => {
    await using story = await Story.begin();
    await story.create(CLONE_SETS, cloneSet({ type: 'InPlaceIfPossible' }, { replicas: 2 }));
    await story.seconds(5);
    const before = new Set((await story.pods('demo')).map(({ metadata }) => metadata.uid));
    await story.setImage(CLONE_SETS, 'demo', 'demo:v2', {
      op: 'add',
      path: '/spec/template/spec/containers/0/env',
      value: [{ name: 'A', value: 'b' }],
    });
    await story.seconds(30);
    const pods = await story.pods('demo');
    expect(pods).toHaveLength(2);
    expect(pods.every(({ metadata }) => !before.has(metadata.uid))).toBe(true);
  });

  it('deletes the pods that are named', async () => {
    await using story = await Story.begin();
    await story.create(CLONE_SETS, cloneSet({}, { replicas: 3 }));
    await story.seconds(5);
    const [chosen] = await story.pods('demo');
    await story.merge(CLONE_SETS, 'demo', { spec: { replicas: 2, scaleStrategy: { podsToDelete: [chosen?.metadata.name ?? ''] } } });
    await story.seconds(10);
    const names = (await story.pods('demo')).map(({ metadata }) => metadata.name);
    expect(names).toHaveLength(2);
    expect(names).not.toContain(chosen?.metadata.name);
  });
});
