import { describe, expect, it } from 'vitest';
import type { WatchEvent } from '../../kube/watch-event.ts';
import { aCore, anObject, aPod, CONFIG_MAPS, type CoreForTests, CRDS, PODS, refusalBy } from '../testing/core-for-tests.ts';

function heardBy({ client }: CoreForTests, options: object, resource = CONFIG_MAPS) {
  const heard: WatchEvent[] = [];
  const stop = new AbortController();
  const ended = (async () => {
    for await (const event of client.watch(resource, { resourceVersion: '', ...options, signal: stop.signal })) heard.push(event);
  })();
  return {
    heard,
    stop,
    ended,
    words: () => heard.map((event) => (event.type === 'bookmark' ? 'bookmark' : `${event.type} ${event.object.metadata.name}`)),
  };
}

const map = (name: string, labels?: Record<string, string>) => anObject(CONFIG_MAPS, name, labels ? { metadata: { labels } } : {});

describe('watch', () => {
  it('tells every change after its version, in order', async () => {
    const server = aCore();
    const { client, clock } = server;
    await client.create(CONFIG_MAPS, map('a'));
    const { resourceVersion } = await client.list(CONFIG_MAPS);
    await client.create(CONFIG_MAPS, map('b'));
    const watch = heardBy(server, { resourceVersion });
    await client.delete(CONFIG_MAPS, { namespace: 'default', name: 'a' });
    await clock.settle();
    expect(watch.words()).toEqual(['added b', 'deleted a']);
    watch.stop.abort();
    await watch.ended;
    expect(server.core.openWatches).toBe(0);
  });

  it('begins with the present objects when it names no version', async () => {
    const server = aCore();
    await server.client.create(CONFIG_MAPS, map('a'));
    const watch = heardBy(server, { resourceVersion: '0' });
    await server.clock.settle();
    expect(watch.words()).toEqual(['added a']);
  });

  it('tells what enters a selection as added and what leaves it as deleted', async () => {
    const server = aCore();
    const { client, clock } = server;
    await client.create(CONFIG_MAPS, map('a', { app: 'x' }));
    await client.create(CONFIG_MAPS, map('b', { app: 'y' }));
    const watch = heardBy(server, { resourceVersion: String(server.core.revision), labelSelector: 'app=x' });
    const relabel = (name: string, app: string) =>
      client.patch(CONFIG_MAPS, { namespace: 'default', name }, { type: 'merge', body: { metadata: { labels: { app } } } });
    await relabel('b', 'x');
    await relabel('a', 'y');
    await relabel('a', 'z');
    await clock.settle();
    expect(watch.words()).toEqual(['added b', 'deleted a']);
    const [, left] = watch.heard;
    expect(left?.type === 'deleted' && [left.object.metadata.labels, left.object.metadata.resourceVersion]).toEqual([
      { app: 'x' },
      String(server.core.revision - 1),
    ]);
  });

  it('sends a bookmark each minute and one before its time is up, then ends', async () => {
    const server = aCore();
    const watch = heardBy(server, { resourceVersion: '5', timeoutSeconds: 100 });
    await server.clock.advanceBy(60_000);
    expect(watch.words()).toEqual(['bookmark']);
    await server.client.create(PODS, aPod('elsewhere'));
    await server.clock.advanceBy(38_000);
    expect(watch.heard.at(-1)).toEqual({ type: 'bookmark', resourceVersion: String(server.core.revision) });
    await server.clock.advanceBy(2_000);
    await watch.ended;
    expect([watch.words().length, server.clock.pendingTimers]).toEqual([2, 0]);
  });

  it('ends by itself after half an hour to an hour', async () => {
    const server = aCore();
    const watch = heardBy(server, { resourceVersion: '5', allowWatchBookmarks: false });
    await server.clock.advanceBy(1_799_000);
    expect(server.core.openWatches).toBe(1);
    await server.clock.advanceBy(1_801_000);
    await watch.ended;
  });

  it('says 410 for a version that has left the history', async () => {
    const server = aCore();
    server.core.compact();
    expect(await refusalBy(() => heardBy(server, { resourceVersion: '3' }).ended)).toMatchObject({ code: 'gone', reason: 'Expired' });
  });

  it('waits in silence for a version that is still to come', async () => {
    const server = aCore();
    const watch = heardBy(server, { resourceVersion: String(server.core.revision + 1) });
    await server.client.create(CONFIG_MAPS, map('a'));
    await server.client.create(CONFIG_MAPS, map('b'));
    await server.clock.settle();
    expect(watch.words()).toEqual(['added b']);
  });

  it('closes a watcher that lets too much pile up, after what waits is read', async () => {
    const { core, client } = aCore();
    const caller = { user: { username: 'x', groups: ['system:masters'] }, isTrusted: true };
    const { watcher } = core.service.watch(
      { caller, group: '', version: 'v1', resource: 'configmaps' },
      { resourceVersion: String(core.revision), maxPending: 2 },
    );
    for (const name of ['a', 'b', 'c', 'd']) await client.create(CONFIG_MAPS, map(name));
    expect([await watcher.next(), await watcher.next(), await watcher.next()].map((event) => event?.type)).toEqual([
      'added',
      'added',
      undefined,
    ]);
    expect(watcher.isOpen).toBe(false);
  });

  it('marks the end of the initial events when asked to send them', async () => {
    const { core, client } = aCore();
    await client.create(CONFIG_MAPS, map('a'));
    const caller = { user: { username: 'x', groups: [] }, isTrusted: true };
    const query = { sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan', allowWatchBookmarks: true };
    const { watcher } = core.service.watch({ caller, group: '', version: 'v1', resource: 'configmaps' }, query);
    expect([watcher.poll()?.type, watcher.poll()]).toEqual([
      'added',
      { type: 'bookmark', revision: core.revision, endsInitialEvents: true },
    ]);
  });

  it('tells the end of a custom kind as deletions, then ends', async () => {
    const server = aCore();
    const { client, clock } = server;
    const schema = { openAPIV3Schema: { type: 'object' } };
    const versions = [{ name: 'v1', served: true, storage: true, schema }];
    const crd = anObject(CRDS, 'toys.example.com', {
      spec: { group: 'example.com', scope: 'Namespaced', names: { plural: 'toys', kind: 'Toy' }, versions },
    });
    await client.create(CRDS, crd);
    const toys = { group: 'example.com', version: 'v1', resource: 'toys', kind: 'Toy', namespaced: true };
    await client.create(toys, anObject(toys, 'bear'));
    const watch = heardBy(server, { resourceVersion: String(server.core.revision) }, toys);
    await clock.settle();
    await client.delete(CRDS, { name: 'toys.example.com' });
    await watch.ended;
    expect(watch.words()).toEqual(['deleted bear']);
    expect(await refusalBy(() => client.list(toys))).toMatchObject({ code: 'not-found' });
  });
});
