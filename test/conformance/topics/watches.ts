import { describe, expect, it } from 'vitest';
import { ApiError } from '../../../src/kube/api-error.ts';
import type { KubeObject } from '../../../src/model/kube-object.ts';
import { compareResourceVersions } from '../../../src/model/resource-version.ts';
import { pods, secrets, unknownKind, widgets } from '../kinds.ts';
import { heldText, pod, secret, widget } from '../objects.ts';
import type { Stage } from '../stage.ts';
import { until, Watching } from '../watching.ts';

const isNewer = (a: string, b: string) => (compareResourceVersions(a, b) ?? 0) > 0;

export function watches(stage: Stage): void {
  describe('what it tells', () => tells(stage));
  describe('with selectors', () => withSelectors(stage));
  describe('how it ends', () => ends(stage));
}

function tells(stage: Stage): void {
  it('tells after a list everything exactly once, in order', async () => {
    const namespace = await stage.namespace('watch-all');
    await stage.admin.create(secrets, secret('old', { namespace }));
    const { resourceVersion } = await stage.admin.list(secrets, { namespace });
    const name = { namespace, name: 'new' };
    // Half of it happens before the watch begins, half while it runs.
    await stage.admin.create(secrets, secret('new', { namespace }, 'one'));
    await stage.admin.patch(secrets, name, { type: 'merge', body: { metadata: { labels: { step: 'two' } } } });
    await using watching = new Watching(stage.admin, secrets, { namespace, resourceVersion });
    await watching.heard(2);
    await stage.admin.delete(secrets, name);
    await stage.admin.create(secrets, secret('new', { namespace }, 'again'));
    await stage.admin.delete(secrets, { namespace, name: 'old' });
    expect(await watching.heard(5)).toEqual(['added new', 'modified new', 'deleted new', 'added new', 'deleted old']);
    for (const [at, version] of watching.versions.entries())
      expect(isNewer(version, watching.versions[at - 1] ?? resourceVersion)).toBe(true);
    const uids = watching.events.map((event) => (event.type === 'bookmark' ? '' : event.object.metadata.uid));
    expect(uids[3]).not.toBe(uids[0]);
  });

  it('gives every object its kind, its version and its last state', async () => {
    const namespace = await stage.namespace('watch-state');
    const { resourceVersion } = await stage.admin.list(secrets, { namespace });
    const created = await stage.admin.create(secrets, secret('one', { namespace }, 'first'));
    const updated = await stage.admin.update(secrets, { ...created, ...pick(secret('one', {}, 'second'), 'data') });
    await stage.admin.delete(secrets, { namespace, name: 'one' });
    await using watching = new Watching(stage.admin, secrets, { namespace, resourceVersion });
    await watching.heard(3);
    const objects = watching.events.flatMap((event) => (event.type === 'bookmark' ? [] : [event.object]));
    expect(objects.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`)).toEqual(Array(3).fill('v1 Secret'));
    expect(objects.map(heldText)).toEqual(['first', 'second', 'second']);
    expect(objects[1]?.metadata.resourceVersion).toBe(updated.metadata.resourceVersion);
    // A deletion is a write of its own: its version is not that of the state it ends.
    expect(isNewer(objects[2]?.metadata.resourceVersion ?? '', updated.metadata.resourceVersion ?? '')).toBe(true);
  });

  it('watches custom kinds, and all namespaces at once', async () => {
    const [one, two] = await Promise.all([stage.namespace('watch-one'), stage.namespace('watch-two')]);
    const { resourceVersion } = await stage.admin.list(widgets);
    await using watching = new Watching(stage.admin, widgets, { resourceVersion });
    await using narrow = new Watching(stage.admin, widgets, { namespace: two, resourceVersion });
    await stage.admin.create(widgets, widget('a', { namespace: one }));
    await stage.admin.create(widgets, widget('b', { namespace: two }));
    expect(await watching.heard(2)).toEqual(['added a', 'added b']);
    expect(await narrow.heard(1)).toEqual(['added b']);
  });

  it('moves on by bookmarks when nothing happens, and ends normally when its time is up', async () => {
    const [quiet, busy] = await Promise.all([stage.namespace('watch-quiet'), stage.namespace('watch-busy')]);
    const { resourceVersion } = await stage.admin.list(secrets, { namespace: quiet });
    await using watching = new Watching(stage.admin, secrets, { namespace: quiet, resourceVersion, timeoutSeconds: 4 });
    await using without = new Watching(stage.admin, secrets, {
      namespace: quiet,
      resourceVersion,
      timeoutSeconds: 4,
      allowWatchBookmarks: false,
    });
    const made = await stage.admin.create(secrets, secret('elsewhere', { namespace: busy }));
    await Promise.all([watching.ended(), without.ended()]);
    expect([watching.error, without.error]).toEqual([undefined, undefined]);
    expect(watching.events.length).toBeGreaterThanOrEqual(1);
    expect(new Set(watching.events.map(({ type }) => type))).toEqual(new Set(['bookmark']));
    const last = watching.versions.at(-1) ?? '';
    expect(isNewer(made.metadata.resourceVersion ?? '', last)).toBe(false);
    for (const [at, version] of watching.versions.entries())
      expect(isNewer(watching.versions[at - 1] ?? resourceVersion, version)).toBe(false);
    expect(without.events).toEqual([]);
    // The place that a bookmark gives is a place to go on from.
    await stage.admin.create(secrets, secret('late', { namespace: quiet }));
    await using resumed = new Watching(stage.admin, secrets, { namespace: quiet, resourceVersion: last });
    expect(await resumed.heard(1)).toEqual(['added late']);
  });
}

function withSelectors(stage: Stage): void {
  it('calls entering the selection added, and leaving it deleted', async () => {
    const namespace = await stage.namespace('watch-labels');
    const { resourceVersion } = await stage.admin.list(secrets, { namespace });
    await using watching = new Watching(stage.admin, secrets, { namespace, resourceVersion, labelSelector: 'state=on' });
    const name = { namespace, name: 'one' };
    const turn = (state: string) => stage.admin.patch(secrets, name, { type: 'merge', body: { metadata: { labels: { state } } } });
    await stage.admin.create(secrets, secret('one', { namespace, labels: { state: 'off' } }));
    await turn('on');
    await stage.admin.patch(secrets, name, { type: 'merge', body: { metadata: { labels: { other: 'x' } } } });
    const left = await turn('off');
    await stage.admin.delete(secrets, name);
    await stage.admin.create(secrets, secret('end', { namespace, labels: { state: 'on' } }));
    expect(await watching.heard(4)).toEqual(['added one', 'modified one', 'deleted one', 'added end']);
    const gone = watching.events[2];
    // The state in which it was last selected, at the version of the write that took it away.
    expect(gone).toMatchObject({ object: { metadata: { labels: { state: 'on' }, resourceVersion: left.metadata.resourceVersion } } });
  });

  it('does the same for fields', async () => {
    const namespace = await stage.namespace('watch-fields');
    const { resourceVersion } = await stage.admin.list(pods, { namespace });
    await using watching = new Watching(stage.admin, pods, { namespace, resourceVersion, fieldSelector: 'metadata.name=two' });
    await stage.admin.create(pods, pod('one', { namespace }));
    await stage.admin.create(pods, pod('two', { namespace }));
    await stage.admin.delete(pods, { namespace, name: 'two' }, { gracePeriodSeconds: 0 });
    await until('the deletion', () => watching.story.includes('deleted two'));
    // A real server tells of the deletion's beginning too.
    expect(watching.story.filter((told) => !told.startsWith('modified'))).toEqual(['added two', 'deleted two']);
  });
}

function ends(stage: Stage): void {
  it('says gone when the version has left the history', async () => {
    const resourceVersion = await stage.subject.expiredVersion();
    await using watching = new Watching(stage.admin, widgets, { resourceVersion });
    await watching.ended();
    expect(watching.error).toMatchObject({ code: 'gone', reason: 'Expired' });
    expect(watching.events).toEqual([]);
  });

  it('says not-found for a kind that is not served', async () => {
    await using watching = new Watching(stage.admin, unknownKind, { resourceVersion: '1' });
    await watching.ended();
    expect(watching.error).toMatchObject({ code: 'not-found' });
  });

  it('fails for a version that is none', async () => {
    await using watching = new Watching(stage.admin, secrets, { resourceVersion: 'nonsense' });
    await watching.ended();
    expect(watching.error).toBeInstanceOf(ApiError);
  });

  it('ends without an error when the caller leaves: before it begins, while it waits, between two events', async () => {
    const namespace = await stage.namespace('watch-leave');
    const { resourceVersion } = await stage.admin.list(secrets, { namespace });
    const started = async (signal: AbortSignal) => {
      const heard: string[] = [];
      for await (const event of stage.admin.watch(secrets, { namespace, resourceVersion, signal })) heard.push(event.type);
      return heard;
    };
    expect(await started(AbortSignal.abort())).toEqual([]);
    const waiting = new AbortController();
    const quiet = started(waiting.signal);
    setTimeout(() => waiting.abort(), 50);
    expect(await quiet).toEqual([]);
    for (const name of ['a', 'b', 'c']) await stage.admin.create(secrets, secret(name, { namespace }));
    const between = new AbortController();
    let heard = 0;
    for await (const _event of stage.admin.watch(secrets, { namespace, resourceVersion, signal: between.signal })) {
      heard += 1;
      between.abort();
    }
    expect(heard).toBeLessThanOrEqual(2);
  });

  it('can be left by the reader alone', async () => {
    const namespace = await stage.namespace('watch-break');
    const { resourceVersion } = await stage.admin.list(secrets, { namespace });
    await stage.admin.create(secrets, secret('a', { namespace }));
    for await (const event of stage.admin.watch(secrets, { namespace, resourceVersion })) {
      expect(event.type).toBe('added');
      break;
    }
  });
}

function pick(object: KubeObject, field: string): Record<string, unknown> {
  return { [field]: object[field] };
}
