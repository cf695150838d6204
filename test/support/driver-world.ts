import { ApiServerCore } from '../../src/apiserver/api-server-core.ts';
import { ChangeLog } from '../../src/feed/change-log.ts';
import { type Fleet, startFleet } from '../../src/fleet/fleet.ts';
import { installHub } from '../../src/hub/install.ts';
import { RolloutRepository } from '../../src/hub/rollout-repository.ts';
import type { ApiServer } from '../../src/kube/api-server.ts';
import type { JsonObject, KubeObject } from '../../src/model/kube-object.ts';
import type { UserInfo } from '../../src/model/user.ts';
import type { WorkloadKind } from '../../src/model/workload-record.ts';
import { RolloutDriver } from '../../src/rollout/driver/rollout-driver.ts';
import { stateOf } from '../../src/rollout/driver/run-record.ts';
import type { RolloutVerb } from '../../src/rollout/events.ts';
import { MARKER_LABEL } from '../../src/rollout/marker.ts';
import { planRollout, type RolloutPlan } from '../../src/rollout/plan.ts';
import type { StepRequest } from '../../src/rollout/planned-steps.ts';
import { RunBook } from '../../src/rollout/run-book.ts';
import type { RolloutState } from '../../src/rollout/state.ts';
import { silentLogger } from '../../src/runtime/logger.ts';
import { seededRandom } from '../../src/runtime/random.ts';
import { VirtualClock } from '../../src/runtime/virtual-clock.ts';
import { CLONE_SETS, DEPLOYMENTS, PODS } from '../../src/simulator/objects/kinds.ts';
import { createSimulatedFleet, type SimulatedFleet } from '../../src/simulator/simulated-fleet.ts';
import { GATEWAY_USER } from '../../src/simulator/users.ts';
import { InMemoryGraphStore } from '../../src/store/in-memory-graph-store.ts';
import { mortalApiServer } from './mortal-api-server.ts';
import { ProcessClock } from './process-clock.ts';

/** The person whose runs these are: may edit the namespace shop. */
export const TEAM: UserInfo = { username: 'team-shop', groups: ['system:authenticated'] };
const CANARY: readonly StepRequest[] = [{ target: 1, manual: true }, { target: '50%', pauseSeconds: 20 }, { target: '100%' }];
export type Movable = Extract<WorkloadKind, 'CLONE_SET' | 'DEPLOYMENT'>;

/** Told of every request about runs and workloads, before it is sent and when its answer is there. */
export type Gate = (request: string, when: 'before' | 'after') => void;

export interface ProcessOptions {
  /** Default true: nobody else can be alive. */
  readonly hasOwnHub?: boolean;
  readonly gate?: Gate;
  /** What becomes of requests to clusters, and to the hub; default: they are answered. */
  readonly toCluster?: (server: ApiServer) => ApiServer;
  readonly toHub?: (server: ApiServer) => ApiServer;
}

/** One simulated cluster with a workload of ten called "demo", a hub, and as many driving processes as are started. */
export class DriverWorld implements AsyncDisposable {
  readonly clock = new VirtualClock();
  readonly kind: Movable;
  readonly fleet: SimulatedFleet;
  readonly hub: ApiServerCore;
  readonly processes: DriverProcess[] = [];
  /** Of every write that changed the workload's labels or spec: the label that it left; null where it took it away. */
  readonly markers: (string | null)[] = [];

  private constructor(kind: Movable, fleet: SimulatedFleet, hub: ApiServerCore, clock: VirtualClock) {
    this.kind = kind;
    this.fleet = fleet;
    this.hub = hub;
    this.clock = clock;
  }

  static async begin(kind: Movable, seed = 7): Promise<DriverWorld> {
    const clock = new VirtualClock();
    const fleet = await createSimulatedFleet({ clusters: 1, pods: 20, seed, clock });
    const hub = new ApiServerCore({ name: 'hub', clock, random: seededRandom(seed) });
    await installHub(hub.client(), { clock });
    const world = new DriverWorld(kind, fleet, hub, clock);
    await world.cluster.core.client().create(world.resource, demo(kind));
    await clock.advanceBy(30_000);
    world.#watchWrites();
    return world;
  }

