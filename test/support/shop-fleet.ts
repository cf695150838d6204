import { STAGE_LABEL } from '../../src/model/cluster.ts';
import { aNode } from './a-node.ts';
import { aPod } from './a-pod.ts';
import { aRevision, aWorkload } from './a-workload.ts';
import { minutes, START } from './an-object.ts';
import type { GraphWorld } from './graph-world.ts';

/**
 * A fleet of three clusters for questions: edge-1 and core-1 are live and run the shop, lost-1 does not answer.
 * In edge-1 the CloneSet cart is half updated and stands at its partition, and the Deployment web is stuck on
 * an image that crashes.
 */
export function shopFleet(world: GraphWorld): GraphWorld {
  world.cluster('edge-1', { labels: { tier: 'edge', [STAGE_LABEL]: 'canary' } });
  world.cluster('core-1', { labels: { tier: 'core', [STAGE_LABEL]: 'production' }, kubernetesVersion: 'v1.32.4' });
  world.cluster('lost-1', {
    labels: { tier: 'core' },
    sync: { state: 'UNREACHABLE', since: START, reason: 'ConnectionRefused', message: 'nobody listens', staleSince: START, resources: [] },
  });
  for (const cluster of ['edge-1', 'core-1']) {
    world.put(aNode('node-1').inCluster(cluster), aNode('node-2').inCluster(cluster));
    dns(world, cluster, cluster === 'edge-1' ? 'v1.10.1' : 'v1.11.3');
  }
  cart(world);
  stuckWeb(world);
  return world;
}

function dns(world: GraphWorld, cluster: string, version: string): void {
  const image = `registry.example/coredns:${version}`;
  const coredns = aWorkload('DEPLOYMENT', 'coredns', 'kube-system')
    .inCluster(cluster)
    .label('app.kubernetes.io/name', 'coredns')
    .replicas(2)
    .image(image);
  coredns.status({ replicas: 2, readyReplicas: 2, availableReplicas: 2, updatedReplicas: 2 });
  const revision = aRevision(coredns, 'dns1');
  world.put(coredns, revision, ...revision.pods(2).map((pod) => pod.image(image)));
}

function cart(world: GraphWorld): void {
  const cloneSet = aWorkload('CLONE_SET', 'cart')
    .inCluster('edge-1')
    .label('app.kubernetes.io/name', 'cart')
    .replicas(4)
    .partition(2)
    .strategy('InPlaceIfPossible');
  cloneSet.revisions('cart-old', 'cart-new').status({
    replicas: 4,
    readyReplicas: 4,
    availableReplicas: 4,
    updatedReplicas: 2,
    updatedReadyReplicas: 2,
    updatedAvailableReplicas: 2,
  });
  const [old, fresh] = [aRevision(cloneSet, 'old', 1), aRevision(cloneSet, 'new', 2)];
  const pods = [...old.pods(2), ...fresh.pods(2)].map((pod, index) =>
    pod
      .label('app', 'cart')
      .onNode(`node-${1 + (index % 2)}`)
      .restarts(index),
  );
  world.put(cloneSet, old, fresh, ...pods);
}

function stuckWeb(world: GraphWorld): void {
  const web = aWorkload('DEPLOYMENT', 'web').inCluster('edge-1').image('registry.example/shop/web:v2').replicas(2).changedAt(START);
  web.status({ replicas: 3, readyReplicas: 2, availableReplicas: 2, updatedReplicas: 1 });
  const [old, fresh] = [aRevision(web, 'aaa', 1).image('registry.example/shop/web:v1'), aRevision(web, 'bbb', 2).createdAtSecond(60)];
  const crashing = fresh
    .pod('web-bbb-0')
    .crashLooping(5, START + minutes(2))
    .createdAt(START + minutes(1))
    .image('registry.example/shop/web:v2');
  world.put(web, old, fresh, ...old.pods(2), crashing, aPod('lonely').inCluster('edge-1').restarts(9).label('app', 'lonely'));
  world.store.commit('edge-1', {
    operations: [
      {
        type: 'event',
        event: {
          ...{ cluster: 'edge-1', namespace: 'shop', name: 'web-bbb-0.1', uid: 'event-1', resourceVersion: '5', type: 'Warning' },
          ...{ reason: 'BackOff', message: 'Back-off restarting failed container', count: 4, lastSeenAt: START },
          regarding: { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'web-bbb-0', uid: 'pod/shop/web-bbb-0' },
        },
      },
    ],
  });
}
