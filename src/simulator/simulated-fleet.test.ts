import { describe, expect, it } from 'vitest';
import type { Storage } from '../apiserver/store/storage.ts';
import { VirtualClock } from '../runtime/virtual-clock.ts';
import { conditionOf } from './objects/conditions.ts';
import { DEPLOYMENTS } from './objects/kinds.ts';
import { isReady, restartsOf } from './objects/pod-facts.ts';
import type { Deployment } from './objects/types.ts';
import { createSimulatedFleet, type SimulatedFleet } from './simulated-fleet.ts';

const CONFIG_MAPS = { group: '', version: 'v1', resource: 'configmaps', kind: 'ConfigMap', namespaced: true };
const DEFAULT = { clusters: 6, pods: 2000, seed: 7 };

/** Every write of every cluster from now on, as one text each. */
function writesOf(fleet: SimulatedFleet): string[] {
  const writes: string[] = [];
  for (const { name, core } of fleet.clusters) {
    core.onChange(({ type, collection, key, object }) =>
      writes.push(`${name} ${type} ${collection} ${key} ${JSON.stringify(object['status'] ?? null)}`),
    );
  }
  return writes;
}

describe('a generated fleet', () => {
  it('is settled: for a minute nobody finds anything to do', async () => {
    const clock = new VirtualClock();
    await using fleet = await createSimulatedFleet({ ...DEFAULT, clock });
    const writes = writesOf(fleet);
    await clock.advanceBy(59_000);
    expect(writes).toEqual([]);
  });

  it('has the pods that were asked for, nearly all ready, some restarted, and one workload stuck', async () => {
    const clock = new VirtualClock();
    await using fleet = await createSimulatedFleet({ ...DEFAULT, clock });
    const pods = fleet.clusters.flatMap((cluster) => [...cluster.pods()]);
    expect(Math.abs(pods.length - 2000)).toBeLessThan(20);
    expect(pods.filter((pod) => !isReady(pod)).length).toBeLessThan(6);
    expect(pods.filter((pod) => restartsOf(pod) > 0).length).toBeGreaterThan(20);
    const deployments = fleet.clusters.flatMap(({ cache }) => [...cache.collection<Deployment>(DEPLOYMENTS).all()]);
    const stuck = deployments.filter(({ status }) => conditionOf(status?.conditions, 'Progressing')?.reason === 'ProgressDeadlineExceeded');
    expect(stuck.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)).toEqual(['payments/receipts']);
  });

  it('has what the examples name in every cluster', async () => {
    const clock = new VirtualClock();
    await using fleet = await createSimulatedFleet({ ...DEFAULT, clock });
    for (const { core, plan } of fleet.clusters) {
      const cart = core.object('deployments.apps', 'cart', 'shop') as Deployment | undefined;
      expect(cart?.spec.template.metadata?.labels).toMatchObject({ app: 'cart' });
      expect(cart?.spec.template.spec.containers[0]).toMatchObject({ name: 'app', image: 'registry.example/shop/cart:v1' });
      expect(core.object('configmaps', 'coredns', 'kube-system')).toBeDefined();
      expect(core.object('deployments.apps', 'coredns', 'kube-system')?.metadata.labels?.['app.kubernetes.io/version']).toMatch(
        /^v1\.1[0-2]\./,
      );
      expect(core.object('clonesets.apps.kruise.io', 'web', 'shop') !== undefined).toBe(plan.hasOpenKruise);
    }
  });

  it('runs several versions of an add-on, older ones in production', async () => {
    const clock = new VirtualClock();
    await using fleet = await createSimulatedFleet({ clusters: 24, pods: 2400, seed: 7, clock });
    const versions = fleet.clusters.map(
      ({ core }) => core.object('deployments.apps', 'coredns', 'kube-system')?.metadata.labels?.['app.kubernetes.io/version'],
    );
    expect(new Set(versions).size).toBeGreaterThan(2);
  });
});

/** Keeps what is written, as a file would. */
function keptStorage(): Storage {
  const kept = new Map<string, Parameters<Storage['write']>[0]>();
  let revision = 0;
  return {
    load: () => ({
      revision,
      objects: [...kept.values()].flatMap(({ collection, key, object }) => (object === undefined ? [] : [{ collection, key, object }])),
    }),
    write(write) {
      revision = write.revision;
      kept.set(`${write.collection} ${write.key}`, write);
    },
    close: () => {},
  };
}

