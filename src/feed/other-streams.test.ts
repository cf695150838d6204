import { describe, expect, it } from 'vitest';
import { POD_ROWS, StreamReader, StreamWorld } from '../../test/support/stream-world.ts';
import type { EventRecord } from '../model/event-record.ts';
import type { PodRecord } from '../model/pod-record.ts';
import type { ClusterRow } from './cluster-rows.ts';
import { type ClusterStreamOptions, openClusterStream } from './cluster-stream.ts';
import { EVENT_ROWS } from './event-rows.ts';
import { openObjectStream } from './object-stream.ts';
import type { StreamMessage } from './stream-message.ts';

const told = <R>(message: StreamMessage<R> | undefined) => message?.changes.map(({ type, identity }) => `${type} ${identity.uid}`);

describe('a stream of clusters', () => {
  function open(world: StreamWorld, options: Partial<ClusterStreamOptions> = {}, before?: StreamReader<ClusterRow>) {
    const stream = openClusterStream({ ...world.shared, access: world.access, matches: () => true, binding: 'clusterChanges', ...options });
    return new StreamReader(world.clock, stream, before);
  }

  it('shows every cluster, live or not, without waiting for any', async () => {
    const world = new StreamWorld(['c1', 'c2']);
    world.sync('c2', 'CONNECTING');
    const reader = await open(world).drain(500);
    expect(reader.phases).toEqual(['SNAPSHOT', 'SYNCED']);
    expect([...reader.rows.keys()]).toEqual(['c1/clusters/c1', 'c2/clusters/c2']);
    expect(reader.stale).toEqual(['c2']);
  });

  it('tells a change of state at once, and counts at most every five seconds', async () => {
    const world = new StreamWorld(['c1']);
    const reader = await open(world).drain(500);
    const started = reader.messages.length;
    for (let turn = 0; turn < 100; turn += 1) {
      world.put({ cluster: 'c1', uid: `p${turn}` });
      await reader.pull(100);
    }
    const counts = reader.messages.length - started;
    expect(counts).toBeGreaterThanOrEqual(1);
    expect(counts).toBeLessThanOrEqual(3);
    await reader.drain(6_000);
    world.sync('c1', 'STALE');
    const news = [await reader.pull(150), await reader.pull(150)];
    expect(news.map((message) => message?.phase).sort()).toEqual(['CHANGES', 'FRESHNESS']);
    expect(reader.stale).toEqual(['c1']);
  });

  it('adds and removes clusters that come, leave, or become visible', async () => {
    const world = new StreamWorld(['c1', 'c2']);
    const reader = await open(world).drain(500);
    world.store.removeCluster('c2');
    await reader.drain(500);
    expect(told(reader.last)).toEqual(['REMOVED c2']);
    world.register('c3');
    await reader.drain(500);
    expect(told(reader.last)).toEqual(['ADDED c3']);
    world.access.allow('c3', []);
    await reader.drain(2_000);
    expect([...reader.rows.keys()]).toEqual(['c1/clusters/c1']);
  });

  it('never names a hidden cluster, not even as stale', async () => {
    const world = new StreamWorld(['c1', 'c2']);
    world.sync('c2', 'UNREACHABLE');
    world.access.allow('c2', []);
    const reader = await open(world).drain(500);
    expect(JSON.stringify(reader.messages)).not.toContain('c2');
  });

  it('resumes with the present state of what is there and the removal of what is gone', async () => {
    const world = new StreamWorld(['c1', 'c2']);
    const before = await open(world).drain(500);
    await before.close();
    world.store.removeCluster('c2');
    world.register('c3');
    const resume = before.token ?? '';
    const reader = await open(world, { resume }, before).drain(500);
    expect([new Set(reader.phases), reader.phases.at(-1)]).toEqual([new Set(['CHANGES', 'SYNCED']), 'SYNCED']);
    expect([...reader.rows.keys()].sort()).toEqual(['c1/clusters/c1', 'c3/clusters/c3']);
  });
});

describe('a stream of events', () => {
  function open(world: StreamWorld, before?: StreamReader<EventRecord>) {
    const stream = openObjectStream<EventRecord>({
      ...world.shared,
      ...{ source: EVENT_ROWS, access: world.access, matches: (event: EventRecord) => event.type === 'Warning', binding: 'eventChanges' },
      clustersInScope: () => ['c1'],
      ...(before?.token === undefined ? {} : { resume: before.token }),
    });
    return new StreamReader(world.clock, stream, before);
  }

  it('adds them, counts them up, and removes none when the store forgets', async () => {
    const world = new StreamWorld(['c1']);
    world.event('c1', 'e1', 1);
    const reader = await open(world).drain();
    expect(told(reader.messages[0])).toEqual(['ADDED e1']);
    world.event('c1', 'e1', 2);
    world.event('c1', 'e2', 1);
    await reader.drain();
    expect(told(reader.last)).toEqual(['MODIFIED e1', 'ADDED e2']);
    await world.clock.advanceBy(2 * 3_600_000);
    world.event('c1', 'e3', 1);
    await reader.drain(10_000);
    expect(reader.messages.flatMap((message) => told(message) ?? []).filter((one) => one.startsWith('REMOVED'))).toEqual([]);
  });

  it('removes them with the right to see them', async () => {
    const world = new StreamWorld(['c1']);
    world.event('c1', 'e1', 1, 'a');
    world.event('c1', 'e2', 1, 'b');
    const reader = await open(world).drain();
    world.access.allow('c1', ['b']);
    await reader.drain();
    expect([...reader.rows.keys()]).toEqual(['c1/events/e2']);
  });

  it('resumes with those that were missed', async () => {
    const world = new StreamWorld(['c1']);
    world.event('c1', 'e1', 1);
    const before = await open(world).drain();
    await before.close();
    world.event('c1', 'e2', 1);
    const reader = await open(world, before).drain();
    expect(reader.phases).toEqual(['CHANGES', 'SYNCED']);
    expect(told(reader.messages[0])).toEqual(['ADDED e2']);
  });
});

describe('what a reader may not see', () => {
  it('changes nothing in what is sent, when it is sent, and in its tokens', async () => {
    const stories = await Promise.all(
      [false, true].map(async (hidden) => {
        const world = new StreamWorld(['c1']);
        world.access.allow('c1', ['a']);
        world.put({ cluster: 'c1', uid: 'p1', namespace: 'a' });
        if (hidden) world.put({ cluster: 'c1', uid: 'secret', namespace: 'b', version: '1' });
        const stream = openObjectStream<PodRecord>({
          ...world.shared,
          ...{ source: POD_ROWS, access: world.access, clustersInScope: () => ['c1'], matches: () => true, binding: 'b' },
        });
        const reader = await new StreamReader(world.clock, stream).drain();
        const heard: unknown[] = [];
        for (let turn = 0; turn < 10; turn += 1) {
          if (hidden) world.put({ cluster: 'c1', uid: 'secret', namespace: 'b', status: String(turn) });
          if (turn % 3 === 0) world.put({ cluster: 'c1', uid: 'p1', namespace: 'a', status: String(turn) });
          const message = await reader.pull(500);
          heard.push([
            world.clock.monotonic(),
            message?.changes.map(({ type, identity, record }) => [type, identity, record?.status]),
            message?.conflated,
            message?.resumeToken?.length,
          ]);
        }
        return { heard, phases: reader.phases };
      }),
    );
    expect(stories[1]).toEqual(stories[0]);
  });
});
