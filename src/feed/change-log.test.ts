import { describe, expect, it } from 'vitest';
import { aPod, StreamWorld } from '../../test/support/stream-world.ts';
import type { ResourcePosition } from '../store/commit.ts';
import type { ChangeLog, LogEntry } from './change-log.ts';
import { NO_POSITIONS } from './position.ts';

const uids = (changes: ReturnType<ChangeLog['missedSince']>) =>
  changes?.map((change) => ('event' in change ? change.event.uid : (change.after ?? change.before)?.uid));

describe('the change log', () => {
  it('tells what came after a position, oldest first, of the kinds that are asked for', () => {
    const world = new StreamWorld(['c1', 'c2']);
    world.put({ cluster: 'c1', uid: 'p1' });
    const then = world.log.positions('c1');
    world.put({ cluster: 'c1', uid: 'p2' }, { cluster: 'c2', uid: 'other' });
    world.node('c1', 'n1', true);
    world.remove('c1', 'p1');
    expect(uids(world.log.missedSince('c1', then, ['pods']))).toEqual(['p2', 'p1']);
    expect(uids(world.log.missedSince('c1', then, ['pods', 'nodes']))).toEqual(['p2', 'n1', 'p1']);
    expect(uids(world.log.missedSince('c1', world.log.positions('c1'), ['pods', 'nodes']))).toEqual([]);
    expect(uids(world.log.missedSince('c1', NO_POSITIONS, ['pods']))).toEqual(['p1', 'p2', 'p1']);
  });

  it("stands where the server's own versions say", () => {
    const world = new StreamWorld(['c1']);
    world.put({ cluster: 'c1', uid: 'p1' });
    world.remove('c1', 'p1');
    expect(world.log.positions('c1').get('pods')).toEqual({ version: '102', commits: 2 });
    expect(world.log.positions('c1').get('nodes')).toBeUndefined();
  });

  it('keeps so many changes of each cluster, and a noisy one forgets only its own', () => {
    const world = new StreamWorld(['c1', 'c2'], { maxChangesPerCluster: 10 });
    world.put({ cluster: 'c2', uid: 'quiet' });
    const early = [world.log.positions('c1'), world.log.positions('c2')] as const;
    for (let index = 0; index < 30; index += 1) world.put({ cluster: 'c1', uid: `p${index}` });
    expect(world.log.size).toBe(11);
    expect(world.log.missedSince('c1', early[0], ['pods'])).toBeUndefined();
    expect(world.log.missedSince('c1', early[0], ['nodes'])).toEqual([]);
    expect(world.log.missedSince('c2', early[1], ['pods'])).toEqual([]);
  });

  it('keeps none of a commit that is larger than all it may keep', () => {
    const world = new StreamWorld(['c1'], { maxChangesPerCluster: 10 });
    world.burst('c1', 50, 'Running');
    expect(world.log.size).toBe(0);
    expect(world.log.missedSince('c1', NO_POSITIONS, ['pods'])).toBeUndefined();
    expect(world.log.missedSince('c1', world.log.positions('c1'), ['pods'])).toEqual([]);
  });

  it('keeps so many of all clusters together, from the one with most first', () => {
    const world = new StreamWorld(['c1', 'c2'], { maxChanges: 10 });
    world.burst('c1', 6, 'Running');
    for (let index = 0; index < 5; index += 1) world.put({ cluster: 'c2', uid: `p${index}` });
    expect(world.log.size).toBe(5);
    expect(world.log.missedSince('c2', NO_POSITIONS, ['pods'])).toHaveLength(5);
  });

  it('forgets by age', async () => {
    const world = new StreamWorld(['c1'], { maxAgeMs: 60_000 });
    world.put({ cluster: 'c1', uid: 'p1' });
    const then = world.log.positions('c1');
    world.put({ cluster: 'c1', uid: 'p2' });
    await world.clock.advanceBy(60_001);
    expect(world.log.missedSince('c1', then, ['pods'])).toBeUndefined();
    expect(world.log.missedSince('c1', world.log.positions('c1'), ['pods'])).toEqual([]);
    expect(world.log.size).toBe(0);
  });

  it('covers nothing from before an explicit gap, of whatever kind', () => {
    const world = new StreamWorld(['c1']);
    world.put({ cluster: 'c1', uid: 'p1' });
    const then = world.log.positions('c1');
    world.log.gap('c1');
    expect(world.log.missedSince('c1', then, ['pods'])).toBeUndefined();
    expect(world.log.missedSince('c1', then, ['nodes'])).toBeUndefined();
    const now = world.log.positions('c1');
    world.put({ cluster: 'c1', uid: 'p2' });
    expect(uids(world.log.missedSince('c1', now, ['pods']))).toEqual(['p2']);
  });

  it('keeps nothing of a first list, and covers nothing from before its end', () => {
    const world = new StreamWorld(['c1']);
    const listed = (uid: string, positions: readonly ResourcePosition[]) =>
      world.log.append({
        ...{ revision: 1, cluster: 'c1', clusterChanged: false, positions },
        changes: [{ resource: 'pods', after: aPod({ cluster: 'c1', uid }) }],
      });
    const from = world.log.positions('c1');
    listed('p1', []);
    const halfway = world.log.positions('c1');
    listed('p2', []);
    const complete = world.log.positions('c1');
    expect(world.log.size).toBe(0);
    listed('p3', [{ resource: 'pods', resourceVersion: '10', epoch: 0 }]);
    world.node('c1', 'n1', true);
    expect(world.log.size).toBe(2);
    expect(world.log.missedSince('c1', from, ['pods'])).toBeUndefined();
    expect(world.log.missedSince('c1', halfway, ['pods'])).toBeUndefined();
    expect(uids(world.log.missedSince('c1', complete, ['pods']))).toEqual(['p3']);
    expect(uids(world.log.missedSince('c1', from, ['nodes']))).toEqual(['n1']);
  });

  it('covers nothing from before a first list, also when older commits of other kinds leave it later', () => {
    const world = new StreamWorld(['c1'], { maxChangesPerCluster: 2 });
    const from = world.log.positions('c1');
    world.node('c1', 'n1', true);
    world.log.append({
      ...{ revision: 2, cluster: 'c1', clusterChanged: false, positions: [] },
      changes: [{ resource: 'pods', after: aPod({ cluster: 'c1', uid: 'p1' }) }],
    });
    for (const name of ['n2', 'n3', 'n4']) world.node('c1', name, true);
    expect(world.log.missedSince('c1', from, ['pods'])).toBeUndefined();
    expect(world.log.missedSince('c1', world.log.positions('c1'), ['pods'])).toEqual([]);
  });

  it('does not know positions that it never had', () => {
    const { log } = new StreamWorld(['c1']);
    expect(log.missedSince('c1', new Map([['pods', { version: '1', commits: 7 }]]), ['pods'])).toBeUndefined();
    expect(log.missedSince('nowhere', NO_POSITIONS, ['pods'])).toEqual([]);
  });

  it('tells every listener each commit after it can be asked about, and lets go of one that throws', () => {
    const world = new StreamWorld(['c1']);
    const heard: LogEntry[] = [];
    let bad = 0;
    world.log.follow(() => {
      bad += 1;
      throw new Error('no');
    });
    const listening = world.log.follow((entry) => {
      expect(world.log.positions('c1')).not.toBe(entry.before);
      heard.push(entry);
    });
    world.put({ cluster: 'c1', uid: 'p1' });
    world.put({ cluster: 'c1', uid: 'p2' });
    listening[Symbol.dispose]();
    world.put({ cluster: 'c1', uid: 'p3' });
    expect(heard.map((entry) => entry.commit.changes.length)).toEqual([1, 1]);
    expect(bad).toBe(1);
  });
});
