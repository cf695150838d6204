import { describe, expect, it } from 'vitest';
import { aClusterRecord, aStore, clusterOf } from '../../test/support/a-cluster.ts';
import { aPod } from '../../test/support/a-pod.ts';
import { aRevision, aWorkload } from '../../test/support/a-workload.ts';
import { WORKLOAD_KINDS } from '../model/workload-record.ts';
import { podsOfRevision, podsOfWorkload, revisionOfPod, workloadOfPod, workloadOfRevision } from './owners.ts';

const names = (records: Iterable<{ name: string }>) => [...records].map(({ name }) => name).sort();

describe.each(WORKLOAD_KINDS)('of a %s', (kind) => {
  const web = aWorkload(kind);
  const [old, fresh] = [aRevision(web, '4d3', 1).image('v1'), aRevision(web, '6f5', 2)];
  const other = aWorkload(kind, 'api');
  const apiRevision = aRevision(other, '111');
  const pods = [...old.pods(2), ...fresh.pods(1)];
  const store = aStore([web, other, old, fresh, apiRevision, ...pods, ...apiRevision.pods(2), aPod('lonely')]);
  const cluster = clusterOf(store);

  it('a pod finds its workload and its revision', () => {
    const pod = cluster.pods.get('shop', 'web-6f5-0');
    if (pod === undefined) throw new Error('no pod');
    expect(workloadOfPod(store, pod)).toMatchObject({ name: 'web', workloadKind: kind });
    expect(revisionOfPod(cluster, pod)?.name).toBe('web-6f5');
  });

  it('a workload finds its pods and no others', () => {
    expect(names(podsOfWorkload(cluster, web.record()))).toEqual(['web-4d3-0', 'web-4d3-1', 'web-6f5-0']);
  });

  it('a revision finds its pods and its workload', () => {
    expect(names(podsOfRevision(cluster, old.record()))).toEqual(['web-4d3-0', 'web-4d3-1']);
    expect(workloadOfRevision(cluster, old.record())?.name).toBe('web');
  });
});

describe('nothing is found', () => {
  const web = aWorkload('DEPLOYMENT');
  const revision = aRevision(web, '6f5');
  const store = aStore([revision, aPod('lonely')], [aClusterRecord('dev')]);
  it.each([
    { name: 'for a pod that nobody controls', pod: aPod('lonely') },
    { name: 'for a pod whose workload is unknown', pod: revision.pod('web-1') },
    {
      name: 'for a pod of a Job',
      pod: aPod('job-1').controlledBy({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'job', uid: 'j' } }),
    },
    { name: 'for a pod of a cluster that is not there', pod: revision.pod('web-1').inCluster('gone') },
    {
      name: 'for an owner of a like name in another group',
      pod: aPod('x').controlledBy({ apiVersion: 'other.io/v1', kind: 'Deployment', metadata: { name: 'web', uid: 'deployment/shop/web' } }),
    },
  ])('$name', ({ pod }) => {
    expect(workloadOfPod(store, pod.record())).toBeUndefined();
  });
});
