import { expect, it } from 'vitest';
import { ARun } from '../../test/support/rollout-model/a-run.ts';

it('tells who aborts a run of a Deployment which brake stays, and what takes it back', () => {
  const run = new ARun({ kind: 'Deployment' }).pass(30);
  run.command('abort');
  const { reason, timeline } = run.pass(10).status;
  for (const field of [
    'spec.minReadySeconds: 2147483646',
    'spec.strategy.rollingUpdate.maxUnavailable: 1',
    'rolloutRollback takes both back',
  ])
    expect(reason.message).toContain(field);
  expect(reason.unblock).toEqual(['rolloutRollback']);
  expect(timeline.at(-1)?.message).toBe(reason.message);
});

it('names the partition that an aborted run leaves', () => {
  const run = new ARun({ kind: 'CloneSet v1alpha1' }).pass(30);
  run.command('abort');
  expect(run.pass(10).status.reason.message).toContain('(spec.updateStrategy.partition: 9)');
});

it('says when a verb that makes no sense now would', () => {
  const run = new ARun({ kind: 'Deployment' }).pass(4);
  expect(run.command('advance')?.message).toBe('rolloutAdvance makes no sense while the run is RUNNING: it is accepted while WAITING.');
});

it('says how the steps are counted', () => {
  const run = new ARun().pass(30);
  expect(run.command('advance', { toStep: 9 })?.message).toContain('steps are counted from 0');
});
