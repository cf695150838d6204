import { nodeSetLabel } from '../controlplane/fake-nodes.ts';
import { image } from './workloads.ts';

/** The kinds of workload as kubectl names them, and as the graph does. */
export const sixKinds = {
  Deployment: { workloadKind: 'DEPLOYMENT', apiVersion: 'apps/v1', kind: 'Deployment', resource: 'deployments.apps' },
  StatefulSet: { workloadKind: 'STATEFUL_SET', apiVersion: 'apps/v1', kind: 'StatefulSet', resource: 'statefulsets.apps' },
  DaemonSet: { workloadKind: 'DAEMON_SET', apiVersion: 'apps/v1', kind: 'DaemonSet', resource: 'daemonsets.apps' },
  CloneSet: { workloadKind: 'CLONE_SET', apiVersion: 'apps.kruise.io/v1alpha1', kind: 'CloneSet', resource: 'clonesets.apps.kruise.io' },
  AdvancedStatefulSet: {
    workloadKind: 'ADVANCED_STATEFUL_SET',
    apiVersion: 'apps.kruise.io/v1beta1',
    kind: 'StatefulSet',
    resource: 'statefulsets.apps.kruise.io',
  },
  AdvancedDaemonSet: {
    workloadKind: 'ADVANCED_DAEMON_SET',
    apiVersion: 'apps.kruise.io/v1alpha1',
    kind: 'DaemonSet',
    resource: 'daemonsets.apps.kruise.io',
  },
} as const;

export type KindName = keyof typeof sixKinds;
export const kindNames = Object.keys(sixKinds) as KindName[];

export interface WorkloadOptions {
  readonly namespace: string;
  readonly name: string;
  readonly tag: string;
  /** Not for the kinds that put a pod on each node: those run on `pool-c` alone. */
  readonly replicas?: number;
  /** Labels of its pods besides `app`. */
  readonly podLabels?: Readonly<Record<string, string>>;
  /** Merged into the spec. */
  readonly spec?: object;
}

/** A workload of any of the six kinds; its pods carry `app: <name>` and one container, `app`. */
export function workload(kindName: KindName, { namespace, name, tag, replicas = 2, podLabels = {}, spec = {} }: WorkloadOptions): object {
  const { apiVersion, kind } = sixKinds[kindName];
  const onEachNode = kind === 'DaemonSet';
  return {
    apiVersion,
    kind,
    metadata: { name, namespace, labels: { app: name } },
    spec: {
      ...(onEachNode ? {} : { replicas }),
      ...(kind === 'StatefulSet' ? { serviceName: name } : {}),
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name, ...podLabels } },
        spec: {
          ...(onEachNode ? { nodeSelector: { [nodeSetLabel]: 'pool-c' } } : {}),
          containers: [{ name: 'app', image: image(tag) }],
        },
      },
      ...spec,
    },
  };
}
