import { type ExecutionResult, execute, parse, subscribe, validate } from 'graphql';
import type { ApiServerCore } from '../../src/apiserver/api-server-core.ts';
import type { Principal } from '../../src/auth/principal.ts';
import { parseServeConfig } from '../../src/config/serve-config.ts';
import type { ApiServer } from '../../src/kube/api-server.ts';
import { type Gateway, startGateway } from '../../src/program/gateway.ts';
import { silentLogger } from '../../src/runtime/logger.ts';
import { Pump } from '../../src/runtime/pump.ts';
import { seededRandom } from '../../src/runtime/random.ts';
import type { VirtualClock } from '../../src/runtime/virtual-clock.ts';
import type { SimulatedFleet } from '../../src/simulator/simulated-fleet.ts';
import { GATEWAY_USER } from '../../src/simulator/users.ts';
import { mortalApiServer } from './mortal-api-server.ts';
import { ProcessClock } from './process-clock.ts';

export interface VirtualGatewayOptions {
  readonly fleet: SimulatedFleet;
  readonly hub: ApiServerCore;
  readonly world: VirtualClock;
  /** Of its chance: no two processes alike. */
  readonly seed: number;
  /** Default true: the hub is this process's own, and nobody else can be alive. */
  readonly hasOwnHub?: boolean;
  readonly args?: readonly string[];
  /** What becomes of its requests to a cluster; default: they are answered. */
  readonly network?: (server: ApiServer, cluster: string) => ApiServer;
  /** The same of its requests to the hub. */
  readonly hubNetwork?: (server: ApiServer) => ApiServer;
}

/** A whole gateway in virtual time, as a process that can be stopped and killed. Nothing of it is replaced but sockets. */
export class VirtualGateway {
  readonly clock: ProcessClock;
  readonly gateway: Gateway;
  readonly #death: AbortController;

  private constructor(gateway: Gateway, clock: ProcessClock, death: AbortController) {
    this.gateway = gateway;
    this.clock = clock;
    this.#death = death;
  }

  static async start(options: VirtualGatewayOptions): Promise<VirtualGateway> {
    const { fleet, hub, world, seed, hasOwnHub = true, args = [], network = (server) => server, hubNetwork = (server) => server } = options;
    const clock = new ProcessClock(world);
    const death = new AbortController();
    const config = parseServeConfig({
      args: ['--simulate', '--auth', 'token-review', ...args],
      environment: {},
      readFile: () => '',
    });
    const reach = (core: ApiServerCore) =>
      mortalApiServer(
        network(core.client({ username: GATEWAY_USER.name, groups: [...GATEWAY_USER.groups] }), core.name),
        clock,
        death.signal,
      );
    const definitions = fleet.clusters.map((cluster) => ({
      name: cluster.name,
      source: 'SIMULATED' as const,
      labels: cluster.labels,
      apiServer: reach(cluster.core),
    }));
    const gateway = startGateway(config, {
      source: { definitions, tokens: {}, connect: async () => undefined, [Symbol.asyncDispose]: async () => {} },
      hub: { apiServer: mortalApiServer(hubNetwork(hub.client()), clock, death.signal), isExclusive: hasOwnHub, close: async () => {} },
      runtime: {
        clock,
        random: seededRandom(seed),
        environment: {},
        userName: 'nobody',
        version: 'test',
        asked: Promise.withResolvers<never>().promise,
        pump: new Pump(clock),
      },
      logger: silentLogger,
    });
    const ready = gateway.fleet.whenReady(10_000);
    await drive(world, ready);
    return new VirtualGateway(gateway, clock, death);
  }

  ask(principal: Principal, document: string, variables: Readonly<Record<string, unknown>>): Promise<ExecutionResult> {
    return Promise.resolve(execute(this.#args(principal, document, variables)));
  }

  async follow(
    principal: Principal,
    document: string,
    variables: Readonly<Record<string, unknown>>,
  ): Promise<AsyncGenerator<ExecutionResult>> {
    const result = await subscribe(this.#args(principal, document, variables));
    if (Symbol.asyncIterator in result) return result as AsyncGenerator<ExecutionResult>;
    throw new Error(result.errors?.map(({ message }) => message).join('\n'));
  }

  /** SIGSTOP and SIGCONT. */
  pause(): void {
    this.clock.pause();
  }

  resume(): void {
    this.clock.resume();
  }

  /** SIGKILL: not a word more, and nothing heard. */
  kill(): void {
    this.clock.pause();
    this.#death.abort();
  }

  /** Lets go of what a dead process held, for the memory's sake: it finds every server out of reach. */
  async bury(world: VirtualClock): Promise<void> {
    this.#death.abort();
    this.clock.resume();
    await drive(world, this.stop(), 1_000);
  }

  /** SIGTERM. */
  async stop(): Promise<void> {
    await this.gateway[Symbol.asyncDispose]();
  }

  #args(principal: Principal, source: string, variables: Readonly<Record<string, unknown>>) {
    const { schema, contextFor } = this.gateway.api;
    const document = parse(source);
    const invalid = validate(schema, document);
    if (invalid.length > 0) throw new Error(invalid.map(({ message }) => message).join('\n'));
    const never = new AbortController().signal;
    const call = { principal, transport: 'post', requestId: 'test', signal: never, closing: never } as const;
    return { schema, document, variableValues: { ...variables }, contextValue: contextFor(call) };
  }
}

/** Lets time pass until `promise` is settled. */
export async function drive<T>(world: VirtualClock, promise: Promise<T>, stepMs = 10): Promise<T> {
  const settled = promise.then(
    () => true,
    () => true,
  );
  for (;;) {
    const isDone = await Promise.race([settled, world.settle().then(() => false)]);
    if (isDone) return promise;
    await world.advanceBy(stepMs);
  }
}
