import { describe, expect, it } from 'vitest';
import { aDoor, TEAM, VIEWER } from '../../test/support/a-door.ts';
import type { WorkloadTarget } from './commands.ts';

const BRAKE = {
  minReadySeconds: 2_147_483_646,
  progressDeadlineSeconds: 2_147_483_647,
  strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
};

function aStart(workload: WorkloadTarget) {
  const more = { steps: [], hasNodeSets: false, prePull: false, onFailure: 'HALT', dryRun: false } as const;
  return { workload, change: { restart: true }, ...more } as const;
}

describe('a Deployment that carries the brake of a run that is over', () => {
  it.each(['by a run of ours', 'by an export made anew'])('left %s takes no new template, and is told so beforehand', async (how) => {
    const door = await aDoor();
    const workload = await door.workload('DEPLOYMENT', how.includes('ours') ? {} : BRAKE);
    const gateway = door.open();
    let id: string | undefined;
    if (how.includes('ours')) {
      id = (await gateway.commands.rolloutStart(TEAM, aStart(workload))).object?.uid ?? '';
      gateway.driver.set(id, (state) => ({
        ...state,
        status: {
          ...state.status,
          phase: 'ABORTED',
          applied: { shape: 'HELD', at: 0, resourceVersion: '1', generation: 1, replicas: 10, template: {}, strategy: [] },
        },
      }));
      await door.edit('DEPLOYMENT', { spec: BRAKE });
    }
    const { commands } = gateway;
    const expected = { type: 'BlockedError', code: 'BRAKE_LEFT', unblock: id === undefined ? [] : ['rolloutRollback'] };
    const answers = [
      await commands.rolloutStart(TEAM, aStart(workload)),
      await commands.workloadRestart(TEAM, { workload, dryRun: false }),
      await commands.workloadUndo(TEAM, { workload, dryRun: false }),
    ];
    for (const { errors } of answers) expect(errors).toMatchObject([id === undefined ? expected : { ...expected, run: id }]);
    expect((await commands.workloadScale(TEAM, { workload, replicas: 3, dryRun: true })).errors).toEqual([]);
    await door.look();
    const told = await commands.workloadCapabilities(TEAM, door.record('DEPLOYMENT'));
    expect(told).toMatchObject({
      startRollout: { allowed: false },
      restart: { allowed: false, reason: expect.stringContaining('brake') },
      undo: { allowed: false },
      scale: { allowed: true },
    });
  });
});

describe('a change that names a field that there is not', () => {
  it('is refused by the cluster before the run begins', async () => {
    const door = await aDoor();
    const workload = await door.workload('DEPLOYMENT');
    const change = { strategicMergePatch: { spec: { contaners: [{ name: 'app', image: 'a:1' }] } } };
    expect((await door.open().commands.rolloutStart(TEAM, { ...aStart(workload), change })).errors).toMatchObject([
      {
        type: 'ValidationError',
        path: ['input', 'change'],
        message: 'strict decoding error: unknown field "spec.template.spec.contaners"',
      },
    ]);
  });
});

describe('who may not', () => {
  it('learns that, and not how things stand', async () => {
    const door = await aDoor();
    const workload = await door.workload('DEPLOYMENT');
    const { commands } = door.open();
    await commands.rolloutStart(TEAM, aStart(workload));
    expect((await commands.rolloutStart(VIEWER, aStart(workload))).errors).toMatchObject([{ type: 'ForbiddenError' }]);
    expect((await commands.workloadScale(VIEWER, { workload, replicas: 3, dryRun: false })).errors).toMatchObject([
      { type: 'ForbiddenError' },
    ]);
    await door.look();
    const { scale } = await commands.workloadCapabilities(VIEWER, door.record('DEPLOYMENT'));
    expect(scale).toMatchObject({ allowed: false, reason: expect.stringContaining('may not patch') });
  });
});
