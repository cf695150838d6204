import { describe, expect, it } from 'vitest';
import { ARun } from '../../test/support/rollout-model/a-run.ts';
import type { ModelKind } from '../../test/support/rollout-model/workloads.ts';
import { aModelWorkload } from '../../test/support/rollout-model/workloads.ts';

const KINDS: readonly ModelKind[] = ['Deployment', 'CloneSet v1alpha1', 'CloneSet v1beta1'];

describe.each(KINDS)('a run of a %s', (kind) => {
  it('makes one pod new, waits, goes on when told, and gives the strategy back', () => {
    const run = new ARun({ kind }).pass(30);
    expect([run.status.phase, run.split()]).toEqual(['WAITING', [1, 9]]);
    expect(run.command('advance')).toBeUndefined();
    run.pass(60);
    expect([run.status.phase, run.split()]).toEqual(['WAITING', [5, 5]]);
    run.command('advance');
    run.pass(90);
    expect([run.status.phase, run.split()]).toEqual(['SUCCEEDED', [10, 0]]);
    const { spec } = aModelWorkload(kind, 10, { maxUnavailable: 2 });
    expect({ ...run.cluster.object?.spec, template: undefined }).toEqual({ ...spec, template: undefined });
    expect(run.cluster.object?.metadata.labels).toEqual({ app: 'web' });
  });

  it.each(['missing', 'crash'])('halts within 40 s of the evidence when the new pods are of a %s image', (fate) => {
    const run = new ARun({ kind, tag: `v2-${fate}` }).pass(40);
    expect([run.status.phase, run.status.steps[0]?.state]).toEqual(['HALTED', 'FAILED']);
    expect(run.status.reason.code).toBe(fate === 'missing' ? 'Stuck:ImagePull' : 'Stuck:CrashLoop');
    expect(run.status.reason.unblock).toContain('rolloutRollback');
  });

  it('halts within 40 s as well when the new pods run and do not get ready', () => {
    const run = new ARun({ kind, tag: 'v2-broken' }).pass(40);
    expect([run.status.phase, run.status.reason.code]).toEqual(['HALTED', 'Stuck:NotReady']);
  });

  it('rolls back in one patch, and is done when every pod is back', () => {
    const run = new ARun({ kind }).pass(30);
    run.command('advance');
    run.pass(40);
    run.command('rollback');
    expect(run.cluster.object?.spec).toEqual(aModelWorkload(kind, 10, { maxUnavailable: 2 }).spec);
    expect(run.status.phase).toBe('ROLLING_BACK');
    expect([run.pass(60).status.phase, run.split()]).toEqual(['ROLLED_BACK', [10, 0]]);
  });

  it.each(['answered', 'lost'])('goes back also from a first patch that is %s only after the rollback was asked for', (how) => {
    const run = new ARun({ kind, startUnheard: true });
    expect([run.status.applied, run.status.intents.at(-1)?.op]).toEqual([undefined, 'START']);
    run.command('rollback');
    if (how === 'answered') run.driver.hear();
    else run.driver.crash();
    expect([run.pass(60).status.phase, run.split()]).toEqual(['ROLLED_BACK', [10, 0]]);
    expect(run.cluster.object?.spec).toEqual(aModelWorkload(kind, 10, { maxUnavailable: 2 }).spec);
  });

  it('rolls back by itself when it was told to', () => {
    const run = new ARun({ kind, tag: 'v2-missing', onFailure: 'ROLL_BACK' }).pass(90);
    expect(run.status.phase).toBe('ROLLED_BACK');
  });

  it('leaves the pods as they are when it is aborted, and can still be rolled back', () => {
    const run = new ARun({ kind }).pass(30);
    run.command('abort');
    expect([run.pass(10).status.phase, run.split()]).toEqual(['ABORTED', [1, 9]]);
    expect(run.cluster.object?.metadata.labels).toEqual({ app: 'web' });
    expect(run.command('rollback')).toBeUndefined();
    expect([run.pass(60).status.phase, run.split()]).toEqual(['ROLLED_BACK', [10, 0]]);
  });

  it("stops at somebody else's edit, names the field, and undoes it only for who has seen it", () => {
    const run = new ARun({ kind }).pass(30);
    run.cluster.patch(
      [{ op: 'replace', path: '/spec/template/spec/containers/0/image', value: 'registry.example/web:hotfix' }],
      'somebody',
    );
    run.pass(6);
    expect([run.status.phase, run.status.reason.code]).toEqual(['HALTED', 'ForeignEdit']);
    expect(run.status.reason.message).toContain('/spec/template/spec/containers/0/image');
    expect(run.command('retry')).toMatchObject({ code: 'Blocked', unblock: ['rolloutRollback', 'rolloutAbort'] });
    expect(run.command('rollback')).toBeUndefined();
    expect(run.pass(60).status.phase).toBe('ROLLED_BACK');
  });

  it('does not hold a node that is down against the release', () => {
    const run = new ARun({ kind }).pass(30);
    for (const { node } of run.cluster.pods) run.cluster.downNodes.add(node);
    expect(run.pass(200).status.phase).not.toBe('HALTED');
  });

  it('does not touch an object that was made anew', () => {
    const run = new ARun({ kind }).pass(30);
    run.cluster.recreate(true);
    const writes = run.cluster.history.length;
    run.pass(20);
    run.command('advance');
    expect([run.pass(30).status.phase, run.cluster.history.length]).toEqual(['SUPERSEDED', writes]);
  });

  it('lets no pod go on when its author has lost the right', () => {
    const run = new ARun({ kind }).pass(30);
    run.driver.hasRight = false;
    run.command('advance');
    expect([run.pass(30).status.reason.code, run.split()]).toEqual(['AuthorRightLost', [1, 9]]);
  });

  it('follows an autoscaler by the percentage that was asked, and says so', () => {
    const run = new ARun({ kind }).pass(30);
    run.command('advance');
    run.pass(40);
    run.cluster.patch([{ op: 'replace', path: '/spec/replicas', value: 20 }], 'somebody');
    run.pass(40);
    expect(run.status.steps[1]?.target).toBe(10);
    expect(run.status.timeline.map(({ code }) => code)).toContain('Scaled');
    if (kind !== 'Deployment') expect(run.status.timeline.map(({ code }) => code)).toContain('Overshoot');
  });
});

