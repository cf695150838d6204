import { describe, expect, it } from 'vitest';
import { POD_ROWS, StreamReader, StreamWorld } from '../../test/support/stream-world.ts';
import type { PodRecord } from '../model/pod-record.ts';
import { openObjectStream } from './object-stream.ts';
import { ResumeTokens } from './resume-token.ts';
import type { ObjectStreamOptions } from './stream-options.ts';
import { storedRows } from './stream-source.ts';

function open(world: StreamWorld, options: Partial<ObjectStreamOptions<PodRecord>> = {}, before?: StreamReader<PodRecord>) {
  const stream = openObjectStream<PodRecord>({
    ...world.shared,
    source: POD_ROWS,
    access: world.access,
    clustersInScope: () => world.store.clusters().map(({ record }) => record.name),
    matches: () => true,
    binding: 'podChanges',
    ...options,
  });
  return new StreamReader(world.clock, stream, before);
}

const types = (reader: StreamReader<PodRecord>) => reader.last?.changes.map(({ type, identity }) => `${type} ${identity.uid}`);

describe('the life of a stream', () => {
  it('shows what is there in pages, says SYNCED once, then what changes', async () => {
    const world = new StreamWorld(['c1', 'c2']);
    world.burst('c1', 700, 'Running');
    world.put({ cluster: 'c2', uid: 'p1' });
    const reader = await open(world).drain();
    expect(reader.phases).toEqual(['SNAPSHOT', 'SNAPSHOT', 'SYNCED']);
    expect(reader.messages.map((message) => message.changes.length)).toEqual([500, 201, 0]);
    expect(reader.last).toMatchObject({ staleClusters: [], conflated: 0 });
    expect(reader.token).toBeTypeOf('string');
    world.put({ cluster: 'c2', uid: 'p2' }, { cluster: 'c2', uid: 'p1', status: 'Error' });
    await reader.drain();
    expect(types(reader)).toEqual(['ADDED p2', 'MODIFIED p1']);
    world.remove('c2', 'p1');
    await reader.drain();
    expect(types(reader)).toEqual(['REMOVED p1']);
  });

  it('says SYNCED alone when there is nothing', async () => {
    const reader = await open(new StreamWorld(['c1'])).drain();
    expect(reader.phases).toEqual(['SYNCED']);
  });

  it('gathers the commits of 20 ms into one message, an object in its latest state', async () => {
    const world = new StreamWorld(['c1']);
    const reader = await open(world).drain();
    const pulled = reader.pull(1_000);
    for (const status of ['Pending', 'ContainerCreating', 'Running']) world.put({ cluster: 'c1', uid: 'p', status });
    world.put({ cluster: 'c1', uid: 'gone' });
    world.remove('c1', 'gone');
    await pulled;
    expect(reader.last?.changes.map(({ record }) => record?.status)).toEqual(['Running']);
    expect(reader.last?.conflated).toBe(0);
  });

  it('waits for clusters that are arriving, but not for ever, and lists those it gave up on', async () => {
    const world = new StreamWorld(['c1', 'c2', 'c3']);
    world.sync('c1', 'SYNCING');
    world.sync('c2', 'UNREACHABLE');
    world.put({ cluster: 'c2', uid: 'old' });
    const reader = open(world);
    await reader.pull(5_000);
    expect(reader.phases).toEqual(['SNAPSHOT']);
    await reader.pull(8_000);
    expect(reader.phases).toEqual(['SNAPSHOT']);
    await reader.pull(3_000);
    expect(reader.last).toMatchObject({ phase: 'SYNCED', staleClusters: ['c1', 'c2'] });
    world.put({ cluster: 'c1', uid: 'late' });
    await reader.drain();
    expect(types(reader)).toEqual(['ADDED late']);
    world.sync('c1', 'LIVE');
    await reader.drain();
    expect(reader.last).toMatchObject({ phase: 'FRESHNESS', staleClusters: ['c2'] });
  });

  it('does not wait once the arriving cluster is in', async () => {
    const world = new StreamWorld(['c1']);
    world.sync('c1', 'SYNCING');
    const reader = open(world);
    await reader.pull(500);
    world.put({ cluster: 'c1', uid: 'p' });
    world.sync('c1', 'LIVE');
    await reader.drain(500);
    expect(reader.phases).toEqual(['SNAPSHOT', 'SYNCED']);
  });

  it('tells the changes of a cluster that recovered before it calls it live', async () => {
    const world = new StreamWorld(['c1']);
    world.sync('c1', 'STALE');
    const reader = await open(world).drain();
    world.sync('c1', 'LIVE');
    world.burst('c1', 1_200, 'Running');
    await reader.drain();
    expect(reader.phases.at(-1)).toBe('FRESHNESS');
    expect(reader.rows.size).toBe(1_200);
  });

  it('without a snapshot says SYNCED at once and names a row when it first changes', async () => {
    const world = new StreamWorld(['c1']);
    world.put({ cluster: 'c1', uid: 'p1' }, { cluster: 'c1', uid: 'p2' }, { cluster: 'c1', uid: 'p3' });
    const reader = await open(world, { snapshot: false }).drain();
    expect(reader.phases).toEqual(['SYNCED']);
    world.put({ cluster: 'c1', uid: 'p1', status: 'Error' });
    await reader.drain();
    expect(types(reader)).toEqual(['ADDED p1']);
    world.put({ cluster: 'c1', uid: 'p1', status: 'Running' });
    await reader.drain();
    expect(types(reader)).toEqual(['MODIFIED p1']);
    world.remove('c1', 'p2');
    await reader.drain();
    expect(types(reader)).toEqual(['REMOVED p2']);
  });

  it('adds and removes what enters and leaves the filter', async () => {
    const world = new StreamWorld(['c1']);
    world.put({ cluster: 'c1', uid: 'p1' }, { cluster: 'c1', uid: 'p2', status: 'Error' });
    const reader = await open(world, { matches: (pod) => pod.status === 'Error' }).drain();
    expect([...reader.rows.keys()]).toEqual(['c1/pods/p2']);
    world.put({ cluster: 'c1', uid: 'p1', status: 'Error' }, { cluster: 'c1', uid: 'p2', status: 'Running' });
    await reader.drain();
    expect(types(reader)).toEqual(['ADDED p1', 'REMOVED p2']);
  });

  it('keeps a removal and an addition of the same name apart', async () => {
    const world = new StreamWorld(['c1']);
    world.put({ cluster: 'c1', uid: 'u1', name: 'web-0' });
    const reader = await open(world).drain();
    world.remove('c1', 'u1');
    world.put({ cluster: 'c1', uid: 'u2', name: 'web-0' });
    await reader.drain();
    expect(types(reader)).toEqual(['REMOVED u1', 'ADDED u2']);
  });

  it('follows clusters that come into scope and leave it', async () => {
    const world = new StreamWorld(['c1', 'c2']);
    world.put({ cluster: 'c1', uid: 'p1' }, { cluster: 'c2', uid: 'p2' });
    let scope = ['c1'];
    const reader = await open(world, { clustersInScope: () => scope }).drain();
    scope = ['c2'];
    await reader.drain();
    expect([...reader.rows.keys()]).toEqual(['c2/pods/p2']);
    world.put({ cluster: 'c1', uid: 'p3' });
    await reader.drain();
    expect(reader.rows.size).toBe(1);
    world.store.removeCluster('c2');
    await reader.drain();
    expect(reader.rows.size).toBe(0);
  });

  it('hands out a token at most once a second with changes', async () => {
    const world = new StreamWorld(['c1']);
    const reader = await open(world).drain();
    const tokens: boolean[] = [];
    for (let turn = 0; turn < 8; turn += 1) {
      world.put({ cluster: 'c1', uid: 'p', status: String(turn) });
      tokens.push((await reader.pull(250))?.resumeToken !== undefined);
      await world.clock.advanceBy(250);
    }
    expect(tokens.filter(Boolean).length).toBeLessThanOrEqual(3);
    expect(tokens.filter(Boolean).length).toBeGreaterThanOrEqual(2);
  });

  it('ends with CLOSING and a last token when the process goes', async () => {
    const world = new StreamWorld(['c1']);
    const closing = new AbortController();
    const reader = await open(world, { closing: closing.signal }).drain();
    const pulled = reader.pull(100);
    closing.abort();
    await pulled;
    expect(reader.last).toMatchObject({ phase: 'CLOSING', changes: [] });
    expect(reader.last?.resumeToken).toBeTypeOf('string');
    await reader.pull();
    expect(reader.done).toBe(true);
  });

  it('leaves nothing behind when the reader goes, even while it waits', async () => {
    const world = new StreamWorld(['c1']);
    const reader = await open(world).drain();
    void reader.pull(10);
    await world.clock.settle();
    await reader.close();
    expect(world.clock.pendingTimers).toBe(0);
    const gone = new AbortController();
    const other = await open(world, { signal: gone.signal }).drain();
    gone.abort();
    await other.pull();
    expect(other.done).toBe(true);
    expect(world.clock.pendingTimers).toBe(0);
  });
});

