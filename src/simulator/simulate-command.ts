import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import { type FleetSize, parseFleetSize } from './parse-fleet-size.ts';
import { type StartedFleet, startSimulatedFleet } from './started-fleet.ts';

export interface SimulateOptions {
  /** "clusters=6,pods=2000,seed=7". */
  readonly fleet: string;
  readonly host?: string;
  readonly port?: number;
  readonly writeKubeconfig?: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Lines for a person, one at a time. */
  readonly print: (line: string) => void;
}

/** What `fleetgraph simulate` could not begin with: one line for each problem. */
export class FleetSizeError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'FleetSizeError';
    this.problems = problems;
  }
}

/** Starts simulated API servers and nothing else. Throws FleetSizeError before anything is started. */
export async function simulate({ fleet, host, port, writeKubeconfig, clock, logger, print }: SimulateOptions): Promise<StartedFleet> {
  const { size, problems } = parseFleetSize(fleet);
  if (size === undefined) throw new FleetSizeError(problems);
  const started = await startSimulatedFleet({ ...size, clock, logger, ...(host === undefined ? {} : { host }), ...(port === undefined ? {} : { port }) });
  if (writeKubeconfig !== undefined) await started.writeKubeconfig(writeKubeconfig);
  for (const line of describeFleet(started, size, writeKubeconfig)) print(line);
  return started;
}

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
