import type { ClusterClient } from '../controlplane/cluster-client.ts';
import { type KindName, sixKinds } from './six-kinds.ts';

/** A line of `kubectl get pods -o wide`. */
export interface PrintedPod {
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
  readonly readyContainers: number;
  readonly totalContainers: number;
  readonly status: string;
  readonly restarts: number;
  readonly ip: string | null;
  readonly node: string | null;
}

export interface KubeMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation?: number;
  readonly creationTimestamp: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly {
    readonly kind: string;
    readonly name: string;
    readonly uid: string;
    readonly controller?: boolean;
  }[];
}

export interface KubeThing {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: KubeMeta;
}

export interface KubePod extends KubeThing {
  readonly spec: { readonly nodeName?: string; readonly containers: readonly { readonly name: string; readonly image: string }[] };
  readonly status: {
    readonly phase: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly containerStatuses?: readonly KubeContainerStatus[];
  };
}

interface KubeContainerStatus {
  readonly name: string;
  readonly ready: boolean;
  readonly restartCount: number;
  readonly state: Readonly<Record<string, { readonly reason?: string } | undefined>>;
}

export interface KubeWorkload extends KubeThing {
  readonly spec: Readonly<Record<string, unknown>> & {
    readonly replicas?: number;
    readonly template: { readonly spec: { readonly containers: readonly { readonly name: string; readonly image: string }[] } };
  };
  readonly status: Readonly<Record<string, number | string | undefined>>;
}

export interface KubeRevision extends KubeThing {
  /** Of a ControllerRevision. */
  readonly revision?: number;
}

/** What `kubectl get pods -o wide` prints; `args` choose the pods, default those of all namespaces. */
export async function printedPods(cluster: ClusterClient, ...args: string[]): Promise<PrintedPod[]> {
  const text = await cluster.kubectl('get', 'pods', '-A', '-o', 'wide', '--no-headers', ...args);
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => printedPod(cluster.name, line));
}

const podLine = /^(\S+)\s+(\S+)\s+(\d+)\/(\d+)\s+(\S+)\s+(\d+)(?: \(.*? ago\))?\s+\S+\s+(\S+)\s+(\S+)\s/;

function printedPod(cluster: string, line: string): PrintedPod {
  const [, namespace, name, ready, total, status, restarts, ip, node] = podLine.exec(line) ?? [];
  if (namespace === undefined || name === undefined || status === undefined) throw new Error(`kubectl printed an unknown line: ${line}`);
  return {
    cluster,
    namespace,
    name,
    readyContainers: Number(ready),
    totalContainers: Number(total),
    status,
    restarts: Number(restarts),
    ip: orNull(ip),
    node: orNull(node),
  };
}

function orNull(text: string | undefined): string | null {
  return text === undefined || text === '<none>' ? null : text;
}

/** `kubectl get … -o json`, the items. */
export async function items<T = KubeThing>(cluster: ClusterClient, ...args: string[]): Promise<T[]> {
  const text = await cluster.kubectl('get', '-o', 'json', ...args);
  return (JSON.parse(text) as { readonly items: T[] }).items;
}

export function workloadsOf(cluster: ClusterClient, kindName: KindName, ...args: string[]): Promise<KubeWorkload[]> {
  return items<KubeWorkload>(cluster, sixKinds[kindName].resource, ...args);
}

/** The pods, and what is between them and their workloads. */
export interface OwnerChain {
  readonly pods: readonly KubePod[];
  readonly replicaSets: readonly KubeRevision[];
  readonly controllerRevisions: readonly KubeRevision[];
}

export async function ownerChain(cluster: ClusterClient, ...args: string[]): Promise<OwnerChain> {
  const [pods, replicaSets, controllerRevisions] = await Promise.all([
    items<KubePod>(cluster, 'pods', ...args),
    items<KubeRevision>(cluster, 'replicasets.apps', ...args),
    items<KubeRevision>(cluster, 'controllerrevisions.apps', ...args),
  ]);
  return { pods, replicaSets, controllerRevisions };
}

/** Its ReplicaSets, or its ControllerRevisions. */
export function revisionsOf(chain: OwnerChain, { metadata }: KubeThing): KubeRevision[] {
  return [...chain.replicaSets, ...chain.controllerRevisions].filter((revision) => ownerUid(revision) === metadata.uid);
}

export function podsOf(chain: OwnerChain, owner: KubeThing): KubePod[] {
  const uids = new Set([owner.metadata.uid, ...revisionsOf(chain, owner).map(({ metadata }) => metadata.uid)]);
  return chain.pods.filter((pod) => uids.has(ownerUid(pod) ?? ''));
}

/** The ReplicaSet that owns the pod, or the ControllerRevision of its owner that its label names. */
export function revisionOf(chain: OwnerChain, pod: KubePod): KubeRevision | undefined {
  const owner = ownerUid(pod);
  const replicaSet = chain.replicaSets.find(({ metadata }) => metadata.uid === owner);
  if (replicaSet !== undefined) return replicaSet;
  const hash = pod.metadata.labels?.['controller-revision-hash'] ?? '';
  return chain.controllerRevisions.find(
    (revision) => ownerUid(revision) === owner && (revision.metadata.name === hash || revision.metadata.name.endsWith(`-${hash}`)),
  );
}

/** As `kubectl rollout history` numbers them. */
export function revisionNumber({ revision, metadata }: KubeRevision): number {
  return revision ?? Number(metadata.annotations?.['deployment.kubernetes.io/revision']);
}

export function isReady({ status }: KubePod): boolean {
  return status.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') ?? false;
}

function ownerUid({ metadata }: KubeThing): string | undefined {
  return metadata.ownerReferences?.find(({ controller }) => controller === true)?.uid;
}