describe('a fleet whose objects are kept', () => {
  it('goes on where it was, instead of beginning anew', async () => {
    const clock = new VirtualClock();
    const storage = keptStorage();
    const options = { clusters: 1, pods: 60, seed: 7, clock, storageFor: () => storage };
    const namesOf = (fleet: SimulatedFleet) =>
      fleet.clusters.flatMap((cluster) => [...cluster.pods()].map(({ metadata }) => metadata.name)).sort();
    const before = await createSimulatedFleet(options);
    await before.clusters[0]?.client.delete(DEPLOYMENTS, { namespace: 'shop', name: 'checkout' }, { propagationPolicy: 'Background' });
    await clock.advanceBy(10_000);
    const names = namesOf(before);
    await before[Symbol.asyncDispose]();
    await using after = await createSimulatedFleet(options);
    expect(namesOf(after)).toEqual(names);
    await clock.advanceBy(50_000);
    expect(namesOf(after)).toEqual(names);
    expect(names.some((name) => name.startsWith('checkout-'))).toBe(false);
  });

  it('gives no uid twice, in one life and the next', async () => {
    const clock = new VirtualClock();
    const storage = keptStorage();
    const options = { clusters: 1, pods: 60, seed: 7, clock, storageFor: () => storage };
    const given: unknown[] = [];
    for (let life = 0; life < 3; life += 1) {
      await using fleet = await createSimulatedFleet(options);
      const metadata = { namespace: 'shop', name: `note-${life}` };
      const note = await fleet.clusters[0]?.client.create(CONFIG_MAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata });
      given.push(note?.metadata.uid);
    }
    expect(new Set(given).size).toBe(3);
  });
});

describe('a fleet alive', () => {
  it('tells the same story for the same seed, and another for another', async () => {
    const tell = async (seed: number) => {
      const clock = new VirtualClock();
      await using fleet = await createSimulatedFleet({ clusters: 3, pods: 300, seed, clock, life: true });
      const writes = writesOf(fleet);
      await clock.advanceBy(180_000);
      return writes;
    };
    const [first, again, other] = [await tell(7), await tell(7), await tell(8)];
    expect(first.length).toBeGreaterThan(100);
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });

  it('moves every few seconds, stays healthy, and never touches the shop', async () => {
    const clock = new VirtualClock();
    await using fleet = await createSimulatedFleet({ ...DEFAULT, clock, life: true });
    const writes = writesOf(fleet);
    const busySeconds = new Set<number>();
    for (const { core } of fleet.clusters) core.onChange(() => busySeconds.add(Math.floor(clock.monotonic() / 1000)));
    const wereReady: number[] = [];
    for (let minute = 0; minute < 30; minute += 1) {
      await clock.advanceBy(60_000);
      const pods = fleet.clusters.flatMap((cluster) => [...cluster.pods()]);
      wereReady.push(pods.filter(isReady).length / pods.length);
    }
    expect(busySeconds.size).toBeGreaterThan((30 * 60) / 6);
    expect(Math.min(...wereReady)).toBeGreaterThan(0.95);
    expect(
      writes.filter(
        (write) =>
          / (deployments\.apps|clonesets\.apps\.kruise\.io|statefulsets\.apps) shop\//.test(write) && write.includes('"updatedReplicas":0'),
      ),
    ).toEqual([]);
    expect(writes.some((write) => write.includes('NodeNotReady') || write.includes('NodeStatusUnknown'))).toBe(true);
  });

  it('leaves alone what a person has just changed', async () => {
    const clock = new VirtualClock();
    await using fleet = await createSimulatedFleet({ clusters: 1, pods: 400, seed: 7, clock, life: true });
    const [cluster] = fleet.clusters;
    const user = cluster?.core.client({ username: 'somebody', groups: ['system:masters'] });
    const namespaces = new Set([...(cluster?.cache.collection(DEPLOYMENTS).all() ?? [])].map(({ metadata }) => metadata.namespace ?? ''));
    const touch = async () => {
      for (const name of namespaces) {
        const resource = { group: '', version: 'v1', resource: 'configmaps', kind: 'ConfigMap', namespaced: true };
        await user?.create(resource, {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: '', generateName: 'touch-', namespace: name },
        });
      }
    };
    await touch();
    const images: string[] = [];
    cluster?.core.onChange(({ collection, object, previous }) => {
      if (collection === 'deployments.apps' && previous !== undefined && object.metadata.generation !== previous.metadata.generation)
        images.push(object.metadata.name);
    });
    await clock.advanceBy(500_000);
    expect(images).toEqual([]);
    await clock.advanceBy(500_000);
    expect(images.length).toBeGreaterThan(0);
  });

  it('leaves nothing waiting when it ends', async () => {
    const clock = new VirtualClock();
    const fleet = await createSimulatedFleet({ clusters: 2, pods: 100, seed: 7, clock, life: true });
    await clock.advanceBy(60_000);
    await fleet[Symbol.asyncDispose]();
    await clock.settle();
    expect(clock.pendingTimers).toBe(0);
  });
});