describe('rights', () => {
  it('are the last step: nothing hidden is sent, revoked rows are removed, granted ones added', async () => {
    const world = new StreamWorld(['c1']);
    world.put({ cluster: 'c1', uid: 'p1', namespace: 'a' }, { cluster: 'c1', uid: 'p2', namespace: 'b' });
    world.access.allow('c1', ['a']);
    const reader = await open(world).drain();
    expect([...reader.rows.keys()]).toEqual(['c1/pods/p1']);
    world.put({ cluster: 'c1', uid: 'p2', namespace: 'b', status: 'Error' });
    expect(await reader.pull()).toBeUndefined();
    world.access.allow('c1', ['b']);
    await reader.drain();
    expect(types(reader)?.sort()).toEqual(['ADDED p2', 'REMOVED p1']);
    world.access.allow('c1', undefined);
    await reader.drain();
    expect([...reader.rows.keys()].sort()).toEqual(['c1/pods/p1', 'c1/pods/p2']);
  });

  it('are asked again within seconds without word of a change', async () => {
    const world = new StreamWorld(['c1', 'c2']);
    world.put({ cluster: 'c1', uid: 'p1' });
    const reader = await open(world).drain();
    world.access.rights.set('c1', []);
    await reader.drain(10_000);
    expect(reader.rows.size).toBe(0);
  });

  it('end the stream when nothing is left to see', async () => {
    const world = new StreamWorld(['c1']);
    const reader = await open(world).drain();
    world.access.allow('c1', []);
    await reader.pull();
    expect(reader.error).toMatchObject({ code: 'FORBIDDEN' });
    const other = await open(world).drain();
    expect(other.error).toMatchObject({ code: 'FORBIDDEN' });
    expect(other.phases).toEqual([]);
  });

  it('of a namespace that is empty now keep the stream open', async () => {
    const world = new StreamWorld(['c1']);
    world.namespace('c1', 'shop');
    world.put({ cluster: 'c1', uid: 'p1', namespace: 'other' });
    world.access.allow('c1', ['shop']);
    const reader = await open(world).drain();
    expect(reader.phases).toEqual(['SYNCED']);
    world.put({ cluster: 'c1', uid: 'p2', namespace: 'shop' });
    await reader.drain();
    expect([...reader.rows.keys()]).toEqual(['c1/pods/p2']);
  });

  it('that cannot be asked hide the cluster and leave the stream open', async () => {
    const world = new StreamWorld(['c1']);
    world.put({ cluster: 'c1', uid: 'p1' });
    world.sync('c1', 'UNREACHABLE');
    world.access.unreachable.add('c1');
    const reader = await open(world).drain();
    expect(reader.phases).toEqual(['SYNCED']);
    expect(reader.stale).toEqual(['c1']);
    world.access.unreachable.delete('c1');
    await reader.drain(10_000);
    expect(reader.rows.size).toBe(1);
  });

  it('of one cluster being asked hold back that cluster alone', async () => {
    const world = new StreamWorld(['c1', 'c2']);
    const reader = await open(world).drain();
    let answer = () => {};
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const { access } = world;
    const slowly = access.visibility.bind(access);
    access.visibility = (cluster, ...rest) => (cluster === 'c1' ? answered.then(() => slowly(cluster, ...rest)) : slowly(cluster, ...rest));
    access.epoch += 1;
    world.put({ cluster: 'c1', uid: 'p1' }, { cluster: 'c2', uid: 'p2' });
    await reader.drain();
    expect([...reader.rows.keys()]).toEqual(['c2/pods/p2']);
    answer();
    await reader.drain();
    expect(reader.rows.size).toBe(2);
  });
});

