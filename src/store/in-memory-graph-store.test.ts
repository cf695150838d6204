import { describe, expect, it } from 'vitest';
import { aClusterRecord, clusterOf } from '../../test/support/a-cluster.ts';
import { aPod } from '../../test/support/a-pod.ts';
import { START } from '../../test/support/an-object.ts';
import type { PodRecord } from '../model/pod-record.ts';
import type { Commit } from './commit.ts';
import { InMemoryGraphStore } from './in-memory-graph-store.ts';
import type { StoreOperation } from './store-batch.ts';

function storeWithDev(): InMemoryGraphStore {
  const store = new InMemoryGraphStore({ now: () => START });
  store.addCluster(aClusterRecord('dev'));
  return store;
}

function pod(name: string, version: number, change: Partial<PodRecord> = {}): PodRecord {
  return { ...aPod(name).version(version).record(), ...change };
}

const put = (record: PodRecord): StoreOperation => ({ type: 'put', record });
const commit = (store: InMemoryGraphStore, ...operations: StoreOperation[]) => store.commit('dev', { operations });
const names = (records: Iterable<{ name: string }>) => [...records].map((record) => record.name).sort();

describe('one writer', () => {
  it('counts revisions without skipping or repeating, over all clusters', () => {
    const store = storeWithDev();
    const heard: number[] = [];
    store.onCommit(({ revision }) => heard.push(revision));
    store.addCluster(aClusterRecord('prod'));
    commit(store, put(pod('a', 1)));
    store.commit('prod', { operations: [put({ ...pod('a', 1), cluster: 'prod' })] });
    expect(heard).toEqual([2, 3, 4]);
    expect(store.revision).toBe(4);
  });

  it('makes a commit readable before it is announced', () => {
    const store = storeWithDev();
    let seen: number | undefined;
    store.onCommit(() => {
      seen = clusterOf(store).pods.size;
    });
    commit(store, put(pod('a', 1)), put(pod('b', 2)));
    expect(seen).toBe(2);
  });

  it('lists clusters by name', () => {
    const store = storeWithDev();
    for (const name of ['zeta', 'alpha']) store.addCluster(aClusterRecord(name));
    expect(store.clusters().map(({ record }) => record.name)).toEqual(['alpha', 'dev', 'zeta']);
  });

  it('refuses a name twice and a record of another cluster', () => {
    const store = storeWithDev();
    expect(() => store.addCluster(aClusterRecord('dev'))).toThrow(RangeError);
    expect(() => commit(store, put({ ...pod('a', 1), cluster: 'prod' }))).toThrow(RangeError);
    expect(() => store.commit('nowhere', {})).toThrow(RangeError);
    expect(() => store.commit('dev', { record: aClusterRecord('prod') })).toThrow(RangeError);
  });

  it('changes nothing when one operation of a batch cannot be carried out', () => {
    const store = storeWithDev();
    commit(store, put(pod('a', 1)), put(pod('b', 2)));
    const revision = store.revision;
    const interned = store.internedValues;
    const spoilt = { ...pod('c', 5), uid: '' };
    const renamed = { ...pod('a', 4), uid: 'another' };
    expect(() =>
      commit(
        store,
        put(renamed),
        { type: 'remove', resource: 'pods', uid: pod('b', 1).uid, resourceVersion: '5' },
        put(pod('d', 6)),
        put(spoilt),
      ),
    ).toThrow(RangeError);
    expect(names(clusterOf(store).pods.all())).toEqual(['a', 'b']);
    expect(clusterOf(store).pods.get('shop', 'a')?.uid).toBe(pod('a', 1).uid);
    expect(store.revision).toBe(revision);
    expect(store.internedValues).toBe(interned);
    expect(commit(store, put(pod('b', 7, { phase: 'Failed' })))?.changes).toHaveLength(1);
  });

  it('drops a cluster with its objects as removals', () => {
    const store = storeWithDev();
    commit(store, put(pod('a', 1)));
    const last = store.removeCluster('dev');
    expect(last).toMatchObject({ clusterChanged: true, changes: [{ resource: 'pods', before: { name: 'a' } }] });
    expect(store.cluster('dev')).toBeUndefined();
    expect(store.clusters()).toEqual([]);
    expect(store.internedValues).toBe(0);
  });
});

