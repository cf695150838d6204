import { describe, expect, it } from 'vitest';
import { conditionOf } from '../objects/conditions.ts';
import { DEPLOYMENTS, NODES } from '../objects/kinds.ts';
import type { Node, Pod, PodSpec } from '../objects/types.ts';
import { demo, Story } from '../testing/story.ts';
import { type NodeLoad, schedulePod } from './scheduler.ts';

function node(name: string, spec: Node['spec'] = {}, labels: Record<string, string> = {}): Node {
  return { apiVersion: 'v1', kind: 'Node', metadata: { name, labels }, spec, status: { allocatable: { pods: '10' } } };
}

const load = (of: Node, pods = 0, siblings = 0): NodeLoad => ({ node: of, pods, siblings });

function pod(spec: Partial<PodSpec> = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'shop' },
    spec: { containers: [{ name: 'app', image: 'demo:v1' }], ...spec },
  };
}

/** The node chosen, or the message of the refusal. */
function outcome(of: Pod, nodes: readonly NodeLoad[]): string {
  const { actions } = schedulePod({ pod: of, nodes, now: 0 });
  const bound = actions.find((action) => action.do === 'bind');
  const told = actions.find((action) => action.do === 'record');
  return bound?.nodeName ?? told?.event.message ?? '';
}

describe('the scheduler', () => {
  const cordoned = node('cordoned', { unschedulable: true });
  const tainted = node('tainted', { taints: [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }] });
  const plain = node('plain', {}, { zone: 'a' });

  it.each([
    { name: 'prefers the node with the fewest siblings', pod: pod(), nodes: [load(node('a'), 1, 1), load(node('b'), 5, 0)], expected: 'b' },
    { name: 'then the one with the fewest pods', pod: pod(), nodes: [load(node('a'), 5), load(node('b'), 2)], expected: 'b' },
    {
      name: 'leaves cordoned and tainted nodes out',
      pod: pod(),
      nodes: [load(cordoned), load(tainted), load(plain, 9)],
      expected: 'plain',
    },
    {
      name: 'uses a tainted node for who tolerates it',
      pod: pod({ tolerations: [{ key: 'gpu', operator: 'Exists' }] }),
      nodes: [load(tainted), load(plain, 9)],
      expected: 'tainted',
    },
    {
      name: 'obeys a node selector',
      pod: pod({ nodeSelector: { zone: 'a' } }),
      nodes: [load(node('b')), load(plain, 9)],
      expected: 'plain',
    },
  ])('$name', ({ pod: of, nodes, expected }) => {
    expect(outcome(of, nodes)).toBe(expected);
  });

  it('counts the reasons why no node fits', () => {
    const message = outcome(pod(), [load(cordoned), load(tainted), load(plain, 10)]);
    expect(message).toContain(
      '0/3 nodes are available: 1 Too many pods, 1 node(s) had untolerated taint {gpu: yes}, 1 node(s) were unschedulable.',
    );
  });

  it('tries again when a node makes room', async () => {
    await using story = await Story.begin();
    await story.create(
      DEPLOYMENTS,
      demo('apps/v1', 'Deployment', {
        replicas: 1,
        template: {
          metadata: { labels: { app: 'demo' } },
          spec: { nodeSelector: { disk: 'fast' }, containers: [{ name: 'app', image: 'demo:v1' }] },
        },
      }),
    );
    await story.seconds(5);
    const [waiting] = await story.pods('demo');
    expect(conditionOf(waiting?.status?.conditions, 'PodScheduled')).toMatchObject({ status: 'False', reason: 'Unschedulable' });
    const [first] = (await story.api.list(NODES)).items;
    await story.merge(NODES, first?.metadata.name ?? '', { metadata: { labels: { disk: 'fast' } } });
    await story.seconds(5);
    expect(await story.readyPods('demo')).toHaveLength(1);
  });
});