describe('a slow reader', () => {
  it('gets the latest state and the number of updates merged away', async () => {
    const world = new StreamWorld(['c1']);
    world.put({ cluster: 'c1', uid: 'p' });
    const idle = await open(world).drain();
    await idle.pull(50);
    for (let turn = 0; turn < 10; turn += 1) world.put({ cluster: 'c1', uid: 'p', status: String(turn) });
    await idle.drain();
    expect(idle.last?.conflated).toBe(0);
    const away = open(world);
    while (away.last?.phase !== 'SYNCED') await away.pull();
    for (let turn = 0; turn < 10; turn += 1) {
      world.put({ cluster: 'c1', uid: 'p', status: `later ${turn}` });
      await world.clock.advanceBy(100);
    }
    await away.pull();
    expect(away.last).toMatchObject({ conflated: 9, changes: [{ type: 'MODIFIED', record: { status: 'later 9' } }] });
  });

  it('gets RESYNC for the cluster that overflowed, and no other reader notices', async () => {
    const world = new StreamWorld(['c1', 'c2']);
    world.burst('c1', 20, 'Running');
    world.put({ cluster: 'c2', uid: 'p' });
    const slow = open(world, { limits: { maxPending: 10 } });
    while (slow.last?.phase !== 'SYNCED') await slow.pull();
    const quick = await open(world, { limits: { maxPending: 10 } }).drain();
    world.burst('c1', 20, 'Error');
    world.put({ cluster: 'c2', uid: 'p', status: 'Error' });
    await quick.drain();
    await world.clock.advanceBy(5_000);
    expect(quick.phases).not.toContain('RESYNC');
    await slow.drain();
    expect(slow.messages.find((message) => message.phase === 'RESYNC')).toMatchObject({ resyncClusters: ['c1'] });
    expect(slow.phases.slice(-4)).toEqual(['RESYNC', 'SNAPSHOT', 'SYNCED', 'CHANGES']);
    for (const reader of [slow, quick]) expect([...reader.rows.values()].every((pod) => pod.status === 'Error')).toBe(true);
  });

  it('that throws in its filter ends alone', async () => {
    const world = new StreamWorld(['c1']);
    const bad = await open(world, {
      matches(pod) {
        if (pod.uid === 'boom') throw new Error('filter');
        return true;
      },
    }).drain();
    const good = await open(world).drain();
    world.put({ cluster: 'c1', uid: 'boom' });
    await Promise.all([bad.pull(), good.pull()]);
    expect(bad.error).toMatchObject({ message: 'filter' });
    expect(good.rows.size).toBe(1);
  });
});

