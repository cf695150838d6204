import { expect, it } from 'vitest';
import type { KubeObject } from '../../../src/model/kube-object.ts';
import { budgets, pods } from '../kinds.ts';
import { pod } from '../objects.ts';
import type { Stage } from '../stage.ts';
import { until } from '../watching.ts';

export function evictions(stage: Stage): void {
  it('delete a pod that no budget protects', async () => {
    const namespace = await stage.namespace('evict');
    const name = { namespace, name: 'free' };
    await runningPod(stage, namespace, 'free');
    await stage.admin.evict(name, { dryRun: true });
    expect((await stage.admin.get(pods, name)).metadata.deletionTimestamp).toBeUndefined();
    await stage.admin.evict(name, { gracePeriodSeconds: 30 });
    expect((await stage.admin.get(pods, name)).metadata.deletionTimestamp).toEqual(expect.any(String));
  });

  it('are throttled by a budget that allows none', async () => {
    const namespace = await stage.namespace('evict-budget');
    const name = { namespace, name: 'kept' };
    await runningPod(stage, namespace, 'kept');
    await tightBudget(stage, namespace, 'kept');
    const refused = {
      code: 'throttled',
      status: 429,
      reason: 'TooManyRequests',
      causes: [expect.objectContaining({ reason: 'DisruptionBudget' })],
    };
    await expect(stage.admin.evict(name)).rejects.toMatchObject(refused);
    await expect(stage.admin.evict(name, { dryRun: true })).rejects.toMatchObject(refused);
    expect((await stage.admin.get(pods, name)).metadata.deletionTimestamp).toBeUndefined();
  });

  it('have the preconditions of a deletion', async () => {
    const namespace = await stage.namespace('evict-uid');
    await runningPod(stage, namespace, 'one');
    const another = { uid: '00000000-0000-4000-8000-000000000000' };
    await expect(stage.admin.evict({ namespace, name: 'one' }, another)).rejects.toMatchObject({ code: 'conflict' });
  });

  stage.needs('plain-evictions')('find no pod that is not there', async () => {
    const namespace = await stage.namespace('evict-none');
    await expect(stage.admin.evict({ namespace, name: 'none' })).rejects.toMatchObject({ code: 'not-found' });
  });
}

async function runningPod(stage: Stage, namespace: string, name: string): Promise<KubeObject> {
  await stage.admin.create(pods, pod(name, { namespace, labels: { app: name } }));
  const status = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
  return stage.admin.patch(pods, { namespace, name }, { type: 'merge', body: { status } }, { subresource: 'status' });
}

/** Needs the pod that it protects. Where a controller keeps its status the same comes out. */
async function tightBudget(stage: Stage, namespace: string, app: string): Promise<void> {
  const budget = {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: app, namespace },
    spec: { minAvailable: 1, selector: { matchLabels: { app } } },
  };
  const created = await stage.admin.create(budgets, budget);
  const status = {
    observedGeneration: created.metadata.generation,
    disruptionsAllowed: 0,
    currentHealthy: 1,
    desiredHealthy: 1,
    expectedPods: 1,
  };
  await stage.admin.patch(budgets, { namespace, name: app }, { type: 'merge', body: { status } }, { subresource: 'status' });
  await until('the status of the budget', async () => {
    const found = await stage.admin.get(budgets, { namespace, name: app });
    return found.status?.['observedGeneration'] === found.metadata.generation && found.status?.['currentHealthy'] === 1;
  });
}
