import { parseApiVersion, type Resource } from '../../model/resource.ts';

/** The kinds that the simulated controllers know, as discovery names them. */
function kind(apiVersion: string, resource: string, name: string, namespaced = true): Resource {
  return { ...parseApiVersion(apiVersion), resource, kind: name, namespaced };
}

export const NAMESPACES = kind('v1', 'namespaces', 'Namespace', false);
export const NODES = kind('v1', 'nodes', 'Node', false);
export const PODS = kind('v1', 'pods', 'Pod');
export const EVENTS = kind('v1', 'events', 'Event');
export const SERVICE_ACCOUNTS = kind('v1', 'serviceaccounts', 'ServiceAccount');
export const CONFIG_MAPS = kind('v1', 'configmaps', 'ConfigMap');
export const VOLUME_CLAIMS = kind('v1', 'persistentvolumeclaims', 'PersistentVolumeClaim');
export const DEPLOYMENTS = kind('apps/v1', 'deployments', 'Deployment');
export const REPLICA_SETS = kind('apps/v1', 'replicasets', 'ReplicaSet');
export const STATEFUL_SETS = kind('apps/v1', 'statefulsets', 'StatefulSet');
export const DAEMON_SETS = kind('apps/v1', 'daemonsets', 'DaemonSet');
export const CONTROLLER_REVISIONS = kind('apps/v1', 'controllerrevisions', 'ControllerRevision');
export const CLONE_SETS = kind('apps.kruise.io/v1alpha1', 'clonesets', 'CloneSet');
export const DISRUPTION_BUDGETS = kind('policy/v1', 'poddisruptionbudgets', 'PodDisruptionBudget');
export const CUSTOM_RESOURCES = kind('apiextensions.k8s.io/v1', 'customresourcedefinitions', 'CustomResourceDefinition', false);