describe('a command', () => {
  it('that comes again gets the first answer and does nothing twice', () => {
    const run = new ARun().pass(30);
    const command = { id: 'same', verb: 'advance', actor: { username: 'bob', groups: [] } } as const;
    run.driver.deliver({ type: 'command', command });
    const { currentStep } = run.status;
    run.pass(40);
    run.driver.deliver({ type: 'command', command });
    expect(run.status.currentStep).toBe(currentStep);
  });

  it('that expects another step is refused and told the present one', () => {
    const run = new ARun().pass(30);
    expect(run.command('advance', { expectedStep: 1 })).toMatchObject({ code: 'Conflict', path: ['expectedStep'], currentStep: 0 });
  });

  it('to advance to a number of pods makes a step of it', () => {
    const run = new ARun().pass(30);
    expect(run.command('advance', { target: 3 })).toBeUndefined();
    run.pass(40);
    expect([run.status.phase, run.split(), run.status.steps.length]).toEqual(['WAITING', [3, 7], 4]);
  });

  it('that makes no sense now names what would', () => {
    expect(new ARun().pass(30).command('resume')).toMatchObject({
      code: 'Conflict',
      unblock: ['rolloutAdvance', 'rolloutPause', 'rolloutAbort', 'rolloutRollback'],
    });
  });
});

describe('a timed wait', () => {
  it('counts no time that was paused', () => {
    const run = new ARun({ steps: [{ target: 1, pauseSeconds: 60 }] }).pass(50);
    expect(run.status.steps[0]?.state).toBe('BAKING');
    run.command('pause');
    run.pass(300);
    run.command('resume');
    expect(run.pass(10).split()).toEqual([1, 9]);
    expect(run.pass(90).status.phase).toBe('SUCCEEDED');
  });
});

describe('the brake of a Deployment', () => {
  it('is let go by no more than its owner lets be unavailable', () => {
    const run = new ARun({ kind: 'Deployment', steps: [{ target: '100%' }], maxUnavailable: 3 }).pass(120);
    const allowed = run.status.intents.filter(({ op }) => op === 'START' || op === 'MOVE').map((intent) => intent.allowed);
    expect([run.status.phase, allowed]).toEqual(['SUCCEEDED', [3, 6, 9, 10]]);
  });
});
