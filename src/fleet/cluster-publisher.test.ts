import { beforeEach, expect, it } from 'vitest';
import { aClusterRecord } from '../../test/support/a-cluster.ts';
import type { ClusterRecord, ClusterSync } from '../model/cluster.ts';
import { VirtualClock } from '../runtime/virtual-clock.ts';
import { ClusterPublisher } from './cluster-publisher.ts';

let clock: VirtualClock;
let wanted: ClusterRecord;
let published: ClusterRecord[];
let reviewInMs: number | undefined;
let publisher: ClusterPublisher;

const want = (sync: Partial<ClusterSync>) => {
  wanted = aClusterRecord('dev', sync);
};

beforeEach(() => {
  clock = new VirtualClock();
  published = [aClusterRecord('dev', { lastEventAt: 0 })];
  reviewInMs = undefined;
  publisher = new ClusterPublisher({
    ...{ clock, countsEveryMs: 5_000 },
    published: () => published.at(-1),
    assess: () => ({ record: wanted, ...(reviewInMs !== undefined && { reviewInMs }) }),
    publish: (record) => published.push(record),
  });
});

it('publishes a difference in kind at the end of the turn, once', async () => {
  want({ state: 'STALE' });
  for (let at = 0; at < 5; at += 1) publisher.soon();
  expect(published).toHaveLength(1);
  await clock.settle();
  expect(published.map(({ sync }) => sync.state)).toEqual(['LIVE', 'STALE']);
});

it('publishes counts and times every 5 s at most, and the last of them', async () => {
  for (let at = 1; at <= 200; at += 1) {
    want({ lastEventAt: at });
    publisher.later();
    if (at % 3 === 0) publisher.soon();
    await clock.advanceBy(100);
  }
  await clock.advanceBy(5_000);
  expect(published.length).toBeGreaterThanOrEqual(5);
  expect(published.length).toBeLessThanOrEqual(7);
  expect(published.at(-1)?.sync.lastEventAt).toBe(200);
  expect(clock.pendingTimers).toBe(0);
});

it('does not let counts delay a difference in kind', async () => {
  want({ lastEventAt: 1 });
  publisher.later();
  await clock.advanceBy(1);
  want({ lastEventAt: 2, state: 'UNREACHABLE' });
  publisher.soon();
  await clock.settle();
  expect(published.at(-1)?.sync.state).toBe('UNREACHABLE');
});

it('looks again when it is told that something may become true', async () => {
  want({});
  reviewInMs = 1_500;
  publisher.soon();
  await clock.settle();
  want({ state: 'STALE' });
  reviewInMs = undefined;
  await clock.advanceBy(1_499);
  expect(published.at(-1)?.sync.state).toBe('LIVE');
  await clock.advanceBy(1);
  expect(published.at(-1)?.sync.state).toBe('STALE');
});

it('R33 publishes nothing after the end', async () => {
  want({ state: 'STALE' });
  publisher.later();
  publisher.soon();
  publisher.close();
  await clock.advanceBy(60_000);
  expect(published).toHaveLength(1);
  expect(clock.pendingTimers).toBe(0);
});
