import { describe, expect, it } from 'vitest';
import { aDoor, type Door, TEAM } from '../../test/support/a-door.ts';
import type { AppliedSpec, RolloutPhase } from '../rollout/state.ts';
import type { WorkloadTarget } from './commands.ts';

interface Past {
  readonly phase: RolloutPhase;
  readonly shape?: AppliedSpec['shape'];
  readonly uid?: string;
}

/** A run that has changed the workload, as it is now. */
async function aRun({ commands, driver }: Door, workload: WorkloadTarget, { phase, shape = 'FINISHED', uid }: Past): Promise<string> {
  const asked = { hasNodeSets: false, prePull: false, onFailure: 'HALT', dryRun: false } as const;
  const { object, errors } = await commands.rolloutStart(TEAM, { workload, change: { restart: true }, steps: [], ...asked });
  expect(errors).toEqual([]);
  const id = object?.uid ?? '';
  const applied: AppliedSpec = { shape, at: 0, resourceVersion: '1', generation: 1, replicas: 1, template: {}, strategy: [] };
  driver.set(id, ({ spec, status, ...rest }) => ({
    ...rest,
    spec: uid === undefined ? spec : { ...spec, target: { ...spec.target, uid } },
    status: { ...status, phase, finishedAt: 0, applied },
  }));
  return id;
}

async function rollback({ commands, runs }: Door, id: string) {
  const run = runs.get(id);
  if (run === undefined) throw new Error('no run');
  const told = (await commands.rolloutCapabilities(TEAM, run)).rollback;
  const dry = await commands.rolloutCommand(TEAM, 'rollback', { run: id, dryRun: true });
  const { errors, operation } = await commands.rolloutCommand(TEAM, 'rollback', { run: id, dryRun: false });
  expect([dry.errors.length === 0, told.allowed]).toEqual([errors.length === 0, errors.length === 0]);
  return { errors, outcome: operation?.outcome };
}

describe('rolling back a run that has ended', () => {
  it.each<RolloutPhase>(['SUCCEEDED', 'ABORTED'])('is refused while another run is at work (%s)', async (phase) => {
    const door = await aDoor();
    const gateway = door.open();
    const workload = await door.workload('CLONE_SET');
    const first = await aRun(gateway, workload, { phase });
    await door.pass(5);
    const second = await aRun(gateway, workload, { phase: 'WAITING', shape: 'HELD' });
    expect(await rollback(gateway, first)).toMatchObject({
      outcome: 'REFUSED',
      errors: [{ type: 'BlockedError', code: 'RUN_ACTIVE', run: second }],
    });
  });

  it('is refused where a later run has moved the workload, until that is rolled back itself', async () => {
    const door = await aDoor();
    const gateway = door.open();
    const workload = await door.workload('CLONE_SET');
    const first = await aRun(gateway, workload, { phase: 'SUCCEEDED' });
    await door.pass(5);
    const second = await aRun(gateway, workload, { phase: 'SUCCEEDED' });
    expect(await rollback(gateway, first)).toMatchObject({
      outcome: 'REFUSED',
      errors: [{ type: 'BlockedError', code: 'MOVED_SINCE', run: second, unblock: ['rolloutRollback', 'rolloutStart'] }],
    });
    gateway.driver.set(second, ({ status, ...rest }) => ({
      ...rest,
      status: { ...status, phase: 'ROLLED_BACK', ...(status.applied && { applied: { ...status.applied, shape: 'ORIGINAL' } }) },
    }));
    expect(await rollback(gateway, first)).toMatchObject({ outcome: 'APPLIED', errors: [] });
  });

  it('is not refused for a later run on an object of the same name', async () => {
    const door = await aDoor();
    const gateway = door.open();
    const workload = await door.workload('CLONE_SET');
    const first = await aRun(gateway, workload, { phase: 'SUCCEEDED' });
    await door.pass(5);
    await aRun(gateway, workload, { phase: 'SUCCEEDED', uid: 'another' });
    expect((await rollback(gateway, first)).errors).toEqual([]);
  });
});
