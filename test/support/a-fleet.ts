import type { ClusterDefinition } from '../../src/fleet/cluster-definition.ts';
import { type Fleet, startFleet } from '../../src/fleet/fleet.ts';
import type { FleetTuning } from '../../src/fleet/fleet-tuning.ts';
import type { ApiServer } from '../../src/kube/api-server.ts';
import type { ClusterSync, SyncState } from '../../src/model/cluster.ts';
import { silentLogger } from '../../src/runtime/logger.ts';
import { seededRandom } from '../../src/runtime/random.ts';
import type { VirtualClock } from '../../src/runtime/virtual-clock.ts';
import type { Commit } from '../../src/store/commit.ts';
import type { ClusterStore } from '../../src/store/graph-store.ts';
import { InMemoryGraphStore } from '../../src/store/in-memory-graph-store.ts';

export function aDefinition(name: string, apiServer: ApiServer): ClusterDefinition {
  return { name, source: 'SIMULATED', labels: { stage: 'test' }, apiServer };
}

/** A fleet over given API servers, in virtual time, with what it committed. */
export class FleetStory implements AsyncDisposable {
  readonly clock: VirtualClock;
  readonly store: InMemoryGraphStore;
  readonly fleet: Fleet;
  readonly commits: Commit[] = [];

  constructor(clock: VirtualClock, servers: Readonly<Record<string, ApiServer>>, tuning: Partial<FleetTuning> = {}) {
    this.clock = clock;
    this.store = new InMemoryGraphStore({ now: () => clock.now() });
    this.store.onCommit((commit) => this.commits.push(commit));
    const definitions = Object.entries(servers).map(([name, apiServer]) => aDefinition(name, apiServer));
    this.fleet = startFleet({ definitions, store: this.store, clock, random: seededRandom(11), logger: silentLogger, tuning });
  }

  cluster(name = 'dev'): ClusterStore {
    const cluster = this.store.cluster(name);
    if (cluster === undefined) throw new Error(`no cluster ${name}`);
    return cluster;
  }

  sync(name = 'dev'): ClusterSync {
    return this.cluster(name).record.sync;
  }

  async until(state: SyncState, name = 'dev', limitMs = 60_000): Promise<void> {
    await this.clock.advanceUntil(() => this.sync(name).state === state, limitMs);
  }

  /** Pods as "name@version", sorted. */
  pods(name = 'dev'): string[] {
    return [...this.cluster(name).pods.all()].map((pod) => `${pod.name}@${pod.resourceVersion}`).sort();
  }

  /** States of a cluster in the order in which they were published, without repetition. */
  states(name = 'dev'): SyncState[] {
    return this.#states.get(name) ?? [];
  }

  readonly #states = new Map<string, SyncState[]>();

  /** Begins to write down states. */
  watchStates(): this {
    for (const { record } of this.store.clusters()) this.#note(record.name);
    this.store.onCommit(({ cluster, clusterChanged }) => {
      if (clusterChanged) this.#note(cluster);
    });
    return this;
  }

  #note(name: string): void {
    const state = this.store.cluster(name)?.record.sync.state;
    const states = this.#states.get(name) ?? [];
    this.#states.set(name, states);
    if (state !== undefined && states.at(-1) !== state) states.push(state);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.fleet[Symbol.asyncDispose]();
  }
}
