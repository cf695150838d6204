import { describe, expect, it } from 'vitest';
import { ARun } from '../../test/support/rollout-model/a-run.ts';
import type { ModelKind } from '../../test/support/rollout-model/workloads.ts';

function scale(run: ARun, replicas: number): void {
  run.cluster.patch([{ op: 'replace', path: '/spec/replicas', value: replicas }], 'somebody');
}

describe.each<ModelKind>(['Deployment', 'CloneSet v1alpha1'])('a run of a %s that is scaled to zero', (kind) => {
  it('waits without writing anything, whatever is asked, and goes on when it is scaled up', () => {
    const run = new ARun({ kind }).pass(30);
    const before = run.status.allowed;
    scale(run, 0);
    expect(run.pass(60).status.phase).toBe('WAITING');
    expect(run.status.reason.message).toContain('scaled to zero');
    expect(run.command('advance')).toBeUndefined();
    run.pass(1_200);
    expect([run.status.phase, run.status.allowed, run.status.reason.code]).toEqual(['RUNNING', before, 'WaitingForHealth']);
    scale(run, 10);
    run.pass(120);
    expect([run.status.phase, run.status.currentStep]).toEqual(['WAITING', 1]);
    run.command('advance');
    expect(run.pass(200).status.phase).toBe('SUCCEEDED');
  });
});
