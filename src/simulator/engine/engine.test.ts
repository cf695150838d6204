import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../model/kube-object.ts';
import { VirtualClock } from '../../runtime/virtual-clock.ts';
import { CONFIG_MAPS, EVENTS } from '../objects/kinds.ts';
import { Story } from '../testing/story.ts';
import { Collection } from './collection.ts';
import { DelayQueue } from './delay-queue.ts';
import { WorkQueue } from './work-queue.ts';

describe('a delay queue', () => {
  it('wakes in order of time on a single timer', async () => {
    const clock = new VirtualClock();
    using queue = new DelayQueue(clock);
    const woken: string[] = [];
    for (const [name, ms] of [
      ['c', 300],
      ['a', 100],
      ['b', 200],
      ['d', 400],
    ] as const)
      queue.add(name, ms, () => woken.push(name));
    expect(clock.pendingTimers).toBe(1);
    await clock.advanceBy(250);
    expect(woken).toEqual(['a', 'b']);
    await clock.advanceBy(250);
    expect(woken).toEqual(['a', 'b', 'c', 'd']);
  });

  it('keeps only the soonest of several wake-ups for one name', async () => {
    const clock = new VirtualClock();
    using queue = new DelayQueue(clock);
    const woken: number[] = [];
    for (const ms of [300, 100, 200]) queue.add('one', ms, () => woken.push(ms));
    await clock.advanceBy(1_000);
    expect(woken).toEqual([100]);
  });

  it('survives a delay that no timer can count', () => {
    const clock = new VirtualClock();
    using queue = new DelayQueue(clock);
    queue.add('far', 2_147_483_646_000, () => {});
    expect(clock.pendingTimers).toBe(1);
  });
});

describe('a work queue', () => {
  it('holds each key once, in the order of first mention', () => {
    const queue = new WorkQueue();
    for (const key of ['b', 'a', 'b', 'c']) queue.add(key);
    expect([queue.take(), queue.take(), queue.take(), queue.take()]).toEqual(['b', 'a', 'c', undefined]);
  });
});

describe('a collection', () => {
  const object = (resourceVersion: string, uid = 'u1'): KubeObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'one', namespace: 'shop', uid, resourceVersion },
  });

  it('never goes back in time', () => {
    const collection = new Collection(CONFIG_MAPS);
    collection.apply(object('10'));
    collection.apply(object('9'));
    expect(collection.get('shop/one')?.metadata.resourceVersion).toBe('10');
  });

  it('does not bring back what we deleted when an older event comes in', () => {
    const collection = new Collection(CONFIG_MAPS);
    collection.apply(object('10'));
    collection.expectGone(object('10'));
    collection.apply(object('11'));
    expect(collection.size).toBe(0);
    collection.remove(object('12'));
    collection.apply(object('13', 'u2'));
    expect(collection.get('shop/one')?.metadata.uid).toBe('u2');
  });

  it('forgets what a fresh list no longer shows', () => {
    const collection = new Collection(CONFIG_MAPS);
    const told: string[] = [];
    collection.onChange((next, previous) => told.push(`${previous?.metadata.uid ?? '-'} ${next?.metadata.uid ?? '-'}`));
    collection.apply(object('10'));
    collection.replaceAll([object('20', 'u2')]);
    expect(told).toEqual(['- u1', 'u1 u2']);
  });
});

describe('events', () => {
  it('are counted when the same is said again, and go after an hour', async () => {
    await using story = await Story.begin();
    const eventsOf = async (reason: string) => (await story.api.list(EVENTS)).items.filter((event) => event['reason'] === reason);
    const pod = [...story.cluster.pods()].find(({ metadata }) => metadata.namespace === 'shop');
    if (pod === undefined) throw new Error('no pod in the shop');
    story.cluster.killContainer(pod, 'Error');
    await story.seconds(5);
    const [started] = await eventsOf('Started');
    expect(started?.['count']).toBe(1);
    await story.seconds(3_700);
    expect(await eventsOf('Started')).toEqual([]);
    expect((await eventsOf('BackOff'))[0]?.['count']).toBeGreaterThan(1);
  });
});

describe('a controller', () => {
  it('goes on after its watches were cut and its history was forgotten', async () => {
    await using story = await Story.begin();
    story.fleet.faults.cutWatches(story.cluster.name);
    await story.seconds(1);
    story.fleet.faults.compact(story.cluster.name);
    await story.seconds(1);
    const [pod] = [...story.cluster.pods()].filter(({ metadata }) => metadata.labels?.['app'] === 'cart');
    await story.api.delete(
      { group: '', version: 'v1', resource: 'pods', kind: 'Pod', namespaced: true },
      { namespace: 'shop', name: pod?.metadata.name ?? '' },
    );
    const wanted = (await story.pods('cart')).length;
    await story.seconds(10);
    expect(await story.readyPods('cart')).toHaveLength(wanted);
  });
});
