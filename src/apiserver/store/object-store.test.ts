import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../model/kube-object.ts';
import { VirtualClock } from '../../runtime/virtual-clock.ts';
import { type Change, History } from './history.ts';
import { ObjectStore } from './object-store.ts';
import { type Storage, type StoredWrite, volatileStorage } from './storage.ts';

const object = (name: string, value = 1): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'n' },
  data: { value },
});

function aStore(limits = { maxChanges: 100, maxAgeMs: 300_000 }, storage: Storage = volatileStorage()) {
  const clock = new VirtualClock();
  const store = new ObjectStore(storage, (compactedRevision) => new History({ clock, ...limits, compactedRevision }));
  return { clock, store };
}

const namesAt = (store: ObjectStore, revision: number) => [...store.entriesAt('configmaps', 'n', revision)].map(({ key }) => key);

describe('ObjectStore', () => {
  it('raises its revision with every write, deletions included', () => {
    const { store } = aStore();
    const created = store.put('configmaps', 'n/a', object('a'));
    const deleted = store.remove('configmaps', 'n/a');
    expect(Number(deleted?.metadata.resourceVersion)).toBe(Number(created.metadata.resourceVersion) + 1);
    expect(store.revision).toBe(Number(deleted?.metadata.resourceVersion));
  });

  it('hands out frozen objects', () => {
    const { store } = aStore();
    const stored = store.put('configmaps', 'n/a', object('a'));
    expect(Object.isFrozen(stored) && Object.isFrozen(stored['data'])).toBe(true);
  });

  it('shows the state of any revision in its history', () => {
    const { store } = aStore();
    store.put('configmaps', 'n/b', object('b'));
    const before = store.revision;
    store.put('configmaps', 'n/a', object('a'));
    store.put('configmaps', 'n/b', object('b', 2));
    const between = store.revision;
    store.remove('configmaps', 'n/b');
    expect(namesAt(store, before)).toEqual(['n/b']);
    expect(namesAt(store, between)).toEqual(['n/a', 'n/b']);
    expect(namesAt(store, store.revision)).toEqual(['n/a']);
    expect([...store.entriesAt('configmaps', 'n', before)][0]?.object['data']).toEqual({ value: 1 });
  });

  it('tells changes in order, also those made by a listener', () => {
    const { store } = aStore();
    const heard: string[] = [];
    store.onChange(({ key }) => {
      if (key === 'n/a') store.put('configmaps', 'n/b', object('b'));
    });
    store.onChange(({ key }) => heard.push(key));
    store.put('configmaps', 'n/a', object('a'));
    expect(heard).toEqual(['n/a', 'n/b']);
  });

  it('says 410 for what was compacted, by hand, by count or by age', async () => {
    const { store, clock } = aStore({ maxChanges: 3, maxAgeMs: 1_000 });
    const first = store.revision;
    for (const name of ['a', 'b', 'c']) store.put('configmaps', `n/${name}`, object(name));
    expect(store.changesSince('configmaps', first)).toHaveLength(3);
    store.put('configmaps', 'n/d', object('d'));
    expect(() => store.changesSince('configmaps', first)).toThrow('too old resource version');
    const second = store.revision - 1;
    await clock.advanceBy(2_000);
    expect(() => namesAt(store, second)).toThrow('too old');
    store.compact(store.revision);
    expect(store.changesSince('configmaps', store.revision)).toEqual([]);
  });

  it('tells its storage of every write and begins with what that holds', () => {
    const writes: StoredWrite[] = [];
    const kept: Storage = {
      load: () => ({ revision: 41, objects: [{ collection: 'configmaps', key: 'n/a', object: object('a') }] }),
      write: (write) => void writes.push(write),
      close: () => {},
    };
    const { store } = aStore(undefined, kept);
    expect(store.get('configmaps', 'n/a')?.metadata.name).toBe('a');
    store.remove('configmaps', 'n/a');
    expect(writes).toEqual([{ revision: 42, collection: 'configmaps', key: 'n/a', object: undefined }]);
    expect(() => store.changesSince('configmaps', 40)).toThrow('too old resource version: 40 (41)');
  });

  it('has not written when its storage refuses', () => {
    const refusing: Storage = {
      ...volatileStorage(),
      write: () => {
        throw new Error('disk full');
      },
    };
    const { store } = aStore(undefined, refusing);
    const changes: Change[] = [];
    store.onChange((change) => changes.push(change));
    expect(() => store.put('configmaps', 'n/a', object('a'))).toThrow('disk full');
    expect([store.get('configmaps', 'n/a'), store.revision, changes]).toEqual([undefined, 1, []]);
  });
});
