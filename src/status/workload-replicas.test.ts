import { describe, expect, it } from 'vitest';
import { aStore, clusterOf } from '../../test/support/a-cluster.ts';
import { aNode } from '../../test/support/a-node.ts';
import { aRevision, aWorkload } from '../../test/support/a-workload.ts';
import { minutes, START, seconds } from '../../test/support/an-object.ts';
import type { WorkloadKind } from '../model/workload-record.ts';
import { workloadReplicas } from './workload-replicas.ts';
import { viewOf } from './workload-view.ts';

const now = START + minutes(30);

/** Five pods: one old; of the four new ones one is going, one is not ready, one got ready a moment ago. */
function replicasOf(kind: WorkloadKind, status: Record<string, unknown>) {
  const web = aWorkload(kind)
    .image('v2')
    .replicas(5)
    .minReadySeconds(30)
    .status({ updateRevision: 'web-new', daemonSetHash: 'new', ...status });
  const [old, fresh] = [aRevision(web, 'old', 1).image('v1'), aRevision(web, 'new', 2)];
  const pods = [
    old.pod('p-0'),
    fresh.pod('p-1').terminating(now - seconds(3)),
    fresh.pod('p-2').notReady(),
    fresh.pod('p-3').readySince(now - seconds(10)),
    fresh.pod('p-4'),
  ];
  const cluster = clusterOf(aStore([web, old, fresh, ...pods, aNode()]));
  return workloadReplicas(web.record(), viewOf(cluster, web.record()), now);
}

describe('replicas', () => {
  it.each([
    { kind: 'DEPLOYMENT', status: { replicas: 4, readyReplicas: 3, availableReplicas: 2, updatedReplicas: 9 } },
    { kind: 'STATEFUL_SET', status: { replicas: 4, readyReplicas: 3, availableReplicas: 2, updatedReplicas: 9 } },
    { kind: 'DAEMON_SET', status: { currentNumberScheduled: 4, numberReady: 3, numberAvailable: 2, updatedNumberScheduled: 9 } },
    { kind: 'ADVANCED_DAEMON_SET', status: { currentNumberScheduled: 4, numberReady: 3, numberAvailable: 2, updatedNumberScheduled: 9 } },
  ] as const)('of a $kind that nobody reports are counted from its pods', ({ kind, status }) => {
    expect(replicasOf(kind, status)).toEqual({
      desired: 5,
      current: 4,
      ready: 3,
      available: 2,
      updated: 3,
      updatedReady: 2,
      updatedAvailable: 1,
    });
  });

  it('of a CloneSet are its own', () => {
    const status = {
      replicas: 4,
      readyReplicas: 3,
      availableReplicas: 2,
      updatedReplicas: 7,
      updatedReadyReplicas: 6,
      updatedAvailableReplicas: 5,
    };
    expect(replicasOf('CLONE_SET', status)).toMatchObject({ updated: 7, updatedReady: 6, updatedAvailable: 5 });
  });

  it('and counted where its version does not report one', () => {
    expect(replicasOf('CLONE_SET', { updatedReplicas: 3, updatedReadyReplicas: 2 })).toMatchObject({
      updated: 3,
      updatedReady: 2,
      updatedAvailable: 1,
    });
  });
});
