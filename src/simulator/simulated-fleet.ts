import type { Storage } from '../apiserver/store/storage.ts';
import type { Clock } from '../runtime/clock.ts';
import { type Logger, silentLogger } from '../runtime/logger.ts';
import { seededRandom } from '../runtime/random.ts';
import { planFleet } from './generator/fleet-plan.ts';
import type { FleetSize } from './parse-fleet-size.ts';
import { SimulatedCluster } from './simulated-cluster.ts';

export interface FleetOptions extends FleetSize {
  readonly clock: Clock;
  readonly logger?: Logger;
  /** Where a cluster's objects outlive the process; default nowhere. */
  readonly storageFor?: (clusterName: string) => Storage;
}

/** A fleet in this process without sockets: for tests, in virtual time or real. */
export class SimulatedFleet implements AsyncDisposable {
  readonly clusters: readonly SimulatedCluster[];

  constructor(clusters: readonly SimulatedCluster[]) {
    this.clusters = clusters;
  }

  /** Throws for a name that no cluster has. */
  cluster(name: string): SimulatedCluster {
    const found = this.clusters.find((cluster) => cluster.name === name);
    if (found === undefined) throw new RangeError(`no simulated cluster is called "${name}"`);
    return found;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.clusters.map((cluster) => cluster.close()));
  }
}

export async function createSimulatedFleet(options: FleetOptions): Promise<SimulatedFleet> {
  const { seed, clock, logger = silentLogger, storageFor } = options;
  const clusters = planFleet(options, seededRandom(seed)).map((plan) => {
    const storage = storageFor?.(plan.name);
    return new SimulatedCluster({ plan, seed, clock, logger, ...(storage === undefined ? {} : { storage }) });
  });
  for (const cluster of clusters) await cluster.start();
  return new SimulatedFleet(clusters);
}