describe('resuming', () => {
  async function left(world: StreamWorld, options: Partial<ObjectStreamOptions<PodRecord>> = {}) {
    const reader = await open(world, options).drain();
    await reader.close();
    return reader;
  }
  const resumed = (world: StreamWorld, before: StreamReader<PodRecord>, options: Partial<ObjectStreamOptions<PodRecord>> = {}) =>
    open(world, { ...options, ...(before.token === undefined ? {} : { resume: before.token }) }, before).drain();

  it('tells exactly what was missed, then SYNCED, and no snapshot', async () => {
    const world = new StreamWorld(['c1']);
    world.put({ cluster: 'c1', uid: 'p1' }, { cluster: 'c1', uid: 'p2' }, { cluster: 'c1', uid: 'p3' });
    const before = await left(world);
    world.put({ cluster: 'c1', uid: 'p1', status: 'Error' }, { cluster: 'c1', uid: 'new' }, { cluster: 'c1', uid: 'brief' });
    world.remove('c1', 'p2');
    world.remove('c1', 'brief');
    const reader = await resumed(world, before);
    expect(reader.phases).toEqual(['CHANGES', 'SYNCED']);
    expect(reader.messages[0]?.changes.map(({ type, identity }) => `${type} ${identity.uid}`)).toEqual([
      'MODIFIED p1',
      'ADDED new',
      'REMOVED brief',
      'REMOVED p2',
    ]);
  });

  it('tells a row that came after what it depends on as an addition', async () => {
    const source = storedRows<PodRecord>({
      resources: ['pods'],
      collections: ({ pods }) => [pods],
      dependsOn: ['nodes'],
      dependents: (change, { pods }) => ('event' in change || change.resource !== 'nodes' ? [] : pods.onNode('n1')),
    });
    const options = { source, fingerprint: (pod: PodRecord) => pod.resourceVersion };
    const world = new StreamWorld(['c1']);
    world.put({ cluster: 'c1', uid: 'p1', nodeName: 'n1' });
    const before = await left(world, options);
    world.node('c1', 'n1', true);
    world.put({ cluster: 'c1', uid: 'new', nodeName: 'n1' });
    const reader = await resumed(world, before, options);
    expect(reader.messages[0]?.changes.map(({ type, identity }) => `${type} ${identity.uid}`)).toEqual(['MODIFIED p1', 'ADDED new']);
  });

  it('says only SYNCED when nothing was missed', async () => {
    const world = new StreamWorld(['c1']);
    world.put({ cluster: 'c1', uid: 'p1' });
    const reader = await resumed(world, await left(world));
    expect(reader.phases).toEqual(['SYNCED']);
  });

  it('starts over with RESYNC when the log no longer covers the token', async () => {
    const world = new StreamWorld(['c1', 'c2'], { maxAgeMs: 60_000 });
    world.put({ cluster: 'c1', uid: 'p1' }, { cluster: 'c2', uid: 'p2' });
    const before = await left(world);
    world.remove('c1', 'p1');
    await world.clock.advanceBy(120_000);
    world.put({ cluster: 'c1', uid: 'p3' });
    const reader = await resumed(world, before, { snapshot: false });
    expect(reader.phases).toEqual(['RESYNC', 'SNAPSHOT', 'SYNCED']);
    expect(reader.messages[0]?.resyncClusters).toEqual(['c1']);
    expect([...reader.rows.keys()].sort()).toEqual(['c1/pods/p3', 'c2/pods/p2']);
  });

  it('starts over for the cluster of an explicit gap', async () => {
    const world = new StreamWorld(['c1', 'c2']);
    const before = await left(world);
    world.log.gap('c2');
    const reader = await resumed(world, before);
    expect(reader.messages[0]).toMatchObject({ phase: 'RESYNC', resyncClusters: ['c2'] });
  });

  it.each([
    ['another process', () => new ResumeTokens({ processId: 'two', key: Buffer.alloc(32, 1) })],
    ['another process with another key', () => new ResumeTokens({ processId: 'two' })],
  ])('starts over with everything for a token of %s', async (_, tokens) => {
    const world = new StreamWorld(['c1']);
    world.put({ cluster: 'c1', uid: 'p1' });
    const before = await left(world);
    world.remove('c1', 'p1');
    world.tokens = tokens();
    const reader = await resumed(world, before);
    expect(reader.phases).toEqual(['RESYNC', 'SYNCED']);
    expect(reader.messages[0]).not.toHaveProperty('resyncClusters');
    expect(reader.rows.size).toBe(0);
  });

  it('refuses a token of another filter and text that is none', async () => {
    const world = new StreamWorld(['c1']);
    const { token = '' } = await left(world);
    expect(() => open(world, { resume: token, binding: 'other' })).toThrow(
      expect.objectContaining({ code: 'BAD_RESUME_TOKEN', message: expect.stringContaining('filter') }),
    );
    for (const resume of ['', 'x', 'not base64!', `${token.slice(0, -4)}AAAA`, token.slice(0, 20)]) {
      expect(() => open(world, { resume }), resume).toThrow(expect.objectContaining({ code: 'BAD_RESUME_TOKEN' }));
    }
  });

  it('starts over for a cluster in which rights changed, and tells nothing of what was hidden', async () => {
    const world = new StreamWorld(['c1']);
    world.put({ cluster: 'c1', uid: 'p1', namespace: 'a' }, { cluster: 'c1', uid: 'p2', namespace: 'b' });
    const before = await left(world);
    world.access.allow('c1', ['b']);
    const reader = await resumed(world, before);
    expect(reader.phases).toEqual(['RESYNC', 'SNAPSHOT', 'SYNCED']);
    expect([...reader.rows.keys()]).toEqual(['c1/pods/p2']);
  });

  it('drops the rows of clusters that left meanwhile', async () => {
    const world = new StreamWorld(['c1', 'c2']);
    world.put({ cluster: 'c1', uid: 'p1' }, { cluster: 'c2', uid: 'p2' });
    const before = await left(world);
    world.store.removeCluster('c2');
    const reader = await resumed(world, before);
    expect(reader.messages[0]).toMatchObject({ phase: 'RESYNC', resyncClusters: ['c2'] });
    expect([...reader.rows.keys()]).toEqual(['c1/pods/p1']);
  });

  it('takes back rows that a passing right gave after the last token', async () => {
    const world = new StreamWorld(['c1']);
    world.put({ cluster: 'c1', uid: 'p1', namespace: 'a' }, { cluster: 'c1', uid: 'p2', namespace: 'b' });
    world.access.allow('c1', ['a']);
    const before = open(world);
    while (before.last?.phase !== 'SYNCED') await before.pull();
    world.access.allow('c1', undefined);
    expect((await before.pull(100))?.resumeToken).toBeUndefined();
    expect(before.rows.size).toBe(2);
    await before.close();
    world.access.allow('c1', ['a']);
    const reader = await resumed(world, before);
    expect(reader.phases).toEqual(['RESYNC', 'SNAPSHOT', 'SYNCED']);
    expect([...reader.rows.keys()]).toEqual(['c1/pods/p1']);
  });

  it('takes back rows of a cluster that was in scope in passing', async () => {
    const world = new StreamWorld(['c1', 'c2']);
    world.put({ cluster: 'c2', uid: 'p2' });
    let scope = ['c1'];
    const options = { clustersInScope: () => scope, limits: { tickMs: 10 } };
    const before = open(world, options);
    while (before.last?.phase !== 'SYNCED') await before.pull();
    scope = ['c1', 'c2'];
    await before.pull(100);
    expect(before.rows.size).toBe(1);
    await before.close();
    scope = ['c1'];
    const reader = await resumed(world, before, options);
    expect(reader.messages[0]).toMatchObject({ phase: 'RESYNC', resyncClusters: ['c2'] });
    expect(reader.rows.size).toBe(0);
  });

  it('does not take a part of a cluster for the whole', async () => {
    const world = new StreamWorld(['c1', 'c2']);
    world.burst('c2', 20, 'Running');
    let scope = ['c1'];
    const options = { clustersInScope: () => scope, limits: { pageRows: 5 } };
    const before = open(world, options);
    while (before.last?.phase !== 'SYNCED') await before.pull();
    scope = ['c1', 'c2'];
    await world.clock.advanceBy(1_500);
    expect((await before.pull())?.resumeToken).toBeTypeOf('string');
    expect(before.rows.size).toBe(5);
    await before.close();
    const reader = await resumed(world, before, options);
    expect(reader.rows.size).toBe(20);
  });

  it('tells what was not yet told when the process said CLOSING', async () => {
    const world = new StreamWorld(['c1']);
    const closing = new AbortController();
    const before = await open(world, { closing: closing.signal }).drain();
    world.put({ cluster: 'c1', uid: 'p1' });
    closing.abort();
    await before.drain();
    expect(before.phases).toEqual(['SYNCED', 'CLOSING']);
    const reader = await resumed(world, before);
    expect(reader.rows.size).toBe(1);
  });
});
