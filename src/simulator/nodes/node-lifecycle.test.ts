import { describe, expect, it } from 'vitest';
import { conditionOf } from '../objects/conditions.ts';
import { DAEMON_SETS, DEPLOYMENTS, NODES } from '../objects/kinds.ts';
import { isReady } from '../objects/pod-facts.ts';
import type { Node } from '../objects/types.ts';
import { demo, Story } from '../testing/story.ts';

const ready = async (story: Story, name: string) => conditionOf((await story.get<Node>(NODES, name)).status?.conditions, 'Ready')?.status;

async function withDeployment(): Promise<{ story: Story; nodeName: string }> {
  const story = await Story.begin({ pods: 120 });
  await story.create(DEPLOYMENTS, demo('apps/v1', 'Deployment', { replicas: 10 }));
  await story.seconds(5);
  const [pod] = await story.pods('demo');
  return { story, nodeName: pod?.spec.nodeName ?? '' };
}

const onNode = async (story: Story, nodeName: string) => (await story.pods('demo')).filter(({ spec }) => spec.nodeName === nodeName);

describe('a node that fails', () => {
  it('is Unknown after 40 seconds, tainted, and its pods are not ready', async () => {
    const { story, nodeName } = await withDeployment();
    await using _ = story;
    story.cluster.machines.switchOff(nodeName);
    await story.seconds(39);
    expect(await ready(story, nodeName)).toBe('True');
    await story.seconds(3);
    expect(await ready(story, nodeName)).toBe('Unknown');
    const { spec } = await story.get<Node>(NODES, nodeName);
    expect(spec?.taints?.map(({ key, effect }) => `${key}:${effect}`)).toEqual([
      'node.kubernetes.io/unreachable:NoSchedule',
      'node.kubernetes.io/unreachable:NoExecute',
    ]);
    expect((await onNode(story, nodeName)).filter(isReady)).toEqual([]);
  });

  it('gets its pods back when it returns in time', async () => {
    const { story, nodeName } = await withDeployment();
    await using _ = story;
    const before = (await onNode(story, nodeName)).map(({ metadata }) => metadata.uid);
    story.cluster.machines.switchOff(nodeName);
    await story.seconds(120);
    story.cluster.machines.switchOn(nodeName);
    await story.seconds(3);
    expect(await ready(story, nodeName)).toBe('True');
    expect((await story.get<Node>(NODES, nodeName)).spec?.taints).toBeUndefined();
    expect((await onNode(story, nodeName)).filter(isReady).map(({ metadata }) => metadata.uid)).toEqual(before);
  });

  it('loses its pods after five minutes more; they hang until it returns', async () => {
    const { story, nodeName } = await withDeployment();
    await using _ = story;
    story.cluster.machines.switchOff(nodeName);
    await story.seconds(335);
    expect((await onNode(story, nodeName)).some(({ metadata }) => metadata.deletionTimestamp !== undefined)).toBe(false);
    await story.seconds(20);
    expect((await onNode(story, nodeName)).every(({ metadata }) => metadata.deletionTimestamp !== undefined)).toBe(true);
    expect(await story.readyPods('demo')).toHaveLength(10);
    story.cluster.machines.switchOn(nodeName);
    await story.seconds(5);
    expect((await story.pods('demo')).length).toBe(10);
  });

  it('keeps the pods of a DaemonSet', async () => {
    await using story = await Story.begin({ pods: 120 });
    await story.create(DAEMON_SETS, demo('apps/v1', 'DaemonSet'));
    await story.seconds(5);
    const [pod] = await story.pods('demo');
    const nodeName = pod?.spec.nodeName ?? '';
    story.cluster.machines.switchOff(nodeName);
    await story.seconds(600);
    expect((await onNode(story, nodeName)).map(({ metadata }) => [metadata.uid, metadata.deletionTimestamp])).toEqual([
      [pod?.metadata.uid, undefined],
    ]);
  });

  it('takes its pods with it when it is deleted', async () => {
    const { story, nodeName } = await withDeployment();
    await using _ = story;
    await story.api.delete(NODES, { name: nodeName });
    await story.seconds(10);
    expect(await onNode(story, nodeName)).toEqual([]);
    expect(await story.readyPods('demo')).toHaveLength(10);
  });
});
