import { describe, it } from 'vitest';
import { CanaryRun, playCanary, tenOf } from './canary.ts';
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

  it('moves on within two seconds of being told to, by partition and by brake', async () => {
    await using stage = await SimulatedStage.begin(1);
    const [cluster = ''] = stage.fleet.clusters.map(({ name }) => name);
    for (const kind of ['CLONE_SET', 'DEPLOYMENT'] as const) {
      const target: Target = { cluster, kind, namespace: 'shop', name: kind === 'CLONE_SET' ? 'soon-c' : 'soon-d' };
      await stage.create(target, tenOf(target));
      await stage.passTime(15_000);
      const run = new CanaryRun(stage, target, { stepDeadlineSeconds: 300, stretchMs: 60_000 });
      await run.untilCanary();
      const before = (await stage.writes(target)).length;
      await run.advance();
      await stage.until('the next write', async () => (await stage.writes(target)).length > before, 2_000);
    }
  });
});
