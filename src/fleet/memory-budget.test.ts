import { describe, expect, it } from 'vitest';
import { FleetStory } from '../../test/support/a-fleet.ts';
import { aPod } from '../../test/support/a-pod.ts';
import { minutes, seconds } from '../../test/support/an-object.ts';
import { ScriptedApiServer } from '../../test/support/scripted-api-server.ts';
import { EVENTS, NODES, PODS } from '../../test/support/served-kinds.ts';
import { OverBudget } from '../informer/memory-gate.ts';
import { VirtualClock } from '../runtime/virtual-clock.ts';
import { MemoryBudget } from './memory-budget.ts';

const nobody = () => {};

describe('R34 the memory budget', () => {
  it('R34 of 50 MB admits clusters until one does not fit, and says what is missing', () => {
    const budget = new MemoryBudget(50e6);
    let admitted = 0;
    const admitNext = () => budget.admit(`c-${admitted}`, 'pods', 10_000, nobody);
    while (admitted < 4) {
      admitNext();
      admitted += 1;
    }
    expect(admitNext).toThrow(new OverBudget('10000 pods need about 12 MB of memory; 2 MB of 50 MB are free'));
    expect(budget.usedBytes).toBe(48e6);
    budget.release('c-0');
    admitNext();
  });

  it('R34 gives up kinds in the stated order when what was admitted grows, of the largest cluster first', () => {
    const budget = new MemoryBudget(10e6);
    const given: string[] = [];
    const admit = (cluster: string, resource: string, objects: number) =>
      budget.admit(cluster, resource, objects, () => given.push(`${cluster} ${resource}`));
    admit('a', 'pods', 3_000);
    admit('a', 'events', 500);
    admit('b', 'events', 900);
    admit('b', 'replicasets.apps', 1_000);
    admit('b', 'nodes', 100);
    const grow = (objects: number) => budget.grow('a', 'pods', objects, () => given.push('a pods'));
    grow(7_500);
    expect(given).toEqual(['b events', 'a events', 'b replicasets.apps']);
    grow(9_000);
    expect(given).toEqual(['b events', 'a events', 'b replicasets.apps', 'a pods']);
    expect(budget.usedBytes).toBe(400_000);
  });

  it('R34 counts what began with nothing, or came from disk', () => {
    const budget = new MemoryBudget(10e6);
    const given: number[] = [];
    budget.admit('a', 'pods', 0, nobody);
    budget.grow('a', 'pods', 8_000, () => given.push(8_000));
    expect(budget.usedBytes).toBe(9_600_000);
    expect(() => budget.admit('b', 'pods', 1_000, nobody)).toThrow(OverBudget);
    budget.grow('a', 'pods', 9_000, () => given.push(9_000));
    expect(given).toEqual([9_000]);
    expect(budget.usedBytes).toBe(0);
  });

  const clusterWith = (clock: VirtualClock, pods: number) => {
    const server = new ScriptedApiServer(clock, [NODES, PODS, EVENTS]);
    for (let at = 0; at < pods; at += 1) {
      const pod = aPod(`p-${at}`).object();
      server.put(PODS, { ...pod, metadata: { ...pod.metadata, uid: `uid-${at}` } });
    }
    return server;
  };

  it('R34 R35 a cluster that does not fit is refused with a reason and without a single object; it is taken when there is room', async () => {
    const clock = new VirtualClock();
    const servers = { big: clusterWith(clock, 40), small: clusterWith(clock, 10) };
    servers.big.systemUid = 'other';
    await using story = new FleetStory(clock, servers, { memoryBytes: 30_000, reflector: { pageSize: 5 } });
    await story.until('LIVE', 'small');
    await clock.advanceBy(seconds(10));
    expect(story.sync('big')).toMatchObject({ state: 'SYNCING', reason: 'MemoryBudget' });
    expect(story.sync('big').message).toContain('40 pods');
    expect([story.pods('big').length, story.pods('small').length]).toEqual([0, 10]);
    for (let at = 0; at < 30; at += 1) servers.big.remove(PODS, `p-${at}`, 'shop');
    await story.until('LIVE', 'big', minutes(10));
    expect(story.pods('big')).toHaveLength(10);
  });

  it('R34 a kind that has outgrown the budget is given up as removals, and says so', async () => {
    const clock = new VirtualClock();
    const server = clusterWith(clock, 10);
    await using story = new FleetStory(clock, { dev: server }, { memoryBytes: 30_000 });
    await story.until('LIVE');
    for (let at = 0; at < 30; at += 1) {
      const pod = aPod(`q-${at}`).object();
      server.put(PODS, { ...pod, metadata: { ...pod.metadata, uid: `uid-q-${at}` } });
    }
    await clock.advanceBy(seconds(20));
    expect(story.pods()).toEqual([]);
    expect(story.sync()).toMatchObject({ state: 'SYNCING', reason: 'MemoryBudget' });
  });
});
