import { describe, expect, it } from 'vitest';
import type { UserInfo } from '../../model/user.ts';
import {
  aCore,
  anObject,
  aPod,
  bindingTo,
  CLUSTER_ROLE_BINDINGS,
  CLUSTER_ROLES,
  CONFIG_MAPS,
  NAMESPACES,
  PODS,
  ROLE_BINDINGS,
  ROLES,
  refusalBy,
} from '../testing/core-for-tests.ts';
import type { AuditEvent } from './audit-event.ts';

const VIEWER: UserInfo = { username: 'viewer', groups: [] };
const TEAM: UserInfo = { username: 'team', groups: [] };
const ADMIN: UserInfo = { username: 'admin', groups: [] };
const SHOP = { namespace: 'shop' };

async function withUsers(audited: AuditEvent[] = []) {
  const users = [
    { token: 't-team', user: TEAM },
    { token: 't-gateway', user: VIEWER, audiences: ['fleetgraph'] },
  ];
  const server = aCore({ users, onAudit: (event) => void audited.push(event) });
  const { client } = server;
  await client.create(NAMESPACES, anObject(NAMESPACES, 'shop'));
  await client.create(CLUSTER_ROLE_BINDINGS, bindingTo(CLUSTER_ROLE_BINDINGS, 'view', 'viewer'));
  await client.create(CLUSTER_ROLE_BINDINGS, bindingTo(CLUSTER_ROLE_BINDINGS, 'cluster-admin', 'admin'));
  await client.create(ROLE_BINDINGS, bindingTo(ROLE_BINDINGS, 'edit', 'team', SHOP));
  return server;
}

const pod = (name: string, namespace: string) => aPod(name, { metadata: { namespace } });

