import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MirrorSink } from '../../test/support/mirror-sink.ts';
import { type ScriptedAnswer, ScriptedApiServer, type SeenRequest } from '../../test/support/scripted-api-server.ts';
import { ApiError } from '../kube/api-error.ts';
import type { ResourceSyncState } from '../model/cluster.ts';
import type { KubeObject } from '../model/kube-object.ts';
import type { Resource } from '../model/resource.ts';
import { seededRandom } from '../runtime/random.ts';
import { VirtualClock } from '../runtime/virtual-clock.ts';
import { Reflector } from './reflector.ts';
import type { ReflectorTuning } from './reflector-tuning.ts';

const PODS: Resource = { group: '', version: 'v1', resource: 'pods', kind: 'Pod', namespaced: true };

function pod(name: string, uid = `uid-${name}`, note = ''): KubeObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'shop', uid, annotations: { note } } };
}

let clock: VirtualClock;
let server: ScriptedApiServer;
let sink: MirrorSink;
let reflector: Reflector;
let states: ResourceSyncState[];

function start(tuning: Partial<ReflectorTuning> = {}): void {
  states = [];
  reflector = new Reflector({
    ...{ apiServer: server, resource: PODS, sink, clock, random: seededRandom(7), tuning },
    onState: () => states.push(reflector.status.state),
  });
  reflector.start();
}

async function startLive(tuning: Partial<ReflectorTuning> = {}): Promise<void> {
  start(tuning);
  await clock.advanceUntil(() => reflector.status.state === 'LIVE' && server.openWatches === 1, 60_000);
}

const serverContent = () =>
  server
    .objects(PODS)
    .map(({ metadata }) => `${metadata.name}@${metadata.resourceVersion}`)
    .sort();

/** The n-th request of a kind is answered so; all others as the model likes. */
function once(verb: SeenRequest['verb'], answer: ScriptedAnswer, index = 0): void {
  server.script = (request) => (request.verb === verb && request.index === index ? answer : undefined);
}

beforeEach(() => {
  clock = new VirtualClock();
  server = new ScriptedApiServer(clock, [PODS]);
  sink = new MirrorSink();
});

/** I7, after every test: nothing is open, nothing waits. */
afterEach(async () => {
  const diary = sink.diary.length;
  await reflector.stop();
  await clock.settle();
  expect(server.openWatches).toBe(0);
  expect(clock.pendingTimers).toBe(0);
  expect(sink.diary).toHaveLength(diary);
});

