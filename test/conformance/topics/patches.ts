import { describe, expect, it } from 'vitest';
import type { JsonPatchOperation } from '../../../src/kube/api-server.ts';
import type { KubeObject } from '../../../src/model/kube-object.ts';
import { deployments, secrets, widgets } from '../kinds.ts';
import { deployment, secret, widget } from '../objects.ts';
import type { Stage } from '../stage.ts';

interface Container {
  readonly name: string;
  readonly image: string;
  readonly env?: readonly { readonly name: string; readonly value: string }[];
}

export function patches(stage: Stage): void {
  describe('JSON Patch', () => json(stage));
  describe('merge patch', () => merge(stage));
  describe('strategic merge', () => strategic(stage));
  describe('server-side apply', () => apply(stage));

  it('find nothing that is not there', async () => {
    const name = { namespace: await stage.namespace('patch-none'), name: 'none' };
    await expect(stage.admin.patch(secrets, name, { type: 'merge', body: {} })).rejects.toMatchObject({ code: 'not-found' });
    await expect(stage.admin.patch(secrets, name, { type: 'json', operations: [] })).rejects.toMatchObject({ code: 'not-found' });
  });

  it('keep the version when they change nothing', async () => {
    const namespace = await stage.namespace('patch-same');
    const created = await stage.admin.create(secrets, secret('one', { namespace, labels: { a: 'b' } }));
    const same = await stage.admin.patch(
      secrets,
      { namespace, name: 'one' },
      { type: 'merge', body: { metadata: { labels: { a: 'b' } } } },
    );
    expect(same.metadata.resourceVersion).toBe(created.metadata.resourceVersion);
  });
}

function json(stage: Stage): void {
  describe.each([
    { of: 'a built-in kind', resource: secrets, object: secret },
    { of: 'a custom kind', resource: widgets, object: widget },
  ])('of $of', ({ resource, object }) => {
    const given = async (topic: string) => {
      const namespace = await stage.namespace(`${topic}-${resource.resource}`);
      const created = await stage.admin.create(resource, object('one', { namespace, labels: { a: '1', 'fleetgraph.io/x': 'x' } }));
      const patch = (...operations: JsonPatchOperation[]) =>
        stage.admin.patch(resource, { namespace, name: 'one' }, { type: 'json', operations });
      return { created, patch, get: () => stage.admin.get(resource, { namespace, name: 'one' }) };
    };

    it('runs its operations in order, with escaped paths', async () => {
      const { patch } = await given('json');
      const patched = await patch(
        { op: 'test', path: '/metadata/labels/a', value: '1' },
        { op: 'replace', path: '/metadata/labels/a', value: '2' },
        { op: 'copy', from: '/metadata/labels/a', path: '/metadata/labels/b' },
        { op: 'move', from: '/metadata/labels/b', path: '/metadata/labels/c' },
        { op: 'remove', path: '/metadata/labels/fleetgraph.io~1x' },
        { op: 'add', path: '/metadata/labels/d', value: '3' },
      );
      expect(patched.metadata.labels).toEqual({ a: '2', c: '2', d: '3' });
    });

    it('changes nothing and says invalid when a test fails', async () => {
      const { created, patch, get } = await given('json-test');
      const failing = patch(
        { op: 'replace', path: '/metadata/labels/a', value: '2' },
        { op: 'test', path: '/metadata/labels/a', value: '1' },
      );
      await expect(failing).rejects.toMatchObject({ code: 'invalid', status: 422, reason: 'Invalid' });
      expect(await get()).toEqual(created);
    });

    it('tests the uid: an object of the same name that came later is another one', async () => {
      const { created, patch } = await given('json-uid');
      const mark: JsonPatchOperation = { op: 'add', path: '/metadata/labels/marked', value: 'yes' };
      expect((await patch({ op: 'test', path: '/metadata/uid', value: created.metadata.uid }, mark)).metadata.labels).toMatchObject({
        marked: 'yes',
      });
      const another = patch({ op: 'test', path: '/metadata/uid', value: '00000000-0000-4000-8000-000000000000' }, mark);
      await expect(another).rejects.toMatchObject({ code: 'invalid' });
    });

    it('says invalid for a path that is not there', async () => {
      const { patch } = await given('json-path');
      await expect(patch({ op: 'remove', path: '/metadata/labels/missing' })).rejects.toMatchObject({ code: 'invalid' });
      await expect(patch({ op: 'replace', path: '/spec/nowhere/at/all', value: 1 })).rejects.toMatchObject({ code: 'invalid' });
    });
  });
}

