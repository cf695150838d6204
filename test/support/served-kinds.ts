import type { Resource } from '../../src/model/resource.ts';

const kind = (group: string, version: string, resource: string, name: string, namespaced = true): Resource => ({
  ...{ group, version, resource, namespaced },
  kind: name,
});

export const PODS = kind('', 'v1', 'pods', 'Pod');
export const NODES = kind('', 'v1', 'nodes', 'Node', false);
export const NAMESPACES = kind('', 'v1', 'namespaces', 'Namespace', false);
export const SECRETS = kind('', 'v1', 'secrets', 'Secret');
export const EVENTS = kind('', 'v1', 'events', 'Event');
export const DEPLOYMENTS = kind('apps', 'v1', 'deployments', 'Deployment');
const REPLICA_SETS = kind('apps', 'v1', 'replicasets', 'ReplicaSet');
export const DEFINITIONS = kind('apiextensions.k8s.io', 'v1', 'customresourcedefinitions', 'CustomResourceDefinition', false);
export const CLONE_SETS = kind('apps.kruise.io', 'v1alpha1', 'clonesets', 'CloneSet');
export const ADVANCED_STATEFUL_SETS = [
  kind('apps.kruise.io', 'v1beta1', 'statefulsets', 'StatefulSet'),
  kind('apps.kruise.io', 'v1alpha1', 'statefulsets', 'StatefulSet'),
];

/** What a cluster without OpenKruise serves, as far as it concerns us, and a kind that does not. */
export const PLAIN_CLUSTER: readonly Resource[] = [
  NAMESPACES,
  NODES,
  PODS,
  EVENTS,
  SECRETS,
  DEPLOYMENTS,
  REPLICA_SETS,
  kind('apps', 'v1', 'statefulsets', 'StatefulSet'),
  kind('apps', 'v1', 'daemonsets', 'DaemonSet'),
  kind('apps', 'v1', 'controllerrevisions', 'ControllerRevision'),
  DEFINITIONS,
];

export const KRUISE_CLUSTER: readonly Resource[] = [...PLAIN_CLUSTER, CLONE_SETS, ...ADVANCED_STATEFUL_SETS];
