import { describe, it } from 'vitest';
import { playCanary, tenOf } from './canary.ts';
import { SimulatedStage } from './simulated-stage.ts';
import type { Target } from './stage.ts';

describe('a canary on a simulated fleet', () => {
  it('waits, halts with the cause and goes back to the letter, by partition and by brake', async () => {
    await using stage = await SimulatedStage.begin(2);
    const [first, second] = stage.fleet.clusters.map(({ name }) => name);
    const targets: Target[] = [
      { cluster: first ?? '', kind: 'CLONE_SET', namespace: 'shop', name: 'ten' },
      { cluster: second ?? '', kind: 'DEPLOYMENT', namespace: 'shop', name: 'ten' },
    ];
    for (const target of targets) await stage.create(target, tenOf(target));
    const runs = await Promise.all(targets.map((target) => playCanary(stage, target, { stepDeadlineSeconds: 300, stretchMs: 400_000 })));
    for (const run of runs) await run.checkWrites();
  });
});