function merge(stage: Stage): void {
  it.each([
    { of: 'a built-in kind', resource: secrets, object: secret },
    { of: 'a custom kind', resource: widgets, object: widget },
  ])('merges maps and removes what is null, of $of', async ({ resource, object }) => {
    const namespace = await stage.namespace(`merge-${resource.resource}`);
    await stage.admin.create(resource, object('one', { namespace, labels: { a: '1', b: '2' } }));
    const body = { metadata: { labels: { b: null, c: '3' } } };
    const patched = await stage.admin.patch(resource, { namespace, name: 'one' }, { type: 'merge', body });
    expect(patched.metadata.labels).toEqual({ a: '1', c: '3' });
  });

  it('replaces lists', async () => {
    const namespace = await stage.namespace('merge-lists');
    await stage.admin.create(deployments, deployment('web', { namespace }));
    const body = { spec: { template: { spec: { containers: [{ name: 'only', image: 'registry.invalid/only:1' }] } } } };
    const patched = await stage.admin.patch(deployments, { namespace, name: 'web' }, { type: 'merge', body });
    expect(containersOf(patched).map(({ name }) => name)).toEqual(['only']);
  });

  it('says conflict when it names a version that is not the present one', async () => {
    const namespace = await stage.namespace('merge-version');
    const name = { namespace, name: 'one' };
    const created = await stage.admin.create(secrets, secret('one', { namespace }));
    const at = (resourceVersion: string | undefined, value: string) =>
      stage.admin.patch(secrets, name, { type: 'merge', body: { metadata: { resourceVersion, labels: { value } } } });
    await at(created.metadata.resourceVersion, 'first');
    await expect(at(created.metadata.resourceVersion, 'second')).rejects.toMatchObject({ code: 'conflict', status: 409 });
  });
}

function strategic(stage: Stage): void {
  it('merges containers and their environment by name', async () => {
    const namespace = await stage.namespace('strategic');
    await stage.admin.create(deployments, deployment('web', { namespace }));
    const containers = [
      { name: 'main', image: 'registry.invalid/app:2', env: [{ name: 'B', value: '2' }] },
      { name: 'more', image: 'registry.invalid/more:1' },
    ];
    const body = { spec: { template: { spec: { containers } } } };
    const patched = await stage.admin.patch(deployments, { namespace, name: 'web' }, { type: 'strategic', body });
    const found = Object.fromEntries(containersOf(patched).map(({ name, image }) => [name, image]));
    expect(found).toEqual({ main: 'registry.invalid/app:2', side: 'registry.invalid/side:1', more: 'registry.invalid/more:1' });
    const main = containersOf(patched).find(({ name }) => name === 'main');
    expect(main?.env?.map(({ name }) => name).toSorted()).toEqual(['A', 'B']);
  });

  it('deletes by directive', async () => {
    const namespace = await stage.namespace('strategic-delete');
    await stage.admin.create(deployments, deployment('web', { namespace }));
    const body = { spec: { template: { spec: { containers: [{ name: 'side', $patch: 'delete' }] } } } };
    const patched = await stage.admin.patch(deployments, { namespace, name: 'web' }, { type: 'strategic', body });
    expect(containersOf(patched).map(({ name }) => name)).toEqual(['main']);
  });

  it('merges finalizers as a set', async () => {
    const namespace = await stage.namespace('strategic-set');
    const name = { namespace, name: 'one' };
    await stage.admin.create(secrets, secret('one', { namespace, finalizers: ['fleetgraph.io/a'] }));
    const body = { metadata: { finalizers: ['fleetgraph.io/b'] } };
    const patched = await stage.admin.patch(secrets, name, { type: 'strategic', body });
    expect(patched.metadata.finalizers?.toSorted()).toEqual(['fleetgraph.io/a', 'fleetgraph.io/b']);
    await stage.admin.patch(secrets, name, { type: 'merge', body: { metadata: { finalizers: null } } });
  });

  it('is unsupported for custom kinds', async () => {
    const namespace = await stage.namespace('strategic-custom');
    await stage.admin.create(widgets, widget('one', { namespace }));
    const patched = stage.admin.patch(widgets, { namespace, name: 'one' }, { type: 'strategic', body: { spec: { size: 2 } } });
    await expect(patched).rejects.toMatchObject({ code: 'unsupported', status: 415 });
  });
}

function apply(stage: Stage): void {
  stage.needs('server-side-apply')('creates, owns what it set, and yields only to force', async () => {
    const namespace = await stage.namespace('apply');
    const name = { namespace, name: 'applied' };
    const body = (size: number) => ({ ...widget('applied', { namespace }, { size }) });
    const put = (size: number, fieldManager: string, force = false) =>
      stage.admin.patch(widgets, name, { type: 'apply', body: body(size), force }, { fieldManager });
    expect((await put(1, 'one')).spec).toEqual({ size: 1 });
    expect((await put(2, 'one')).spec).toEqual({ size: 2 });
    await expect(put(3, 'two')).rejects.toMatchObject({ code: 'conflict', causes: [expect.objectContaining({ field: '.spec.size' })] });
    expect((await put(3, 'two', true)).spec).toEqual({ size: 3 });
  });

  it('is either served or called unsupported: never done in part', async () => {
    const namespace = await stage.namespace('apply-or-not');
    const name = { namespace, name: 'applied' };
    const body = { ...widget('applied', { namespace }) };
    const applied = await stage.admin
      .patch(widgets, name, { type: 'apply', body }, { fieldManager: 'one' })
      .catch((error: unknown) => error);
    if (applied instanceof Error) expect(applied).toMatchObject({ code: 'unsupported', status: 415 });
    else expect(applied).toMatchObject({ metadata: { name: 'applied' } });
  });
}

function containersOf(object: KubeObject): Container[] {
  const spec = object.spec as { template?: { spec?: { containers?: Container[] } } } | undefined;
  return spec?.template?.spec?.containers ?? [];
}
