import { describe, expect, it } from 'vitest';
import { ARun } from '../../../../test/support/rollout-model/a-run.ts';
import { runOfState } from '../../../rollout/run.ts';
import { ROLLOUT_PHASES, type RolloutPhase, type RolloutState, type RolloutStatus } from '../../../rollout/state.ts';
import { type RolloutWaitCondition, verdictOn } from './wait-condition.ts';

const of = (state: RolloutState, condition: RolloutWaitCondition) => verdictOn(condition, runOfState(state, '1'));
const steps = (state: RolloutState) => [0, 1, 2].map((stepReached) => of(state, { stepReached }));
const inPhase = (phase: RolloutPhase, more: Partial<RolloutStatus> = {}): RolloutState => {
  const { driver } = new ARun();
  return { ...driver.state, status: { ...driver.state.status, phase, ...more } };
};

describe('a step', () => {
  it('is reached when its target is met, and stays so while the next one goes on', () => {
    const run = new ARun();
    expect(steps(run.driver.state)).toEqual([undefined, undefined, undefined]);
    run.pass(30);
    expect(steps(run.driver.state)).toEqual(['met', undefined, undefined]);
    run.command('advance');
    expect(steps(run.driver.state)).toEqual(['met', undefined, undefined]);
    run.pass(60).command('advance');
    run.pass(90);
    expect([run.status.phase, steps(run.driver.state)]).toEqual(['SUCCEEDED', ['met', 'met', 'met']]);
  });

  it('that is passed over is reached with the one that was gone to', () => {
    const run = new ARun().pass(30);
    run.command('advance', { toStep: 2 });
    expect(steps(run.driver.state)).toEqual(['met', undefined, undefined]);
    run.pass(90);
    expect(steps(run.driver.state)).toEqual(['met', 'met', 'met']);
  });

  it('is watched over for its time', () => {
    const run = new ARun({ steps: [{ target: 1, pauseSeconds: 600 }] }).pass(30);
    expect(run.status.steps[0]?.state).toBe('BAKING');
    expect(of(run.driver.state, { stepReached: 0 })).toBe('met');
  });

  it('can no longer be reached once the run goes back, nor counts then', () => {
    const run = new ARun().pass(30);
    run.command('rollback');
    expect([run.status.phase, steps(run.driver.state)]).toEqual(['ROLLING_BACK', ['impossible', 'impossible', 'impossible']]);
    run.pass(60);
    expect([run.status.phase, steps(run.driver.state)]).toEqual(['ROLLED_BACK', ['impossible', 'impossible', 'impossible']]);
  });

  it('of a way back that was broken off is not reached either', () => {
    const run = new ARun().pass(30);
    run.command('rollback');
    run.command('abort');
    run.pass(10);
    expect([run.status.phase, steps(run.driver.state)[0]]).toEqual(['ABORTED', 'impossible']);
  });

  it('of a run that was aborted stays reached, and no other will be', () => {
    const run = new ARun().pass(30);
    run.command('abort');
    run.pass(10);
    expect([run.status.phase, steps(run.driver.state)]).toEqual(['ABORTED', ['met', 'impossible', 'impossible']]);
  });

  it('may still be reached after a halt', () => {
    const run = new ARun({ tag: 'v2-missing' }).pass(40);
    expect([run.status.phase, steps(run.driver.state)[0]]).toEqual(['HALTED', undefined]);
  });
});

describe('a phase', () => {
  it.each([
    { now: 'RUNNING', wanted: ['WAITING', 'RUNNING'], verdict: 'met' },
    { now: 'RUNNING', wanted: ['SUCCEEDED'], verdict: undefined },
    { now: 'SUCCEEDED', wanted: ['WAITING', 'HALTED'], verdict: 'impossible' },
    { now: 'SUCCEEDED', wanted: ['WAITING', 'ROLLED_BACK'], verdict: undefined },
    { now: 'ROLLED_BACK', wanted: ['SUCCEEDED'], verdict: 'impossible' },
    { now: 'ROLLING_BACK', wanted: ['RUNNING'], verdict: 'impossible' },
    { now: 'ROLLING_BACK', wanted: ['ROLLED_BACK'], verdict: undefined },
    { now: 'ABORTING', wanted: ['WAITING'], verdict: 'impossible' },
    { now: 'FAILED', wanted: ['SUPERSEDED'], verdict: 'impossible' },
    { now: 'HALTED', wanted: ['PENDING', 'RUNNING'], verdict: undefined },
  ] as const)('$wanted in $now: $verdict', ({ now, wanted, verdict }) => {
    expect(of(inPhase(now), { phaseIn: wanted })).toBe(verdict);
  });

  it('is never called impossible on the way of a run that then is in it', () => {
    const stories = [
      ['advance', 'advance'],
      ['rollback'],
      ['abort', 'rollback'],
      ['pause', 'resume', 'rollback', 'abort', 'rollback'],
    ] as const;
    for (const story of stories) {
      const run = new ARun().pass(30);
      const states = [run.driver.state];
      for (const verb of story) {
        run.command(verb);
        states.push(run.driver.state);
        states.push(run.pass(60).driver.state);
      }
      for (const [index, state] of states.entries()) {
        for (const later of states.slice(index)) {
          const { phase } = later.status;
          expect([state.status.phase, phase, of(state, { phaseIn: [phase] })]).not.toContain('impossible');
        }
      }
    }
  });
});

describe('attention and the end', () => {
  it.each(ROLLOUT_PHASES)('%s: at most one of them is met', (phase) => {
    const state = inPhase(phase);
    const isOver = ['ABORTED', 'ROLLED_BACK', 'SUCCEEDED', 'FAILED', 'SUPERSEDED'].includes(phase);
    const isStopped = ['PAUSED', 'HALTED', 'ROLLBACK_FAILED'].includes(phase);
    expect(of(state, { finished: true })).toBe(isOver ? 'met' : undefined);
    expect(of(state, { needsAttention: true })).toBe(isOver ? 'impossible' : isStopped ? 'met' : undefined);
  });

  it('a wait for a person needs one, a timed wait does not', () => {
    expect(of(new ARun().pass(30).driver.state, { needsAttention: true })).toBe('met');
    expect(of(new ARun({ steps: [{ target: 1, pauseSeconds: 600 }] }).pass(30).driver.state, { needsAttention: true })).toBeUndefined();
  });
});
