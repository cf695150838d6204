import { describe, expect, it } from 'vitest';
import { pods, secrets, widgets } from '../kinds.ts';
import { pod, secret, widget } from '../objects.ts';
import type { Stage } from '../stage.ts';

const NIL = '00000000-0000-4000-8000-000000000000';

export function deletions(stage: Stage): void {
  it('remove the object and tell which it was', async () => {
    const namespace = await stage.namespace('delete');
    for (const [resource, object] of [
      [secrets, secret('one', { namespace })],
      [widgets, widget('one', { namespace })],
    ] as const) {
      const created = await stage.admin.create(resource, object);
      const deleted = await stage.admin.delete(resource, { namespace, name: 'one' });
      expect(deleted).toMatchObject({
        apiVersion: object.apiVersion,
        kind: object.kind,
        metadata: { name: 'one', namespace, uid: created.metadata.uid },
      });
      await expect(stage.admin.get(resource, { namespace, name: 'one' })).rejects.toMatchObject({ code: 'not-found' });
      await expect(stage.admin.delete(resource, { namespace, name: 'one' })).rejects.toMatchObject({ code: 'not-found' });
    }
  });

  describe('with preconditions', () => preconditions(stage));
  describe('that are held up', () => heldUp(stage));
}

function preconditions(stage: Stage): void {
  it('say conflict for another uid or another version, and delete nothing', async () => {
    const namespace = await stage.namespace('preconditions');
    const name = { namespace, name: 'one' };
    const created = await stage.admin.create(secrets, secret('one', { namespace }));
    const { uid = '', resourceVersion = '' } = created.metadata;
    await expect(stage.admin.delete(secrets, name, { uid: NIL })).rejects.toMatchObject({
      code: 'conflict',
      status: 409,
      reason: 'Conflict',
    });
    await expect(stage.admin.delete(secrets, name, { uid, resourceVersion: '1' })).rejects.toMatchObject({ code: 'conflict', status: 409 });
    expect(await stage.admin.get(secrets, name)).toEqual(created);
    await stage.admin.delete(secrets, name, { uid, resourceVersion });
    await expect(stage.admin.get(secrets, name)).rejects.toMatchObject({ code: 'not-found' });
  });
}

function heldUp(stage: Stage): void {
  it('wait for finalizers', async () => {
    const namespace = await stage.namespace('finalizers');
    const name = { namespace, name: 'one' };
    await stage.admin.create(secrets, secret('one', { namespace, finalizers: ['fleetgraph.io/a', 'fleetgraph.io/b'] }));
    const deleted = await stage.admin.delete(secrets, name);
    expect(deleted.metadata).toMatchObject({
      name: 'one',
      deletionTimestamp: expect.any(String),
      finalizers: ['fleetgraph.io/a', 'fleetgraph.io/b'],
    });
    const finalizers = (left: string[] | null) =>
      stage.admin.patch(secrets, name, { type: 'merge', body: { metadata: { finalizers: left } } });
    await expect(finalizers(['fleetgraph.io/a', 'fleetgraph.io/c'])).rejects.toMatchObject({ code: 'invalid' });
    expect((await finalizers(['fleetgraph.io/b'])).metadata.deletionTimestamp).toEqual(deleted.metadata.deletionTimestamp);
    expect((await stage.admin.delete(secrets, name)).metadata.uid).toBe(deleted.metadata.uid);
    await finalizers(null);
    await expect(stage.admin.get(secrets, name)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('give a pod on a node its grace period, which may only become shorter', async () => {
    const namespace = await stage.namespace('grace');
    const name = { namespace, name: 'one' };
    await stage.admin.create(pods, pod('one', { namespace }));
    const deleted = await stage.admin.delete(pods, name);
    expect(deleted.metadata).toMatchObject({ deletionTimestamp: expect.any(String), deletionGracePeriodSeconds: 30 });
    const shorter = await stage.admin.delete(pods, name, { gracePeriodSeconds: 20 });
    expect(shorter.metadata.deletionGracePeriodSeconds).toBe(20);
    expect((await stage.admin.delete(pods, name, { gracePeriodSeconds: 25 })).metadata.deletionGracePeriodSeconds).toBe(20);
    expect((await stage.admin.get(pods, name)).metadata.deletionTimestamp).toEqual(shorter.metadata.deletionTimestamp);
    await stage.admin.delete(pods, name, { gracePeriodSeconds: 0 });
    await expect(stage.admin.get(pods, name)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('hold an object for its dependents when asked to delete in the foreground', async () => {
    const namespace = await stage.namespace('foreground');
    const name = { namespace, name: 'owner' };
    const owner = await stage.admin.create(secrets, secret('owner', { namespace, finalizers: ['fleetgraph.io/hold'] }));
    const deleted = await stage.admin.delete(secrets, name, { propagationPolicy: 'Foreground' });
    expect(deleted.metadata.uid).toBe(owner.metadata.uid);
    expect(deleted.metadata.finalizers).toContain('foregroundDeletion');
    await stage.admin.patch(secrets, name, { type: 'merge', body: { metadata: { finalizers: null } } });
  });
}
