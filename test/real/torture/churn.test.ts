import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReflectorTuning } from '../../../src/informer/reflector-tuning.ts';
import { seededRandom } from '../../../src/runtime/random.ts';
import { type ControlPlane, startControlPlane } from '../../controlplane/control-plane.ts';
import type { RealCluster } from '../../controlplane/real-cluster.ts';
import { FollowedCluster } from './followed-cluster.ts';
import { torment } from './link-faults.ts';
import { PodChurn } from './pod-churn.ts';
import { Tally } from './tally.ts';

/** `TORTURE_PODS=10000 npm run test:real -- test/real/torture/churn.test.ts` for the full size, some ten minutes. */
const pods = Number(process.env['TORTURE_PODS'] ?? 500);
const seed = Number(process.env['TORTURE_SEED'] ?? 20_261_121);
const comparisons = 100;
const leastCuts = 6;
const writesPerSecond = 100;
const timeoutMs = 180_000 + 90 * pods;
/** KWOK goes on for a while when the writers have stopped. */
const settleMs = 60_000 + 30 * pods;
/**
 * Where cuts do not stop, the gateway waits up to 30 s between two tries: most of the time the copy would be at rest.
 * Here it is to be in trouble all the time.
 */
const impatient: Partial<ReflectorTuning> = { backoff: { firstMs: 100, factor: 2, capMs: 1_000 } };

let controlPlane: ControlPlane;
let cluster: RealCluster;
let namespace: string;
let churn: PodChurn;

beforeAll(async () => {
  controlPlane = await startControlPlane({ clusters: [{ name: 'torture' }], kruise: false });
  cluster = controlPlane.cluster('torture');
  namespace = await cluster.createNamespace('churn');
  const { items } = await cluster.get<{ items: { metadata: { name: string } }[] }>('/api/v1/nodes');
  const nodes = items.map(({ metadata }) => metadata.name);
  churn = new PodChurn({ cluster, namespace, pods, nodes, random: seededRandom(seed) });
  const startedAt = performance.now();
  await churn.fill();
  tellFigures(`${pods} pods created in ${seconds(startedAt)} s`);
}, timeoutMs);

afterAll(async () => {
  await controlPlane?.stop();
});

describe('a first list that is cut in the middle', () => {
  it('begins again and is complete in the end', async () => {
    await using followed = await FollowedCluster.start({ cluster, tuning: impatient });
    const tally = new Tally();
    for (const bytes of [20_000, 60_000, 100_000, 140_000]) {
      const { cuts } = followed.link.counts;
      followed.link.cutAfter(bytes);
      await followed.until(`a cut after ${bytes} bytes`, () => followed.link.counts.cuts > cuts);
    }
    await followed.untilLive();
    await tally.untilSameAsNow(followed, settleMs);
    expect(followed.held.pods.size).toBe(pods);
  });
});

describe(`${pods} pods that come, change and go while the connection is cut every few seconds (TORTURE_SEED=${seed})`, () => {
  it(`are in the store as the server has them, ${comparisons} times out of ${comparisons}`, { timeout: timeoutMs }, async () => {
    const end = new AbortController();
    // A list that is cut begins again: one of 10,000 pods may not get through while cuts are this frequent.
    await using followed = await FollowedCluster.live({ cluster, tuning: impatient });
    const startedAt = performance.now();
    const unrest = Promise.all([torment(followed.link, seededRandom(seed + 1), end.signal), churn.run(writesPerSecond, end.signal)]);
    const tally = new Tally();
    try {
      await Promise.race([unrest, compareAgainAndAgain(followed, tally)]);
      expect(tally.positions).toBeGreaterThanOrEqual(comparisons);
    } finally {
      end.abort();
    }
    const [faults] = await unrest;
    tellFigures(
      `in ${seconds(startedAt)} s: ${tally.describe()}; ${churn.writes - pods} writes; ${tell(faults)}; ${tell(followed.link.counts)}`,
    );
    tellFigures(`relists ${followed.kind('pods')?.relists}, reconnects ${followed.kind('pods')?.reconnects}`);
    // Otherwise nothing was tried.
    expect(followed.link.counts.cuts).toBeGreaterThanOrEqual(leastCuts);
    expect(tally.count(({ verdict }) => verdict === 'ahead')).toBeLessThan(comparisons / 2);

    await followed.untilLive();
    await tally.untilSameAsNow(followed, settleMs);
  });
});

/**
 * Until the copy was equal at so many different positions, and the link was cut so many times. By turns: as it is, in the middle of whatever trouble; after it has
 * moved; after it has come to where the server was a moment ago. It must not stand still for longer than a minute.
 */
async function compareAgainAndAgain(followed: FollowedCluster, tally: Tally): Promise<void> {
  const position = () => followed.held.position('pods')?.resourceVersion;
  await followed.until('a first list', () => position() !== undefined);
  const isEnough = () => tally.positions >= comparisons && followed.link.counts.cuts >= leastCuts;
  for (let turn = 0, last = position(); !isEnough(); turn += 1) {
    if (turn % 3 === 1) await followed.until(`pods beyond ${last}`, () => position() !== last);
    if (turn % 3 === 2) await caughtUp(followed);
    last = (await tally.compare(followed)).position;
    if (turn % 25 === 24) tellFigures(tally.describe());
  }
}

async function caughtUp(followed: FollowedCluster): Promise<void> {
  const { metadata } = await cluster.get<{ metadata: { resourceVersion: string } }>(`/api/v1/namespaces/${namespace}/pods?limit=1`);
  const reached = () => BigInt(followed.held.position('pods')?.resourceVersion ?? '0') >= BigInt(metadata.resourceVersion);
  await followed.until(`pods at ${metadata.resourceVersion}`, reached);
}

function tellFigures(text: string): void {
  process.stdout.write(`${text}\n`);
}

function tell(counts: object): string {
  return Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
}

function seconds(since: number): string {
  return ((performance.now() - since) / 1_000).toFixed(1);
}
