import type { ExecutionResult } from 'graphql';
import { ApiServerCore } from '../../src/apiserver/api-server-core.ts';
import type { Principal } from '../../src/auth/principal.ts';
import { installHub } from '../../src/hub/install.ts';
import { RolloutRepository } from '../../src/hub/rollout-repository.ts';
import type { KubeObject } from '../../src/model/kube-object.ts';
import { stateOf } from '../../src/rollout/driver/run-record.ts';
import { MARKER_LABEL } from '../../src/rollout/marker.ts';
import { silentLogger } from '../../src/runtime/logger.ts';
import { seededRandom } from '../../src/runtime/random.ts';
import { VirtualClock } from '../../src/runtime/virtual-clock.ts';
import { CLONE_SETS, DEPLOYMENTS, PODS } from '../../src/simulator/objects/kinds.ts';
import { createSimulatedFleet, type SimulatedFleet } from '../../src/simulator/simulated-fleet.ts';
import { GATEWAY_USER } from '../../src/simulator/users.ts';
import { drive, VirtualGateway } from '../support/virtual-gateway.ts';
import type { Follower, Stage, Target, WorkloadWrite } from './stage.ts';

const TEAM: Principal = { mode: 'TOKEN_REVIEW', user: { username: 'team-shop', groups: ['system:authenticated'] } };
const LOOK_MS = 250;

/** A simulated fleet in virtual time and the whole gateway in this process; the person is the team of the namespace shop. */
export class SimulatedStage implements Stage {
  readonly hasKills = false;
  readonly person = TEAM.user.username;
  readonly gatewayUser = GATEWAY_USER.name;
  readonly world: VirtualClock;
  readonly fleet: SimulatedFleet;
  readonly hub: ApiServerCore;
  gateway!: VirtualGateway;
  readonly #written = new Map<string, { marker: string | null | undefined }[]>();
  #starts = 0;
  #time: Promise<void> = Promise.resolve();

  private constructor(world: VirtualClock, fleet: SimulatedFleet, hub: ApiServerCore) {
    this.world = world;
    this.fleet = fleet;
    this.hub = hub;
    for (const { name, core } of fleet.clusters) this.#watchWrites(name, core);
  }

  static async begin(clusters: number): Promise<SimulatedStage> {
    const world = new VirtualClock();
    const fleet = await createSimulatedFleet({ clusters, pods: 40 * clusters, seed: 7, clock: world });
    const hub = new ApiServerCore({ name: 'hub', clock: world, random: seededRandom(1) });
    await installHub(hub.client(), { clock: world });
    const stage = new SimulatedStage(world, fleet, hub);
    await stage.startGateway();
    return stage;
  }

