import { describe, expect, it } from 'vitest';
import { ARun } from '../../test/support/rollout-model/a-run.ts';
import { letThrough } from '../../test/support/rollout-model/model-object.ts';

/** Waits after its first pod; the patch that lets more go is under way for long, and nobody hears of it. */
function adrift(kind: 'Deployment' | 'CloneSet v1alpha1') {
  const run = new ARun({ kind }).pass(30);
  run.driver.patchFault = 'delayed';
  run.driver.deafAfterDelay = 1;
  run.command('advance');
  run.pass(4);
  expect(run.status.intents.at(-1)).toMatchObject({ op: 'MOVE', outcome: 'unknown' });
  return run;
}

describe.each(['Deployment', 'CloneSet v1alpha1'] as const)('a late patch to a %s', (kind) => {
  it('is shut out by a seal, which changes nothing else', () => {
    const run = adrift(kind);
    run.command('pause');
    run.pass(20);
    const writes = run.cluster.history.length;
    const generation = run.cluster.object?.metadata.generation;
    expect(run.status.intents.at(-1)).toMatchObject({ op: kind === 'Deployment' ? 'SEAL' : 'FREEZE', outcome: 'applied' });
    run.driver.arrive();
    expect([run.cluster.history.length, run.cluster.object?.metadata.generation, letThrough(run.cluster.object)]).toEqual([
      writes,
      generation,
      1,
    ]);
  });

  it('that comes before the seal is recognised by its label, and counts', () => {
    const run = adrift(kind);
    run.command('pause');
    run.driver.arrive();
    run.pass(20);
    expect(run.status.intents.filter(({ op }) => op === 'MOVE').map(({ outcome }) => outcome)).toEqual(['applied']);
  });

  it('does not reach an object that was made anew with all its labels', () => {
    const run = adrift(kind);
    run.cluster.recreate(true);
    const writes = run.cluster.history.length;
    run.driver.arrive();
    expect(run.cluster.history.length).toBe(writes);
  });

  it('of a gateway that was deposed finds the label of its successor', () => {
    const run = new ARun({ kind }).pass(30);
    run.driver.patchFault = 'delayed';
    run.driver.crashAt = 'before-send';
    run.command('advance');
    run.pass(60);
    expect(run.status).toMatchObject({ epoch: 2, phase: 'WAITING', currentStep: 1 });
    const writes = run.cluster.history.length;
    run.driver.arrive();
    expect([run.cluster.history.length, run.split()]).toEqual([writes, [5, 5]]);
  });
});
