import { describe, expect, it } from 'vitest';
import { isApiError } from '../../../src/kube/api-error.ts';
import { deployments, leases, secrets, unknownKind, widgets } from '../kinds.ts';
import { deployment, heldText, secret, widget } from '../objects.ts';
import type { Stage } from '../stage.ts';

export function writes(stage: Stage): void {
  describe('create', () => create(stage));
  describe('update', () => update(stage));
  describe('what it finds invalid', () => invalid(stage));
  describe('generations', () => generations(stage));
  describe('dry runs', () => dryRuns(stage));

  it('fails with an ApiError and nothing else', async () => {
    const error: unknown = await stage.admin.get(unknownKind, { namespace: 'default', name: 'one' }).catch((thrown: unknown) => thrown);
    expect(isApiError(error, 'not-found')).toBe(true);
  });

  it('rejects with the reason of a signal that has fired', async () => {
    const reason = new Error('enough');
    const signal = AbortSignal.abort(reason);
    const namespace = await stage.namespace('signal');
    await expect(stage.admin.create(secrets, secret('a', { namespace }), { signal })).rejects.toBe(reason);
    await expect(stage.admin.get(secrets, { namespace, name: 'a' })).rejects.toMatchObject({ code: 'not-found' });
  });
}

function create(stage: Stage): void {
  it('answers the object as it is stored', async () => {
    const namespace = await stage.namespace('create');
    const created = await stage.admin.create(secrets, secret('one', { namespace, labels: { a: 'b' } }));
    expect(created).toMatchObject({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name: 'one',
        namespace,
        labels: { a: 'b' },
        uid: expect.stringMatching(/^[0-9a-f-]{36}$/),
        resourceVersion: expect.stringMatching(/^[1-9][0-9]*$/),
        creationTimestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      },
    });
    expect(await stage.admin.get(secrets, { namespace, name: 'one' })).toEqual(created);
  });

  it('says AlreadyExists as a conflict', async () => {
    const namespace = await stage.namespace('twice');
    await stage.admin.create(secrets, secret('one', { namespace }));
    const again = stage.admin.create(secrets, secret('one', { namespace }));
    await expect(again).rejects.toMatchObject({
      code: 'conflict',
      status: 409,
      reason: 'AlreadyExists',
      message: 'secrets "one" already exists',
    });
  });

  it('makes names from generateName', async () => {
    const namespace = await stage.namespace('generate');
    const made = await Promise.all([1, 2, 3].map(() => stage.admin.create(secrets, secret('', { namespace, generateName: 'made-' }))));
    const names = made.map(({ metadata }) => metadata.name);
    expect(new Set(names).size).toBe(3);
    for (const name of names) expect(name).toMatch(/^made-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  });

  it('finds no namespace that is not there', async () => {
    const created = stage.admin.create(secrets, secret('one', { namespace: 'no-such-namespace' }));
    await expect(created).rejects.toMatchObject({ code: 'not-found', message: 'namespaces "no-such-namespace" not found' });
  });

  it('fills in defaults of built-in kinds', async () => {
    const namespace = await stage.namespace('defaults');
    const created = await stage.admin.create(deployments, deployment('web', { namespace }));
    expect(created.spec).toMatchObject({
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
      template: { spec: { restartPolicy: 'Always', terminationGracePeriodSeconds: 30, dnsPolicy: 'ClusterFirst' } },
    });
  });

  it('drops fields that the schema of a custom kind does not have', async () => {
    const namespace = await stage.namespace('prune');
    const created = await stage.admin.create(widgets, widget('one', { namespace }, { size: 1, colour: 'red' }));
    expect(created.spec).toEqual({ size: 1 });
  });
}

function update(stage: Stage): void {
  it('replaces the object when its version is the present one, else says conflict', async () => {
    const namespace = await stage.namespace('update');
    const first = await stage.admin.create(secrets, secret('one', { namespace }, 'first'));
    const second = await stage.admin.update(secrets, { ...first, ...dataOf('second') });
    expect(heldText(second)).toBe('second');
    expect(second.metadata.resourceVersion).not.toBe(first.metadata.resourceVersion);
    const stale = stage.admin.update(secrets, { ...first, ...dataOf('third') });
    await expect(stale).rejects.toMatchObject({ code: 'conflict', status: 409, reason: 'Conflict' });
    expect(heldText(await stage.admin.get(secrets, { namespace, name: 'one' }))).toBe('second');
  });

  it('replaces unconditionally without a version, where the kind allows it', async () => {
    const namespace = await stage.namespace('unconditional');
    await stage.admin.create(secrets, secret('one', { namespace, labels: { a: 'b' } }, 'first'));
    const updated = await stage.admin.update(secrets, secret('one', { namespace }, 'second'));
    expect(heldText(updated)).toBe('second');
    expect(updated.metadata.labels).toBeUndefined();
    const lease = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'one', namespace },
      spec: { holderIdentity: 'a' },
    };
    await stage.admin.create(leases, lease);
    const blind = stage.admin.update(leases, lease);
    await expect(blind).rejects.toMatchObject({
      code: 'invalid',
      causes: [expect.objectContaining({ field: 'metadata.resourceVersion' })],
    });
  });

  it('keeps the version when nothing changes', async () => {
    const namespace = await stage.namespace('same');
    const created = await stage.admin.create(secrets, secret('one', { namespace }));
    expect((await stage.admin.update(secrets, created)).metadata.resourceVersion).toBe(created.metadata.resourceVersion);
  });

  it('says conflict for another uid, and not-found for what is not there', async () => {
    const namespace = await stage.namespace('uid');
    const created = await stage.admin.create(secrets, secret('one', { namespace }));
    const another = { ...created, metadata: { ...created.metadata, uid: '00000000-0000-4000-8000-000000000000' } };
    await expect(stage.admin.update(secrets, another)).rejects.toMatchObject({ code: 'conflict' });
    const missing = stage.admin.update(secrets, secret('missing', { namespace }));
    await expect(missing).rejects.toMatchObject({
      code: 'not-found',
      status: 404,
      reason: 'NotFound',
      message: 'secrets "missing" not found',
    });
  });
}