describe('R23 identity is the uid', () => {
  it('R23 the same name with another uid is a removal, then an addition', () => {
    const store = storeWithDev();
    commit(store, put(pod('web', 1)));
    const second = commit(store, put(pod('web', 5, { uid: 'second' })));
    expect(second?.changes).toMatchObject([{ before: { uid: pod('web', 1).uid } }, { after: { uid: 'second' } }]);
    expect(second?.changes[0]).not.toHaveProperty('after');
    expect(clusterOf(store).pods.get('shop', 'web')?.uid).toBe('second');
    expect(clusterOf(store).pods.size).toBe(1);
  });

  it('R24 a late deletion of the old uid leaves the new object alone', () => {
    const store = storeWithDev();
    commit(store, put(pod('web', 1)), put(pod('web', 5, { uid: 'second' })));
    const late = commit(store, { type: 'remove', resource: 'pods', uid: pod('web', 1).uid, resourceVersion: '4' });
    expect(late).toBeUndefined();
    expect(clusterOf(store).pods.get('shop', 'web')?.uid).toBe('second');
  });

  it('R24 a late event of the old uid does not displace the new object', () => {
    const store = storeWithDev();
    commit(store, put(pod('web', 5, { uid: 'second' })));
    expect(commit(store, put(pod('web', 3)))).toBeUndefined();
    expect(clusterOf(store).pods.get('shop', 'web')?.uid).toBe('second');
  });

  it('R24 a removal that the server did not announce says so', () => {
    const store = storeWithDev();
    commit(store, put(pod('a', 1)), put(pod('b', 2)));
    const swept = commit(store, { type: 'sweep', resource: 'pods', keep: [pod('b', 2).uid] });
    expect(swept?.changes).toMatchObject([{ before: { name: 'a' }, finalStateUnknown: true }]);
    const told = commit(store, { type: 'remove', resource: 'pods', uid: pod('b', 2).uid, resourceVersion: '9' });
    expect(told?.changes[0]).not.toHaveProperty('finalStateUnknown');
  });
});

describe('R25 what is no news is not published', () => {
  it('R25 the same version or an older one changes nothing', () => {
    const store = storeWithDev();
    commit(store, put(pod('a', 5)));
    expect(commit(store, put(pod('a', 5, { phase: 'Failed' })))).toBeUndefined();
    expect(commit(store, put(pod('a', 4, { phase: 'Failed' })))).toBeUndefined();
    expect(clusterOf(store).pods.get('shop', 'a')?.phase).toBe('Running');
  });

  it('R25 an unchanged projection moves the version in silence', () => {
    const store = storeWithDev();
    commit(store, put(pod('a', 5)));
    const before = store.revision;
    expect(commit(store, put(pod('a', 9)))).toBeUndefined();
    expect(store.revision).toBe(before);
    expect(clusterOf(store).pods.get('shop', 'a')?.resourceVersion).toBe('9');
    expect([...clusterOf(store).pods.onNode('node-1')][0]?.resourceVersion).toBe('9');
  });

  it('R25 positions move without a commit, and ride along with one', () => {
    const store = storeWithDev();
    const position = { resource: 'pods', resourceVersion: '12', epoch: 0 };
    expect(store.commit('dev', { positions: [position] })).toBeUndefined();
    expect(clusterOf(store).position('pods')).toEqual(position);
    expect(commit(store, put(pod('a', 13)))?.positions).toEqual([position]);
  });

  it('a label called like something every object inherits is a difference', () => {
    const store = storeWithDev();
    commit(store, put(pod('a', 1, { labels: {} })));
    expect(commit(store, put(pod('a', 2, { labels: { constructor: 'x' } })))?.changes).toHaveLength(1);
  });

  it('the same cluster record is no commit', () => {
    const store = storeWithDev();
    expect(store.commit('dev', { record: aClusterRecord('dev') })).toBeUndefined();
    expect(store.commit('dev', { record: aClusterRecord('dev', { state: 'STALE' }) })?.clusterChanged).toBe(true);
  });
});

describe('R26 what a batch comes to', () => {
  it('R26 keeps the last state of a uid', () => {
    const store = storeWithDev();
    const one = commit(store, put(pod('a', 1)), put(pod('a', 2, { phase: 'Failed' })), put(pod('a', 3, { phase: 'Succeeded' })));
    expect(one?.changes).toMatchObject([{ after: { phase: 'Succeeded', resourceVersion: '3' } }]);
  });

  it('R26 an object that came and went within a batch is nobody’s news', () => {
    const store = storeWithDev();
    const none = commit(store, put(pod('a', 1)), { type: 'remove', resource: 'pods', uid: pod('a', 1).uid, resourceVersion: '2' });
    expect(none).toBeUndefined();
  });

  it('R26 never merges across a deletion or another uid', () => {
    const store = storeWithDev();
    commit(store, put(pod('a', 1)));
    const burst = commit(
      store,
      put(pod('a', 2, { phase: 'Failed' })),
      { type: 'remove', resource: 'pods', uid: pod('a', 1).uid, resourceVersion: '3' },
      put(pod('a', 4, { uid: 'second' })),
      { type: 'remove', resource: 'pods', uid: 'second', resourceVersion: '5' },
      put(pod('a', 6, { uid: 'third' })),
    );
    expect(burst?.changes).toMatchObject([{ before: { uid: pod('a', 1).uid, resourceVersion: '1' } }, { after: { uid: 'third' } }]);
  });
});

