import type { Storage } from '../apiserver/store/storage.ts';
import type { Clock } from '../runtime/clock.ts';
import { type Logger, silentLogger } from '../runtime/logger.ts';
import { seededRandom } from '../runtime/random.ts';
import { FleetFaults } from './faults.ts';
import { planFleet } from './generator/fleet-plan.ts';
import { live } from './life/life.ts';
import { chanceOf } from './objects/hash.ts';
import type { FleetSize } from './parse-fleet-size.ts';
import { SimulatedCluster } from './simulated-cluster.ts';

export interface FleetOptions extends FleetSize {
  readonly clock: Clock;
  readonly logger?: Logger;
  /** Where a cluster's objects outlive the process; default nowhere. */
  readonly storageFor?: (clusterName: string) => Storage;
  /** Pods restart and move, nodes fail, teams roll out; default false: nothing happens that nobody asked for. */
  readonly life?: boolean;
}

/** A fleet in this process without sockets: for tests, in virtual time or real. */
export class SimulatedFleet implements AsyncDisposable {
  readonly clusters: readonly SimulatedCluster[];
  readonly faults: FleetFaults;
  readonly #stopping = new AbortController();
  #life: Promise<void> = Promise.resolve();

  constructor(clusters: readonly SimulatedCluster[]) {
    this.clusters = clusters;
    this.faults = new FleetFaults(clusters);
  }

  /** Begins the story that `seed` tells. Once. */
  comeAlive(clock: Clock, seed: number): void {
    const chanceFor = (strand: string) => seededRandom(Math.floor(chanceOf(`${seed}/life/${strand}`) * 4294967296));
    this.#life = live({ clusters: this.clusters, clock, chanceFor, signal: this.#stopping.signal });
  }

  /** Throws for a name that no cluster has. */
  cluster(name: string): SimulatedCluster {
    const found = this.clusters.find((cluster) => cluster.name === name);
    if (found === undefined) throw new RangeError(`no simulated cluster is called "${name}"`);
    return found;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    await this.#life;
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
  const fleet = new SimulatedFleet(clusters);
  if (options.life === true) fleet.comeAlive(clock, seed);
  return fleet;
}
