import { randomBytes } from 'node:crypto';

/**
 * The people and programs that every cluster knows, by static token. All of them also pass a
 * TokenReview with the audience `fleetgraph`.
 */
export const userNames = ['admin', 'viewer', 'team-shop', 'gateway'] as const;
export type UserName = (typeof userNames)[number];
export type Tokens = Readonly<Record<UserName, string>>;

/** The namespace in which `team-shop` may write. */
export const teamNamespace = 'shop';

/** In system:masters; for the harness alone, and left out of the audit log. */
export const harnessUser = 'controlplane-harness';

const groups: Readonly<Record<UserName, readonly string[]>> = {
  admin: ['platform'],
  viewer: ['viewers'],
  'team-shop': ['team-shop'],
  gateway: [],
};

const secret = (user: string) => `${user}.${randomBytes(18).toString('base64url')}`;

export function newTokens(): Tokens {
  return Object.fromEntries(userNames.map((user) => [user, secret(user)])) as unknown as Tokens;
}

export const newHarnessToken = (): string => secret(harnessUser);

/** The API server's --token-auth-file. */
export function tokenFile(tokens: Tokens, harnessToken: string): string {
  const line = (token: string, user: string, memberOf: readonly string[]) => `${token},${user},${user},"${memberOf.join(',')}"\n`;
  return line(harnessToken, harnessUser, ['system:masters']) + userNames.map((user) => line(tokens[user], user, groups[user])).join('');
}

const rbac = 'rbac.authorization.k8s.io';
const user = (name: UserName) => ({ kind: 'User', apiGroup: rbac, name });

const clusterRoleBinding = (name: string, role: string, subject: object) => ({
  path: `/apis/${rbac}/v1/clusterrolebindings`,
  object: {
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name },
    roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: role },
    subjects: [subject],
  },
});

const watched = ['get', 'list', 'watch'];

/** What the gateway's own account may do: read what it shows, ask who may do what, and act for others. */
const gatewayRules = [
  {
    apiGroups: [''],
    resources: ['pods', 'nodes', 'namespaces', 'events', 'services', 'persistentvolumeclaims', 'resourcequotas', 'serviceaccounts'],
    verbs: watched,
  },
  // What a run says on its workload.
  { apiGroups: [''], resources: ['events'], verbs: ['create'] },
  { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: watched },
  { apiGroups: ['apps', 'batch', 'policy', 'autoscaling', 'discovery.k8s.io'], resources: ['*'], verbs: watched },
  { apiGroups: ['apps.kruise.io', 'policy.kruise.io'], resources: ['*'], verbs: watched },
  { apiGroups: ['apiextensions.k8s.io'], resources: ['customresourcedefinitions'], verbs: watched },
  {
    apiGroups: [rbac],
    resources: ['roles', 'rolebindings', 'clusterroles', 'clusterrolebindings'],
    verbs: watched,
  },
  {
    apiGroups: ['authorization.k8s.io'],
    resources: ['subjectaccessreviews', 'selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
    verbs: ['create'],
  },
  { apiGroups: ['authentication.k8s.io'], resources: ['tokenreviews', 'selfsubjectreviews'], verbs: ['create'] },
  { apiGroups: [''], resources: ['users', 'groups', 'serviceaccounts'], verbs: ['impersonate'] },
  // Of uids and of extras whatever their keys: RBAC knows no `userextras/*`.
  { apiGroups: ['authentication.k8s.io'], resources: ['*'], verbs: ['impersonate'] },
  { apiGroups: ['fleetgraph.io'], resources: ['*'], verbs: ['*'] },
];

/** `view` and `edit` cover OpenKruise's workloads too, as in a cluster whose people use them. */
const kruiseRole = (name: 'view' | 'edit', verbs: readonly string[]) => ({
  path: `/apis/${rbac}/v1/clusterroles`,
  object: {
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRole',
    metadata: {
      name: `kruise-${name}`,
      labels: { [`rbac.authorization.k8s.io/aggregate-to-${name}`]: 'true' },
    },
    rules: [{ apiGroups: ['apps.kruise.io', 'policy.kruise.io'], resources: ['*'], verbs }],
  },
});

/** Objects to create, each with the collection it belongs to, in order. */
export const accountObjects: readonly { readonly path: string; readonly object: object }[] = [
  {
    path: '/api/v1/namespaces',
    object: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: teamNamespace } },
  },
  {
    path: `/apis/${rbac}/v1/clusterroles`,
    object: {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRole',
      metadata: { name: 'fleetgraph-gateway' },
      rules: gatewayRules,
    },
  },
  kruiseRole('view', watched),
  kruiseRole('edit', ['create', 'update', 'patch', 'delete', 'deletecollection']),
  clusterRoleBinding('platform', 'cluster-admin', { kind: 'Group', apiGroup: rbac, name: 'platform' }),
  clusterRoleBinding('viewer', 'view', user('viewer')),
  clusterRoleBinding('fleetgraph-gateway', 'fleetgraph-gateway', user('gateway')),
  {
    path: `/apis/${rbac}/v1/namespaces/${teamNamespace}/rolebindings`,
    object: {
      apiVersion: `${rbac}/v1`,
      kind: 'RoleBinding',
      metadata: { name: 'team-shop', namespace: teamNamespace },
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'edit' },
      subjects: [user('team-shop')],
    },
  },
];