  get cluster() {
    return this.fleet.clusters[0] as SimulatedFleet['clusters'][number];
  }

  get resource() {
    return this.kind === 'CLONE_SET' ? CLONE_SETS : DEPLOYMENTS;
  }

  async start(options: ProcessOptions = {}): Promise<DriverProcess> {
    const process = new DriverProcess(this, this.processes.length + 1, options);
    this.processes.push(process);
    await this.until(() => process.isReady || process.clock.isPaused, 20_000);
    return process;
  }

  async until(holds: () => boolean | Promise<boolean>, limitMs: number): Promise<void> {
    await this.clock.advanceUntil(holds, limitMs);
  }

  workload(): Promise<KubeObject> {
    return this.cluster.core.client().get(this.resource, { namespace: 'shop', name: 'demo' });
  }

  async images(): Promise<Record<string, number>> {
    const { items } = await this.cluster.core.client().list(PODS, { namespace: 'shop', labelSelector: 'app=demo' });
    const counts: Record<string, number> = {};
    for (const { metadata, spec } of items) {
      const image = (spec as { containers: { image: string }[] }).containers[0]?.image ?? '';
      if (metadata.deletionTimestamp === undefined) counts[image] = (counts[image] ?? 0) + 1;
    }
    return counts;
  }

  async plan(image: string, steps: readonly StepRequest[] = CANARY): Promise<RolloutPlan> {
    const { kind, clock, cluster } = this;
    const context = { cluster: cluster.name, workloadKind: kind, resource: this.resource.resource, now: clock.now(), revisions: [] };
    const outcome = planRollout(await this.workload(), { images: [{ container: 'app', image }] }, steps, context);
    if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems));
    return outcome.plan;
  }

  /** As the hub has it. */
  async recorded(id = 'r1'): Promise<RolloutState> {
    const repository = new RolloutRepository({
      ...{ clock: this.clock, random: seededRandom(1), logger: silentLogger },
      apiServer: this.hub.client(),
    });
    const state = stateOf(await repository.get(id));
    if (state === undefined) throw new Error('unreadable');
    return state;
  }

  /** Successful patches of the workload in the cluster's audit log: by whom, as whom, under which id. */
  audited() {
    return this.cluster.core.audit.events
      .filter(({ verb, code, objectRef }) => verb === 'patch' && code === 200 && objectRef.name === 'demo' && !objectRef.subresource)
      .filter(({ user }) => user.username === GATEWAY_USER.name)
      .map(({ auditID, impersonatedUser }) => ({ auditID, as: impersonatedUser?.username }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const process of this.processes) process.kill();
    const closing = this.fleet[Symbol.asyncDispose]();
    await this.clock.advanceBy(1_000);
    await closing;
    this.hub.close();
  }

  #watchWrites(): void {
    const parts = ({ metadata, spec }: KubeObject) => JSON.stringify([metadata.labels ?? {}, spec]);
    this.cluster.core.onChange(({ type, object, previous }) => {
      if (type !== 'modified' || object.kind !== this.resource.kind || object.metadata.name !== 'demo') return;
      if (previous !== undefined && parts(object) !== parts(previous)) this.markers.push(object.metadata.labels?.[MARKER_LABEL] ?? null);
    });
  }
}

/** One gateway as far as runs go: its copy of the cluster and its driver. Can be killed, stopped and paused. */
export class DriverProcess {
  readonly clock: ProcessClock;
  readonly store: InMemoryGraphStore;
  readonly fleet: Fleet;
  readonly book: RunBook;
  readonly driver: RolloutDriver;
  isReady = false;
  readonly faults: unknown[] = [];
  readonly #death = new AbortController();