describe('versions', () => {
  it('I3 replaying any suffix of what happened changes nothing', () => {
    const store = storeWithDev();
    const story: StoreOperation[] = [
      put(pod('a', 1)),
      put(pod('b', 2)),
      put(pod('a', 3, { phase: 'Failed' })),
      { type: 'remove', resource: 'pods', uid: pod('b', 2).uid, resourceVersion: '4' },
      put(pod('b', 5, { uid: 'second' })),
      { type: 'remove', resource: 'pods', uid: pod('a', 3).uid, resourceVersion: '6' },
    ];
    commit(store, ...story);
    const before = store.revision;
    for (let from = 0; from < story.length; from += 1) for (const operation of story.slice(from)) commit(store, operation);
    expect(store.revision).toBe(before);
    expect([...clusterOf(store).pods.all()].map(({ uid }) => uid)).toEqual(['second']);
  });

  it('R4 a list does not take an object back unless a new epoch begins', () => {
    const store = storeWithDev();
    commit(store, put(pod('a', 200)));
    const old = pod('a', 40, { phase: 'Pending' });
    expect(commit(store, { type: 'listed', record: old, listVersion: '50', newEpoch: false })).toBeUndefined();
    const back = commit(store, { type: 'listed', record: old, listVersion: '50', newEpoch: true });
    expect(back?.changes).toMatchObject([{ before: { resourceVersion: '200' }, after: { resourceVersion: '40' } }]);
  });

  it('R4 a list newer than an object is right about it, even if it shows an older version: the history was rewritten', () => {
    const store = storeWithDev();
    commit(store, put(pod('a', 180)));
    const rewritten = commit(store, { type: 'listed', record: pod('a', 40, { phase: 'Pending' }), listVersion: '210', newEpoch: false });
    expect(rewritten?.changes).toHaveLength(1);
  });

  it('R4 an object that a restored backup brings back is shown again', () => {
    const store = storeWithDev();
    commit(store, put(pod('a', 10)), { type: 'remove', resource: 'pods', uid: pod('a', 10).uid, resourceVersion: '11' });
    expect(commit(store, put(pod('a', 10)))).toBeUndefined();
    expect(commit(store, { type: 'listed', record: pod('a', 10), listVersion: '10', newEpoch: true })?.changes).toHaveLength(1);
  });

  it('R5 opaque versions follow the order of the stream', () => {
    const store = storeWithDev();
    commit(store, put(pod('a', 1, { resourceVersion: 'zz' })));
    expect(commit(store, put(pod('a', 1, { resourceVersion: 'aa', phase: 'Failed' })))?.changes).toHaveLength(1);
  });

  it('R5 versions beyond 2^53 keep their order', () => {
    const store = storeWithDev();
    commit(store, put(pod('a', 1, { resourceVersion: '9007199254740993' })));
    expect(commit(store, put(pod('a', 1, { resourceVersion: '9007199254740992', phase: 'Failed' })))).toBeUndefined();
    expect(commit(store, put(pod('a', 1, { resourceVersion: '9007199254740994', phase: 'Failed' })))?.changes).toHaveLength(1);
  });
});

describe('R30 listeners', () => {
  it('R30 one that throws harms neither the store nor the others', () => {
    const store = storeWithDev();
    const heard: Commit[] = [];
    store.onCommit(() => {
      throw new Error('no');
    });
    store.onCommit((one) => heard.push(one));
    commit(store, put(pod('a', 1)));
    expect(heard).toHaveLength(1);
    expect(store.listenerFailures).toBe(1);
  });

  it('hear commits in order, also one that a listener makes', () => {
    const store = storeWithDev();
    const first: number[] = [];
    const second: number[] = [];
    store.onCommit(({ revision, changes }) => {
      first.push(revision);
      if (changes.length > 0 && revision < 4) commit(store, put(pod(`by-listener-${revision}`, 50 + revision)));
    });
    store.onCommit(({ revision }) => second.push(revision));
    commit(store, put(pod('a', 1)));
    expect(second).toEqual(first);
    expect(second).toEqual([2, 3, 4]);
  });

  it('hear nothing after they left', () => {
    const store = storeWithDev();
    let count = 0;
    const listening = store.onCommit(() => {
      count += 1;
    });
    listening[Symbol.dispose]();
    commit(store, put(pod('a', 1)));
    expect(count).toBe(0);
  });
});

describe('sharing', () => {
  it('R28 values that records share are kept once, and forgotten with the last record', () => {
    const store = storeWithDev();
    const base = store.internedValues;
    for (let at = 0; at < 100; at += 1) commit(store, put(pod(`p-${at}`, at + 1, { labels: { app: 'web' } })));
    const [first, second] = [...clusterOf(store).pods.all()];
    expect(first?.labels).toBe(second?.labels);
    expect(first?.images).toBe(second?.images);
    commit(store, { type: 'sweep', resource: 'pods', keep: [] });
    expect(store.internedValues).toBe(base);
  });

  it('takes frozen records without changing them', () => {
    const store = storeWithDev();
    const frozen = Object.freeze(pod('a', 1));
    commit(store, put(Object.freeze(pod('b', 2))), put(frozen));
    expect(clusterOf(store).pods.get('shop', 'a')).toEqual(frozen);
  });
});
