import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../src/model/kube-object.ts';
import { deployments, pods, widgets } from '../kinds.ts';
import { deployment, pod, widget } from '../objects.ts';
import type { Stage } from '../stage.ts';

export function subresources(stage: Stage): void {
  describe('status', () => status(stage));
  describe('scale', () => scale(stage));
}

function status(stage: Stage): void {
  it.each([
    { of: 'a pod', resource: pods, object: pod, before: { phase: 'Pending' }, after: { phase: 'Running' } },
    { of: 'a custom kind', resource: widgets, object: widget, before: undefined, after: { ready: 7 } },
  ])('of $of is written through its sub-resource, and through nothing else', async ({ resource, object, before, after }) => {
    const namespace = await stage.namespace('status');
    const name = { namespace, name: 'held' };
    const created = await stage.admin.create(resource, { ...object('held', { namespace }), status: after });
    expect(statusOf(created)).toEqual(before === undefined ? undefined : expect.objectContaining(before));
    const mainWrite = await stage.admin.patch(resource, name, {
      type: 'merge',
      body: { status: after, metadata: { labels: { seen: 'main' } } },
    });
    expect(statusOf(mainWrite)).toEqual(statusOf(created));
    expect(mainWrite.metadata.labels).toEqual({ seen: 'main' });
    const statusWrite = await stage.admin.patch(
      resource,
      name,
      { type: 'merge', body: { status: after, spec: { note: 'x' } } },
      { subresource: 'status' },
    );
    expect(statusOf(statusWrite)).toMatchObject(after);
    expect(statusWrite.spec).toEqual(created.spec);
  });

  it('can be replaced as a whole, with the version as a condition', async () => {
    const namespace = await stage.namespace('status-put');
    const created = await stage.admin.create(widgets, widget('one', { namespace }));
    const updated = await stage.admin.update(widgets, { ...created, spec: { size: 9 }, status: { ready: 1 } }, { subresource: 'status' });
    expect(updated).toMatchObject({ spec: { size: 1 }, status: { ready: 1 } });
    const stale = stage.admin.update(widgets, { ...created, status: { ready: 2 } }, { subresource: 'status' });
    await expect(stale).rejects.toMatchObject({ code: 'conflict' });
  });
}

function scale(stage: Stage): void {
  it.each([
    { of: 'a built-in kind', resource: deployments, object: deployment, replicas: (found: KubeObject) => found.spec?.['replicas'] },
    { of: 'a custom kind', resource: widgets, object: widget, replicas: (found: KubeObject) => found.spec?.['size'] },
  ])('writes the replicas of $of and answers a Scale', async ({ resource, object, replicas }) => {
    const namespace = await stage.namespace('scale');
    const name = { namespace, name: 'scaled' };
    const created = await stage.admin.create(resource, object('scaled', { namespace }));
    const patched = await stage.admin.patch(resource, name, { type: 'merge', body: { spec: { replicas: 2 } } }, { subresource: 'scale' });
    expect(patched).toMatchObject({
      apiVersion: 'autoscaling/v1',
      kind: 'Scale',
      metadata: { name: 'scaled', namespace, uid: created.metadata.uid },
      spec: { replicas: 2 },
    });
    const after = await stage.admin.get(resource, name);
    expect({ replicas: replicas(after), generation: after.metadata.generation }).toEqual({ replicas: 2, generation: 2 });
    // Without a version: a controller may have written a status in between.
    const scaled = { ...patched, metadata: { name: 'scaled', namespace }, spec: { replicas: 0 } };
    const put = await stage.admin.update(resource, scaled, { subresource: 'scale' });
    expect(put.spec ?? {}).not.toMatchObject({ replicas: 2 });
    expect(replicas(await stage.admin.get(resource, name))).toBe(0);
  });

  it('refuses a negative number', async () => {
    const namespace = await stage.namespace('scale-bad');
    await stage.admin.create(deployments, deployment('web', { namespace }));
    const patched = stage.admin.patch(
      deployments,
      { namespace, name: 'web' },
      { type: 'merge', body: { spec: { replicas: -1 } } },
      { subresource: 'scale' },
    );
    await expect(patched).rejects.toMatchObject({ code: 'invalid', causes: [expect.objectContaining({ field: 'spec.replicas' })] });
  });
}

function statusOf(object: KubeObject): unknown {
  return object.status;
}
