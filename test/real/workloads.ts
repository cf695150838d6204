import type { ClusterClient } from '../controlplane/cluster-client.ts';
import { until } from '../controlplane/until.ts';

const podTimeoutMs = 30_000;

export interface Place {
  readonly cluster: ClusterClient;
  readonly namespace: string;
}

export interface Pod {
  readonly metadata: { readonly name: string; readonly uid: string };
  readonly spec: { readonly nodeName?: string };
  readonly status: {
    readonly phase: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly reason?: string }[];
    readonly containerStatuses?: readonly ContainerStatus[];
  };
}

interface ContainerStatus {
  readonly image: string;
  readonly imageID: string;
  readonly ready: boolean;
  readonly restartCount: number;
  readonly state: { readonly running?: object; readonly waiting?: { readonly reason: string } };
}

export const image = (tag: string): string => `registry.example/shop/web:${tag}`;

const podTemplate = (app: string, tag: string) => ({
  metadata: { labels: { app } },
  spec: { containers: [{ name: 'app', image: image(tag) }] },
});

export const deployment = (namespace: string, name: string, tag: string, replicas: number): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace },
  spec: { replicas, selector: { matchLabels: { app: name } }, template: podTemplate(name, tag) },
});

export const cloneSet = (namespace: string, name: string, tag: string, spec: { replicas: number; partition: number }): object => ({
  apiVersion: 'apps.kruise.io/v1alpha1',
  kind: 'CloneSet',
  metadata: { name, namespace },
  spec: {
    replicas: spec.replicas,
    selector: { matchLabels: { app: name } },
    updateStrategy: { type: 'InPlaceIfPossible', partition: spec.partition, maxUnavailable: 1 },
    template: podTemplate(name, tag),
  },
});

export async function podsOf({ cluster, namespace }: Place, app: string): Promise<Pod[]> {
  const selector = encodeURIComponent(`app=${app}`);
  const list = await cluster.get<{ items: Pod[] }>(`/api/v1/namespaces/${namespace}/pods?labelSelector=${selector}`);
  return list.items;
}

/** The first pod of `app`, as soon as `accept` is true of it. */
export function untilPod(place: Place, app: string, accept: (pod: Pod) => boolean): Promise<Pod> {
  return until(`a pod of ${app} as wanted`, { timeoutMs: podTimeoutMs }, async () => {
    const [pod] = await podsOf(place, app);
    return pod && accept(pod) ? pod : undefined;
  });
}

export function isReady(pod: Pod): boolean {
  return pod.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
}

export function waitingReason(pod: Pod): string | undefined {
  return pod.status.containerStatuses?.[0]?.state.waiting?.reason;
}

export function restartCount(pod: Pod): number {
  return pod.status.containerStatuses?.[0]?.restartCount ?? 0;
}