function invalid(stage: Stage): void {
  it('names the field that breaks a rule, and the rule', async () => {
    const namespace = await stage.namespace('invalid');
    const bad = deployment('web', { namespace }, { selector: { matchLabels: { app: 'another' } } });
    const error: unknown = await stage.admin.create(deployments, bad).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'invalid', status: 422, reason: 'Invalid' });
    expect(error).toMatchObject({ causes: [{ field: 'spec.template.metadata.labels', reason: 'FieldValueInvalid' }] });
    expect(error).toMatchObject({
      message: expect.stringContaining('Deployment.apps "web" is invalid: spec.template.metadata.labels: Invalid value:'),
    });
  });

  it('refuses names that are no names', async () => {
    const namespace = await stage.namespace('names');
    const refused = stage.admin.create(secrets, secret('Not_A_Name', { namespace }));
    await expect(refused).rejects.toMatchObject({ code: 'invalid', causes: [expect.objectContaining({ field: 'metadata.name' })] });
  });

  it('refuses to change what may not change', async () => {
    const namespace = await stage.namespace('immutable');
    const created = await stage.admin.create(deployments, deployment('web', { namespace }));
    const labels = { app: 'web', more: 'x' };
    const patch = { spec: { selector: { matchLabels: labels }, template: { metadata: { labels } } } };
    const changed = stage.admin.patch(deployments, { namespace, name: created.metadata.name }, { type: 'merge', body: patch });
    await expect(changed).rejects.toMatchObject({ code: 'invalid', causes: [expect.objectContaining({ field: 'spec.selector' })] });
  });

  it('holds a custom kind to its schema', async () => {
    const namespace = await stage.namespace('schema');
    const missing = stage.admin.create(widgets, widget('one', { namespace }, {}));
    await expect(missing).rejects.toMatchObject({
      code: 'invalid',
      causes: [expect.objectContaining({ field: 'spec.size', reason: 'FieldValueRequired' })],
    });
    const negative = stage.admin.create(widgets, widget('one', { namespace }, { size: -1 }));
    await expect(negative).rejects.toMatchObject({
      code: 'invalid',
      causes: expect.arrayContaining([expect.objectContaining({ field: 'spec.size', reason: 'FieldValueInvalid' })]),
    });
  });
}

function generations(stage: Stage): void {
  it.each([
    {
      kind: 'a built-in kind',
      resource: deployments,
      object: deployment,
      change: { spec: { minReadySeconds: 5 } },
      status: { status: { observedGeneration: 1 } },
    },
    { kind: 'a custom kind', resource: widgets, object: widget, change: { spec: { size: 5 } }, status: { status: { ready: 1 } } },
  ])('counts changes of the desired state of $kind only', async ({ resource, object, change, status }) => {
    const namespace = await stage.namespace('generation');
    const name = { namespace, name: 'counted' };
    const created = await stage.admin.create(resource, object('counted', { namespace }));
    const merge = async (body: object, subresource?: string) =>
      (await stage.admin.patch(resource, name, { type: 'merge', body: { ...body } }, subresource === undefined ? {} : { subresource }))
        .metadata.generation;
    expect(created.metadata.generation).toBe(1);
    expect(await merge({ metadata: { labels: { a: 'b' } } })).toBe(1);
    expect(await merge(change)).toBe(2);
    expect(await merge(change)).toBe(2);
    expect(await merge(status, 'status')).toBe(2);
  });
}

function dryRuns(stage: Stage): void {
  it('answer as if, and change nothing', async () => {
    const namespace = await stage.namespace('dry');
    const dryRun = { dryRun: true };
    const planned = await stage.admin.create(deployments, deployment('web', { namespace }), dryRun);
    expect(planned.spec).toMatchObject({ revisionHistoryLimit: 10 });
    await expect(stage.admin.get(deployments, { namespace, name: 'web' })).rejects.toMatchObject({ code: 'not-found' });
    const name = { namespace, name: 'kept' };
    const created = await stage.admin.create(secrets, secret('kept', { namespace }, 'first'));
    expect(heldText(await stage.admin.update(secrets, { ...created, ...dataOf('second') }, dryRun))).toBe('second');
    const patched = await stage.admin.patch(secrets, name, { type: 'merge', body: { metadata: { labels: { a: 'b' } } } }, dryRun);
    expect(patched.metadata.labels).toEqual({ a: 'b' });
    await stage.admin.delete(secrets, name, dryRun);
    expect(await stage.admin.get(secrets, name)).toEqual(created);
  });

  it('are refused as the real thing would be', async () => {
    const namespace = await stage.namespace('dry-refused');
    await stage.admin.create(secrets, secret('one', { namespace }));
    await expect(stage.admin.create(secrets, secret('one', { namespace }), { dryRun: true })).rejects.toMatchObject({
      code: 'conflict',
      reason: 'AlreadyExists',
    });
    await expect(stage.admin.create(widgets, widget('one', { namespace }, { size: -1 }), { dryRun: true })).rejects.toMatchObject({
      code: 'invalid',
    });
  });
}

function dataOf(value: string): Record<string, unknown> {
  return { data: { key: Buffer.from(value).toString('base64') } };
}
