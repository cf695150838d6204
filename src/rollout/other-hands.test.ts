import { describe, expect, it } from 'vitest';
import { ARun } from '../../test/support/rollout-model/a-run.ts';
import { Driver } from '../../test/support/rollout-model/driver.ts';
import type { ModelKind } from '../../test/support/rollout-model/workloads.ts';
import { MARKER_LABEL, MARKER_PATH } from './marker.ts';
import { runOf } from './new-run.ts';
import { step } from './step.ts';

const KINDS: readonly ModelKind[] = ['Deployment', 'CloneSet v1beta1'];
const IMAGE = '/spec/template/spec/containers/0/image';

function setImage(run: ARun, tag: string): void {
  run.cluster.patch([{ op: 'replace', path: IMAGE, value: `registry.example/web:${tag}` }], 'somebody');
}

function setLabel(run: ARun, value: string): void {
  run.cluster.patch([{ op: 'add', path: MARKER_PATH, value }], 'somebody');
}

describe.each(KINDS)('an edit of a %s that was taken back', (kind) => {
  it('is resumed from at once, as the reason says', () => {
    const run = new ARun({ kind }).pass(30);
    setImage(run, 'hotfix');
    run.pass(20);
    setImage(run, 'v2');
    run.pass(2);
    expect(run.status.reason.message).toContain('rolloutResume goes on');
    run.pass(10);
    const trouble = {
      code: 'CrashLoop',
      message: 'crashes',
      count: 1,
      since: run.cluster.now,
      examples: [],
      attributedTo: 'RELEASE',
    } as const;
    const seen = run.cluster.observe(4);
    run.driver.observe(seen && { ...seen, troubles: [trouble], causes: [trouble] });
    expect(run.status.meter.evidence).toHaveLength(1);
    expect(run.command('resume')).toBeUndefined();
    expect(run.pass(60).status.phase).toBe('WAITING');
  });

  it('leaves what halted the run before', () => {
    const run = new ARun({ kind, tag: 'v2-crash' }).pass(60);
    expect([run.status.phase, run.status.reason.code]).toEqual(['HALTED', 'Stuck:CrashLoop']);
    setImage(run, 'hotfix');
    run.pass(2);
    setImage(run, 'v2-crash');
    run.pass(6);
    expect(run.status.reason).toMatchObject({ code: 'ForeignEdit', message: expect.stringContaining('rolloutRetry goes on') });
    expect(run.command('resume')).toMatchObject({ code: 'Blocked' });
    expect(run.command('retry')).toBeUndefined();
  });
});

describe.each(KINDS)('the label of a run of a %s', (kind) => {
  it.each(['WAITING', 'PAUSED'])('that somebody removed is missed at once, %s', (phase) => {
    const run = new ARun({ kind }).pass(30);
    if (phase === 'PAUSED') run.command('pause');
    expect(run.status.phase).toBe(phase);
    run.cluster.patch([{ op: 'remove', path: MARKER_PATH }], 'somebody');
    run.pass(2);
    expect([run.status.phase, run.status.reason.code]).toEqual(['HALTED', 'MarkerLost']);
  });

  it('is not missed on a copy from before it was set', () => {
    const run = new ARun({ kind }).pass(30);
    const { marker: _marker, ...seen } = run.cluster.observe(4) ?? {};
    const observation = { ...seen, resourceVersion: '1' } as NonNullable<ReturnType<typeof run.cluster.observe>>;
    const { effects } = step(run.driver.state, { type: 'observation', observation }, run.cluster.now);
    expect(effects.map((effect) => effect.do)).not.toContain('read');
  });

  it('when another one is there stops the run, and lets a run that had ended be', () => {
    const run = new ARun({ kind }).pass(30);
    run.command('abort');
    const { finishedAt } = run.pass(10).status;
    setLabel(run, 'other.1.1');
    const writes = run.cluster.history.length;
    run.command('rollback');
    run.pass(10);
    expect(run.status).toMatchObject({ phase: 'ABORTED', finishedAt, reason: { code: 'LockedBy', unblock: ['rolloutStart'] } });
    expect(run.cluster.history).toHaveLength(writes);
  });
});

describe('a label that was left', () => {
  /** The next run on the workload of one that has ended; the label of the first is there again. */
  function next(overtakes?: string): { readonly first: ARun; readonly driver: Driver } {
    const first = new ARun().pass(30);
    first.command('rollback');
    first.pass(60);
    setLabel(first, 'run7.1.2');
    const { spec, status } = first.driver.state;
    const steps = status.steps.map(({ index, manual, target, pods }) => ({
      ...{ index, manual, target, bakedMs: 0, state: 'PENDING' as const },
      ...(pods !== undefined && { pods }),
    }));
    const plan = { ...spec, steps, hash: spec.planHash, patches: [], warnings: [], ...(overtakes !== undefined && { overtakes }) };
    const state = runOf(plan, { runId: 'run8', createdAt: first.cluster.now, author: spec.author, epoch: 1 });
    const driver = new Driver(state, first.cluster);
    driver.deliver({ type: 'leadership', epoch: 1 });
    return { first, driver };
  }

  it('is taken over by the run that was told of it', () => {
    const { first, driver } = next('run7');
    expect(driver.state.status.phase).toBe('RUNNING');
    expect(first.cluster.object?.metadata.labels?.[MARKER_LABEL]).toMatch(/^run8\./);
  });

  it.each([undefined, 'run6'])('stops any other run (told of: %s)', (overtakes) => {
    expect(next(overtakes).driver.state.status.reason.code).toBe('LockedBy');
  });
});

describe('a step that waits', () => {
  it('says the present numbers, and that the workload was scaled', () => {
    const run = new ARun({ kind: 'CloneSet v1beta1' }).pass(30);
    expect(run.status.reason.message).toBe('Step 0 is done: 1 of 10 new and available.');
    run.cluster.patch([{ op: 'replace', path: '/spec/replicas', value: 15 }], 'somebody');
    run.pass(60);
    const [updated] = run.split();
    expect(updated).toBeGreaterThan(1);
    expect([run.status.phase, run.status.reason.message]).toEqual([
      'WAITING',
      `Step 0 is done: ${updated} of 15 new and available; scaled from 10 to 15; the step asks for 1, scaling moved the split.`,
    ]);
  });
});

describe('a workload that was deleted', () => {
  it('and made anew a moment later is another one', () => {
    const run = new ARun().pass(30);
    const { object } = run.cluster;
    run.cluster.remove();
    run.pass(2);
    expect(run.status).toMatchObject({ phase: 'WAITING', reason: { code: 'TargetGone' } });
    run.cluster.object = object;
    run.cluster.recreate(false);
    run.pass(10);
    expect([run.status.phase, run.status.reason.code]).toEqual(['SUPERSEDED', 'TargetRecreated']);
  });

  it('before a patch came, and made anew, is another one', () => {
    const run = new ARun({ startUnheard: true });
    run.cluster.recreate(false);
    const intentId = run.status.intents.at(-1)?.id ?? '';
    run.driver.deliver({ type: 'patched', intentId, result: { outcome: 'gone', message: 'no such object' } });
    run.pass(2);
    expect(run.status.reason.code).toBe('TargetRecreated');
  });

  it('and stays so is gone', () => {
    const run = new ARun().pass(30);
    run.cluster.remove();
    run.pass(10);
    expect([run.status.phase, run.status.reason.code]).toEqual(['FAILED', 'TargetGone']);
  });
});
