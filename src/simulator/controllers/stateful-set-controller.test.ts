import { describe, expect, it } from 'vitest';
import { CONTROLLER_REVISIONS, PODS, STATEFUL_SETS, VOLUME_CLAIMS } from '../objects/kinds.ts';
import type { StatefulSet } from '../objects/types.ts';
import { demo, Story } from '../testing/story.ts';

const statefulSet = (spec = {}) => demo('apps/v1', 'StatefulSet', { replicas: 4, serviceName: 'demo', ...spec });
const status = async (story: Story) => (await story.get<StatefulSet>(STATEFUL_SETS, 'demo')).status ?? {};
const byName = async (story: Story) =>
  Object.fromEntries((await story.pods('demo')).map(({ metadata, spec }) => [metadata.name, spec.containers[0]?.image]));
const partition = (value: number) => ({ op: 'add', path: '/spec/updateStrategy/rollingUpdate/partition', value }) as const;

describe('a StatefulSet', () => {
  it('starts its pods one after the other', async () => {
    await using story = await Story.begin();
    await story.create(STATEFUL_SETS, statefulSet());
    await story.seconds(0.5);
    expect(Object.keys(await byName(story))).toEqual(['demo-0']);
    await story.seconds(15);
    expect(Object.keys(await byName(story))).toEqual(['demo-0', 'demo-1', 'demo-2', 'demo-3']);
    expect(await status(story)).toMatchObject({ replicas: 4, readyReplicas: 4, currentReplicas: 4, updatedReplicas: 4 });
  });

  it('starts all at once if told to', async () => {
    await using story = await Story.begin();
    await story.create(STATEFUL_SETS, statefulSet({ podManagementPolicy: 'Parallel' }));
    await story.seconds(1);
    expect(await story.pods('demo')).toHaveLength(4);
  });

  it('updates from the highest ordinal down to the partition', async () => {
    await using story = await Story.begin();
    await story.create(STATEFUL_SETS, statefulSet());
    await story.seconds(15);
    await story.setImage(STATEFUL_SETS, 'demo', 'demo:v2', partition(2));
    await story.seconds(20);
    expect(await byName(story)).toEqual({ 'demo-0': 'demo:v1', 'demo-1': 'demo:v1', 'demo-2': 'demo:v2', 'demo-3': 'demo:v2' });
    const { currentRevision, updateRevision, currentReplicas, updatedReplicas } = await status(story);
    expect([currentReplicas, updatedReplicas]).toEqual([2, 2]);
    expect(currentRevision).not.toBe(updateRevision);
  });

  it('brings a pod below the partition back as it was', async () => {
    await using story = await Story.begin();
    await story.create(STATEFUL_SETS, statefulSet());
    await story.seconds(15);
    await story.setImage(STATEFUL_SETS, 'demo', 'demo:v2', partition(2));
    await story.seconds(20);
    await story.api.delete(PODS, { namespace: 'shop', name: 'demo-1' });
    await story.seconds(10);
    expect((await byName(story))['demo-1']).toBe('demo:v1');
  });

  it('says that it arrived when every pod is at the new revision', async () => {
    await using story = await Story.begin();
    await story.create(STATEFUL_SETS, statefulSet());
    await story.seconds(15);
    await story.setImage(STATEFUL_SETS, 'demo', 'demo:v2');
    await story.seconds(40);
    const { currentRevision, updateRevision, updatedReplicas } = await status(story);
    expect(currentRevision).toBe(updateRevision);
    expect(updatedReplicas).toBe(4);
  });

  // As on a real control plane: the way out is to delete the broken pod.
  it('stays stuck on a broken pod although its template was reverted, until that pod is deleted', async () => {
    await using story = await Story.begin();
    await story.create(STATEFUL_SETS, statefulSet());
    await story.seconds(15);
    await story.setImage(STATEFUL_SETS, 'demo', 'demo:v2-missing');
    await story.seconds(20);
    await story.setImage(STATEFUL_SETS, 'demo', 'demo:v1');
    await story.seconds(120);
    expect((await byName(story))['demo-3']).toBe('demo:v2-missing');
    const { currentRevision, updateRevision } = await status(story);
    expect(currentRevision).toBe(updateRevision);
    await story.api.delete(PODS, { namespace: 'shop', name: 'demo-3' });
    await story.seconds(10);
    expect(await story.images('demo')).toBe('demo:v1=4');
    expect(await story.readyPods('demo')).toHaveLength(4);
  });

  it('waits for nobody under OnDelete', async () => {
    await using story = await Story.begin();
    await story.create(STATEFUL_SETS, statefulSet({ updateStrategy: { type: 'OnDelete' } }));
    await story.seconds(15);
    await story.setImage(STATEFUL_SETS, 'demo', 'demo:v2');
    await story.seconds(20);
    expect(await story.images('demo')).toBe('demo:v1=4');
    await story.api.delete(PODS, { namespace: 'shop', name: 'demo-2' });
    await story.seconds(10);
    expect((await byName(story))['demo-2']).toBe('demo:v2');
  });

  it('takes the highest pods away first and leaves their claims', async () => {
    await using story = await Story.begin();
    const claim = { metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } };
    await story.create(STATEFUL_SETS, statefulSet({ volumeClaimTemplates: [claim] }));
    await story.seconds(15);
    await story.merge(STATEFUL_SETS, 'demo', { spec: { replicas: 2 } });
    await story.seconds(10);
    expect(Object.keys(await byName(story))).toEqual(['demo-0', 'demo-1']);
    const { items } = await story.api.list(VOLUME_CLAIMS, { namespace: 'shop', labelSelector: 'app=demo' });
    expect(items.map(({ metadata, status: claimStatus }) => [metadata.name, claimStatus?.['phase']])).toEqual([
      ['data-demo-0', 'Bound'],
      ['data-demo-1', 'Bound'],
      ['data-demo-2', 'Bound'],
      ['data-demo-3', 'Bound'],
    ]);
  });

  it('keeps one revision for each template, and renumbers one that returns', async () => {
    await using story = await Story.begin();
    await story.create(STATEFUL_SETS, statefulSet({ replicas: 1 }));
    await story.seconds(5);
    for (const image of ['demo:v2', 'demo:v1']) {
      await story.setImage(STATEFUL_SETS, 'demo', image);
      await story.seconds(10);
    }
    const { items } = await story.api.list(CONTROLLER_REVISIONS, { namespace: 'shop', labelSelector: 'app=demo' });
    expect(items.map((revision) => revision['revision']).sort()).toEqual([2, 3]);
  });
});
