import type { FleetSize } from './parse-fleet-size.ts';
import type { StartedFleet } from './started-fleet.ts';

/** Lines for the person who started it. */
export function describeFleet({ clusters, fleet, tokens }: StartedFleet, { seed }: FleetSize, kubeconfig: string | undefined): string[] {
  const sum = (count: (name: string) => number) => clusters.reduce((total, { name }) => total + count(name), 0);
  const pods = sum((name) => fleet.cluster(name).count('pods'));
  const nodes = sum((name) => fleet.cluster(name).count('nodes'));
  const first = clusters[0]?.name ?? '';
  return [
    ...clusters.map(({ name, url, labels }) => `${name}  ${url}  ${labels['fleetgraph.io/stage'] ?? ''}`),
    `${clusters.length} clusters, ${nodes} nodes, ${pods} pods, seed ${seed}`,
    `users: ${Object.keys(tokens).join(', ')}`,
    ...(kubeconfig === undefined ? [] : [`kubectl --kubeconfig ${kubeconfig} --context ${first} get pods -A -w`]),
  ];
}
