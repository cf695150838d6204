/** A cluster in virtual time, and short ways to speak of its objects. For tests of this folder only. */
import type { ApiServer } from '../../kube/api-server.ts';
import type { JsonObject, KubeObject } from '../../model/kube-object.ts';
import type { Resource } from '../../model/resource.ts';
import { seededRandom } from '../../runtime/random.ts';
import { VirtualClock } from '../../runtime/virtual-clock.ts';
import { ApiServerCore, type ApiServerCoreOptions } from '../api-server-core.ts';

export const PODS: Resource = { group: '', version: 'v1', resource: 'pods', kind: 'Pod', namespaced: true };
export const NODES: Resource = { group: '', version: 'v1', resource: 'nodes', kind: 'Node', namespaced: false };
export const NAMESPACES: Resource = { group: '', version: 'v1', resource: 'namespaces', kind: 'Namespace', namespaced: false };
export const CONFIG_MAPS: Resource = { group: '', version: 'v1', resource: 'configmaps', kind: 'ConfigMap', namespaced: true };
export const DEPLOYMENTS: Resource = { group: 'apps', version: 'v1', resource: 'deployments', kind: 'Deployment', namespaced: true };
export const CLONE_SETS: Resource = {
  group: 'apps.kruise.io',
  version: 'v1alpha1',
  resource: 'clonesets',
  kind: 'CloneSet',
  namespaced: true,
};
export const BUDGETS: Resource = {
  group: 'policy',
  version: 'v1',
  resource: 'poddisruptionbudgets',
  kind: 'PodDisruptionBudget',
  namespaced: true,
};
const RBAC = 'rbac.authorization.k8s.io';
export const ROLES: Resource = { group: RBAC, version: 'v1', resource: 'roles', kind: 'Role', namespaced: true };
export const CLUSTER_ROLES: Resource = { group: RBAC, version: 'v1', resource: 'clusterroles', kind: 'ClusterRole', namespaced: false };
export const ROLE_BINDINGS: Resource = { group: RBAC, version: 'v1', resource: 'rolebindings', kind: 'RoleBinding', namespaced: true };
export const CLUSTER_ROLE_BINDINGS: Resource = {
  group: RBAC,
  version: 'v1',
  resource: 'clusterrolebindings',
  kind: 'ClusterRoleBinding',
  namespaced: false,
};
export const CRDS: Resource = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  resource: 'customresourcedefinitions',
  kind: 'CustomResourceDefinition',
  namespaced: false,
};

export interface CoreForTests {
  readonly core: ApiServerCore;
  readonly client: ApiServer;
  readonly clock: VirtualClock;
}

export function aCore(options: Partial<ApiServerCoreOptions> = {}): CoreForTests {
  const clock = new VirtualClock();
  const core = new ApiServerCore({ name: 'a', clock, random: seededRandom(1), ...options });
  return { core, client: core.client(), clock };
}

export function anObject(resource: Resource, name: string, rest: JsonObject = {}): KubeObject {
  const { metadata, ...others } = rest;
  const apiVersion = resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
  const namespace = resource.namespaced ? { namespace: 'default' } : {};
  return { apiVersion, kind: resource.kind, metadata: { name, ...namespace, ...(metadata as object) }, ...others };
}

export const container = (image = 'nginx:1', name = 'main') => ({ name, image });

export function aPod(name: string, rest: JsonObject = {}): KubeObject {
  const { spec, ...others } = rest;
  return anObject(PODS, name, { spec: { containers: [container()], ...(spec as object) }, ...others });
}

export function aDeployment(name: string, spec: JsonObject = {}): KubeObject {
  const labels = { app: name };
  const template = { metadata: { labels }, spec: { containers: [container()] } };
  return anObject(DEPLOYMENTS, name, { spec: { selector: { matchLabels: labels }, template, ...spec } });
}

export function bindingTo(resource: Resource, role: string, user: string, metadata: JsonObject = {}): KubeObject {
  return anObject(resource, `${user}-${role}`, {
    metadata,
    roleRef: { apiGroup: RBAC, kind: role.startsWith('role:') ? 'Role' : 'ClusterRole', name: role.replace(/^role:/, '') },
    subjects: [{ kind: 'User', name: user }],
  });
}

/** What `action` refuses with, as an object to match. */
export async function refusalBy(action: () => Promise<unknown>): Promise<unknown> {
  try {
    await action();
  } catch (error) {
    return error;
  }
  return 'no refusal';
}
