import type { KubeObject } from '../../model/kube-object.ts';
import type { ObjectRecord } from '../../model/object-record.ts';
import type { GroupResource } from '../../model/resource.ts';
import { WORKLOAD_RESOURCES } from '../../model/workload-resources.ts';
import { type FlawReport, ignoreFlaws } from './fields.ts';
import { projectNamespace } from './project-namespace.ts';
import { projectNode } from './project-node.ts';
import { projectPod } from './project-pod.ts';
import { projectControllerRevision, projectReplicaSet } from './project-revision.ts';
import { projectWorkload, workloadLayoutFor } from './project-workload.ts';

/** Makes a record of an object of one kind. Never throws; takes parts of the object into the record (its labels). */
export type Projector = (object: KubeObject, cluster: string) => ObjectRecord;

export interface WatchedResource {
  readonly resource: GroupResource;
  readonly kind: string;
  readonly namespaced: boolean;
  /** Versions that we can read, the preferred one first: take the first that the cluster serves. */
  readonly versions: readonly string[];
}

const CORE = ['v1'];
const KRUISE = ['v1beta1', 'v1alpha1'];

/** Everything that the store keeps a copy of. Events too, which go to a ring: see `projectEvent`. */
export const WATCHED_RESOURCES: readonly WatchedResource[] = [
  { resource: 'namespaces', kind: 'Namespace', namespaced: false, versions: CORE },
  { resource: 'nodes', kind: 'Node', namespaced: false, versions: CORE },
  { resource: WORKLOAD_RESOURCES.DEPLOYMENT, kind: 'Deployment', namespaced: true, versions: CORE },
  { resource: WORKLOAD_RESOURCES.STATEFUL_SET, kind: 'StatefulSet', namespaced: true, versions: CORE },
  { resource: WORKLOAD_RESOURCES.DAEMON_SET, kind: 'DaemonSet', namespaced: true, versions: CORE },
  { resource: WORKLOAD_RESOURCES.CLONE_SET, kind: 'CloneSet', namespaced: true, versions: KRUISE },
  { resource: WORKLOAD_RESOURCES.ADVANCED_STATEFUL_SET, kind: 'StatefulSet', namespaced: true, versions: KRUISE },
  { resource: WORKLOAD_RESOURCES.ADVANCED_DAEMON_SET, kind: 'DaemonSet', namespaced: true, versions: KRUISE },
  { resource: 'replicasets.apps', kind: 'ReplicaSet', namespaced: true, versions: CORE },
  { resource: 'controllerrevisions.apps', kind: 'ControllerRevision', namespaced: true, versions: CORE },
  { resource: 'pods', kind: 'Pod', namespaced: true, versions: CORE },
  { resource: 'events', kind: 'Event', namespaced: true, versions: CORE },
];

/**
 * The projector of a kind; undefined for kinds without a record, events among them. `flaw` hears of every
 * field that was not of the promised type.
 */
export function projectorFor(resource: GroupResource, flaw: FlawReport = ignoreFlaws): Projector | undefined {
  const layout = workloadLayoutFor(resource);
  if (layout !== undefined) return (object, cluster) => projectWorkload(object, cluster, layout, flaw);
  const project = PROJECTORS.get(resource);
  return project && ((object, cluster) => project(object, cluster, flaw));
}

type FlawedProjector = (object: KubeObject, cluster: string, flaw: FlawReport) => ObjectRecord;

const PROJECTORS: ReadonlyMap<GroupResource, FlawedProjector> = new Map<GroupResource, FlawedProjector>([
  ['pods', projectPod],
  ['nodes', projectNode],
  ['namespaces', projectNamespace],
  ['replicasets.apps', projectReplicaSet],
  ['controllerrevisions.apps', projectControllerRevision],
]);