describe('list', () => {
  it('R1 reads in pages and takes one at a time', async () => {
    for (let at = 0; at < 2_300; at += 1) server.put(PODS, pod(`p-${at}`));
    start({ eventsPerTurn: 500 });
    for (let turns = 0; turns < 60; turns += 1) await clock.yield();
    await clock.advanceUntil(() => reflector.status.state === 'LIVE', 60_000);
    expect(server.seen('list').map(({ options }) => options.limit)).toEqual([500, 500, 500, 500, 500]);
    expect(sink.largestPage).toBe(500);
    expect(sink.objects.size).toBe(2_300);
    expect(reflector.status).toMatchObject({ state: 'LIVE', hasSynced: true, listed: 2_300, position: '2400' });
  });

  it('R1 takes a page some objects at a time, and few at first, and lets others have their turn in between', async () => {
    for (let at = 0; at < 500; at += 1) server.put(PODS, pod(`p-${at}`));
    start();
    const sizes = new Set<number>();
    for (let turns = 0; turns < 40; turns += 1) {
      await clock.yield();
      sizes.add(sink.objects.size);
    }
    expect([...sizes]).toEqual(expect.arrayContaining([16, 48, 112, 240, 368, 496, 500]));
    expect(sink.largestPage).toBe(128);
  });

  it('R1 asks for the next page while it takes one, and for no more', async () => {
    for (let at = 0; at < 300; at += 1) server.put(PODS, pod(`p-${at}`));
    start({ pageSize: 60 });
    const ahead = new Set<number>();
    for (let turns = 0; turns < 60; turns += 1) {
      await clock.yield();
      ahead.add(server.seen('list').length - Math.floor(sink.objects.size / 60));
    }
    expect(sink.objects.size).toBe(300);
    expect(Math.max(...ahead)).toBe(2);
  });

  it('R1 an object that cannot be kept ends what was asked for ahead', async () => {
    for (let at = 0; at < 10; at += 1) server.put(PODS, pod(`p-${at}`));
    server.put(PODS, { ...pod('p-1'), metadata: { name: 'p-1', namespace: 'shop', uid: '' } });
    server.script = ({ verb, index }) => (verb === 'list' && index === 1 ? 'hang' : undefined);
    start({ pageSize: 5 });
    await clock.settle();
    expect(server.seen('list')[1]?.options.signal?.aborted).toBe(true);
  });

  it('R1 the pages after the first carry nothing but the token', async () => {
    for (let at = 0; at < 7; at += 1) server.put(PODS, pod(`p-${at}`));
    await startLive({ pageSize: 5 });
    expect(server.seen('list')[1]?.options).toMatchObject({ limit: 5, continue: expect.any(String) });
    expect(server.seen('list')[1]?.options).not.toHaveProperty('resourceVersion');
  });

  it('R35 counts relists by reason, and no more reasons than it can keep', async () => {
    await startLive();
    for (let at = 0; at < 30; at += 1) {
      reflector.relist('last-seen', at === 29 ? '__proto__' : `Reason${at}`);
      await clock.advanceUntil(() => reflector.status.relists > at && reflector.status.state === 'LIVE', 60_000);
    }
    const { relistReasons } = reflector.status;
    expect([...relistReasons.keys()]).toHaveLength(17);
    expect(relistReasons.get('Reason0')).toBe(1);
    expect(relistReasons.get('Other')).toBe(14);
  });

  it('R35 tells how far a list has come', async () => {
    for (let at = 0; at < 7; at += 1) server.put(PODS, pod(`p-${at}`));
    once('list', 'hang', 1);
    start({ pageSize: 5 });
    await clock.settle();
    expect(reflector.status).toMatchObject({ state: 'LISTING', hasSynced: false, listed: 5, expected: 7 });
  });

  it('R2 an expired page begins the list again at a new version, and nothing disappears before it is complete', async () => {
    for (let at = 0; at < 25; at += 1) server.put(PODS, pod(`p-${at}`));
    await startLive({ pageSize: 5 });
    server.compact();
    server.put(PODS, pod('missed'));
    server.remove(PODS, 'p-3', 'shop');
    server.compact();
    server.cut(new ApiError('gone', 'too old', { status: 410 }));
    let pages = 0;
    server.script = ({ verb, options }) => {
      if (verb !== 'list' || options.continue === undefined) return undefined;
      pages += 1;
      if (pages !== 2) return undefined;
      server.put(PODS, pod('between'));
      server.remove(PODS, 'p-4', 'shop');
      server.put(PODS, pod('p-0', 'uid-p-0', 'changed'));
      server.compact();
      return undefined;
    };
    const before = sink.diary.length;
    await clock.advanceUntil(() => reflector.status.state === 'LIVE' && sink.content.join() === serverContent().join(), 30_000);
    expect(sink.diary.slice(before).filter((line) => line.startsWith('begin'))).toHaveLength(2);
    expect(sink.diary.slice(before).filter((line) => line.startsWith('finish'))).toHaveLength(1);
    expect(sink.epochs).toBe(0);
  });

  it('R2 a token that expires again and again is met by two restarts, then one list without pages', async () => {
    for (let at = 0; at < 12; at += 1) server.put(PODS, pod(`p-${at}`));
    const expired = new ApiError('gone', 'continue expired', { status: 410, reason: 'Expired' });
    server.script = ({ verb, options }) => (verb === 'list' && options.continue !== undefined ? expired : undefined);
    await startLive({ pageSize: 5 });
    expect(server.fullLists().map(({ options }) => options.limit)).toEqual([5, 5, 5, undefined]);
    expect(sink.objects.size).toBe(12);
    expect(reflector.status.relists).toBe(0);
  });

  it('R3 no object that exists throughout a relist is missing at any page of it', async () => {
    for (let at = 0; at < 30; at += 1) server.put(PODS, pod(`p-${at}`));
    await startLive({ pageSize: 4 });
    let smallest = Number.POSITIVE_INFINITY;
    sink.fault = () => {
      const kept = [...sink.objects.values()].filter(({ metadata }) => metadata.name !== 'p-29');
      smallest = Math.min(smallest, kept.length);
    };
    server.cut();
    server.remove(PODS, 'p-29', 'shop');
    server.compact();
    await clock.advanceUntil(() => sink.objects.size === 29, 30_000);
    expect(smallest).toBe(29);
  });

  it('R4 a relist asks for at least what was seen; after a 410 for whatever there is', async () => {
    await startLive();
    reflector.relist('last-seen', 'Audit');
    await clock.settle();
    expect(server.fullLists().at(-1)?.options).toMatchObject({ resourceVersion: '100', resourceVersionMatch: 'NotOlderThan' });
    server.cut(new ApiError('gone', 'too old', { status: 410 }));
    await clock.settle();
    expect(server.fullLists().at(-1)?.options).not.toHaveProperty('resourceVersion');
    expect(server.fullLists()[0]?.options).not.toHaveProperty('resourceVersion');
  });

  it('R4 a lagging replica does not take us back: the state stays until it catches up', async () => {
    server.put(PODS, pod('a'));
    const replicaVersion = server.currentVersion;
    for (let at = 0; at < 50; at += 1) server.put(PODS, pod('a', 'uid-a', String(at)));
    await startLive();
    const held = sink.content;
    server.ignoresNotOlderThan = true;
    server.lag = server.currentVersion - replicaVersion;
    reflector.relist('last-seen', 'Audit');
    await clock.advanceBy(300_000);
    expect(sink.content).toEqual(held);
    expect(reflector.status).toMatchObject({ state: 'STALE', failure: { reason: 'LaggingReplica' } });
    server.lag = 0;
    await clock.advanceUntil(() => reflector.status.state === 'LIVE', 60_000);
    expect(sink.content).toEqual(held);
    expect(sink.epochs).toBe(0);
  });

  it('R4 I8 a reconnect that ends at a lagging replica is not called live before it has caught up', async () => {
    for (let at = 0; at < 50; at += 1) server.put(PODS, pod('a', 'uid-a', String(at)));
    await startLive();
    server.ignoresNotOlderThan = true;
    server.lag = 30;
    server.cut(new ApiError('unreachable', 'reset'));
    await clock.advanceBy(60_000);
    expect(reflector.status).toMatchObject({ state: 'STALE', failure: { reason: 'LaggingReplica' }, position: '150' });
    server.lag = 0;
    await clock.advanceUntil(() => reflector.status.state === 'LIVE', 31_000);
    expect(server.fullLists()).toHaveLength(1);
  });

  it('R4 a restored backup opens a new epoch: the copy becomes the backup, deletions included', async () => {
    server.put(PODS, pod('old', 'uid-old'));
    const backup = server.backup();
    for (let at = 0; at < 40; at += 1) server.put(PODS, pod('old', 'uid-old', String(at)));
    server.put(PODS, pod('young'));
    await startLive();
    server.restore(backup);
    await clock.advanceUntil(() => sink.content.join() === 'old@101', 60_000);
    expect(sink.epochs).toBe(1);
    server.put(PODS, pod('after'));
    await clock.advanceUntil(() => sink.content.length === 2, 10_000);
    expect(reflector.status).toMatchObject({ state: 'LIVE', position: '102' });
  });

  it('R4 what a list showed before it was cut off counts: a server restored to before that opens an epoch', async () => {
    for (const name of ['a', 'b', 'c']) server.put(PODS, pod(name));
    await startLive({ pageSize: 2 });
    const backup = server.backup();
    server.cut(new ApiError('gone', 'too old', { status: 410, reason: 'Expired' }));
    server.put(PODS, pod('a', 'uid-a', 'new'));
    server.script = ({ verb, options }) =>
      verb === 'list' && options.continue !== undefined ? new ApiError('server-error', 'boom', { status: 500 }) : undefined;
    await clock.advanceUntil(() => sink.content.includes('a@104'), 30_000);
    server.restore(backup);
    server.script = () => undefined;
    await clock.advanceUntil(() => reflector.status.state === 'LIVE' && server.openWatches === 1, 60_000);
    expect(sink.content).toEqual(serverContent());
    expect([sink.epochs, reflector.status.position]).toEqual([1, '103']);
  });

  it('R1 an answer too large for us makes the pages smaller', async () => {
    for (let at = 0; at < 9; at += 1) server.put(PODS, pod(`p-${at}`));
    server.script = ({ verb, options }) =>
      verb === 'list' && (options.limit ?? 999) > 5 ? new ApiError('server-error', 'too large', { reason: 'AnswerTooLarge' }) : undefined;
    await startLive({ pageSize: 16 });
    expect(server.fullLists().map(({ options }) => options.limit)).toEqual([16, 8, 4]);
  });

  it('a server that repeats its continue token does not keep us for ever', async () => {
    server.put(PODS, pod('a'));
    let calls = 0;
    const list = server.list.bind(server);
    server.list = async (resource, options) => {
      calls += 1;
      return calls <= 2 ? { ...(await list(resource, {})), continue: 'same' } : list(resource, options);
    };
    await startLive();
    expect(reflector.status).toMatchObject({ unreadable: 1, lastError: expect.stringContaining('ContinueRepeats') });
  });
});