  constructor(world: DriverWorld, number: number, options: ProcessOptions) {
    const { gate = () => {}, toCluster = (server) => server, toHub = (server) => server, hasOwnHub = true } = options;
    const clock = new ProcessClock(world.clock);
    this.clock = clock;
    const parts = { clock, random: seededRandom(number * 1_000), logger: silentLogger };
    this.store = new InMemoryGraphStore({ now: () => clock.now(), onListenerError: (error) => this.faults.push(error) });
    const reach = (server: ApiServer, where: string) => mortalApiServer(gated(server, where, clock, gate), clock, this.#death.signal);
    const { core, name, labels } = world.cluster;
    const user = { username: GATEWAY_USER.name, groups: [...GATEWAY_USER.groups] };
    const apiServer = reach(toCluster(bound(core.client(user))), 'cluster');
    this.fleet = startFleet({ definitions: [{ name, source: 'SIMULATED', labels, apiServer }], store: this.store, ...parts });
    this.book = new RunBook(new ChangeLog(parts));
    this.driver = new RolloutDriver({
      ...parts,
      hub: { apiServer: reach(toHub(bound(world.hub.client())), 'hub'), isExclusive: hasOwnHub },
      book: this.book,
      store: this.store,
      apiServer: (cluster) => this.fleet.apiServer(cluster),
      impersonates: true,
      isReadOnly: false,
      holder: `process-${number}`,
    });
    void Promise.all([this.driver.loaded, this.fleet.whenReady(10_000)]).then(() => {
      this.isReady = true;
    });
  }

  start(plan: RolloutPlan, runId = 'r1') {
    return this.driver.start(plan, { runId, createdAt: this.clock.now(), author: TEAM });
  }

  command(verb: RolloutVerb, id: string = verb) {
    return this.driver.command('r1', { id, verb, actor: TEAM });
  }

  phase(id = 'r1'): string {
    return this.book.get(id)?.state.status.phase ?? '';
  }

  /** SIGKILL: not a word more, and nothing heard. */
  kill(): void {
    this.clock.pause();
    this.#death.abort();
  }
}

/** Its methods can be handed on by themselves. */
function bound(server: ApiServer): ApiServer {
  return new Proxy(server, {
    get(target, name) {
      const member = Reflect.get(target, name) as unknown;
      return typeof member === 'function' ? (member as (...all: unknown[]) => unknown).bind(target) : member;
    },
  });
}

/** `server`, with `gate` told of every request about runs and workloads. A process that dies at the gate sends nothing. */
function gated(server: ApiServer, where: string, process: ProcessClock, gate: Gate): ApiServer {
  return new Proxy(server, {
    get(target, name) {
      const member = Reflect.get(target, name) as unknown;
      if (typeof member !== 'function') return member;
      if (!GATED.has(String(name))) return (member as (...all: unknown[]) => unknown).bind(target);
      return async (...args: unknown[]) => {
        const resource = (args[0] as { resource?: string }).resource ?? '';
        const call = () => (member as (...all: unknown[]) => Promise<unknown>).apply(target, args);
        if (resource === 'leases' || resource === 'events') return call();
        const request = `${where} ${String(name)}`;
        gate(request, 'before');
        await process.running();
        try {
          return await call();
        } finally {
          gate(request, 'after');
        }
      };
    },
  });
}

const GATED: ReadonlySet<string> = new Set(['create', 'update', 'patch', 'get', 'reviewAccess']);

/** A workload of ten, of which two may be unavailable at once. */
function demo(kind: Movable): KubeObject {
  const template = { metadata: { labels: { app: 'demo' } }, spec: { containers: [{ name: 'app', image: 'demo:v1' }] } };
  const spec: JsonObject = { replicas: 10, selector: { matchLabels: { app: 'demo' } }, template };
  const metadata = { name: 'demo', namespace: 'shop' };
  return kind === 'CLONE_SET'
    ? { apiVersion: 'apps.kruise.io/v1alpha1', kind: 'CloneSet', metadata, spec: { ...spec, updateStrategy: { maxUnavailable: 2 } } }
    : {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata,
        spec: { ...spec, strategy: { rollingUpdate: { maxUnavailable: 2, maxSurge: 1 } } },
      };
}
