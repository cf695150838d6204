import { describe, expect, it } from 'vitest';
import type { AccessAttributes } from '../../../src/kube/api-server.ts';
import type { UserInfo } from '../../../src/model/user.ts';
import { pods, roleBindings, roles, secrets } from '../kinds.ts';
import { secret } from '../objects.ts';
import type { Stage } from '../stage.ts';
import { until } from '../watching.ts';

const RBAC = 'rbac.authorization.k8s.io';

export function access(stage: Stage): void {
  describe('of whom may do nothing', () => refusals(stage));
  describe('reviews', () => reviews(stage));
  describe('impersonation', () => impersonation(stage));
  describe('tokens', () => tokens(stage));
}

function refusals(stage: Stage): void {
  it('is forbidden, in words that name user, verb, resource and place', async () => {
    const namespace = await stage.namespace('forbidden');
    const { name, server } = stage.subject.user;
    const inNamespace = `in the namespace "${namespace}"`;
    const refused = (what: string) => ({
      code: 'forbidden',
      status: 403,
      reason: 'Forbidden',
      message: expect.stringContaining(what),
    });
    await expect(server.list(secrets, { namespace })).rejects.toMatchObject(
      refused(`secrets is forbidden: User "${name}" cannot list resource "secrets" in API group "" ${inNamespace}`),
    );
    await expect(server.get(secrets, { namespace, name: 'one' })).rejects.toMatchObject(
      refused(`secrets "one" is forbidden: User "${name}" cannot get resource "secrets"`),
    );
    await expect(server.create(secrets, secret('one', { namespace }))).rejects.toMatchObject(refused('cannot create resource "secrets"'));
    await expect(server.list(pods)).rejects.toMatchObject(refused('cannot list resource "pods" in API group "" at the cluster scope'));
    await expect(server.evict({ namespace, name: 'one' })).rejects.toMatchObject(refused('cannot create resource "pods/eviction"'));
  });

  it('is forbidden to watch', async () => {
    const namespace = await stage.namespace('forbidden-watch');
    const reading = stage.subject.user.server.watch(secrets, { namespace, resourceVersion: '0' })[Symbol.asyncIterator]().next();
    await expect(reading).rejects.toMatchObject({ code: 'forbidden', message: expect.stringContaining('cannot watch resource "secrets"') });
  });

  it('may still discover', async () => {
    expect(await stage.subject.user.server.discover()).toContainEqual(pods);
  });
}