describe('watch', () => {
  it('follows what happens', async () => {
    await startLive();
    server.put(PODS, pod('a'));
    server.put(PODS, pod('b'));
    server.remove(PODS, 'a', 'shop');
    await clock.settle();
    expect(sink.content).toEqual(['b@102']);
    expect(reflector.status.position).toBe('103');
    expect(sink.position).toBe('103');
  });

  it('R6 the position stays where it was when an event could not be applied, and the list repairs the copy', async () => {
    await startLive();
    sink.fault = (call, object) => {
      if (call === 'apply' && object?.metadata.name === 'cursed') throw new Error('cannot');
    };
    server.put(PODS, pod('a'));
    server.put(PODS, pod('cursed'));
    await clock.settle();
    expect(reflector.status).toMatchObject({ position: '101', state: 'STALE', failure: { reason: 'NotApplied' } });
    await clock.advanceUntil(() => reflector.status.state === 'LIVE', 5_000);
    expect(sink.content).toEqual(['a@101', 'cursed@102']);
    expect(reflector.status.relistReasons).toEqual(new Map([['NotApplied', 1]]));
  });

  it('R8 asks for bookmarks; a quiet kind whose history is compacted past its last event resumes without a list', async () => {
    server.put(PODS, pod('a'));
    await startLive();
    expect(server.seen('watch')[0]?.options.allowWatchBookmarks).toBe(true);
    for (let at = 0; at < 20; at += 1) server.put({ ...PODS, resource: 'others' }, pod('other'));
    server.bookmark(PODS);
    await clock.settle();
    expect(reflector.status.position).toBe('121');
    server.compact();
    server.cut();
    await clock.advanceUntil(() => server.openWatches === 1, 5_000);
    expect(server.seen('watch').at(-1)?.options.resourceVersion).toBe('121');
    expect(server.fullLists()).toHaveLength(1);
  });

  it('R8 a bookmark from the past does not move the position back', async () => {
    await startLive();
    server.put(PODS, pod('a'));
    server.say(PODS, { type: 'bookmark', resourceVersion: '50' });
    await clock.settle();
    expect(reflector.status.position).toBe('101');
  });

  it('R9 a watch is asked to last a random time between 5 and 10 minutes and is opened again without a gap', async () => {
    await startLive();
    await clock.advanceBy(3_600_000);
    const asked = server.seen('watch').map(({ options }) => options.timeoutSeconds ?? 0);
    expect(asked.length).toBeGreaterThan(5);
    expect(new Set(asked).size).toBe(asked.length);
    expect(Math.min(...asked)).toBeGreaterThanOrEqual(300);
    expect(Math.max(...asked)).toBeLessThanOrEqual(600);
    expect(server.seen('list')).toHaveLength(1);
    expect(reflector.status).toMatchObject({ state: 'LIVE', reconnects: 0 });
    expect(states).toEqual(['LISTING', 'LIVE']);
  });

  it('R9 a server that closes every watch at once is not hammered', async () => {
    await startLive();
    server.script = ({ verb }) => (verb === 'watch' ? { send: ['end'] } : undefined);
    server.cut();
    await clock.advanceBy(600_000);
    expect(server.seen('watch').length).toBeLessThan(45);
    expect(server.fullLists()).toHaveLength(1);
    server.script = () => undefined;
    await clock.advanceUntil(() => reflector.status.state === 'LIVE', 60_000);
  });

  it('R9 nor is one that tells old news before it closes', async () => {
    server.put(PODS, pod('a'));
    await startLive();
    const old = { type: 'modified', object: { ...pod('a'), metadata: { ...pod('a').metadata, resourceVersion: '101' } } } as const;
    server.script = ({ verb }) => (verb === 'watch' ? { send: [old, 'end'] } : undefined);
    server.cut();
    await clock.advanceBy(600_000);
    expect(server.seen('watch').length).toBeLessThan(45);
    server.script = () => undefined;
    await clock.advanceUntil(() => reflector.status.state === 'LIVE', 60_000);
  });

  it('R10 a cut line loses nothing and does not relist', async () => {
    await startLive();
    server.put(PODS, pod('a'));
    await clock.settle();
    server.cut();
    server.put(PODS, pod('b'));
    server.put(PODS, pod('c'));
    server.remove(PODS, 'a', 'shop');
    await clock.advanceUntil(() => sink.content.join() === 'b@102,c@103', 5_000);
    expect(server.fullLists()).toHaveLength(1);
    expect(reflector.status).toMatchObject({ state: 'LIVE', relists: 0, reconnects: 1 });
    expect(states).toEqual(['LISTING', 'LIVE']);
  });

  it('R10 a connection that breaks and comes back at once is not even shown', async () => {
    await startLive();
    server.cut(new ApiError('unreachable', 'connection reset', { reason: 'ConnectionReset' }));
    server.put(PODS, pod('a'));
    await clock.advanceUntil(() => sink.content.join() === 'a@101', 1_000);
    expect(states).toEqual(['LISTING', 'LIVE']);
    expect(server.fullLists()).toHaveLength(1);
  });

  it('R11 a poison line among good ones: the copy includes what it carried', async () => {
    await startLive();
    server.put(PODS, pod('a'));
    server.cut(new ApiError('server-error', 'unexpected end of JSON', { reason: 'UnreadableLine' }));
    server.put(PODS, pod('poisoned'));
    await clock.advanceUntil(() => reflector.status.state === 'LIVE', 5_000);
    expect(sink.content).toEqual(['a@101', 'poisoned@102']);
    expect(reflector.status).toMatchObject({ relists: 1, unreadable: 1, relistReasons: new Map([['UnreadableLine', 1]]) });
  });

  it.each([
    { name: 'of another kind', object: { ...pod('x'), kind: 'Node' } },
    { name: 'without a uid', object: { ...pod('x'), metadata: { name: 'x', resourceVersion: '200' } } },
    { name: 'without a version', object: pod('x') },
    { name: 'without metadata', object: { apiVersion: 'v1', kind: 'Pod' } as KubeObject },
  ])('R11 an object $name ends the watch and brings a list', async ({ object }) => {
    await startLive();
    server.say(PODS, { type: 'added', object });
    await clock.settle();
    expect(reflector.status).toMatchObject({ position: '100', unreadable: 1 });
    await clock.advanceUntil(() => reflector.status.state === 'LIVE', 5_000);
    expect(sink.content).toEqual([]);
    expect(server.fullLists()).toHaveLength(2);
  });

  it('R11 an event of an unknown type ends the watch and brings a list', async () => {
    await startLive();
    server.say(PODS, { type: 'renamed', object: pod('x') } as never);
    await clock.advanceUntil(() => server.fullLists().length === 2, 5_000);
    expect(reflector.status.unreadable).toBe(1);
  });

  it('R11 after three poison lines in a row the kind is degraded, until it has been well for two minutes', async () => {
    await startLive();
    const poison = new ApiError('server-error', 'garbage', { reason: 'UnreadableLine' });
    for (let round = 0; round < 3; round += 1) {
      server.cut(poison);
      await clock.settle();
      if (round < 2) await clock.advanceUntil(() => server.openWatches === 1, 60_000);
    }
    expect(reflector.status.state).toBe('DEGRADED');
    await clock.advanceUntil(() => server.openWatches === 1, 60_000);
    server.put(PODS, pod('a'));
    await clock.settle();
    expect(reflector.status).toMatchObject({ state: 'DEGRADED', failure: { reason: 'UnreadableLine' } });
    expect(sink.content).toEqual(['a@101']);
    await clock.advanceBy(120_001);
    expect(reflector.status.state).toBe('LIVE');
    expect(reflector.status).not.toHaveProperty('failure');
  });

  it('R12 410 for ever: the first list comes at once, the others within a budget', async () => {
    await startLive();
    const gone = new ApiError('gone', 'too old resource version', { status: 410, reason: 'Expired' });
    server.script = ({ verb }) => (verb === 'watch' ? gone : undefined);
    const before = clock.monotonic();
    server.cut(gone);
    await clock.settle();
    expect(server.fullLists().length).toBeGreaterThanOrEqual(2);
    expect(clock.monotonic() - before).toBe(0);
    await clock.advanceBy(600_000);
    expect(server.fullLists().length).toBeLessThan(45);
    server.script = () => undefined;
    await clock.advanceUntil(() => reflector.status.state === 'LIVE' && server.openWatches === 1, 60_000);
  });

  it.each([
    { name: '429', error: new ApiError('throttled', 'slow down', { status: 429 }), lists: 1 },
    { name: '500', error: new ApiError('server-error', 'etcd leader changed', { status: 500 }), lists: 1 },
    { name: '503', error: new ApiError('throttled', 'starting', { status: 503 }), lists: 1 },
    { name: '410', error: new ApiError('gone', 'too old', { status: 410 }), lists: 2 },
    { name: '400', error: new ApiError('invalid', 'bad', { status: 400 }), lists: 2 },
    { name: '405', error: new ApiError('unsupported', 'no', { status: 405 }), lists: 2 },
  ])('R13 an ERROR $name in the stream', async ({ error, lists }) => {
    await startLive();
    server.cut(error);
    server.put(PODS, pod('a'));
    await clock.advanceUntil(() => sink.content.join() === 'a@101' && reflector.status.state === 'LIVE', 30_000);
    expect(server.fullLists()).toHaveLength(lists);
  });

  it('R13 a server that fails for more than two minutes is listed once it answers', async () => {
    await startLive();
    server.script = ({ verb }) => (verb === 'watch' ? new ApiError('server-error', 'boom', { status: 500 }) : undefined);
    server.cut(new ApiError('server-error', 'boom', { status: 500 }));
    await clock.advanceBy(115_000);
    expect(server.fullLists()).toHaveLength(1);
    expect(reflector.status.state).toBe('STALE');
    await clock.advanceUntil(() => server.fullLists().length === 2, 60_000);
    server.script = () => undefined;
    await clock.advanceUntil(() => reflector.status.state === 'LIVE' && server.openWatches === 1, 60_000);
  });

  it('R14 waits at least as long as Retry-After says, and does not list', async () => {
    await startLive();
    const throttled = new ApiError('throttled', 'too many requests', { status: 429, retryAfterMs: 40_000 });
    const at = clock.monotonic();
    server.cut(throttled);
    await clock.settle();
    expect(reflector.status).toMatchObject({ state: 'STALE', failure: { kind: 'throttled' } });
    await clock.advanceUntil(() => server.openWatches === 1, 60_000);
    expect(clock.monotonic() - at).toBeGreaterThanOrEqual(40_000);
    expect(server.fullLists()).toHaveLength(1);
  });

  it('R15 a refused connection is tried within a budget, is shown since when, and is live again by itself', async () => {
    server.put(PODS, pod('a'));
    await startLive();
    const cutAt = clock.now();
    server.down();
    await clock.advanceBy(2_000);
    expect(reflector.status).toMatchObject({ state: 'STALE', staleSince: cutAt, failure: { reason: 'ConnectionRefused' } });
    await clock.advanceBy(298_000);
    expect(server.seen('list').length).toBeLessThan(30);
    server.up();
    server.put(PODS, pod('b'));
    await clock.advanceUntil(() => reflector.status.state === 'LIVE', 31_000);
    expect(sink.content).toEqual(['a@101', 'b@102']);
    expect(server.fullLists()).toHaveLength(1);
    expect(reflector.status).not.toHaveProperty('staleSince');
    expect(states).toEqual(['LISTING', 'LIVE', 'STALE', 'LIVE']);
  });

  it('R15 a cluster that is known to answer again is not waited for', async () => {
    await startLive();
    server.down();
    await clock.advanceBy(200_000);
    server.up();
    reflector.contact();
    await clock.advanceUntil(() => server.openWatches === 1, 1_000);
  });

  it('R17 a watch that hangs beyond its time is given up', async () => {
    await startLive();
    const watch = server.watch.bind(server);
    let opened = 0;
    server.watch = (resource, options) => {
      opened += 1;
      return opened === 1 ? silence() : watch(resource, options);
    };
    server.cut();
    await clock.advanceUntil(() => opened === 1, 1_000);
    server.put(PODS, pod('unheard'));
    await clock.advanceBy(616_000);
    await clock.advanceUntil(() => sink.content.join() === 'unheard@101', 5_000);
    expect(server.fullLists()).toHaveLength(1);
  });

  it('R17 a doubted connection is felt for without a list, and shown stale since the last sign when it is dead', async () => {
    await startLive();
    await clock.advanceBy(50_000);
    const lastSign = reflector.status.lastSignAt;
    reflector.doubt();
    await clock.settle();
    expect(states).toEqual(['LISTING', 'LIVE']);
    await clock.advanceUntil(() => server.openWatches === 1, 1_000);
    await clock.advanceBy(50_000);
    server.script = () => 'hang';
    reflector.doubt();
    await clock.advanceUntil(() => reflector.status.state === 'STALE', 10_000);
    expect(reflector.status.staleSince).toBeGreaterThanOrEqual(lastSign ?? 0);
    expect(reflector.status.staleSince).toBeLessThanOrEqual(clock.now() - 50_000);
  });

  it('I8 after trouble the copy is not called live before a watch stands', async () => {
    await startLive();
    server.script = ({ verb }) => (verb === 'watch' ? new ApiError('server-error', 'boom', { status: 500 }) : undefined);
    server.cut(new ApiError('server-error', 'boom', { status: 500 }));
    await clock.advanceBy(60_000);
    expect(server.seen('list').length).toBeGreaterThan(3);
    expect(states).toEqual(['LISTING', 'LIVE', 'STALE']);
  });

  it('R20 refused credentials are a state, tried again with back-off', async () => {
    await startLive();
    const unauthorized = new ApiError('unauthorized', 'Unauthorized', { status: 401 });
    server.script = () => unauthorized;
    server.cut(unauthorized);
    await clock.advanceBy(600_000);
    expect(reflector.status.state).toBe('UNAUTHORIZED');
    expect(server.requests.length).toBeLessThan(25);
    server.script = () => undefined;
    await clock.advanceUntil(() => reflector.status.state === 'LIVE', 61_000);
    expect(server.fullLists()).toHaveLength(1);
  });

  it('R21 a right taken and given back: forbidden with a slow retry, then live', async () => {
    server.put(PODS, pod('a'));
    await startLive();
    const forbidden = new ApiError('forbidden', 'pods is forbidden', { status: 403 });
    server.script = () => forbidden;
    server.cut(forbidden);
    await clock.advanceBy(600_000);
    expect(reflector.status).toMatchObject({ state: 'FORBIDDEN', hasSynced: true });
    expect(server.requests.length).toBeLessThan(12);
    server.script = () => undefined;
    await clock.advanceUntil(() => reflector.status.state === 'LIVE', 180_000);
    expect(sink.content).toEqual(['a@101']);
  });

  it('R21 a kind that is not served waits until somebody says that it is', async () => {
    server.served = [];
    start();
    await clock.advanceBy(100_000);
    expect(reflector.status.state).toBe('GONE');
    expect(server.requests).toHaveLength(1);
    server.served = [PODS];
    reflector.resume();
    await clock.advanceUntil(() => reflector.status.state === 'LIVE', 1_000);
  });

  it('R24 an object deleted while the line was down is deleted once, by the resumed watch', async () => {
    server.put(PODS, pod('a'));
    await startLive();
    server.down();
    server.remove(PODS, 'a', 'shop');
    await clock.advanceBy(5_000);
    server.up();
    await clock.advanceUntil(() => reflector.status.state === 'LIVE' && sink.content.length === 0, 40_000);
    expect(sink.diary.filter((line) => line.startsWith('deleted'))).toEqual(['deleted a@102']);
  });

  it('R25 events told twice or late leave the position where it is', async () => {
    await startLive();
    const first = server.put(PODS, pod('a'));
    const second = server.put(PODS, pod('a', 'uid-a', 'changed'));
    server.say(PODS, { type: 'added', object: first }, { type: 'modified', object: second }, { type: 'added', object: first });
    await clock.settle();
    expect(reflector.status.position).toBe('102');
    expect(sink.content).toEqual(['a@102']);
  });

  it('lets others have their turn when much comes at once', async () => {
    await startLive({ eventsPerTurn: 100 });
    let turns = 0;
    let sawIdle = 0;
    const tick = () => {
      turns += 1;
      if (sink.objects.size < 1_000) sawIdle += 1;
      if (turns < 50) setImmediate(tick);
    };
    for (let at = 0; at < 1_000; at += 1) server.put(PODS, pod(`p-${at}`));
    setImmediate(tick);
    await clock.advanceUntil(() => sink.objects.size === 1_000, 1_000);
    expect(sawIdle).toBeGreaterThanOrEqual(5);
  });
});