  async startGateway(): Promise<void> {
    this.#starts += 1;
    this.gateway = await VirtualGateway.start({ fleet: this.fleet, hub: this.hub, world: this.world, seed: this.#starts });
  }

  async create(target: Target, object: KubeObject): Promise<void> {
    await this.#core(target).client().create(resourceOf(target), object);
  }

  async ask<T>(document: string, variables: Readonly<Record<string, unknown>>): Promise<T> {
    const answer = this.gateway.ask(TEAM, document, variables);
    let result: ExecutionResult | undefined;
    const asked = answer.then((got) => {
      result = got;
    });
    await this.#untilSettled(asked);
    const { data, errors } = (await answer.then(() => result)) ?? {};
    if (errors !== undefined) throw new Error(errors.map((error) => `${error.path?.join('.')}: ${error.message}`).join('\n'));
    return JSON.parse(JSON.stringify(data)) as T;
  }

  follow(document: string, variables: Readonly<Record<string, unknown>>): readonly Follower[] {
    const messages: unknown[] = [];
    const opening = this.gateway.follow(TEAM, document, variables);
    const reading = opening.then(async (stream) => {
      for await (const { data, errors } of stream) {
        if (errors !== undefined) throw new Error(errors.map(({ message }) => message).join('\n'));
        messages.push(Object.values(JSON.parse(JSON.stringify(data)) as object)[0]);
      }
    });
    const close = async () => {
      const stream = await opening;
      await stream.return(undefined);
      await this.#untilSettled(reading);
    };
    return [{ transport: 'in process', messages, troubles: [], close }];
  }

  async until(what: string, holds: () => Promise<boolean>, timeoutMs: number): Promise<void> {
    const deadline = this.world.monotonic() + timeoutMs;
    while (!(await holds())) {
      if (this.world.monotonic() > deadline) throw new Error(`not within ${timeoutMs} ms: ${what}`);
      await this.passTime(LOOK_MS);
    }
  }

  /** Several may want time to pass at once: it passes for one after the other. */
  passTime(ms: number): Promise<void> {
    this.#time = this.#time.then(() => this.world.advanceBy(ms));
    return this.#time;
  }

  async read(target: Target): Promise<KubeObject> {
    return this.#core(target).client().get(resourceOf(target), target);
  }

  async pods(target: Target): Promise<readonly KubeObject[]> {
    const { items } = await this.#core(target)
      .client()
      .list(PODS, { namespace: target.namespace, labelSelector: `app=${target.name}` });
    return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  }

  async holdNewPods({ cluster }: Target, image: string): Promise<void> {
    // Timestamps know whole seconds.
    await this.passTime(1_000);
    this.fleet.faults.holdNewUnready(cluster, image, this.world.now());
  }

  async writes(target: Target): Promise<readonly WorkloadWrite[]> {
    const audited = this.#core(target).audit.events.filter(
      ({ objectRef, code, dryRun, verb }) =>
        objectRef.name === target.name &&
        objectRef.namespace === target.namespace &&
        objectRef.resource === resourceOf(target).resource &&
        objectRef.subresource === undefined &&
        verb !== 'create' &&
        code === 200 &&
        !dryRun,
    );
    const written = this.#written.get(keyOf(target.cluster, resourceOf(target).resource, `${target.namespace}/${target.name}`)) ?? [];
    if (audited.length !== written.length) throw new Error(`${written.length} writes and ${audited.length} audit events`);
    return audited.map(({ user, impersonatedUser }, at) => ({
      marker: written[at]?.marker,
      user: user.username,
      impersonated: impersonatedUser?.username,
    }));
  }

  async intents(runId: string) {
    const repository = new RolloutRepository({
      apiServer: this.hub.client(),
      clock: this.world,
      random: seededRandom(2),
      logger: silentLogger,
    });
    return stateOf(await repository.get(runId))?.status.intents ?? [];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const stopping = this.gateway.stop();
    await this.#untilSettled(stopping);
    await this.#untilSettled(this.fleet[Symbol.asyncDispose]());
    this.hub.close();
  }

  async #untilSettled(promise: Promise<unknown>): Promise<void> {
    const mine = this.#time.then(() => drive(this.world, promise).then(() => {}));
    this.#time = mine.catch(() => {});
    await mine;
  }

  #core({ cluster }: Target): ApiServerCore {
    return this.fleet.cluster(cluster).core;
  }

  /** Controllers write status and annotations; what changes labels or spec is somebody's. */
  #watchWrites(cluster: string, core: ApiServerCore): void {
    core.onChange(({ type, collection, key, object, previous }) => {
      if (type !== 'modified' || previous === undefined) return;
      const [resource = ''] = collection.split('.');
      if (resource !== 'deployments' && resource !== 'clonesets') return;
      const parts = ({ metadata, spec }: KubeObject) => JSON.stringify([metadata.labels ?? {}, spec]);
      if (parts(object) === parts(previous)) return;
      const id = keyOf(cluster, resource, key);
      const [was, is] = [previous.metadata.labels?.[MARKER_LABEL], object.metadata.labels?.[MARKER_LABEL]];
      const entries = this.#written.get(id) ?? [];
      this.#written.set(id, [...entries, { marker: is === was ? undefined : (is ?? null) }]);
    });
  }
}

function resourceOf({ kind }: Target) {
  return kind === 'CLONE_SET' ? CLONE_SETS : DEPLOYMENTS;
}

function keyOf(cluster: string, resource: string, key: string): string {
  return `${cluster} ${resource} ${key}`;
}
