import type { ClusterClient } from '../controlplane/cluster-client.ts';
import { until } from '../controlplane/until.ts';
import { type KubeWorkload, workloadsOf } from './kubectl-view.ts';
import { type KindName, kindNames, workload } from './six-kinds.ts';

const settleTimeoutMs = 60_000;

/** Which word ends the image tag of the second revision of each kind that is to be stuck, and the cause that it leads to. */
export const stuckBy: Readonly<Record<KindName, { readonly tag: string; readonly cause: string; readonly word: string }>> = {
  Deployment: { tag: 'v2-broken', cause: 'NotReady', word: 'Running' },
  StatefulSet: { tag: 'v2-missing', cause: 'ImagePull', word: 'ImagePullBackOff' },
  DaemonSet: { tag: 'v2-crash', cause: 'CrashLoop', word: 'CrashLoopBackOff' },
  CloneSet: { tag: 'v2-crash', cause: 'CrashLoop', word: 'CrashLoopBackOff' },
  AdvancedStatefulSet: { tag: 'v2-crash', cause: 'CrashLoop', word: 'CrashLoopBackOff' },
  AdvancedDaemonSet: { tag: 'v2-crash', cause: 'CrashLoop', word: 'CrashLoopBackOff' },
};

const stuckSpec: Readonly<Partial<Record<KindName, object>>> = {
  Deployment: { progressDeadlineSeconds: 5 },
  CloneSet: { updateStrategy: { type: 'InPlaceIfPossible', partition: 1, maxUnavailable: 1 } },
  AdvancedDaemonSet: { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, partition: 2 } } },
};

export const nameOf = (prefix: string, kindName: KindName): string => `${prefix}-${kindName.toLowerCase()}`;

/** One workload of each kind that is well. */
export async function seedWell(cluster: ClusterClient, namespace: string): Promise<void> {
  await cluster.apply(...kindNames.map((kindName) => workload(kindName, { namespace, name: nameOf('well', kindName), tag: 'v1' })));
  await untilSettled(cluster, namespace, 'well-');
}

/** The same, and one of each kind on its way to a revision that does not work. */
export async function seedStuckAndWell(cluster: ClusterClient, namespace: string): Promise<void> {
  const stuck = (kindName: KindName, tag: string) =>
    workload(kindName, { namespace, name: nameOf('stuck', kindName), tag, replicas: 3, spec: stuckSpec[kindName] ?? {} });
  await cluster.apply(...kindNames.map((kindName) => stuck(kindName, 'v1')));
  await seedWell(cluster, namespace);
  await untilSettled(cluster, namespace);
  await cluster.apply(...kindNames.map((kindName) => stuck(kindName, stuckBy[kindName].tag)));
}

/** All workloads of the namespace (those whose names start with `prefix`) have all their pods, ready and of one revision. */
export async function untilSettled(cluster: ClusterClient, namespace: string, prefix = ''): Promise<void> {
  await until(`${cluster.name}/${namespace} settled`, { timeoutMs: settleTimeoutMs, everyMs: 500 }, async () => {
    const all = await Promise.all(kindNames.map((kindName) => workloadsOf(cluster, kindName, '-n', namespace)));
    return all.flat().every((each) => !each.metadata.name.startsWith(prefix) || isSettled(each));
  });
}

function isSettled({ kind, metadata, spec, status }: KubeWorkload): boolean {
  if (status['observedGeneration'] !== metadata.generation) return false;
  if (kind !== 'DaemonSet') {
    const wanted = spec.replicas ?? 1;
    return status['readyReplicas'] === wanted && status['updatedReplicas'] === wanted && status['replicas'] === wanted;
  }
  const wanted = status['desiredNumberScheduled'];
  return Number(wanted) > 0 && status['numberReady'] === wanted && status['updatedNumberScheduled'] === wanted;
}

/** Restarts that stay as they are: containers that OpenKruise restarted in place, once or twice. */
export async function seedRestarts(cluster: ClusterClient, namespace: string, replicas: number): Promise<void> {
  const apply = async (tag: string, partition: number) => {
    const spec = { updateStrategy: { type: 'InPlaceIfPossible', partition, maxUnavailable: '100%' } };
    const canary = { namespace, name: 'restarted-canary', tag, replicas: 1, podLabels: { canary: 'yes' }, spec };
    await cluster.apply(
      workload('CloneSet', { namespace, name: 'restarted', tag, replicas, spec }),
      workload('CloneSet', { ...canary, spec: { updateStrategy: { ...spec.updateStrategy, partition: 0 } } }),
    );
    await untilUpdated(cluster, namespace, replicas - partition);
  };
  await apply('v1', 0);
  await apply('v2', 0);
  await apply('v3', Math.floor(replicas / 2));
}

async function untilUpdated(cluster: ClusterClient, namespace: string, updated: number): Promise<void> {
  await until(`${updated} restarted pods in ${cluster.name}`, { timeoutMs: settleTimeoutMs, everyMs: 200 }, async () => {
    const [found] = await workloadsOf(cluster, 'CloneSet', '-n', namespace, '--field-selector', 'metadata.name=restarted');
    const { metadata, spec, status } = found ?? {};
    return (
      status?.['observedGeneration'] === metadata?.generation &&
      status?.['updatedReadyReplicas'] === updated &&
      status['readyReplicas'] === spec?.replicas
    );
  });
}
