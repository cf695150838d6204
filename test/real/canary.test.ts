import { afterAll, describe, it } from 'vitest';
import { sharedControlPlane } from '../controlplane/shared-control-plane.ts';
import { playCanary, tenOf } from '../scenarios/canary.ts';
import type { Target } from '../scenarios/stage.ts';
import { RealStage } from './real-stage.ts';

const controlPlane = sharedControlPlane();
/** Longer than the 25 s after which pods that are not ready count as stuck: of two clocks that end together either may be first. */
const stepDeadlineSeconds = 32;
const targets: readonly Target[] = [
  { cluster: 'cluster-1', kind: 'CLONE_SET', namespace: 'shop', name: 'canary-ten' },
  { cluster: 'cluster-2', kind: 'DEPLOYMENT', namespace: 'shop', name: 'canary-ten' },
];

afterAll(async () => {
  await controlPlane.cluster('cluster-1').kubectl('-n', 'shop', 'delete', 'cloneset', 'canary-ten', '--wait=false');
  await controlPlane.cluster('cluster-2').kubectl('-n', 'shop', 'delete', 'deployment', 'canary-ten', '--wait=false');
});

describe('a canary on real control planes', () => {
  it('waits, halts with the cause and goes back to the letter, by partition and by brake', async () => {
    for (const target of targets) await controlPlane.cluster(target.cluster).apply(tenOf(target));
    await using stage = await RealStage.begin(controlPlane);
    const runs = await Promise.all(targets.map((target) => playCanary(stage, target, { stepDeadlineSeconds, stretchMs: 60_000 })));
    for (const run of runs) await run.checkWrites();
  });
});