function reviews(stage: Stage): void {
  it('tell what somebody may do, and where, from the moment a rule says so', async () => {
    const [here, there] = await Promise.all([stage.namespace('review-here'), stage.namespace('review-there')]);
    const alice: UserInfo = { username: 'conformance-alice', groups: ['conformance-devs'] };
    const list = (namespace: string): AccessAttributes => ({ verb: 'list', group: '', resource: 'secrets', namespace });
    expect(await stage.admin.reviewAccess(alice, list(here))).toMatchObject({ allowed: false });
    await grant(stage, here, { kind: 'Group', name: 'conformance-devs' }, ['get', 'list'], ['secrets']);
    await until('the grant', async () => (await stage.admin.reviewAccess(alice, list(here))).allowed);
    expect(await stage.admin.reviewAccess(alice, list(here))).toEqual({
      allowed: true,
      reason: expect.stringContaining('RBAC: allowed by RoleBinding'),
    });
    expect(await stage.admin.reviewAccess(alice, list(there))).toMatchObject({ allowed: false });
    expect(await stage.admin.reviewAccess(alice, { ...list(here), verb: 'delete' })).toMatchObject({ allowed: false });
    expect(await stage.admin.reviewAccess({ ...alice, groups: [] }, list(here))).toMatchObject({ allowed: false });
    expect(await stage.admin.reviewAccess(alice, { ...list(here), subresource: 'status' })).toMatchObject({ allowed: false });
  });

  it('tell everybody what they may do themselves', async () => {
    const namespace = await stage.namespace('review-own');
    const { name, server } = stage.subject.user;
    const get: AccessAttributes = { verb: 'get', group: '', resource: 'secrets', namespace, name: 'mine' };
    expect(await stage.admin.reviewOwnAccess(get)).toMatchObject({ allowed: true });
    expect(await server.reviewOwnAccess(get)).toMatchObject({ allowed: false });
    await grant(stage, namespace, { kind: 'User', name }, ['get'], ['secrets']);
    await until('the grant', async () => (await server.reviewOwnAccess(get)).allowed);
    await stage.admin.create(secrets, secret('mine', { namespace }));
    expect((await server.get(secrets, { namespace, name: 'mine' })).metadata.name).toBe('mine');
    await expect(server.list(secrets, { namespace })).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('are not for everybody to ask about others', async () => {
    const namespace = await stage.namespace('review-others');
    const asked = stage.subject.user.server.reviewAccess(
      { username: 'x', groups: [] },
      { verb: 'get', group: '', resource: 'secrets', namespace },
    );
    await expect(asked).rejects.toMatchObject({ code: 'forbidden' });
  });
}

function impersonation(stage: Stage): void {
  it('acts as the user and each of the groups, with their rights and no others', async () => {
    const namespace = await stage.namespace('impersonate');
    await stage.admin.create(secrets, secret('one', { namespace }));
    const carol: UserInfo = { username: 'conformance-carol', groups: ['first', 'conformance-second', 'on, call'] };
    await grant(stage, namespace, { kind: 'Group', name: 'conformance-second' }, ['get'], ['secrets']);
    const get = (impersonate: UserInfo) => stage.admin.get(secrets, { namespace, name: 'one' }, { impersonate });
    await until('the grant', () =>
      get(carol).then(
        () => true,
        () => false,
      ),
    );
    expect((await get(carol)).metadata.name).toBe('one');
    await expect(get({ ...carol, groups: ['first'] })).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('User "conformance-carol" cannot get'),
    });
    await expect(stage.admin.list(secrets, { namespace, impersonate: carol })).rejects.toMatchObject({ code: 'forbidden' });
    const own: AccessAttributes = { verb: 'get', group: '', resource: 'secrets', namespace };
    expect(await stage.admin.reviewOwnAccess(own, { impersonate: carol })).toMatchObject({ allowed: true });
  });

  it('says who was meant, whatever characters the name has', async () => {
    const namespace = await stage.namespace('impersonate-names');
    for (const username of ['josé@example.org', 'oidc:https://issuer/#a%2Fb', '用户']) {
      const impersonate = { username, groups: ['ops'], uid: 'u-1', extra: { 'example.org/Team': ['a', 'b c'], scopes: ['x'] } };
      const refused = stage.admin.list(secrets, { namespace, impersonate });
      await expect(refused).rejects.toMatchObject({
        code: 'forbidden',
        message: expect.stringContaining(`User "${username}" cannot list`),
      });
    }
  });

  it('is forbidden to those who may not', async () => {
    const namespace = await stage.namespace('impersonate-not');
    const { name, server } = stage.subject.user;
    const asBoss = server.list(secrets, { namespace, impersonate: { username: 'boss', groups: ['system:masters'] } });
    await expect(asBoss).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining(`User "${name}" cannot impersonate`),
    });
  });
}

function tokens(stage: Stage): void {
  it('are reviewed for an audience', async () => {
    const { name, groups } = stage.subject.user;
    const review = await stage.admin.reviewToken(stage.subject.token, ['fleetgraph']);
    expect(review).toMatchObject({
      user: { username: name, groups: expect.arrayContaining([...groups, 'system:authenticated']) },
      audiences: ['fleetgraph'],
    });
    const unknown = await stage.admin.reviewToken('nobody-has-this', ['fleetgraph']);
    expect(unknown).toMatchObject({ audiences: [] });
    expect(unknown.user).toBeUndefined();
  });

  stage.needs('authentication')('that nobody has are unauthorized', async () => {
    const { stranger } = stage.subject;
    if (stranger === undefined) throw new Error('the implementation gives no stranger');
    await expect(stranger.list(secrets)).rejects.toMatchObject({
      code: 'unauthorized',
      status: 401,
      reason: 'Unauthorized',
    });
    const reading = stranger.watch(secrets, { resourceVersion: '0' })[Symbol.asyncIterator]().next();
    await expect(reading).rejects.toMatchObject({ code: 'unauthorized' });
  });
}

async function grant(
  stage: Stage,
  namespace: string,
  subject: { kind: string; name: string },
  verbs: string[],
  resources: string[],
): Promise<void> {
  const metadata = { name: 'granted', namespace };
  await stage.admin.create(roles, { apiVersion: `${RBAC}/v1`, kind: 'Role', metadata, rules: [{ apiGroups: [''], resources, verbs }] });
  await stage.admin.create(roleBindings, {
    apiVersion: `${RBAC}/v1`,
    kind: 'RoleBinding',
    metadata,
    roleRef: { apiGroup: RBAC, kind: 'Role', name: 'granted' },
    subjects: [{ apiGroup: RBAC, ...subject }],
  });
}
