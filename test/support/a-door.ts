import type { Principal } from '../../src/auth/principal.ts';
import type { Commands } from '../../src/commands/commands.ts';
import { createCommands } from '../../src/commands/gateway-commands.ts';
import { OperationBook } from '../../src/commands/operation-book.ts';
import { ChangeLog } from '../../src/feed/change-log.ts';
import { projectorFor, WATCHED_RESOURCES } from '../../src/fleet/projection/projectors.ts';
import { OperationLedger } from '../../src/hub/operation-ledger.ts';
import type { ApiServer } from '../../src/kube/api-server.ts';
import type { SyncState } from '../../src/model/cluster.ts';
import type { JsonObject, KubeObject } from '../../src/model/kube-object.ts';
import { groupResourceOf, type Resource } from '../../src/model/resource.ts';
import type { WorkloadKind, WorkloadRecord } from '../../src/model/workload-record.ts';
import { WORKLOAD_RESOURCES } from '../../src/model/workload-resources.ts';
import type { RolloutCommand } from '../../src/rollout/events.ts';
import { runOf } from '../../src/rollout/new-run.ts';
import type { RolloutPlan } from '../../src/rollout/plan.ts';
import { RunBook } from '../../src/rollout/run-book.ts';
import { NotLeadingError, type RunDriver } from '../../src/rollout/run-driver.ts';
import type { RolloutState } from '../../src/rollout/state.ts';
import { step } from '../../src/rollout/step.ts';
import { silentLogger } from '../../src/runtime/logger.ts';
import { createSimulatedFleet } from '../../src/simulator/simulated-fleet.ts';
import { InMemoryGraphStore } from '../../src/store/in-memory-graph-store.ts';
import { aClusterRecord } from './a-cluster.ts';
import { aHub } from './a-hub.ts';

export const TEAM: Principal = { mode: 'TOKEN_REVIEW', user: { username: 'team-shop', groups: ['system:authenticated'] } };
export const VIEWER: Principal = { mode: 'TOKEN_REVIEW', user: { username: 'viewer', groups: ['system:authenticated'] } };
export const LOCAL: Principal = { mode: 'LOCAL', user: { username: 'me', groups: [] } };

const NAMESPACE = 'shop';

/** A cluster that lives in virtual time, a hub, and a gateway's door over both, which may be closed and opened anew. */
export async function aDoor(options: { readonly readOnly?: boolean } = {}) {
  const { apiServer: hub, clock, random } = await aHub();
  const fleet = await createSimulatedFleet({ clusters: 1, pods: 20, seed: 3, clock });
  const [cluster] = fleet.clusters;
  if (cluster === undefined) throw new Error('no cluster');
  const served = await cluster.core.client().discover();
  const stage = new Stage({ hub, clock, random, cluster: cluster.name, core: cluster.core, served, readOnly: options.readOnly ?? false });
  const { audit } = cluster.core;
  /** Status codes of what people wrote, dry runs aside. */
  const writes = () => audit.events.filter(({ dryRun }) => !dryRun).map(({ code }) => code);
  return Object.assign(stage, { fleet, audit, writes });
}

type Hub = Awaited<ReturnType<typeof aHub>>;
type Core = Hub['core'];

interface Parts extends Pick<Hub, 'clock' | 'random'> {
  readonly hub: ApiServer;
  readonly cluster: string;
  readonly core: Core;
  readonly served: readonly Resource[];
  readonly readOnly: boolean;
}

/** What becomes of a process's requests. */
export type Network = (server: ApiServer) => ApiServer;

