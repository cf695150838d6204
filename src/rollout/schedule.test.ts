import { describe, expect, it } from 'vitest';
import { ARun } from '../../test/support/rollout-model/a-run.ts';
import { step } from './step.ts';

const bob = { username: 'bob', groups: [] };

function lookOf(run: ARun): Parameters<typeof step>[1] {
  const observation = run.cluster.observe(4);
  return observation === undefined ? { type: 'timer' } : { type: 'observation', observation };
}

/** Milliseconds from now until the run wants to look. */
function waitOf(run: ARun, event: Parameters<typeof step>[1]): number | undefined {
  const { effects } = step(run.driver.state, event, run.cluster.now);
  const wait = effects.find((effect) => effect.do === 'wait');
  return wait?.do === 'wait' ? wait.until - run.cluster.now : undefined;
}

describe('when a run looks again', () => {
  it('is at once after a command, and after a review', () => {
    const run = new ARun().pass(30);
    expect(waitOf(run, { type: 'command', command: { id: 'c', verb: 'advance', actor: bob } })).toBe(0);
    expect(waitOf(run, { type: 'review', id: 99, result: { allowed: true } })).toBe(0);
  });

  it('is every five seconds when nothing happens', () => {
    const run = new ARun().pass(30);
    expect(waitOf(run, lookOf(run))).toBe(5_000);
  });

  it('is when a timed wait is over, which takes no longer than was asked', () => {
    const run = new ARun({
      steps: [
        { target: 1, pauseSeconds: 12 },
        { target: '100%', manual: true },
      ],
    });
    while (run.status.steps[0]?.state !== 'BAKING') run.pass(2);
    const began = run.cluster.now;
    expect(waitOf(run, lookOf(run))).toBe(5_000);
    run.pass(8);
    expect(waitOf(run, lookOf(run))).toBe(4_000);
    while (run.status.currentStep === 0) run.pass(2);
    expect(run.cluster.now - began).toBe(12_000);
  });
});

describe('an edit in the middle of a rollback', () => {
  it('is told once, however often it is seen', () => {
    const run = new ARun({ kind: 'Deployment' }).pass(30);
    run.command('advance');
    run.pass(10);
    run.command('rollback');
    run.cluster.patch(
      [{ op: 'replace', path: '/spec/template/spec/containers/0/image', value: 'registry.example/web:hotfix' }],
      'somebody',
    );
    run.pass(60);
    expect(run.status.phase).toBe('ROLLBACK_FAILED');
    expect(run.status.timeline.filter(({ code }) => code === 'ForeignEdit')).toHaveLength(1);
  });
});
