import { afterAll, describe, expect, it } from 'vitest';
import { sharedControlPlane } from '../controlplane/shared-control-plane.ts';
import { playCanary, tenOf } from '../scenarios/canary.ts';
import type { Target } from '../scenarios/stage.ts';
import { type KillPoint, killAt, TEN_KILLS } from './kill-points.ts';
import { RealStage } from './real-stage.ts';

const controlPlane = sharedControlPlane();
const made: Target[] = [];
/** The deadline is longer than the 25 s after which pods that are not ready count as stuck: of two clocks that end together either may be first. */
const TIMES = { stepDeadlineSeconds: 32, stretchMs: 90_000 };

async function aTen(kind: Target['kind'], name: string): Promise<Target> {
  const target: Target = { cluster: kind === 'CLONE_SET' ? 'cluster-1' : 'cluster-2', kind, namespace: 'shop', name };
  made.push(target);
  await controlPlane.cluster(target.cluster).apply(tenOf(target));
  return target;
}

/** The scenario with SIGKILLs; the same end, and no write twice. */
async function playWithKills(begun: RealStage, target: Target, points: readonly KillPoint[]): Promise<string[]> {
  await using stage = begun;
  const play = playCanary(stage, target, TIMES);
  let isOver = false;
  const over = play.then(
    () => (isOver = true),
    () => (isOver = true),
  );
  const killed = await killAt(points, stage, target, () => isOver);
  await over;
  await (await play).checkWrites();
  return killed;
}

afterAll(async () => {
  for (const { cluster, kind, namespace, name } of made)
    await controlPlane
      .cluster(cluster)
      .kubectl('-n', namespace, 'delete', kind === 'CLONE_SET' ? 'cloneset' : 'deployment', name, '--wait=false');
});

describe('a gateway that is killed', () => {
  it('ten times in one run, of either kind: the same end, and each write once', async () => {
    const plays: Promise<string[]>[] = [];
    for (const kind of ['CLONE_SET', 'DEPLOYMENT'] as const) {
      const target = await aTen(kind, `killed-ten-times-${kind === 'CLONE_SET' ? 'c' : 'd'}`);
      plays.push(playWithKills(await RealStage.begin(controlPlane), target, TEN_KILLS));
      plays.at(-1)?.catch(() => {});
    }
    const names = TEN_KILLS.map(({ name }) => name);
    expect(await Promise.all(plays)).toEqual([names, names]);
  }, 300_000);

  it('once, at each of the ten points: the same end, and each write once', async () => {
    const plays: Promise<string[]>[] = [];
    for (const [at, point] of TEN_KILLS.entries()) {
      const target = await aTen(at % 2 === 0 ? 'CLONE_SET' : 'DEPLOYMENT', `killed-${at}`);
      // One after another they start, side by side they run.
      plays.push(playWithKills(await RealStage.begin(controlPlane), target, [point]));
      plays.at(-1)?.catch(() => {});
    }
    expect(await Promise.all(plays)).toEqual(TEN_KILLS.map(({ name }) => [name]));
  }, 300_000);
});
