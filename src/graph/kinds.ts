import type { ObjectRecord } from '../model/object-record.ts';
import { type GroupResource, parseApiVersion } from '../model/resource.ts';
import type { WorkloadKind, WorkloadRecord } from '../model/workload-record.ts';
import { WORKLOAD_RESOURCES, workloadKindOf } from '../model/workload-resources.ts';

/** Names of the GraphQL types of the six kinds. */
const WORKLOAD_TYPES = {
  DEPLOYMENT: 'Deployment',
  STATEFUL_SET: 'StatefulSet',
  DAEMON_SET: 'DaemonSet',
  CLONE_SET: 'CloneSet',
  ADVANCED_STATEFUL_SET: 'AdvancedStatefulSet',
  ADVANCED_DAEMON_SET: 'AdvancedDaemonSet',
} as const satisfies Readonly<Record<WorkloadKind, string>>;

const TYPE_BY_RESOURCE: ReadonlyMap<GroupResource, string> = new Map([
  ['pods', 'Pod'],
  ['nodes', 'ClusterNode'],
  ...(Object.keys(WORKLOAD_TYPES) as WorkloadKind[]).map((kind) => [WORKLOAD_RESOURCES[kind], WORKLOAD_TYPES[kind]] as const),
]);

/** Kinds that the store keeps, besides the workloads, by kind and group. */
const RESOURCE_BY_KIND: Readonly<Record<string, GroupResource>> = {
  'Pod.': 'pods',
  'Node.': 'nodes',
  'Namespace.': 'namespaces',
  'ReplicaSet.apps': 'replicasets.apps',
  'ControllerRevision.apps': 'controllerrevisions.apps',
};

/** The six kinds of workload. */
export const ALL_WORKLOADS: readonly GroupResource[] = Object.values(WORKLOAD_RESOURCES);
/** Where revisions of workloads are kept: ReplicaSets of Deployments, ControllerRevisions of all others. */
export const ALL_REVISIONS: readonly GroupResource[] = ['replicasets.apps', 'controllerrevisions.apps'];

/** Kinds without a type of their own are KubernetesObject. */
export function typeNameOfResource(resource: GroupResource): string {
  return TYPE_BY_RESOURCE.get(resource) ?? 'KubernetesObject';
}

export function typeNameOfWorkload({ workloadKind }: Pick<WorkloadRecord, 'workloadKind'>): string {
  return WORKLOAD_TYPES[workloadKind];
}

/** The resource of a kind that the store keeps, whatever its version; undefined for any other. */
export function resourceOfKind(object: Pick<ObjectRecord, 'apiVersion' | 'kind'>): GroupResource | undefined {
  const workloadKind = workloadKindOf(object);
  if (workloadKind !== undefined) return WORKLOAD_RESOURCES[workloadKind];
  const key = `${object.kind}.${parseApiVersion(object.apiVersion).group}`;
  return Object.hasOwn(RESOURCE_BY_KIND, key) ? RESOURCE_BY_KIND[key] : undefined;
}
