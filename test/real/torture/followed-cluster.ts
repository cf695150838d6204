import { setTimeout as sleep } from 'node:timers/promises';
import { type Fleet, startFleet } from '../../../src/fleet/fleet.ts';
import type { FleetStore } from '../../../src/fleet/fleet-store.ts';
import type { ProjectorFor } from '../../../src/fleet/projector.ts';
import type { ReflectorTuning } from '../../../src/informer/reflector-tuning.ts';
import type { ApiServer } from '../../../src/kube/api-server.ts';
import { connectContext } from '../../../src/kube/http/connect-context.ts';
import type { KubeUser } from '../../../src/kube/http/kubeconfig-user.ts';
import type { ClusterSync, ResourceSync, SyncState } from '../../../src/model/cluster.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import type { Logger } from '../../../src/runtime/logger.ts';
import { Pump } from '../../../src/runtime/pump.ts';
import { seededRandom } from '../../../src/runtime/random.ts';
import type { ClusterStore } from '../../../src/store/graph-store.ts';
import { InMemoryGraphStore } from '../../../src/store/in-memory-graph-store.ts';
import type { ClusterClient } from '../../controlplane/cluster-client.ts';
import { LossyLink } from './lossy-link.ts';

export interface FollowOptions {
  readonly cluster: ClusterClient;
  /** Default: the gateway's own account, by token. */
  readonly user?: KubeUser;
  /** Default: the production's. */
  readonly tuning?: Partial<ReflectorTuning>;
  /** Defects put in on purpose, for the tests of the tests. */
  readonly defects?: Defects;
}

export interface Defects {
  readonly apiServer?: (apiServer: ApiServer) => ApiServer;
  readonly store?: (store: InMemoryGraphStore) => FleetStore;
  readonly projectorFor?: ProjectorFor;
}

const EVERY_MS = 50;
const SEED = 1;

/** A real cluster followed as the gateway follows it (fleet, reflectors, store, HTTP), over a link that can fail. */
export class FollowedCluster implements AsyncDisposable {
  readonly cluster: ClusterClient;
  readonly link: LossyLink;
  /** The last lines that the fleet logged, for messages of failed tests. */
  readonly log: string[] = [];
  /** Of the cluster, each as long as it lasted. */
  readonly states: SyncState[] = [];
  readonly #store: InMemoryGraphStore;
  readonly #fleet: Fleet;

  private constructor(link: LossyLink, { cluster, user, tuning = {}, defects = {} }: FollowOptions) {
    this.cluster = cluster;
    this.link = link;
    const random = seededRandom(SEED);
    this.#store = new InMemoryGraphStore({ now: () => systemClock.now(), seed: SEED });
    this.#store.onCommit(() => this.#noteState());
    const apiServer = connectContext(
      {
        ...{ name: cluster.name, source: 'test', server: link.url, insecureSkipTlsVerify: false },
        ca: { text: Buffer.from(cluster.caData, 'base64').toString() },
        user: user ?? { token: cluster.tokens.gateway },
      },
      { clock: systemClock, userAgent: 'fleetgraph-torture', lane: new Pump(systemClock).lane() },
    );
    this.#fleet = startFleet({
      definitions: [{ name: cluster.name, source: 'KUBECONFIG', labels: {}, apiServer: defects.apiServer?.(apiServer) ?? apiServer }],
      store: defects.store?.(this.#store) ?? this.#store,
      ...{ clock: systemClock, random, logger: loggerInto(this.log) },
      tuning: { reflector: tuning },
      ...(defects.projectorFor !== undefined && { projectorFor: defects.projectorFor }),
    });
  }

  static async start(options: FollowOptions): Promise<FollowedCluster> {
    return new FollowedCluster(await LossyLink.to(options.cluster.server), options);
  }

  /** Started, and LIVE for the first time. */
  static async live(options: FollowOptions): Promise<FollowedCluster> {
    const followed = await FollowedCluster.start(options);
    try {
      await followed.untilLive();
      return followed;
    } catch (error) {
      await followed[Symbol.asyncDispose]();
      throw error;
    }
  }

  get held(): ClusterStore {
    const held = this.#store.cluster(this.cluster.name);
    if (held === undefined) throw new Error(`${this.cluster.name} has left the store`);
    return held;
  }

  get sync(): ClusterSync {
    return this.held.record.sync;
  }

  kind(resource: string): ResourceSync | undefined {
    return this.sync.resources.find((kind) => kind.resource === resource);
  }

  /** The kinds whose objects are held; events are not: their ring forgets by itself. */
  get kinds(): readonly ResourceSync[] {
    return this.sync.resources.filter(({ resource }) => resource !== 'events');
  }

  untilLive(timeoutMs = 60_000): Promise<void> {
    const isLive = () => this.sync.state === 'LIVE' && this.sync.resources.every(({ state }) => state === 'LIVE');
    return this.until('every kind LIVE', isLive, timeoutMs);
  }

  /** Looks until `isSo`; the failure tells the states and the end of the log. */
  async until(what: string, isSo: () => boolean, timeoutMs = 60_000): Promise<void> {
    for (const deadline = performance.now() + timeoutMs; !isSo(); await sleep(EVERY_MS)) {
      if (performance.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${what}\n${this.describe()}`);
    }
  }

  describe(): string {
    const { state, reason, resources } = this.sync;
    const kinds = resources.map(
      (kind) => `  ${kind.resource} ${kind.state} at ${this.held.position(kind.resource)?.resourceVersion} ${kind.lastError ?? ''}`,
    );
    return [`${state} ${reason ?? ''}`, ...kinds, ...this.log.slice(-30)].join('\n');
  }

  #noteState(): void {
    const state = this.#store.cluster(this.cluster.name)?.record.sync.state;
    if (state !== undefined && state !== this.states.at(-1)) this.states.push(state);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#fleet[Symbol.asyncDispose]();
    await this.link[Symbol.asyncDispose]();
  }
}

function loggerInto(lines: string[]): Logger {
  const write = (message: string, fields: object = {}): void => {
    lines.push(`${new Date().toISOString()} ${message} ${JSON.stringify(fields)}`);
    if (lines.length > 200) lines.shift();
  };
  const logger: Logger = { debug: write, info: write, warn: write, error: write, child: () => logger };
  return logger;
}
