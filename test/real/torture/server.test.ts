import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReflectorTuning } from '../../../src/informer/reflector-tuning.ts';
import { seededRandom } from '../../../src/runtime/random.ts';
import { type ControlPlane, startControlPlane } from '../../controlplane/control-plane.ts';
import type { RealCluster } from '../../controlplane/real-cluster.ts';
import { workload } from '../six-kinds.ts';
import { FollowedCluster } from './followed-cluster.ts';
import { PodChurn } from './pod-churn.ts';
import { Tally } from './tally.ts';

const namespace = 'torture';
const kills = ['SIGKILL', 'SIGTERM', 'SIGKILL'] as const;

let controlPlane: ControlPlane;
let cluster: RealCluster;

beforeAll(async () => {
  controlPlane = await startControlPlane({ clusters: [{ name: 'struck' }], nodes: 6, kruise: false });
  cluster = controlPlane.cluster('struck');
  await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  await cluster.untilPodsAllowed(namespace);
  await cluster.apply(
    workload('Deployment', { namespace, name: 'web', tag: 'v1', replicas: 5 }),
    workload('Deployment', { namespace, name: 'api', tag: 'v1', replicas: 2 }),
    workload('StatefulSet', { namespace, name: 'db', tag: 'v1', replicas: 2 }),
    workload('DaemonSet', { namespace, name: 'agent', tag: 'v1' }),
  );
});

afterAll(async () => {
  await controlPlane?.stop();
});

describe('etcd compacted while the watches are down', () => {
  it('costs one list of each kind, and nothing is lost or left behind', async () => {
    await using followed = await FollowedCluster.live({ cluster });
    const tally = new Tally();
    await tally.untilSameAsNow(followed);
    const before = new Map(followed.kinds.map(({ resource, relists }) => [resource, relists]));

    followed.link.close();
    await followed.until('UNREACHABLE', () => followed.sync.state === 'UNREACHABLE');
    await cluster.kubectl('-n', namespace, 'delete', 'deployment/api', 'pod/db-0', '--wait=false');
    await cluster.apply(workload('Deployment', { namespace, name: 'new', tag: 'v1', replicas: 3 }));
    await tally.compareAll(followed);
    // What the API server still has in memory goes with it.
    await cluster.stopApiServer();
    await controlPlane.etcdCompact();
    await cluster.startApiServer();
    await cluster.kubectl('-n', namespace, 'set', 'image', 'deployment/web', 'app=registry.example/shop/web:v2');
    await cluster.kubectl('-n', namespace, 'rollout', 'status', 'deployment/web', '--timeout=60s');
    expect(await tally.compare(followed)).toMatchObject({ verdict: 'unknown', state: 'STALE' });

    followed.link.heal();
    await followed.untilLive();
    await tally.untilSameAsNow(followed);
    const relists = followed.kinds.map(({ resource, relists }) => [resource, relists - (before.get(resource) ?? 0)]);
    expect(Object.fromEntries(relists)).toEqual(Object.fromEntries(followed.kinds.map(({ resource }) => [resource, 1])));
    expect(followed.kind('pods')).toMatchObject({ state: 'LIVE', lastError: expect.stringMatching(/^Expired/) });
    expect(followed.held.workloads('DEPLOYMENT').get(namespace, 'api')).toBeUndefined();
  });
});

describe('an API server that is killed and restarted while pods come and go', () => {
  it('is followed from where it was: at each position the store equals the list', async () => {
    const end = new AbortController();
    const impatient: Partial<ReflectorTuning> = { backoff: { firstMs: 100, factor: 2, capMs: 1_000 } };
    await using followed = await FollowedCluster.live({ cluster, tuning: impatient });
    const tally = new Tally();
    const churn = new PodChurn({ cluster, namespace, pods: 100, nodes: await nodeNames(), random: seededRandom(7), outages: true });
    const unrest = churn.run(40, end.signal);
    try {
      for (const signal of kills) {
        await compareWhileItMoves(followed, tally, 5);
        await cluster.stopApiServer(signal);
        await followed.until('UNREACHABLE', () => followed.sync.state === 'UNREACHABLE', 15_000);
        await cluster.startApiServer();
        // Where it was when the server went, and then all the way to where the server is.
        await tally.compareAll(followed);
        await followed.untilLive();
        await compareWhileItMoves(followed, tally, 5);
      }
    } finally {
      end.abort();
    }
    await unrest;
    await tally.untilSameAsNow(followed);
    expect(tally.positions).toBeGreaterThanOrEqual(2 * kills.length * 5);
    expect(tally.count(({ verdict }) => verdict === 'unknown')).toBe(0);
    process.stdout.write(`${tally.describe()}; ${churn.writes} writes\n`);
  });
});

/** Until it was equal at so many more positions. A copy that is met within a commit that was cut in two counts for nothing. */
async function compareWhileItMoves(followed: FollowedCluster, tally: Tally, times: number): Promise<void> {
  for (const enough = tally.positions + times; tally.positions < enough; ) {
    const { position } = await tally.compare(followed);
    await followed.until(`pods beyond ${position}`, () => followed.held.position('pods')?.resourceVersion !== position);
  }
}

async function nodeNames(): Promise<string[]> {
  const { items } = await cluster.get<{ items: { metadata: { name: string } }[] }>('/api/v1/nodes');
  return items.map(({ metadata }) => metadata.name);
}
