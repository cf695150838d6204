import { ApiServerCore } from '../../../src/apiserver/api-server-core.ts';
import type { Principal } from '../../../src/auth/principal.ts';
import { installHub } from '../../../src/hub/install.ts';
import { rolloutRecord } from '../../../src/hub/rollout-record.ts';
import type { ApiServer, WriteOptions } from '../../../src/kube/api-server.ts';
import type { KubeObject } from '../../../src/model/kube-object.ts';
import { stateOf } from '../../../src/rollout/driver/run-record.ts';
import { sameJson } from '../../../src/rollout/json.ts';
import { MARKER_PATH, parseMarker } from '../../../src/rollout/marker.ts';
import type { RolloutState } from '../../../src/rollout/state.ts';
import type { Random } from '../../../src/runtime/random.ts';
import { seededRandom } from '../../../src/runtime/random.ts';
import { VirtualClock } from '../../../src/runtime/virtual-clock.ts';
import { CLONE_SETS, DEPLOYMENTS } from '../../../src/simulator/objects/kinds.ts';
import type { SimulatedCluster } from '../../../src/simulator/simulated-cluster.ts';
import { createSimulatedFleet, type SimulatedFleet } from '../../../src/simulator/simulated-fleet.ts';
import { VirtualGateway } from '../virtual-gateway.ts';
import { APP, WorkloadHistory } from './history.ts';
import { type NetworkRules, troubledNetwork, type WriteMoment } from './network.ts';

export type StoryKind = 'Deployment' | 'CloneSet';

export interface WorldOptions {
  readonly seed: number;
  readonly kind: StoryKind;
  readonly replicas: number;
  /** One: it has the hub for itself. */
  readonly gateways: 1 | 2;
}

/** A patch of the workload on its way to its server. */
export interface SentPatch {
  readonly at: number;
  readonly marker: string | undefined;
  /** The hub held the very intent when it was sent. */
  readonly isRecorded: boolean;
}

export interface Process {
  readonly name: string;
  gateway: VirtualGateway | undefined;
  isStopped: boolean;
  readonly rules: NetworkRules;
  readonly hubRules: NetworkRules;
}

const KEY = `shop/${APP}`;
const OLD_IMAGE = 'registry.example/shop/story:v1';
export const AUTHOR: Principal = { mode: 'TOKEN_REVIEW', user: { username: 'team-shop', groups: ['system:authenticated'] } };

/** One cluster, one workload, one hub, one or two gateways, in virtual time; with hands on everything that can go wrong. */
export class StoryWorld implements AsyncDisposable {
  readonly clock: VirtualClock;
  readonly cluster: SimulatedCluster;
  readonly hub: ApiServerCore;
  readonly history: WorkloadHistory;
  readonly sent: SentPatch[] = [];
  readonly processes: Process[];
  /** Called when a process is at that moment of a patch. */
  onPatch: (process: Process, moment: WriteMoment) => void = () => {};
  readonly #options: WorldOptions;
  readonly #fleet: SimulatedFleet;
  readonly #random: Random;
  readonly #dead: VirtualGateway[] = [];
  #starts = 0;

