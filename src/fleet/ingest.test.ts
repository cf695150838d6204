import { beforeEach, describe, expect, it } from 'vitest';
import { aClusterRecord, clusterOf } from '../../test/support/a-cluster.ts';
import { aPod } from '../../test/support/a-pod.ts';
import type { ReflectorSink } from '../informer/reflector-sink.ts';
import type { KubeObject } from '../model/kube-object.ts';
import { silentLogger } from '../runtime/logger.ts';
import { VirtualClock } from '../runtime/virtual-clock.ts';
import type { Commit } from '../store/commit.ts';
import { InMemoryGraphStore } from '../store/in-memory-graph-store.ts';
import { ClusterIngest } from './ingest.ts';
import { type Projector, projectorFor } from './projector.ts';

let clock: VirtualClock;
let store: InMemoryGraphStore;
let ingest: ClusterIngest;
let commits: Commit[];
let lost: string[];

beforeEach(() => {
  clock = new VirtualClock();
  store = new InMemoryGraphStore({ now: () => clock.now() });
  store.addCluster(aClusterRecord());
  commits = [];
  lost = [];
  store.onCommit((commit) => commits.push(commit));
  ingest = new ClusterIngest({ cluster: 'dev', store, clock, logger: silentLogger, onLost: (resources) => lost.push(...resources) });
});

const pods = (projector: Projector = projectorFor('pods', () => {}) ?? fail): ReflectorSink => ingest.sinkFor('pods', projector);

function fail(): never {
  throw new Error('no projector');
}

function pod(name: string, version: number, uid = `uid-${name}`): KubeObject {
  const object = aPod(name).label('version', String(version)).object();
  return { ...object, metadata: { ...object.metadata, uid, resourceVersion: String(version) } };
}

function list(sink: ReflectorSink, version: string, pages: KubeObject[][], newEpoch = false): void {
  sink.begin({ resourceVersion: version, newEpoch });
  for (const page of pages) sink.upsert(page);
  sink.finish(version);
}

describe('a list by stream', () => {
  it('R7 R3 keeps nothing that was deleted while it was on its way, and what came again', () => {
    const sink = pods();
    sink.begin({ newEpoch: false });
    sink.upsert([pod('a', 1), pod('b', 2), pod('c', 3)]);
    sink.drop('uid-a');
    sink.drop('uid-b');
    sink.upsert([pod('b', 5)]);
    sink.finish('6');
    expect([...(clusterOf(store)?.pods.all() ?? [])].map(({ name, resourceVersion }) => [name, resourceVersion])).toEqual([
      ['b', '5'],
      ['c', '3'],
    ]);
  });
});

describe('what arrives together', () => {
  it('I2 is not lost with a kind that is given up in the same turn', async () => {
    const sink = pods();
    sink.apply({ type: 'added', object: pod('a', 1) }, '1');
    ingest.moveTo('nodes', '7');
    ingest.discard(['nodes']);
    await clock.settle();
    expect(commits).toMatchObject([{ changes: [{ after: { name: 'a' } }], positions: [{ resource: 'pods', resourceVersion: '1' }] }]);
    expect(clusterOf(store)?.position('nodes')).toBeUndefined();
    sink.apply({ type: 'added', object: pod('b', 2) }, '2');
    ingest.discardAll(['pods']);
    await clock.settle();
    expect(commits).toHaveLength(1);
  });

  it('R26 is one commit of the last state of each uid', async () => {
    const sink = pods();
    sink.apply({ type: 'added', object: pod('a', 1) }, '1');
    sink.apply({ type: 'modified', object: pod('a', 2) }, '2');
    sink.apply({ type: 'deleted', object: pod('a', 3) }, '3');
    sink.apply({ type: 'added', object: pod('a', 4, 'second') }, '4');
    sink.apply({ type: 'added', object: pod('b', 5) }, '5');
    expect(commits).toEqual([]);
    await clock.settle();
    expect(commits).toHaveLength(1);
    expect(commits[0]?.changes).toMatchObject([{ after: { uid: 'second' } }, { after: { name: 'b' } }]);
    expect(commits[0]?.positions).toEqual([{ resource: 'pods', resourceVersion: '5', epoch: 0 }]);
  });

  it('is not gathered without end', () => {
    const sink = pods();
    for (let at = 1; at <= 1_000; at += 1) sink.apply({ type: 'added', object: pod(`p-${at}`, at) }, String(at));
    expect(commits).toHaveLength(1);
  });
});

