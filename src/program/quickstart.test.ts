import { parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { aWorkload, type WorkloadBuilder } from '../../test/support/a-workload.ts';
import { GraphWorld } from '../../test/support/graph-world.ts';
import { buildSchema } from '../graph/schema.ts';
import { STAGE_LABEL } from '../model/cluster.ts';
import type { WorkloadKind } from '../model/workload-record.ts';
import { quickstart } from './quickstart.ts';

/** All of its pods are new and available. */
function calm(kind: WorkloadKind, name: string, namespace = 'shop'): WorkloadBuilder {
  const [count, image] = [4, `registry.example/${namespace}/${name}:v1`];
  return aWorkload(kind, name, namespace)
    .replicas(count)
    .image(image)
    .status({ replicas: count, readyReplicas: count, availableReplicas: count, updatedReplicas: count });
}

function fleetOf(...workloads: readonly WorkloadBuilder[]): GraphWorld {
  return new GraphWorld()
    .cluster('core-1')
    .cluster('edge-1', { labels: { [STAGE_LABEL]: 'canary' } })
    .put(...workloads);
}

const titlesOf = (world: GraphWorld, isSimulated: boolean) =>
  quickstart(world.store, isSimulated).map(({ document }) => document.split(' {')[0]);
const firstOf = (world: GraphWorld, isSimulated = true) => quickstart(world.store, isSimulated)[0]?.document;

describe('what is offered to paste', () => {
  it('on a simulated fleet is a canary of the shop in a canary cluster, to watch and to take back', () => {
    const world = fleetOf(
      calm('CLONE_SET', 'web').inCluster('core-1'),
      calm('CLONE_SET', 'cart').inCluster('edge-1'),
      calm('CLONE_SET', 'web').inCluster('edge-1'),
    );
    expect(titlesOf(world, true)).toEqual(['mutation Canary', 'subscription WatchCanary', 'mutation RollBack']);
    expect(firstOf(world)).toContain('cluster: "edge-1", kind: CLONE_SET, namespace: "shop", name: "web"');
    expect(firstOf(world)).toContain('image: "registry.example/shop/web:v1-canary"');
  });

  it('fits the schema', () => {
    const world = fleetOf(calm('DEPLOYMENT', 'web').inCluster('core-1'));
    for (const isSimulated of [true, false]) {
      const documents = quickstart(world.store, isSimulated).map(({ document }) => document);
      expect(documents.length).toBeGreaterThan(0);
      for (const document of documents) expect(validate(buildSchema(), parse(document))).toEqual([]);
    }
  });

  it('takes a Deployment where no CloneSet will do', () => {
    const world = fleetOf(calm('CLONE_SET', 'web').inCluster('edge-1').partition(2), calm('DEPLOYMENT', 'cart').inCluster('core-1'));
    expect(firstOf(world)).toContain('kind: DEPLOYMENT, namespace: "shop", name: "cart"');
  });

  it.each([
    { name: 'is in the middle of something', workload: calm('CLONE_SET', 'web').status({ updatedReplicas: 2 }) },
    { name: 'is paused', workload: calm('CLONE_SET', 'web').paused() },
    { name: 'is updated by hand', workload: calm('CLONE_SET', 'web').strategy('OnDelete') },
    { name: 'is of somebody else', workload: calm('CLONE_SET', 'web', 'payments') },
  ])('is nothing where the only workload $name', ({ workload }) => {
    expect(quickstart(fleetOf(workload.inCluster('edge-1')).store, true)).toEqual([]);
  });

  it('on real clusters is a dry run, and never of what belongs to the cluster itself', () => {
    const system = calm('DEPLOYMENT', 'coredns', 'kube-system').inCluster('core-1');
    expect(quickstart(fleetOf(system).store, false)).toEqual([]);
    const world = fleetOf(system, calm('DEPLOYMENT', 'api', 'payments').inCluster('core-1'));
    expect(titlesOf(world, false)).toEqual(['mutation CanaryPlan']);
    expect(firstOf(world, false)).toContain('dryRun: true');
  });
});
