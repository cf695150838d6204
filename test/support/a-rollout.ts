import type { ClusterSync } from '../../src/model/cluster.ts';
import type { WorkloadKind } from '../../src/model/workload-record.ts';
import { workloadStatusIn } from '../../src/status/workload-state.ts';
import { aClusterRecord, aStore, clusterOf } from './a-cluster.ts';
import { aNode } from './a-node.ts';
import type { PodBuilder } from './a-pod.ts';
import { aRevision, aWorkload, type RevisionBuilder, type WorkloadBuilder } from './a-workload.ts';
import { minutes, START, seconds } from './an-object.ts';

/** Half an hour into the story; the workload was changed ten minutes in. */
export const now = START + minutes(30);
export const changedAt = START + minutes(10);
export const missing = 'registry.example/shop/web:missing';

interface Story {
  readonly web: WorkloadBuilder;
  readonly old: RevisionBuilder;
  readonly fresh: RevisionBuilder;
}

/** A workload of ten that goes from v1 to v2, and what the controller says of it. */
export function aRollout(kind: WorkloadKind, desired = 10): Story {
  const web = aWorkload(kind).image('registry.example/shop/web:v2').replicas(desired).generation(2).changedAt(changedAt);
  const old = aRevision(web, 'old', 1).image('registry.example/shop/web:v1');
  const fresh = aRevision(web, 'new', 2).createdAt(changedAt);
  if (kind === 'ADVANCED_DAEMON_SET') web.status({ daemonSetHash: 'new' });
  else if (kind !== 'DEPLOYMENT' && kind !== 'DAEMON_SET') web.revisions('web-old', 'web-new');
  web.status({ replicas: desired, currentNumberScheduled: desired });
  return { web, old, fresh };
}

/** New pods made since the change, ready a while ago. */
export function ready(pods: readonly PodBuilder[]): PodBuilder[] {
  return pods.map((pod) =>
    pod
      .createdAt(changedAt)
      .startedAt(changedAt)
      .readySince(changedAt + seconds(20)),
  );
}

interface Around {
  readonly nodes?: readonly ReturnType<typeof aNode>[];
  readonly sync?: Partial<ClusterSync>;
  readonly at?: number;
}

export function statusAmid(
  { web, old, fresh }: Story,
  pods: readonly PodBuilder[],
  { nodes = [aNode()], sync = {}, at = now }: Around = {},
) {
  const store = aStore([web, old, fresh, ...pods, ...nodes], [aClusterRecord('dev', sync)]);
  return workloadStatusIn(clusterOf(store), web.record(), at);
}
