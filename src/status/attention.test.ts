import { describe, expect, it } from 'vitest';
import { aClusterRecord, aStore } from '../../test/support/a-cluster.ts';
import { aWorkload } from '../../test/support/a-workload.ts';
import { minutes, START, seconds } from '../../test/support/an-object.ts';
import type { ClusterSync } from '../model/cluster.ts';
import type { WorkloadRecord } from '../model/workload-record.ts';
import { attentionOf } from './attention.ts';
import type { Cause } from './cause.ts';
import type { WorkloadStatus } from './workload-state.ts';

const now = START + minutes(30);
const complete: WorkloadStatus = { state: 'COMPLETE', message: 'fine', causes: [] };
const crash: Cause = { code: 'CrashLoop', message: '', count: 1, examples: [], attributedTo: 'RELEASE' };
const stuckSince = (since: number, causes: readonly Cause[] = []): WorkloadStatus => ({
  state: 'STUCK',
  message: 'it does not move',
  since,
  causes,
});

function workload(cluster: string, name: string, namespace = 'shop') {
  return aWorkload('DEPLOYMENT', name, namespace).inCluster(cluster).status({ availableReplicas: 1 });
}

function messages(
  clusters: Record<string, Partial<ClusterSync>>,
  statuses: Record<string, WorkloadStatus> = {},
  workloads: ReturnType<typeof workload>[] = [],
) {
  const store = aStore(
    workloads,
    Object.entries(clusters).map(([name, sync]) => aClusterRecord(name, sync)),
  );
  const statusOf = (_: unknown, { cluster, name }: WorkloadRecord) => statuses[`${cluster}/${name}`] ?? complete;
  return attentionOf(store.clusters(), now, { statusOf }).map(({ severity, message }) => `${severity} ${message}`);
}

describe('attention', () => {
  it('is asked for nothing while all is well', () => {
    expect(messages({ a: {}, b: { state: 'SYNCING' }, c: { state: 'DISABLED' } }, {}, [workload('a', 'web')])).toEqual([]);
  });

  it('is asked first for clusters that cannot be reached, last for old copies', () => {
    expect(
      messages({
        a: { state: 'STALE' },
        b: { state: 'UNREACHABLE', reason: 'ConnectionRefused' },
        c: { state: 'UNAUTHORIZED', reason: 'TokenExpired' },
      }),
    ).toEqual([
      'CRITICAL Cluster b cannot be reached (ConnectionRefused)',
      'CRITICAL Cluster c does not accept our credentials (TokenExpired)',
      'WARNING Cluster a is shown as it was some time ago',
    ]);
  });

  it('a cluster that was just added is given time to answer', () => {
    expect(messages({ a: { state: 'CONNECTING', since: now - seconds(29) } })).toEqual([]);
    expect(messages({ a: { state: 'CONNECTING', since: now - seconds(30) } })).toEqual(['WARNING Cluster a has not answered yet']);
  });

  it('is asked for stuck workloads, the longest first', () => {
    const statuses = { 'a/web': stuckSince(now - minutes(1)), 'a/cart': stuckSince(now - minutes(9)) };
    expect(messages({ a: {} }, statuses, [workload('a', 'web'), workload('a', 'cart')])).toEqual([
      'WARNING shop/cart in a: it does not move',
      'WARNING shop/web in a: it does not move',
    ]);
  });

  it('at once when nobody is served or the cluster itself is concerned', () => {
    const statuses = { 'a/web': stuckSince(now), 'a/dns': stuckSince(now) };
    const down = workload('a', 'web').status({ availableReplicas: 0 });
    expect(messages({ a: {} }, statuses, [down, workload('a', 'dns', 'kube-system')])).toEqual([
      'CRITICAL kube-system/dns in a: it does not move',
      'CRITICAL shop/web in a: it does not move',
    ]);
  });

  it('once for a component that crashes in several clusters', () => {
    const statuses = { 'a/dns': stuckSince(now - minutes(2), [crash]), 'b/dns': stuckSince(now - minutes(3), [crash]) };
    const parts = ['a', 'b'].map((cluster) => workload(cluster, 'dns').label('app.kubernetes.io/name', 'coredns'));
    expect(messages({ a: {}, b: {} }, statuses, parts)[0]).toBe('CRITICAL coredns crashes again and again in 2 clusters');
    expect(messages({ a: {}, b: {} }, { 'a/dns': stuckSince(now, [crash]) }, parts)).toHaveLength(1);
  });

  it('is not drawn to what the viewer may not see', () => {
    const store = aStore([workload('a', 'web')], [aClusterRecord('a')]);
    expect(attentionOf(store.clusters(), now, { statusOf: () => stuckSince(now), isVisible: () => false })).toEqual([]);
  });

  it('names its subject', () => {
    const store = aStore([workload('a', 'web')], [aClusterRecord('a', { state: 'UNREACHABLE', staleSince: START })]);
    expect(attentionOf(store.clusters(), now, { statusOf: () => stuckSince(START) })).toMatchObject([
      { subject: { type: 'cluster', cluster: { name: 'a' } }, since: START },
      { subject: { type: 'workload', workload: { name: 'web' } }, since: START },
    ]);
  });
});