describe('rights', () => {
  it('are those of the roles bound to the user, where they are bound', async () => {
    const { core } = await withUsers();
    await core.client(TEAM).create(PODS, pod('a', 'shop'));
    expect((await core.client(VIEWER).list(PODS)).items).toHaveLength(1);
    expect((await core.client(TEAM).list(PODS, SHOP)).items).toHaveLength(1);
    expect(await refusalBy(() => core.client(TEAM).list(PODS))).toMatchObject({
      code: 'forbidden',
      message: 'pods is forbidden: User "team" cannot list resource "pods" in API group "" at the cluster scope',
    });
    expect(await refusalBy(() => core.client(TEAM).get(PODS, { name: 'a', namespace: 'default' }))).toMatchObject({
      message: 'pods "a" is forbidden: User "team" cannot get resource "pods" in API group "" in the namespace "default"',
    });
    expect((await core.client(TEAM).get(NAMESPACES, { name: 'shop' })).metadata.name).toBe('shop');
  });

  it.each<[string, UserInfo, object, boolean]>([
    ['view reads pods', VIEWER, { verb: 'list', group: '', resource: 'pods' }, true],
    ['view reads logs', VIEWER, { verb: 'get', group: '', resource: 'pods', subresource: 'log', namespace: 'x' }, true],
    ['view reads no secrets', VIEWER, { verb: 'get', group: '', resource: 'secrets', namespace: 'x' }, false],
    ['view writes nothing', VIEWER, { verb: 'patch', group: 'apps', resource: 'deployments', namespace: 'x' }, false],
    ['edit evicts', TEAM, { verb: 'create', group: '', resource: 'pods', subresource: 'eviction', namespace: 'shop' }, true],
    [
      'edit grants nothing',
      TEAM,
      { verb: 'create', group: 'rbac.authorization.k8s.io', resource: 'rolebindings', namespace: 'shop' },
      false,
    ],
    ['cluster-admin does anything', ADMIN, { verb: 'impersonate', group: '', resource: 'users', name: 'x' }, true],
    [
      'a master does anything',
      { username: 'm', groups: ['system:masters'] },
      { verb: 'delete', group: '', resource: 'nodes', name: 'n' },
      true,
    ],
    ['a stranger does nothing', { username: 's', groups: [] }, { verb: 'list', group: '', resource: 'pods' }, false],
  ])('%s', async (_name, user, access, allowed) => {
    const { client } = await withUsers();
    expect((await client.reviewAccess(user, access as never)).allowed).toBe(allowed);
  });

  it('say which binding allows', async () => {
    const { client } = await withUsers();
    const review = await client.reviewAccess(TEAM, { verb: 'get', group: '', resource: 'pods', namespace: 'shop' });
    expect(review).toEqual({ allowed: true, reason: 'RBAC: allowed by RoleBinding "team-edit/shop" of ClusterRole "edit" to User "team"' });
  });

  it('may name single objects, sub-resources and everything', async () => {
    const { client, core } = await withUsers();
    const rules = [
      { verbs: ['get', 'watch', 'list'], apiGroups: [''], resources: ['configmaps'], resourceNames: ['one'] },
      { verbs: ['*'], apiGroups: ['*'], resources: ['*/scale'] },
    ];
    await client.create(ROLES, anObject(ROLES, 'r', { metadata: SHOP, rules }));
    await client.create(ROLE_BINDINGS, bindingTo(ROLE_BINDINGS, 'role:r', 'sam', SHOP));
    const sam = core.client({ username: 'sam', groups: [] });
    const may = async (access: object) => (await sam.reviewOwnAccess({ namespace: 'shop', ...access } as never)).allowed;
    expect(await may({ verb: 'get', group: '', resource: 'configmaps', name: 'one' })).toBe(true);
    expect(await may({ verb: 'get', group: '', resource: 'configmaps', name: 'two' })).toBe(false);
    expect(await may({ verb: 'patch', group: 'apps', resource: 'deployments', subresource: 'scale' })).toBe(true);
    expect((await sam.list(CONFIG_MAPS, { ...SHOP, fieldSelector: 'metadata.name=one' })).items).toEqual([]);
    expect(await refusalBy(() => sam.list(CONFIG_MAPS, SHOP))).toMatchObject({ code: 'forbidden' });
  });

  it('grow by roles that aggregate', async () => {
    const { client } = await withUsers();
    const access = { verb: 'list', group: 'apps.kruise.io', resource: 'clonesets' } as const;
    expect((await client.reviewAccess(VIEWER, access)).allowed).toBe(false);
    const rules = [{ verbs: ['list'], apiGroups: ['apps.kruise.io'], resources: ['*'] }];
    const labels = { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' };
    await client.create(CLUSTER_ROLES, anObject(CLUSTER_ROLES, 'kruise-view', { metadata: { labels }, rules }));
    expect((await client.reviewAccess(VIEWER, access)).allowed).toBe(true);
  });
});

describe('impersonation', () => {
  it('acts with the rights of the other, if the caller may', async () => {
    const { core } = await withUsers();
    expect(await refusalBy(() => core.client(ADMIN).create(PODS, pod('a', 'default'), { impersonate: TEAM }))).toMatchObject({
      message: expect.stringContaining('User "team" cannot create'),
    });
    await core.client(ADMIN).create(PODS, pod('a', 'shop'), { impersonate: TEAM });
    expect(await refusalBy(() => core.client(VIEWER).list(PODS, { impersonate: ADMIN }))).toMatchObject({
      message: 'users "admin" is forbidden: User "viewer" cannot impersonate resource "users" in API group "" at the cluster scope',
    });
  });

  it('asks for every group and extra value', async () => {
    const { client, core } = await withUsers();
    const rules = [{ verbs: ['impersonate'], apiGroups: [''], resources: ['users', 'groups'], resourceNames: ['viewer', 'devs'] }];
    await client.create(CLUSTER_ROLES, anObject(CLUSTER_ROLES, 'as-viewer', { rules }));
    await client.create(CLUSTER_ROLE_BINDINGS, bindingTo(CLUSTER_ROLE_BINDINGS, 'as-viewer', 'gate'));
    const gate = core.client({ username: 'gate', groups: [] });
    expect((await gate.list(PODS, { impersonate: { username: 'viewer', groups: ['devs'] } })).items).toEqual([]);
    expect(await refusalBy(() => gate.list(PODS, { impersonate: { username: 'viewer', groups: ['system:masters'] } }))).toMatchObject({
      message: expect.stringContaining('resource "groups"'),
    });
    expect(await refusalBy(() => gate.list(PODS, { impersonate: { username: 'viewer', groups: [], extra: { a: ['b'] } } }))).toMatchObject({
      message: expect.stringContaining('userextras/a'),
    });
  });

  it('can be held to single actions', async () => {
    const { client, core } = await withUsers();
    const rules = [
      { verbs: ['impersonate:user-info'], apiGroups: ['authentication.k8s.io'], resources: ['users', 'groups'] },
      { verbs: ['impersonate-on:user-info:list'], apiGroups: [''], resources: ['pods'] },
    ];
    await client.create(CLUSTER_ROLES, anObject(CLUSTER_ROLES, 'held', { rules }));
    await client.create(CLUSTER_ROLE_BINDINGS, bindingTo(CLUSTER_ROLE_BINDINGS, 'held', 'gate'));
    const gate = core.client({ username: 'gate', groups: [] });
    expect((await gate.list(PODS, { impersonate: VIEWER })).items).toEqual([]);
    expect(await refusalBy(() => gate.list(CONFIG_MAPS, { impersonate: VIEWER }))).toMatchObject({ code: 'forbidden' });
    expect(await refusalBy(() => gate.list(PODS, { impersonate: { username: 'x', groups: ['system:masters'] } }))).toMatchObject({
      code: 'forbidden',
    });
  });
});

describe('token reviews', () => {
  it('accept a token for its audiences', async () => {
    const { client } = await withUsers();
    expect(await client.reviewToken('t-team', ['fleetgraph'])).toEqual({
      user: { username: 'team', groups: ['system:authenticated'] },
      audiences: ['fleetgraph'],
    });
    expect((await client.reviewToken('t-gateway', ['fleetgraph', 'other'])).audiences).toEqual(['fleetgraph']);
    expect(await client.reviewToken('t-gateway', [])).toEqual({ audiences: [], error: 'invalid bearer token' });
    expect(await client.reviewToken('nobody', ['fleetgraph'])).toEqual({ audiences: [], error: 'invalid bearer token' });
  });
});

describe('the audit log', () => {
  it('keeps who wrote what, as whom, and how it ended', async () => {
    const audited: AuditEvent[] = [];
    const { core } = await withUsers(audited);
    await core.client(ADMIN).create(PODS, pod('a', 'shop'), { impersonate: TEAM, auditId: 'our-key' });
    await refusalBy(() => core.client(VIEWER).delete(PODS, { namespace: 'shop', name: 'a' }));
    await core.client(VIEWER).list(PODS);
    expect(audited).toMatchObject([
      {
        auditID: 'our-key',
        verb: 'create',
        user: { username: 'admin' },
        impersonatedUser: { username: 'team' },
        objectRef: { resource: 'pods', namespace: 'shop' },
        code: 201,
      },
      { verb: 'delete', user: { username: 'viewer' }, objectRef: { name: 'a' }, code: 403 },
    ]);
    expect(core.audit.events).toEqual(audited);
  });
});