describe('a list', () => {
  it('R3 shows each page as it comes and removes nothing before the end', () => {
    const sink = pods();
    list(sink, '10', [[pod('a', 1), pod('b', 2)], [pod('c', 3)]]);
    sink.begin({ resourceVersion: '20', newEpoch: false });
    sink.upsert([pod('d', 15)]);
    expect(clusterOf(store).pods.size).toBe(4);
    expect(clusterOf(store).position('pods')?.resourceVersion).toBe('10');
    sink.upsert([pod('a', 1)]);
    sink.finish('20');
    expect([...clusterOf(store).pods.all()].map(({ name }) => name).sort()).toEqual(['a', 'd']);
    expect(clusterOf(store).position('pods')?.resourceVersion).toBe('20');
    expect(commits.at(-1)?.changes).toHaveLength(2);
  });

  it('R2 begun anew forgets what its first try named', () => {
    const sink = pods();
    sink.begin({ resourceVersion: '10', newEpoch: false });
    sink.upsert([pod('a', 1), pod('b', 2)]);
    list(sink, '20', [[pod('b', 2)]]);
    expect([...clusterOf(store).pods.all()].map(({ name }) => name)).toEqual(['b']);
  });

  it('R4 of a new epoch takes the copy back and counts the epoch', () => {
    const sink = pods();
    list(sink, '200', [[pod('a', 150), pod('b', 180)]]);
    list(sink, '60', [[pod('a', 40)]], true);
    expect([...clusterOf(store).pods.all()].map(({ resourceVersion }) => resourceVersion)).toEqual(['40']);
    expect(clusterOf(store).position('pods')).toEqual({ resource: 'pods', resourceVersion: '60', epoch: 1 });
  });

  it('R27 an object that cannot be projected is counted, and what was known of it stays', () => {
    const good = projectorFor('pods', () => {}) ?? fail;
    let isOdd = false;
    const sink = pods((object, cluster) => (isOdd && object.metadata.name === 'a' ? fail() : good(object, cluster)));
    list(sink, '10', [[pod('a', 1), pod('b', 2)]]);
    isOdd = true;
    list(sink, '20', [[pod('a', 15), pod('b', 2)]]);
    expect(clusterOf(store).pods.size).toBe(2);
    expect(ingest.unprojectable).toBe(1);
  });
});

describe('what cannot be committed', () => {
  const nameless: Projector = (object, cluster) => ({ ...(projectorFor('pods', () => {}) ?? fail)(object, cluster), name: '' });

  it('R6 throws to the list that brought it', () => {
    const sink = pods(nameless);
    sink.begin({ resourceVersion: '10', newEpoch: false });
    expect(() => sink.upsert([pod('a', 1)])).toThrow(RangeError);
  });

  it('R6 asks for a list of the kinds concerned when it came by a watch, and spoils nothing that comes after', async () => {
    const sink = pods(nameless);
    sink.apply({ type: 'added', object: pod('a', 1) }, '1');
    await clock.settle();
    expect(lost).toEqual(['pods']);
    expect(clusterOf(store).position('pods')).toBeUndefined();
    pods().apply({ type: 'added', object: pod('b', 2) }, '2');
    await clock.settle();
    expect(clusterOf(store).pods.size).toBe(1);
  });
});

it('R33 nothing is committed after the end', async () => {
  const sink = pods();
  sink.apply({ type: 'added', object: pod('a', 1) }, '1');
  ingest.close();
  expect(clusterOf(store).pods.size).toBe(1);
  sink.apply({ type: 'added', object: pod('b', 2) }, '2');
  await clock.settle();
  expect(clusterOf(store).pods.size).toBe(1);
});
