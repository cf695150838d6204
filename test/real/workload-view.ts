import type { KubePod, KubeWorkload } from './kubectl-view.ts';
import type { KindName } from './six-kinds.ts';

/** Numbers of pods as the controller of each kind reports them. */
export function numbersOf({ kind, spec, status }: KubeWorkload) {
  const numbers = (...fields: string[]) => fields.map((field) => Number(status[field] ?? 0));
  const [desired, current, ready, available, updated] =
    kind === 'DaemonSet'
      ? numbers('desiredNumberScheduled', 'currentNumberScheduled', 'numberReady', 'numberAvailable', 'updatedNumberScheduled')
      : [spec.replicas, ...numbers('replicas', 'readyReplicas', 'availableReplicas', 'updatedReplicas')];
  return { desired, current, ready, available, updated };
}

/** Where each kind writes its strategy. */
export function strategyOf(kindName: KindName, { spec }: KubeWorkload) {
  type Rolling = Readonly<Record<string, unknown>>;
  const strategy = (spec[kindName === 'Deployment' ? 'strategy' : 'updateStrategy'] ?? {}) as Rolling;
  const rolling = (kindName === 'CloneSet' ? strategy : (strategy['rollingUpdate'] ?? {})) as Rolling;
  return {
    type: strategy['type'],
    partition: rolling['partition'] ?? null,
    maxUnavailable: rolling['maxUnavailable'] ?? null,
    maxSurge: rolling['maxSurge'] ?? null,
    paused: false,
    inPlace: kindName === 'CloneSet',
  };
}

/** Containers of a pod, as the kubelet reports them. */
export function containersOf({ spec, status }: KubePod) {
  return spec.containers.map(({ name, image: wanted }) => {
    const found = status.containerStatuses?.find((container) => container.name === name);
    const [state = 'unknown', detail] = Object.entries(found?.state ?? {})[0] ?? [];
    return { name, image: wanted, ready: found?.ready ?? false, restarts: found?.restartCount ?? 0, state, reason: detail?.reason ?? null };
  });
}
