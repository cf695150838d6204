/** Label that says to which set a node belongs. */
export const nodeSetLabel = 'fleetgraph.io/node-set';
const nodeSets = ['pool-a', 'pool-b', 'pool-c'] as const;

const zones = ['zone-1', 'zone-2', 'zone-3'];
const capacity = { cpu: '64', memory: '256Gi', pods: '1000' };

/** Node `index` of a cluster, counted from 0: sets and zones take turns, so that every set is in every zone. */
export function fakeNode(cluster: string, index: number, extraLabels: Readonly<Record<string, string>>): object {
  const nodeSet = nodeSets[index % nodeSets.length] ?? nodeSets[0];
  const turn = Math.floor(index / nodeSets.length);
  const name = `${cluster}-${nodeSet}-${turn + 1}`;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'topology.kubernetes.io/region': cluster,
        'topology.kubernetes.io/zone': `${cluster}-${zones[turn % zones.length] ?? ''}`,
        [nodeSetLabel]: nodeSet,
        ...extraLabels,
      },
    },
    status: { allocatable: capacity, capacity },
  };
}