class Stage {
  readonly clock: Parts['clock'];
  readonly cluster: string;
  readonly admin: ApiServer;
  readonly served: readonly Resource[];
  /** What the driver's leader keeps: outlives every gateway, as the hub does. */
  readonly states = new Map<string, RolloutState>();
  store: InMemoryGraphStore;
  readonly #parts: Parts;
  #opened = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.clock = parts.clock;
    this.cluster = parts.cluster;
    this.admin = parts.core.client();
    this.served = parts.served;
    this.store = this.#newStore();
  }

  /** A gateway's process: another one each time. */
  open(network: { readonly hub?: Network; readonly cluster?: Network } = {}): Door {
    const { hub, clock, random, core, readOnly } = this.#parts;
    const hubServer = (network.hub ?? same)(hub);
    // As the gateway: trusted to impersonate, which the simulated cluster's own account may.
    const server = (network.cluster ?? same)(core.client({ username: 'gateway', groups: ['system:authenticated'] }));
    const operations = new OperationBook();
    const ledgerOf = {
      apiServer: hubServer,
      clock,
      random,
      logger: silentLogger,
      holder: `gateway-${this.#opened++}`,
      abandonedAfterMs: 0,
    };
    const ledger = new OperationLedger(ledgerOf);
    const runs = new RunBook(new ChangeLog({ clock }));
    for (const state of this.states.values()) runs.put(state, '1');
    const driver = new EngineDriver(this.states, runs, () => clock.now());
    const commands = createCommands({
      ...{ ledger, operations, runs, driver, clock, random, readOnly, patience: {} },
      logger: silentLogger,
      store: this.store,
      apiServer: (name) => (name === this.cluster ? server : undefined),
      served: () => this.served,
    });
    return { commands, operations, ledger, runs, driver };
  }

  resource(kind: WorkloadKind): Resource {
    const found = this.served.find((resource) => groupResourceOf(resource) === WORKLOAD_RESOURCES[kind]);
    if (found === undefined) throw new Error(`no ${kind}`);
    return found;
  }

  /** Ten pods of a Deployment or CloneSet, controllers done with it. */
  async workload(kind: 'DEPLOYMENT' | 'CLONE_SET' | 'STATEFUL_SET' | 'DAEMON_SET', spec: JsonObject = {}, name = 'till') {
    const resource = this.resource(kind);
    const labels = { app: name };
    await this.admin.create(resource, {
      apiVersion: `${resource.group}/${resource.version}`,
      kind: resource.kind,
      metadata: { name, namespace: NAMESPACE },
      spec: {
        ...(kind === 'DAEMON_SET' ? {} : { replicas: 10 }),
        ...(kind === 'STATEFUL_SET' ? { serviceName: name } : {}),
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: 'app', image: 'registry.example/till:v1' }] } },
        ...spec,
      },
    });
    await this.pass(60);
    return { cluster: this.cluster, workloadKind: kind, namespace: NAMESPACE, name } as const;
  }

  async pass(seconds: number): Promise<void> {
    await this.clock.advanceBy(seconds * 1_000);
    await this.look();
  }

  get(kind: WorkloadKind, name = 'till'): Promise<KubeObject> {
    return this.admin.get(this.resource(kind), { namespace: NAMESPACE, name });
  }

  async edit(kind: WorkloadKind, body: JsonObject, name = 'till'): Promise<void> {
    await this.admin.patch(this.resource(kind), { namespace: NAMESPACE, name }, { type: 'merge', body });
    await this.look();
  }

  /** Brings the copy up to what the cluster is. */
  async look(state: SyncState = 'LIVE'): Promise<void> {
    this.store.removeCluster(this.cluster);
    this.store.addCluster(aClusterRecord(this.cluster, { state }));
    for (const { resource: key } of WATCHED_RESOURCES) {
      const projector = projectorFor(key);
      const resource = this.served.find((candidate) => groupResourceOf(candidate) === key);
      if (projector === undefined || resource === undefined) continue;
      const { items } = await this.admin.list(resource, resource.namespaced ? { namespace: NAMESPACE } : {});
      const operations = items.map((object) => ({ type: 'put', record: projector(object, this.cluster) }) as const);
      if (operations.length > 0) this.store.commit(this.cluster, { operations });
    }
  }

  record(kind: WorkloadKind, name = 'till'): WorkloadRecord {
    const record = this.store.cluster(this.cluster)?.workloads(kind).get(NAMESPACE, name);
    if (record === undefined) throw new Error(`no copy of ${name}`);
    return record;
  }

  #newStore(): InMemoryGraphStore {
    const store = new InMemoryGraphStore({ now: () => this.clock.now() });
    store.addCluster(aClusterRecord(this.cluster));
    return store;
  }
}

export interface Door {
  readonly commands: Commands;
  readonly operations: OperationBook;
  readonly ledger: OperationLedger;
  readonly runs: RunBook;
  readonly driver: EngineDriver;
}

function same(server: ApiServer): ApiServer {
  return server;
}

/** Decides as the engine does and carries nothing out: what a run writes to its cluster is no concern of the door. */
export class EngineDriver implements RunDriver {
  leads = true;
  leader = 'gateway-0';
  /** Thrown when told: before anything is kept, or after. */
  failure: { readonly error: Error; readonly when: 'before' | 'after' } | undefined;
  readonly #states: Map<string, RolloutState>;
  readonly #runs: RunBook;
  readonly #now: () => number;

  constructor(states: Map<string, RolloutState>, runs: RunBook, now: () => number) {
    this.#states = states;
    this.#runs = runs;
    this.#now = now;
  }

  async start(plan: RolloutPlan, request: Parameters<RunDriver['start']>[1]) {
    return this.#kept(request.runId, () => ({ state: this.#states.get(request.runId) ?? runOf(plan, { ...request, epoch: 1 }) })).run;
  }

  async command(runId: string, command: RolloutCommand) {
    const state = this.#states.get(runId);
    if (state === undefined) return undefined;
    const { run, effects } = this.#kept(runId, () => step(state, { type: 'command', command }, this.#now()));
    const answer = effects.find((effect) => effect.do === 'answer' && effect.commandId === command.id);
    if (answer?.do !== 'answer') throw new Error('the engine gave no answer');
    const { refusal, replayed } = answer;
    return { run, replayed, ...(refusal !== undefined && { refusal }) };
  }

  /** As if it had come so far by itself. */
  set(runId: string, change: (state: RolloutState) => RolloutState): void {
    const state = this.#states.get(runId);
    if (state === undefined) throw new Error(`no run ${runId}`);
    this.#keep(runId, change(state));
  }

  #kept<T extends { readonly state: RolloutState; readonly effects?: ReturnType<typeof step>['effects'] }>(runId: string, decide: () => T) {
    if (!this.leads) throw new NotLeadingError(this.leader);
    if (this.failure?.when === 'before') throw this.failure.error;
    const { state, effects = [] } = decide();
    const run = this.#keep(runId, state);
    if (this.failure?.when === 'after') throw this.failure.error;
    return { run, effects };
  }

  #keep(runId: string, state: RolloutState) {
    this.#states.set(runId, state);
    return this.#runs.put(state, '1');
  }
}

/** `server` until the process dies at its `at`-th request, which takes effect or does not; nothing is heard any more. */
export function dyingAt(at: { calls: number }, takesEffect: boolean): Network {
  return (server) =>
    new Proxy(server, {
      get(target, name) {
        const member = Reflect.get(target, name) as unknown;
        if (typeof member !== 'function') return member;
        return async (...args: unknown[]) => {
          at.calls -= 1;
          const call = () => (member as (...all: unknown[]) => Promise<unknown>).apply(target, args);
          if (at.calls > 0) return call();
          if (at.calls === 0 && takesEffect) await call().catch(() => {});
          return new Promise(() => {});
        };
      },
    });
}
