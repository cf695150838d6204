import type { AuditEvent } from '../apiserver/access/audit-event.ts';
import { ApiServerCore } from '../apiserver/api-server-core.ts';
import { type Storage, volatileStorage } from '../apiserver/store/storage.ts';
import { isApiError } from '../kube/api-error.ts';
import type { ApiServer } from '../kube/api-server.ts';
import type { GroupResource, Resource } from '../model/resource.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import { type Random, seededRandom } from '../runtime/random.ts';
import { cloneSetController } from './controllers/clone-set-controller.ts';
import { daemonSetController } from './controllers/daemon-set-controller.ts';
import { deploymentController } from './controllers/deployment-controller.ts';
import { disruptionController } from './controllers/disruption-controller.ts';
import { garbageCollector, garbageSource } from './controllers/garbage-collector.ts';
import { namespaceController, namespaceSource } from './controllers/namespace-controller.ts';
import { replicaSetController } from './controllers/replica-set-controller.ts';
import { statefulSetController } from './controllers/stateful-set-controller.ts';
import { volumeBinder } from './controllers/volume-binder.ts';
import { ActionExecutor } from './engine/action-executor.ts';
import { ClusterCache } from './engine/cluster-cache.ts';
import type { Collection } from './engine/collection.ts';
import type { Controller, ControllerContext } from './engine/controller.ts';
import { ControllerRunner } from './engine/controller-runner.ts';
import { DelayQueue } from './engine/delay-queue.ts';
import { EventRecorder } from './engine/event-recorder.ts';
import { ObjectGraph } from './engine/object-graph.ts';
import { generateCluster, SIMULATED_KINDS } from './generator/cluster-generator.ts';
import { seededStorage } from './generator/cluster-seed.ts';
import { type ClusterPlan, clusterLabels } from './generator/fleet-plan.ts';
import { Kubelets } from './nodes/kubelet.ts';
import { Machines } from './nodes/machines.ts';
import { nodeAgent } from './nodes/node-agent.ts';
import { nodeLifecycle } from './nodes/node-lifecycle.ts';
import { scheduler } from './nodes/scheduler.ts';
import { chanceOf } from './objects/hash.ts';
import { CUSTOM_RESOURCES, NAMESPACES, PODS } from './objects/kinds.ts';
import { keyOf } from './objects/owners.ts';
import type { Pod } from './objects/types.ts';
import { tokenUsers } from './users.ts';

export interface SimulatedClusterOptions {
  readonly plan: ClusterPlan;
  readonly seed: number;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Default: nothing outlives the process. */
  readonly storage?: Storage;
}

/** One cluster in this process: its API server, its controllers, its nodes. */
export class SimulatedCluster {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly plan: ClusterPlan;
  readonly core: ApiServerCore;
  readonly machines: Machines;
  readonly cache: ClusterCache;
  /** The controllers' own access: a superuser whose objects are shared, so read them only. */
  readonly client: ApiServer;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #stopping = new AbortController();
  readonly #delays: DelayQueue;
  readonly #events: EventRecorder;
  readonly #runners = new Map<string, ControllerRunner>();
  readonly #graph = new ObjectGraph();
  readonly #kubelets: Kubelets;
  readonly #running: Promise<void>[] = [];
  readonly #touchedAt = new Map<string, number>();

