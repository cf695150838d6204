import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../model/kube-object.ts';
import {
  aCore,
  aDeployment,
  anObject,
  aPod,
  BUDGETS,
  CONFIG_MAPS,
  DEPLOYMENTS,
  NAMESPACES,
  PODS,
  refusalBy,
} from '../testing/core-for-tests.ts';

const WEB = { namespace: 'default', name: 'web' };

async function withPod(rest: JsonObject = { spec: { nodeName: 'n1' } }) {
  const server = aCore();
  await server.client.create(PODS, aPod('web', { metadata: { labels: { app: 'web' } }, ...rest }));
  return server;
}

const isThere = ({ core }: ReturnType<typeof aCore>, collection = 'pods') => core.object(collection, 'web', 'default') !== undefined;

describe('delete', () => {
  it('leaves a running pod its grace, and takes it when the kubelet says so', async () => {
    const server = await withPod();
    const { client, clock } = server;
    const pending = await client.delete(PODS, WEB);
    expect(pending.metadata).toMatchObject({ deletionTimestamp: '2026-01-01T00:00:30Z', deletionGracePeriodSeconds: 30, generation: 2 });
    await clock.advanceBy(10_000);
    const shorter = await client.delete(PODS, WEB, { gracePeriodSeconds: 15 });
    expect(shorter.metadata.deletionTimestamp).toBe('2026-01-01T00:00:15Z');
    expect((await client.delete(PODS, WEB, { gracePeriodSeconds: 60 })).metadata.deletionTimestamp).toBe('2026-01-01T00:00:15Z');
    await client.delete(PODS, WEB, { gracePeriodSeconds: 0 });
    expect(isThere(server)).toBe(false);
  });

  it('takes a pod that runs nowhere at once', async () => {
    const server = await withPod({});
    await server.client.delete(PODS, WEB);
    expect(isThere(server)).toBe(false);
  });

  it('waits for finalizers, and ends when the last is removed', async () => {
    const server = aCore();
    const { client } = server;
    await client.create(CONFIG_MAPS, anObject(CONFIG_MAPS, 'web', { metadata: { finalizers: ['example.com/hold'] } }));
    expect((await client.delete(CONFIG_MAPS, WEB)).metadata).toMatchObject({
      deletionTimestamp: expect.any(String),
      deletionGracePeriodSeconds: 0,
    });
    const patch = (finalizers: string[]) => client.patch(CONFIG_MAPS, WEB, { type: 'merge', body: { metadata: { finalizers } } });
    expect(await refusalBy(() => patch(['example.com/hold', 'example.com/more']))).toMatchObject({
      message: expect.stringContaining('no new finalizers can be added'),
    });
    await patch([]);
    expect(isThere(server, 'configmaps')).toBe(false);
  });

  it.each([
    ['Foreground', ['foregroundDeletion']],
    ['Orphan', ['orphan']],
  ] as const)('leaves %s propagation to the garbage collector', async (propagationPolicy, finalizers) => {
    const { client } = aCore();
    await client.create(DEPLOYMENTS, aDeployment('web'));
    expect((await client.delete(DEPLOYMENTS, WEB, { propagationPolicy })).metadata).toMatchObject({ finalizers, generation: 2 });
  });

  it('takes the object at once with Background propagation', async () => {
    const server = aCore();
    await server.client.create(DEPLOYMENTS, aDeployment('web'));
    await server.client.delete(DEPLOYMENTS, WEB, { propagationPolicy: 'Background' });
    expect(isThere(server, 'deployments.apps')).toBe(false);
  });

  it.each([{ uid: 'other' }, { resourceVersion: '1' }])('conflicts when the precondition %j does not hold', async (precondition) => {
    const server = await withPod();
    expect(await refusalBy(() => server.client.delete(PODS, WEB, precondition))).toMatchObject({ code: 'conflict', reason: 'Conflict' });
    expect(server.core.object('pods', 'web', 'default')?.metadata.deletionTimestamp).toBeUndefined();
  });

  it('changes nothing as a dry run', async () => {
    const server = await withPod();
    const before = server.core.revision;
    await server.client.delete(PODS, WEB, { dryRun: true });
    await server.client.delete(PODS, WEB, { dryRun: true, gracePeriodSeconds: 0 });
    expect(server.core.revision).toBe(before);
  });

  it('holds a namespace until its controller finalizes it', async () => {
    const { client, core } = aCore();
    const shop = await client.create(NAMESPACES, anObject(NAMESPACES, 'shop'));
    await client.delete(NAMESPACES, { name: 'shop' });
    expect(core.object('namespaces', 'shop')?.status).toEqual({ phase: 'Terminating' });
    await client.update(NAMESPACES, { ...shop, spec: { finalizers: [] } }, { subresource: 'finalize' });
    expect(core.object('namespaces', 'shop')).toBeUndefined();
    expect(await refusalBy(() => client.delete(NAMESPACES, { name: 'kube-system' }))).toMatchObject({ code: 'forbidden' });
  });
});

describe('evict', () => {
  const running = { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } };

  async function withBudget(status: JsonObject) {
    const server = await withPod();
    const { client } = server;
    await client.patch(PODS, WEB, { type: 'merge', body: running }, { subresource: 'status' });
    await client.create(BUDGETS, anObject(BUDGETS, 'b', { spec: { minAvailable: 1, selector: { matchLabels: { app: 'web' } } } }));
    await client.patch(BUDGETS, { namespace: 'default', name: 'b' }, { type: 'merge', body: { status } }, { subresource: 'status' });
    return server;
  }

  it('is refused with 429 while the budget allows no disruption', async () => {
    const { client } = await withBudget({ observedGeneration: 1, disruptionsAllowed: 0, desiredHealthy: 1, currentHealthy: 1 });
    expect(await refusalBy(() => client.evict(WEB))).toMatchObject({
      code: 'throttled',
      status: 429,
      message: "Cannot evict pod as it would violate the pod's disruption budget.",
      causes: [{ reason: 'DisruptionBudget', message: 'The disruption budget b needs 1 healthy pods and has 1 currently' }],
    });
  });

  it('is refused until the budget has been looked at', async () => {
    const { client } = await withBudget({});
    expect(await refusalBy(() => client.evict(WEB))).toMatchObject({
      retryAfterMs: 10_000,
      causes: [{ message: expect.stringContaining('still being processed') }],
    });
  });

  it('spends one disruption and deletes', async () => {
    const { client, core } = await withBudget({ observedGeneration: 1, disruptionsAllowed: 1, desiredHealthy: 1, currentHealthy: 2 });
    await client.evict(WEB);
    expect(core.object('pods', 'web', 'default')?.metadata.deletionTimestamp).toBeDefined();
    expect(core.object('poddisruptionbudgets.policy', 'b', 'default')?.status).toMatchObject({
      disruptionsAllowed: 0,
      disruptedPods: { web: expect.any(String) },
    });
  });
});
