/** The roles and bindings that every cluster starts with: what the real ones mean, for the kinds served here and their usual neighbours. */
import type { JsonObject, KubeObject } from '../../model/kube-object.ts';
import { AUTHENTICATED, MASTERS } from './attributes.ts';

const READ = ['get', 'list', 'watch'];
const WRITE = ['create', 'delete', 'deletecollection', 'patch', 'update'];
const ALL = [...WRITE, ...READ];

const rule = (verbs: readonly string[], apiGroups: readonly string[], resources: readonly string[]): JsonObject => ({
  verbs,
  apiGroups,
  resources,
});
const scalable = (...resources: readonly string[]) => resources.flatMap((resource) => [resource, `${resource}/scale`]);
const withStatus = (...resources: readonly string[]) => resources.flatMap((resource) => [resource, `${resource}/status`]);

const CORE_CONTENT = [
  'configmaps',
  'endpoints',
  'persistentvolumeclaims',
  'pods',
  'replicationcontrollers',
  'replicationcontrollers/scale',
  'serviceaccounts',
  'services',
];
const WORKLOADS = ['controllerrevisions', 'daemonsets', ...scalable('deployments', 'replicasets', 'statefulsets')];

const VIEW_RULES: readonly JsonObject[] = [
  rule(READ, [''], [...CORE_CONTENT, 'persistentvolumeclaims/status', 'pods/status', 'services/status', 'replicationcontrollers/status']),
  rule(
    READ,
    [''],
    ['bindings', 'events', 'limitranges', 'namespaces/status', 'pods/log', 'resourcequotas', 'resourcequotas/status', 'namespaces'],
  ),
  rule(READ, ['discovery.k8s.io'], ['endpointslices']),
  rule(READ, ['apps'], [...WORKLOADS, 'daemonsets/status', 'deployments/status', 'replicasets/status', 'statefulsets/status']),
  rule(READ, ['autoscaling'], withStatus('horizontalpodautoscalers')),
  rule(READ, ['batch'], withStatus('cronjobs', 'jobs')),
  rule(READ, ['policy'], withStatus('poddisruptionbudgets')),
  rule(READ, ['networking.k8s.io'], [...withStatus('ingresses'), 'networkpolicies']),
  rule(READ, ['events.k8s.io'], ['events']),
];

const EDIT_RULES: readonly JsonObject[] = [
  rule(READ, [''], ['pods/attach', 'pods/exec', 'pods/portforward', 'pods/proxy', 'secrets', 'services/proxy']),
  rule(['impersonate'], [''], ['serviceaccounts']),
  rule(WRITE, [''], ['pods', 'pods/attach', 'pods/exec', 'pods/portforward', 'pods/proxy']),
  rule(['create'], [''], ['pods/eviction', 'serviceaccounts/token']),
  rule(
    WRITE,
    [''],
    [
      'configmaps',
      'events',
      'persistentvolumeclaims',
      'replicationcontrollers',
      'replicationcontrollers/scale',
      'secrets',
      'serviceaccounts',
      'services',
      'services/proxy',
    ],
  ),
  rule(WRITE, ['apps'], ['daemonsets', 'deployments/rollback', ...scalable('deployments', 'replicasets', 'statefulsets')]),
  rule(WRITE, ['autoscaling'], ['horizontalpodautoscalers']),
  rule(WRITE, ['batch'], ['cronjobs', 'jobs']),
  rule(WRITE, ['policy'], ['poddisruptionbudgets']),
  rule(WRITE, ['networking.k8s.io'], ['ingresses', 'networkpolicies']),
  rule(ALL, ['coordination.k8s.io'], ['leases']),
];

const ADMIN_RULES: readonly JsonObject[] = [
  rule(['create'], ['authorization.k8s.io'], ['localsubjectaccessreviews']),
  rule(ALL, ['rbac.authorization.k8s.io'], ['rolebindings', 'roles']),
];

const DISCOVERY_PATHS = [
  '/api',
  '/api/*',
  '/apis',
  '/apis/*',
  '/healthz',
  '/livez',
  '/openapi',
  '/openapi/*',
  '/readyz',
  '/version',
  '/version/',
];
const PUBLIC_PATHS = ['/healthz', '/livez', '/readyz', '/version', '/version/'];

/** ClusterRoles with this label, set to "true", add to the role named (`view`, `edit`, `admin`). */
function aggregationLabel(role: 'view' | 'edit' | 'admin'): string {
  return `rbac.authorization.k8s.io/aggregate-to-${role}`;
}

const aggregates = (...roles: readonly ('view' | 'edit' | 'admin')[]): JsonObject => ({
  clusterRoleSelectors: roles.map((role) => ({ matchLabels: { [aggregationLabel(role)]: 'true' } })),
});

/** Fresh objects, without what the server adds. */
export function defaultRoles(): KubeObject[] {
  return [
    clusterRole('cluster-admin', [rule(['*'], ['*'], ['*']), { verbs: ['*'], nonResourceURLs: ['*'] }]),
    clusterRole('admin', [...ADMIN_RULES, ...EDIT_RULES, ...VIEW_RULES], aggregates('admin', 'edit', 'view')),
    clusterRole('edit', [...EDIT_RULES, ...VIEW_RULES], aggregates('edit', 'view')),
    clusterRole('view', VIEW_RULES, aggregates('view')),
    clusterRole('system:discovery', [{ verbs: ['get'], nonResourceURLs: DISCOVERY_PATHS }]),
    clusterRole('system:public-info-viewer', [{ verbs: ['get'], nonResourceURLs: PUBLIC_PATHS }]),
    clusterRole('system:basic-user', [
      rule(['create'], ['authorization.k8s.io'], ['selfsubjectaccessreviews', 'selfsubjectrulesreviews']),
      rule(['create'], ['authentication.k8s.io'], ['selfsubjectreviews']),
    ]),
    clusterRole('system:auth-delegator', [
      rule(['create'], ['authentication.k8s.io'], ['tokenreviews']),
      rule(['create'], ['authorization.k8s.io'], ['subjectaccessreviews']),
    ]),
    bindingOf('cluster-admin', MASTERS),
    bindingOf('system:discovery', AUTHENTICATED),
    bindingOf('system:basic-user', AUTHENTICATED),
    bindingOf('system:public-info-viewer', AUTHENTICATED, 'system:unauthenticated'),
  ];
}

const BOOTSTRAPPING = {
  labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' },
  annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' },
};

function clusterRole(name: string, rules: readonly JsonObject[], aggregationRule?: JsonObject): KubeObject {
  const metadata = { name, ...structuredClone(BOOTSTRAPPING) };
  return structuredClone({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata,
    ...(aggregationRule && { aggregationRule }),
    rules,
  });
}

function bindingOf(role: string, ...groups: readonly string[]): KubeObject {
  const apiGroup = 'rbac.authorization.k8s.io';
  return {
    apiVersion: `${apiGroup}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name: role, ...structuredClone(BOOTSTRAPPING) },
    roleRef: { apiGroup, kind: 'ClusterRole', name: role },
    subjects: groups.map((name) => ({ apiGroup, kind: 'Group', name })),
  };
}