describe('life', () => {
  it('R33 starts once', async () => {
    await startLive();
    expect(() => reflector.start()).toThrow();
    await reflector.stop();
    expect(() => reflector.start()).toThrow();
  });

  it.each([
    { name: 'before anything', advance: 0, script: (): ScriptedAnswer => undefined, settle: false },
    {
      name: 'while the list is on its way',
      advance: 100,
      script: ({ verb }: SeenRequest): ScriptedAnswer => (verb === 'list' ? 'hang' : undefined),
      settle: true,
    },
    {
      name: 'between pages',
      advance: 100,
      script: ({ verb, index }: SeenRequest): ScriptedAnswer => (verb === 'list' && index === 1 ? 'hang' : undefined),
      settle: true,
    },
    {
      name: 'while the watch is being opened',
      advance: 100,
      script: ({ verb }: SeenRequest): ScriptedAnswer => (verb === 'watch' ? 'hang' : undefined),
      settle: true,
    },
    { name: 'while it backs off', advance: 100, script: (): ScriptedAnswer => new ApiError('unreachable', 'no'), settle: true },
    { name: 'while it watches', advance: 100, script: (): ScriptedAnswer => undefined, settle: true },
    { name: 'while it is forbidden', advance: 1_000, script: (): ScriptedAnswer => new ApiError('forbidden', 'no'), settle: true },
  ])('R33 stop is final $name', async ({ advance, script, settle }) => {
    for (let at = 0; at < 9; at += 1) server.put(PODS, pod(`p-${at}`));
    server.script = script;
    start({ pageSize: 5 });
    if (settle) await clock.advanceBy(advance);
    const stopped = reflector.stop();
    const requests = server.requests.length;
    const diary = sink.diary.length;
    await stopped;
    await clock.advanceBy(3_600_000);
    expect(server.requests).toHaveLength(requests);
    expect(sink.diary).toHaveLength(diary);
    expect(clock.pendingTimers).toBe(0);
  });

  it('R33 stop does not wait for a server that never settles', async () => {
    start();
    server.list = () => new Promise(() => {});
    server.watch = () => silence();
    await reflector.stop();
  });

  it('R33 a list asked for while it waits comes at once, and only once', async () => {
    await startLive();
    server.down();
    await clock.advanceBy(100_000);
    server.up();
    reflector.relist('latest', 'Audit');
    reflector.relist('latest', 'Audit');
    await clock.settle();
    expect(server.fullLists()).toHaveLength(2);
    expect(reflector.status).toMatchObject({ state: 'LIVE', relistReasons: new Map([['Audit', 1]]) });
  });

  it('R33 a list asked for by whoever hears of a state does not wait out the back-off of that state', async () => {
    states = [];
    const forbidden = new ApiError('forbidden', 'no', { status: 403 });
    once('list', forbidden);
    reflector = new Reflector({
      ...{ apiServer: server, resource: PODS, sink, clock, random: seededRandom(7) },
      onState: () => {
        if (reflector.status.state === 'FORBIDDEN') reflector.relist('latest', 'RightsChanged');
      },
    });
    reflector.start();
    await clock.settle();
    expect(reflector.status.state).toBe('LIVE');
    expect(clock.monotonic()).toBe(0);
  });

  it('a doubt does not put off a list that repairs the copy', async () => {
    await startLive();
    server.cut(new ApiError('server-error', 'garbage', { reason: 'UnreadableLine' }));
    await clock.settle();
    reflector.doubt();
    await clock.advanceUntil(() => reflector.status.state === 'LIVE', 5_000);
    expect(server.fullLists()).toHaveLength(2);
  });
});

/** A stream that says nothing and ignores being told to end. */
function silence(): AsyncIterable<never> {
  return { [Symbol.asyncIterator]: () => ({ next: () => new Promise<IteratorResult<never>>(() => {}) }) };
}
