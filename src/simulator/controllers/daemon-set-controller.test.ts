import { describe, expect, it } from 'vitest';
import { DAEMON_SETS, NODES, PODS } from '../objects/kinds.ts';
import type { DaemonSet } from '../objects/types.ts';
import { demo, Story } from '../testing/story.ts';

const daemonSet = (spec = {}) => demo('apps/v1', 'DaemonSet', spec);
const status = async (story: Story) => (await story.get<DaemonSet>(DAEMON_SETS, 'demo')).status ?? {};
const nodesOf = async (story: Story) => (await story.pods('demo')).map(({ spec }) => spec.nodeName).sort();
const allNodes = async (story: Story) => (await story.api.list(NODES)).items.map(({ metadata }) => metadata.name).sort();

describe('a DaemonSet', () => {
  it('runs one pod on every node', async () => {
    await using story = await Story.begin({ pods: 240 });
    await story.create(DAEMON_SETS, daemonSet());
    await story.seconds(5);
    expect(await nodesOf(story)).toEqual(await allNodes(story));
    expect(await status(story)).toMatchObject({
      desiredNumberScheduled: 10,
      numberReady: 10,
      numberAvailable: 10,
      updatedNumberScheduled: 10,
    });
  });

  it('follows a new node, and stays on one that is cordoned', async () => {
    await using story = await Story.begin({ pods: 240 });
    await story.create(DAEMON_SETS, daemonSet());
    await story.seconds(5);
    const [first = ''] = await allNodes(story);
    await story.merge(NODES, first, { spec: { unschedulable: true } });
    await story.create(NODES, { apiVersion: 'v1', kind: 'Node', metadata: { name: 'newcomer' } });
    await story.seconds(5);
    expect(await nodesOf(story)).toEqual(await allNodes(story));
  });

  it('rolls within maxUnavailable', async () => {
    await using story = await Story.begin({ pods: 240 });
    await story.create(DAEMON_SETS, daemonSet({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 3 } } }));
    await story.seconds(5);
    let most = 0;
    story.cluster.core.onChange(({ collection, object }) => {
      if (collection === 'daemonsets.apps' && object.metadata.name === 'demo')
        most = Math.max(most, (object as DaemonSet).status?.numberUnavailable ?? 0);
    });
    await story.setImage(DAEMON_SETS, 'demo', 'demo:v2');
    await story.seconds(40);
    expect(await story.images('demo')).toBe('demo:v2=10');
    expect(most).toBe(3);
  });

  it('stops at a bad image after as many nodes as may be unavailable', async () => {
    await using story = await Story.begin({ pods: 240 });
    await story.create(DAEMON_SETS, daemonSet({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 2 } } }));
    await story.seconds(5);
    await story.setImage(DAEMON_SETS, 'demo', 'demo:v2-crash');
    await story.seconds(120);
    expect(await story.images('demo')).toBe('demo:v1=8 demo:v2-crash=2');
  });

  it('brings the new pod first if it may surge', async () => {
    await using story = await Story.begin({ pods: 240 });
    await story.create(
      DAEMON_SETS,
      daemonSet({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 2 } } }),
    );
    await story.seconds(5);
    await story.setImage(DAEMON_SETS, 'demo', 'demo:v2');
    let least = 10;
    for (let second = 0; second < 40; second += 1) {
      await story.seconds(1);
      least = Math.min(least, new Set((await story.readyPods('demo')).map(({ spec }) => spec.nodeName)).size);
    }
    expect(await story.images('demo')).toBe('demo:v2=10');
    expect(least).toBe(10);
  });

  // As on a real control plane: the count of updated pods is left out while it is 0.
  it('keeps old pods under OnDelete; one that is deleted returns with the new template', async () => {
    await using story = await Story.begin({ pods: 240 });
    await story.create(DAEMON_SETS, daemonSet({ updateStrategy: { type: 'OnDelete' } }));
    await story.seconds(5);
    await story.setImage(DAEMON_SETS, 'demo', 'demo:v2');
    await story.seconds(20);
    expect(await story.images('demo')).toBe('demo:v1=10');
    expect(await status(story)).toMatchObject({ observedGeneration: 2 });
    expect((await status(story)).updatedNumberScheduled).toBeUndefined();
    const [pod] = await story.pods('demo');
    await story.api.delete(PODS, { namespace: 'shop', name: pod?.metadata.name ?? '' });
    await story.seconds(10);
    expect(await story.images('demo')).toBe('demo:v1=9 demo:v2=1');
  });
});