  private constructor(options: WorldOptions, clock: VirtualClock, fleet: SimulatedFleet, hub: ApiServerCore) {
    const [cluster] = fleet.clusters;
    if (cluster === undefined) throw new Error('no cluster');
    this.#options = options;
    this.#fleet = fleet;
    this.#random = seededRandom(options.seed * 7919 + 1);
    this.clock = clock;
    this.cluster = cluster;
    this.hub = hub;
    const resource = options.kind === 'CloneSet' ? 'clonesets.apps.kruise.io' : 'deployments.apps';
    this.history = new WorkloadHistory(cluster.core, resource, KEY, () => clock.now());
    this.processes = Array.from({ length: options.gateways }, (_, at) => this.#aProcess(`gateway-${at + 1}`));
  }

  static async begin(options: WorldOptions): Promise<StoryWorld> {
    const clock = new VirtualClock();
    const fleet = await createSimulatedFleet({ clusters: 1, pods: 20, seed: 7, clock });
    const hub = new ApiServerCore({ name: 'hub', clock, random: seededRandom(options.seed) });
    await installHub(hub.client(), { clock });
    const world = new StoryWorld(options, clock, fleet, hub);
    await world.somebody.create(world.resource, aStoryWorkload(options));
    await clock.advanceUntil(() => world.history.pods(isReadyPod) === options.replicas, 120_000);
    for (const process of world.processes) await world.startProcess(process);
    return world;
  }

  /** An administrator's access, past every trouble. */
  get somebody(): ApiServer {
    return this.cluster.core.client();
  }

  get resource() {
    return this.#options.kind === 'CloneSet' ? CLONE_SETS : DEPLOYMENTS;
  }

  get object(): KubeObject {
    const found = this.cluster.core.object(
      this.#options.kind === 'CloneSet' ? 'clonesets.apps.kruise.io' : 'deployments.apps',
      APP,
      'shop',
    );
    if (found === undefined) throw new Error('the workload is gone');
    return found;
  }

  get faults(): SimulatedFleet['faults'] {
    return this.#fleet.faults;
  }

  /** As the hub has it. */
  run(id: string): RolloutState | undefined {
    const object = this.hub.object('rollouts.fleetgraph.io', id, 'fleetgraph');
    return object === undefined ? undefined : stateOf(rolloutRecord(object));
  }

  async startProcess(process: Process): Promise<void> {
    if (process.gateway !== undefined) return;
    this.#starts += 1;
    process.isStopped = false;
    process.rules.isCut = false;
    process.hubRules.isCut = false;
    process.gateway = await VirtualGateway.start({
      fleet: this.#fleet,
      hub: this.hub,
      world: this.clock,
      seed: this.#options.seed * 1_000 + this.#starts,
      hasOwnHub: this.#options.gateways === 1,
      network: (server) => troubledNetwork(this.#attributed(server, process.name), process.rules, this.clock),
      hubNetwork: (server) => troubledNetwork(server, process.hubRules, this.clock),
    });
  }

  kill(process: Process): void {
    const { gateway } = process;
    if (gateway === undefined) return;
    gateway.kill();
    this.#dead.push(gateway);
    process.gateway = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const process of this.processes) this.kill(process);
    for (const gateway of this.#dead) await gateway.bury(this.clock);
    await this.#fleet[Symbol.asyncDispose]();
    this.hub.close();
  }

  #aProcess(name: string): Process {
    const rules = (writes: string[], longestMs: number, onWrite: NetworkRules['onWrite']): NetworkRules => ({
      writes: new Set(writes),
      isCut: false,
      nextWrite: 'answered',
      lateWrites: [],
      latencyMs: () => this.#random.int(longestMs + 1),
      onWrite,
    });
    const process: Process = {
      name,
      gateway: undefined,
      isStopped: false,
      rules: rules(['patch'], 150, (moment, args) => this.#onPatch(process, moment, args)),
      hubRules: rules(['create', 'update'], 5, () => {}),
    };
    return process;
  }

  #onPatch(process: Process, moment: WriteMoment, [, , patch]: readonly unknown[]): void {
    if (moment === 'before-send') this.#note(patch as { operations: readonly { op: string; path: string; value?: unknown }[] });
    this.onPatch(process, moment);
  }

  #note({
    operations,
  }: {
    readonly operations: readonly { readonly op: string; readonly path: string; readonly value?: unknown }[];
  }): void {
    const set = operations.findLast(
      ({ path, op }) => (path === MARKER_PATH && op !== 'test') || (path === '/metadata/labels' && op === 'add'),
    );
    const value = typeof set?.value === 'string' ? set.value : Object.values((set?.value ?? {}) as Record<string, string>)[0];
    const tested = operations.find(({ path, op }) => path === MARKER_PATH && op === 'test')?.value;
    const runId = parseMarker(String(value ?? tested ?? ''))?.runId ?? '';
    const intents = this.run(runId)?.status.intents ?? [];
    const isRecorded = intents.some(({ patch, outcome }) => outcome === 'pending' && sameJson(patch, operations));
    this.sent.push({ at: this.clock.now(), marker: value, isRecorded });
  }

  /** Tells the history who writes, for as long as the server is at it. */
  #attributed(server: ApiServer, by: string): ApiServer {
    return new Proxy(server, {
      get: (target, name) => {
        const member = Reflect.get(target, name) as unknown;
        if (typeof member !== 'function') return member;
        return (...args: unknown[]) => {
          const options = args.at(-1) as WriteOptions | undefined;
          this.history.writer = { by, impersonated: options?.impersonate?.username };
          try {
            return (member as (...all: unknown[]) => unknown).apply(target, args);
          } finally {
            this.history.writer = undefined;
          }
        };
      },
    });
  }
}

function aStoryWorkload({ kind, replicas }: WorldOptions): KubeObject {
  const isCloneSet = kind === 'CloneSet';
  return {
    apiVersion: isCloneSet ? 'apps.kruise.io/v1alpha1' : 'apps/v1',
    kind,
    metadata: { name: APP, namespace: 'shop', labels: { app: APP } },
    spec: {
      replicas,
      selector: { matchLabels: { app: APP } },
      ...(isCloneSet ? { updateStrategy: { maxUnavailable: 2 } } : { strategy: { rollingUpdate: { maxUnavailable: 2, maxSurge: 1 } } }),
      template: {
        metadata: { labels: { app: APP } },
        spec: { terminationGracePeriodSeconds: 2, containers: [{ name: 'app', image: OLD_IMAGE }] },
      },
    },
  };
}

function isReadyPod({ status }: KubeObject): boolean {
  const conditions = (status as { conditions?: { type: string; status: string }[] } | undefined)?.conditions ?? [];
  return conditions.some(({ type, status: value }) => type === 'Ready' && value === 'True');
}
