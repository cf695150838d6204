import type { KubeObject } from '../../model/kube-object.ts';
import { GATEWAY_USER, PLATFORM_GROUP } from '../users.ts';
import type { ClusterSeed } from './cluster-seed.ts';

const GROUP = 'rbac.authorization.k8s.io';
const READ = ['get', 'list', 'watch'];
const WRITE = ['create', 'delete', 'deletecollection', 'patch', 'update'];

/** Who may do what in every simulated cluster, beyond what a cluster starts with. */
export function seedAccess(seed: ClusterSeed, at: number): void {
  const objects = [
    binding('ClusterRoleBinding', 'platform', { role: 'cluster-admin', group: PLATFORM_GROUP }),
    binding('ClusterRoleBinding', 'viewer', { role: 'view', user: 'viewer' }),
    binding('RoleBinding', 'team-shop', { role: 'edit', user: 'team-shop', namespace: 'shop' }),
    clusterRole('kruise-view', [{ apiGroups: ['apps.kruise.io'], resources: ['*'], verbs: READ }], 'view'),
    clusterRole('kruise-edit', [{ apiGroups: ['apps.kruise.io'], resources: ['*'], verbs: WRITE }], 'edit'),
    clusterRole('fleetgraph-gateway', GATEWAY_RULES),
    clusterRole('fleetgraph-hub', HUB_RULES),
    binding('ClusterRoleBinding', 'fleetgraph-hub', { role: 'fleetgraph-hub', user: GATEWAY_USER.name }),
    binding('ClusterRoleBinding', 'fleetgraph-gateway', { role: 'fleetgraph-gateway', user: GATEWAY_USER.name }),
  ];
  for (const object of objects) seed.add(object, at);
}

/** It reads what it shows, asks whether others may, and acts only as the people who call it. */
const GATEWAY_RULES = [
  { apiGroups: ['', 'events.k8s.io'], resources: ['events', 'namespaces', 'nodes', 'pods', 'services'], verbs: READ },
  { apiGroups: ['', 'events.k8s.io'], resources: ['events'], verbs: ['create', 'patch', 'update'] },
  { apiGroups: ['apps', 'apps.kruise.io', 'autoscaling', 'policy'], resources: ['*'], verbs: READ },
  { apiGroups: ['apiextensions.k8s.io'], resources: ['customresourcedefinitions'], verbs: READ },
  { apiGroups: [GROUP], resources: ['clusterrolebindings', 'clusterroles', 'rolebindings', 'roles'], verbs: READ },
  { apiGroups: ['authentication.k8s.io'], resources: ['tokenreviews'], verbs: ['create'] },
  { apiGroups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'], verbs: ['create'] },
  { apiGroups: [''], resources: ['groups', 'serviceaccounts', 'users'], verbs: ['impersonate'] },
  // Of uids and of extras whatever their keys: RBAC knows no `userextras/*`.
  { apiGroups: ['authentication.k8s.io'], resources: ['*'], verbs: ['impersonate'] },
];

/** Any simulated cluster may be the hub. */
const HUB_RULES = [
  { apiGroups: ['fleetgraph.io'], resources: ['*'], verbs: [...READ, ...WRITE] },
  { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: [...READ, ...WRITE] },
  { apiGroups: ['apiextensions.k8s.io'], resources: ['customresourcedefinitions'], verbs: ['create', 'update'] },
  { apiGroups: [''], resources: ['namespaces'], verbs: ['create'] },
];

function clusterRole(name: string, rules: readonly object[], aggregatedTo?: string): KubeObject {
  const labels = aggregatedTo === undefined ? {} : { labels: { [`${GROUP}/aggregate-to-${aggregatedTo}`]: 'true' } };
  return { apiVersion: `${GROUP}/v1`, kind: 'ClusterRole', metadata: { name, ...labels }, rules: structuredClone(rules) };
}

function binding(
  kind: 'ClusterRoleBinding' | 'RoleBinding',
  name: string,
  { role, namespace, ...subject }: { role: string; namespace?: string } & ({ user: string } | { group: string }),
): KubeObject {
  return {
    apiVersion: `${GROUP}/v1`,
    kind,
    metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
    roleRef: { apiGroup: GROUP, kind: 'ClusterRole', name: role },
    subjects: [
      'user' in subject ? { apiGroup: GROUP, kind: 'User', name: subject.user } : { apiGroup: GROUP, kind: 'Group', name: subject.group },
    ],
  };
}
