import type { Resource } from '../../src/model/resource.ts';

const namespaced = true;

export const namespaces: Resource = { group: '', version: 'v1', resource: 'namespaces', kind: 'Namespace', namespaced: false };
export const secrets: Resource = { group: '', version: 'v1', resource: 'secrets', kind: 'Secret', namespaced };
export const pods: Resource = { group: '', version: 'v1', resource: 'pods', kind: 'Pod', namespaced };
export const deployments: Resource = { group: 'apps', version: 'v1', resource: 'deployments', kind: 'Deployment', namespaced };
export const budgets: Resource = {
  group: 'policy',
  version: 'v1',
  resource: 'poddisruptionbudgets',
  kind: 'PodDisruptionBudget',
  namespaced,
};
export const leases: Resource = { group: 'coordination.k8s.io', version: 'v1', resource: 'leases', kind: 'Lease', namespaced };
export const roles: Resource = { group: 'rbac.authorization.k8s.io', version: 'v1', resource: 'roles', kind: 'Role', namespaced };
export const roleBindings: Resource = { ...roles, resource: 'rolebindings', kind: 'RoleBinding' };
export const definitions: Resource = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  resource: 'customresourcedefinitions',
  kind: 'CustomResourceDefinition',
  namespaced: false,
};
/** The suite's own kind; see `widgetDefinition`. */
export const widgets: Resource = { group: 'conformance.fleetgraph.io', version: 'v1', resource: 'widgets', kind: 'Widget', namespaced };
/** Served by nobody. */
export const unknownKind: Resource = { group: 'nowhere.fleetgraph.io', version: 'v1', resource: 'nothings', kind: 'Nothing', namespaced };
