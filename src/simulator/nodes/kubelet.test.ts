import { describe, expect, it } from 'vitest';
import { conditionOf } from '../objects/conditions.ts';
import { DEPLOYMENTS, EVENTS, PODS } from '../objects/kinds.ts';
import type { ContainerStatus, Pod } from '../objects/types.ts';
import { demo, Story } from '../testing/story.ts';

const one = (image: string) => demo('apps/v1', 'Deployment', { replicas: 1 }, image);

async function begin(image: string): Promise<Story> {
  const story = await Story.begin();
  await story.create(DEPLOYMENTS, one(image));
  return story;
}

async function pod(story: Story): Promise<Pod> {
  const [found] = await story.pods('demo');
  if (found === undefined) throw new Error('no pod');
  return found;
}

async function container(story: Story): Promise<ContainerStatus | undefined> {
  return (await pod(story)).status?.containerStatuses?.[0];
}

async function reasons(story: Story): Promise<string[]> {
  const { items } = await story.api.list(EVENTS, {
    namespace: 'shop',
    fieldSelector: `involvedObject.uid=${(await pod(story)).metadata.uid}`,
  });
  return items.map((event) => String(event['reason']));
}

describe('a pod on its node', () => {
  it('starts within a few seconds', async () => {
    await using story = await begin('demo:v1');
    await story.seconds(4);
    const { status, spec } = await pod(story);
    expect(status).toMatchObject({ phase: 'Running', qosClass: 'BestEffort' });
    expect(status?.podIP).toMatch(/^10\./);
    expect(spec.nodeName).toBeDefined();
    expect(await container(story)).toMatchObject({ ready: true, restartCount: 0, image: 'demo:v1', imageID: 'sim://demo:v1' });
  });

  it('gets ready after some five seconds with a slow image', async () => {
    await using story = await begin('demo:slow');
    await story.seconds(4);
    expect(await container(story)).toMatchObject({ ready: false, started: true });
    await story.seconds(4);
    expect(await container(story)).toMatchObject({ ready: true });
  });

  it('runs and never gets ready with a broken one', async () => {
    await using story = await begin('demo:broken');
    await story.seconds(300);
    expect((await pod(story)).status?.phase).toBe('Running');
    expect(await container(story)).toMatchObject({ ready: false, restartCount: 0 });
    expect(await reasons(story)).toContain('Unhealthy');
  });

  it('crashes again and again, ever more slowly', async () => {
    await using story = await begin('demo:v2-crash');
    await story.seconds(15);
    expect(await container(story)).toMatchObject({
      ready: false,
      restartCount: 1,
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: { terminated: { exitCode: 1, reason: 'Error' } },
    });
    expect((await pod(story)).status?.phase).toBe('Running');
    const counts: number[] = [];
    for (let step = 0; step < 4; step += 1) {
      await story.seconds(300);
      counts.push((await container(story))?.restartCount ?? 0);
    }
    expect(counts[0]).toBeGreaterThanOrEqual(4);
    expect((counts[3] ?? 0) - (counts[2] ?? 0)).toBe(1);
    expect(await reasons(story)).toContain('BackOff');
  });

  it('waits for an image that is missing', async () => {
    await using story = await begin('demo:missing');
    const seen = new Set<string>();
    for (let second = 0; second < 20; second += 1) {
      await story.seconds(1);
      seen.add((await container(story))?.state.waiting?.reason ?? '');
    }
    expect([...seen]).toEqual(expect.arrayContaining(['ErrImagePull', 'ImagePullBackOff']));
    expect((await pod(story)).status?.phase).toBe('Pending');
    expect(await container(story)).toMatchObject({ imageID: '', restartCount: 0 });
  });

  it('follows an image that is changed in place', async () => {
    await using story = await begin('demo:v1');
    await story.seconds(4);
    const { metadata } = await pod(story);
    await story.api.patch(
      PODS,
      { namespace: 'shop', name: metadata.name },
      { type: 'json', operations: [{ op: 'replace', path: '/spec/containers/0/image', value: 'demo:v2' }] },
    );
    await story.seconds(4);
    expect((await pod(story)).metadata.uid).toBe(metadata.uid);
    expect(await container(story)).toMatchObject({ ready: true, restartCount: 1, image: 'demo:v2', imageID: 'sim://demo:v2' });
  });

  it('is not ready while a readiness gate is closed', async () => {
    await using story = await Story.begin();
    const template = {
      metadata: { labels: { app: 'demo' } },
      spec: { containers: [{ name: 'app', image: 'demo:v1' }], readinessGates: [{ conditionType: 'example.com/open' }] },
    };
    await story.create(DEPLOYMENTS, demo('apps/v1', 'Deployment', { replicas: 1, template }));
    await story.seconds(5);
    expect(conditionOf((await pod(story)).status?.conditions, 'Ready')).toMatchObject({
      status: 'False',
      reason: 'ReadinessGatesNotReady',
    });
    const { metadata, status } = await pod(story);
    const conditions = [...(status?.conditions ?? []), { type: 'example.com/open', status: 'True' }];
    await story.api.patch(
      PODS,
      { namespace: 'shop', name: metadata.name },
      { type: 'merge', body: { status: { conditions } } },
      { subresource: 'status' },
    );
    await story.seconds(2);
    expect(conditionOf((await pod(story)).status?.conditions, 'Ready')).toMatchObject({ status: 'True' });
  });

  it('restarts at once when it is killed for memory, and remembers why', async () => {
    await using story = await begin('demo:v1');
    await story.seconds(4);
    story.cluster.killContainer(await pod(story), 'OOMKilled');
    await story.seconds(4);
    expect(await container(story)).toMatchObject({
      ready: true,
      restartCount: 1,
      lastState: { terminated: { reason: 'OOMKilled', exitCode: 137 } },
    });
  });

  it('terminates for a while before it is gone', async () => {
    await using story = await begin('demo:v1');
    await story.seconds(4);
    const { metadata } = await pod(story);
    await story.api.delete(PODS, { namespace: 'shop', name: metadata.name });
    expect((await story.pods('demo'))[0]?.metadata.deletionTimestamp).toBeDefined();
    await story.seconds(5);
    expect((await story.pods('demo')).map(({ metadata: { uid } }) => uid)).not.toContain(metadata.uid);
    expect(await story.readyPods('demo')).toHaveLength(1);
  });
});

describe('a fault of one image', () => {
  it('makes its pods unready until it is taken back', async () => {
    await using story = await begin('demo:v1');
    await story.seconds(4);
    story.fleet.faults.holdUnready(story.cluster.name, 'demo:v1');
    await story.seconds(2);
    expect(await container(story)).toMatchObject({ ready: false });
    story.fleet.faults.holdUnready(story.cluster.name, 'demo:v1', false);
    await story.seconds(3);
    expect(await container(story)).toMatchObject({ ready: true });
  });

  it('may be of new pods alone: those that are there stay ready', async () => {
    await using story = await begin('demo:v1');
    await story.seconds(4);
    story.fleet.faults.holdNewUnready(story.cluster.name, 'demo:v1', story.clock.now());
    await story.seconds(4);
    expect(await container(story)).toMatchObject({ ready: true });
    const { metadata } = await pod(story);
    await story.api.delete(PODS, { namespace: 'shop', name: metadata.name });
    await story.seconds(10);
    expect(await container(story)).toMatchObject({ ready: false, state: { running: {} } });
  });
});
