import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MirrorSink } from '../../test/support/mirror-sink.ts';
import { ScriptedApiServer } from '../../test/support/scripted-api-server.ts';
import { PODS } from '../../test/support/served-kinds.ts';
import { ApiError } from '../kube/api-error.ts';
import type { ApiServer } from '../kube/api-server.ts';
import { type WatchEvent, watchInBatches } from '../kube/watch-event.ts';
import { seededRandom } from '../runtime/random.ts';
import { VirtualClock } from '../runtime/virtual-clock.ts';
import { Reflector } from './reflector.ts';

let clock: VirtualClock;
let server: ScriptedApiServer;
let sink: MirrorSink;
let reflector: Reflector;

const put = (name: string) =>
  server.put(PODS, { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'shop', uid: `uid-${name}` } });
const truth = () =>
  server
    .objects(PODS)
    .map(({ metadata }) => `${metadata.name}@${metadata.resourceVersion}`)
    .sort();

function start(apiServer: ApiServer = server, onActivity?: () => void): void {
  reflector = new Reflector({
    ...(onActivity !== undefined && { onActivity }),
    ...{ apiServer, resource: PODS, sink, clock, random: seededRandom(3), listsByStream: true, tuning: { pageSize: 2 } },
  });
  reflector.start();
}

/** A server whose watch tells all of `events` at once, and then nothing. */
function telling(events: readonly WatchEvent[]): ApiServer {
  async function* batches(signal: AbortSignal | undefined): AsyncGenerator<readonly WatchEvent[], void, undefined> {
    yield events;
    await clock.sleep(1e9, signal);
  }
  const watch: ApiServer['watch'] = (_resource, { signal }) => watchInBatches(batches(signal), signal);
  return { watch } as ApiServer;
}

function wholeListAnd(...news: readonly WatchEvent[]): WatchEvent[] {
  const end: WatchEvent = { type: 'bookmark', resourceVersion: '105', endsInitialEvents: true };
  return [...server.objects(PODS).map((object) => ({ type: 'added' as const, object })), end, ...news];
}

const gone = (name: string, resourceVersion: string): WatchEvent => ({
  type: 'deleted',
  object: { apiVersion: 'v1', kind: 'Pod', metadata: { name, uid: `uid-${name}`, resourceVersion } },
});

const live = () => clock.advanceUntil(() => reflector.status.state === 'LIVE' && server.openWatches === 1, 60_000);

beforeEach(() => {
  clock = new VirtualClock();
  server = new ScriptedApiServer(clock, [PODS]);
  server.streamedLists = 'well';
  sink = new MirrorSink();
  for (const name of ['a', 'b', 'c', 'd', 'e']) put(name);
});

afterEach(async () => {
  await reflector.stop();
  await clock.settle();
  expect([server.openWatches, clock.pendingTimers]).toEqual([0, 0]);
});

describe('R7 a list by stream', () => {
  it('R7 takes what there is up to the bookmark, then goes on as the watch, in one request', async () => {
    start();
    await live();
    expect(sink.diary).toEqual(['begin stream', 'page 2', 'page 2', 'page 1', 'finish 105']);
    put('f');
    server.remove(PODS, 'a', 'shop');
    await clock.settle();
    expect(sink.content).toEqual(truth());
    expect([server.seen('watch').length, server.seen('list').length]).toEqual([1, 0]);
  });

  it('R7 R6 moves the position only with its end, whatever the order of versions before', async () => {
    server.streamedLists = 'unended';
    start();
    await clock.settle();
    expect([reflector.status.position, reflector.status.hasSynced, sink.position]).toEqual([undefined, false, undefined]);
  });

  it('R7 one that ends before its bookmark counts for nothing: nothing is swept, and it is asked for again', async () => {
    server.streamedLists = 'cut';
    start();
    await clock.settle();
    expect(sink.diary.filter((line) => line.startsWith('finish'))).toEqual([]);
    server.streamedLists = 'well';
    await live();
    expect(sink.content).toEqual(truth());
    expect(server.seen('list')).toEqual([]);
  });

  it.each(['refused', 'unended', 'unmarked'] as const)(
    'R7 that is %s is given up for pages within seconds, and remembered',
    async (how) => {
      server.streamedLists = how;
      start();
      const startedAt = clock.monotonic();
      await live();
      expect(clock.monotonic() - startedAt).toBeLessThanOrEqual(25_000);
      expect(sink.content).toEqual(truth());
      const streamed = () => server.seen('watch').filter(({ options }) => options.sendInitialEvents === true).length;
      expect(streamed()).toBe(1);
      reflector.relist('last-seen', 'Test');
      await clock.advanceBy(1_000);
      expect(streamed()).toBe(1);
    },
  );

  it('R7 whose end never comes is given up for pages also while the kind is busy', async () => {
    server.streamedLists = 'unended';
    start();
    const startedAt = clock.monotonic();
    for (let at = 0; at < 30 && reflector.status.state !== 'LIVE'; at += 1) {
      await clock.advanceBy(1_000);
      put(at % 3 === 0 ? `new-${at}` : 'a');
    }
    expect(reflector.status.state).toBe('LIVE');
    expect(clock.monotonic() - startedAt).toBeLessThanOrEqual(25_000);
  });

  it('R7 after a lost history the present state is asked for in pages: only these can open an epoch', async () => {
    start();
    await live();
    server.cut(new ApiError('gone', 'too old', { status: 410, reason: 'Expired' }));
    await clock.advanceBy(2_000);
    expect(server.fullLists(PODS)).toHaveLength(1);
    expect(reflector.status.state).toBe('LIVE');
  });

  it('R7 an object deleted while the list streams is gone at its end', async () => {
    start();
    await live();
    reflector.relist('last-seen', 'Test');
    server.script = ({ verb, options }) =>
      verb === 'watch' && options.sendInitialEvents === true
        ? {
            send: [
              { type: 'deleted', object: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'b', uid: 'uid-b', resourceVersion: '106' } } },
              { type: 'bookmark', resourceVersion: '106', endsInitialEvents: true },
            ],
          }
        : undefined;
    server.streamedLists = 'unended';
    await clock.advanceBy(500);
    expect(sink.content).toEqual(['a@101', 'c@103', 'd@104', 'e@105']);
  });

  it('R7 what comes together with its end is applied behind it', async () => {
    start(telling(wholeListAnd(gone('b', '106'), gone('d', '107'))));
    await clock.advanceUntil(() => reflector.status.state === 'LIVE', 60_000);
    expect(sink.diary.slice(0, 5)).toEqual(['begin stream', 'page 2', 'page 2', 'page 1', 'finish 105']);
    expect(sink.content).toEqual(['a@101', 'c@103', 'e@105']);
    expect(reflector.status.position).toBe('107');
  });

  it('R33 nothing of what came together is applied after a stop', async () => {
    start(telling(wholeListAnd(gone('b', '106'), gone('d', '107'))), () => void reflector.stop());
    await clock.advanceBy(1_000);
    expect(sink.content).toEqual(['a@101', 'c@103', 'd@104', 'e@105']);
  });

  it('R33 R7 stopped in the middle leaves nothing open', async () => {
    server.streamedLists = 'unended';
    start();
    await clock.settle();
    expect(server.openWatches).toBe(1);
  });
});