  constructor({ plan, seed, clock, logger, storage = volatileStorage() }: SimulatedClusterOptions) {
    this.name = plan.name;
    this.labels = clusterLabels(plan);
    this.plan = plan;
    this.#clock = clock;
    let life = '';
    // Each cluster and each purpose its own chance: what one does never changes what another draws.
    const chance = (purpose: string) => seededRandom(Math.floor(chanceOf(`${seed}/${plan.name}/${purpose}${life}`) * 4294967296));
    const kept = storage.load();
    // A cluster that lives on draws anew: a uid is never given twice.
    if (kept.revision > 0) life = `/${kept.revision}`;
    this.#random = chance('controllers');
    this.core = new ApiServerCore({
      name: plan.name,
      clock,
      random: chance('api-server'),
      users: tokenUsers(),
      gitVersion: plan.kubernetesVersion,
      resources: SIMULATED_KINDS,
      onAudit: ({ dryRun, objectRef }) => {
        if (!dryRun) this.#touchedAt.set(touchedName(objectRef), clock.monotonic());
      },
      storage: seededStorage({ load: () => kept, write: (write) => storage.write(write), close: () => storage.close() }, () =>
        generateCluster(plan, chance('contents'), clock.now()),
      ),
    });
    this.client = this.core.client(undefined, { sharesObjects: true });
    this.machines = new Machines(clock);
    this.cache = new ClusterCache({ client: this.client, clock, logger, signal: this.#stopping.signal });
    this.#delays = new DelayQueue(clock);
    this.#events = new EventRecorder({ client: this.client, clock, random: this.#random });
    const context: ControllerContext = { cache: this.cache, clock, random: this.#random };
    this.#kubelets = new Kubelets(context, this.machines);
    this.#addRunners(context, logger);
  }

  /** Lists what is there, then lets the controllers run. Resolves when they do. */
  async start(): Promise<void> {
    await this.cache.start();
    await this.#followAllKinds();
    this.cache.collection(CUSTOM_RESOURCES).onChange(() => void this.#followAllKinds().catch(() => {}));
    await this.#events.adopt();
    for (const runner of this.#runners.values()) this.#running.push(runner.run());
    this.#running.push(this.#sweepEvents());
    // The first look at everything belongs to the start: what happens afterwards is answered at once.
    while (![...this.#runners.values()].every(({ isIdle }) => isIdle)) await this.#clock.yield();
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    this.#delays[Symbol.dispose]();
    await Promise.all(this.#running);
    this.core.close();
  }

  get isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  /** Has a user changed something in this namespace (or this node) within the last `ms`? The simulation's own deeds do not count. */
  wasTouched(name: string, ms: number): boolean {
    const at = this.#touchedAt.get(name);
    return at !== undefined && this.#clock.monotonic() - at < ms;
  }

  /** Kills a pod's first container, as the kernel or its own fault would. */
  killContainer(pod: Pod, reason: 'OOMKilled' | 'Error'): void {
    this.#kubelets.kill(pod, reason);
    this.#runners.get(this.#kubelets.name)?.wake(keyOf(pod));
  }

  /** Containers of `image` never get ready, or may again. `since`: only in pods created at that moment or later. */
  holdUnready(image: string, isHeld: boolean, since = 0): void {
    for (const key of this.#kubelets.holdUnready(image, isHeld, since)) this.#runners.get(this.#kubelets.name)?.wake(key);
  }

  /** How many objects of a kind there are: "pods", "deployments.apps". */
  count(name: GroupResource): number {
    return this.cache.find(name)?.size ?? 0;
  }

  pods(): IterableIterator<Pod> {
    return this.cache.collection<Pod>(PODS).all();
  }

  #addRunners(context: ControllerContext, logger: Logger): void {
    const executor = new ActionExecutor({ client: this.client, cache: this.cache, events: this.#events });
    const options = {
      executor,
      delays: this.#delays,
      clock: this.#clock,
      logger: logger.child({ cluster: this.name }),
      signal: this.#stopping.signal,
    };
    for (const controller of this.#controllers(context)) this.#runners.set(controller.name, new ControllerRunner(controller, options));
    this.machines.onChange((nodeName) => this.#machineChanged(nodeName));
    // Followed for the garbage collector's sake, and needed before the first look at what is served.
    this.cache.collection(CUSTOM_RESOURCES);
  }

  #controllers(context: ControllerContext): Controller[] {
    return [
      deploymentController(context),
      replicaSetController(context),
      statefulSetController(context),
      daemonSetController(context),
      ...(this.plan.hasOpenKruise ? [cloneSetController(context)] : []),
      scheduler(context),
      this.#kubelets,
      nodeAgent(context, this.machines),
      nodeLifecycle(context, this.machines),
      disruptionController(context),
      volumeBinder(context),
      garbageCollector(this.#graph),
      namespaceController(context, this.#graph),
    ];
  }

  #machineChanged(nodeName: string): void {
    for (const name of ['node-agent', 'node-controller']) this.#runners.get(name)?.wake(nodeName);
    for (const key of this.#kubelets.keysOn(nodeName)) this.#runners.get(this.#kubelets.name)?.wake(key);
  }

  /** Every kind that has objects may own or be owned, and stands in the way of its namespace's end. */
  async #followAllKinds(): Promise<void> {
    const resources = await this.client.discover();
    for (const resource of resources.filter(holdsObjects)) await this.#follow(resource);
  }

  async #follow(resource: Resource): Promise<void> {
    const collection = this.cache.collection(resource);
    if (this.#graph.has(collection)) return;
    this.#graph.add(collection);
    const namespaces = this.cache.collection(NAMESPACES);
    this.#runners.get('generic-garbage-collector')?.attach(garbageSource(collection, this.#graph));
    this.#runners.get('namespace-controller')?.attach(namespaceSource(collection as Collection, namespaces));
    await this.cache.open(resource).catch((error: unknown) => {
      if (!isApiError(error)) throw error;
    });
  }

  async #sweepEvents(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await this.#clock.sleep(SWEEP_MS, signal);
      if (!signal.aborted) await this.#events.sweep();
    }
  }
}

function touchedName({ namespace, name }: AuditEvent['objectRef']): string {
  return namespace ?? name ?? '';
}

/** Reviews are questions, and events are too many to keep twice. */
function holdsObjects({ group, resource }: Resource): boolean {
  return resource !== 'events' && !group.startsWith('authentication.') && !group.startsWith('authorization.');
}

const SWEEP_MS = 60_000;
