import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RolloutRepository } from '../../src/hub/rollout-repository.ts';
import type { KubeObject } from '../../src/model/kube-object.ts';
import { openEmbeddedHub } from '../../src/program/embedded-hub.ts';
import { stateOf } from '../../src/rollout/driver/run-record.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { silentLogger } from '../../src/runtime/logger.ts';
import { systemRandom } from '../../src/runtime/random.ts';
import type { UserName } from '../controlplane/accounts.ts';
import type { ClusterClient } from '../controlplane/cluster-client.ts';
import { holdNewPodsUnready } from '../controlplane/held-pods.ts';
import type { SharedControlPlane } from '../controlplane/shared-control-plane.ts';
import { until } from '../controlplane/until.ts';
import type { Follower, Stage, Target, WorkloadWrite } from '../scenarios/stage.ts';
import { GatewayProcess } from './gateway.ts';
import type { GraphqlAnswer, GraphqlClient, OpenStream } from './graphql-client.ts';
import { writesIn } from './workload-writes.ts';

const DEPS = { clock: systemClock, random: systemRandom, logger: silentLogger };
const RETRY_MS = 100;
const PATIENCE_MS = 60_000;

type Variables = Readonly<Record<string, unknown>>;

/**
 * The shared real clusters, and a gateway as a process that keeps its state in a folder. It may be killed and started
 * again at any moment: who asks asks again, who follows follows again.
 */
export class RealStage implements Stage {
  hasKills = false;
  readonly person: UserName = 'team-shop';
  readonly gatewayUser = 'gateway';
  readonly #controlPlane: SharedControlPlane;
  readonly #directory: string;
  readonly #args: readonly string[];
  readonly #held: AsyncDisposable[] = [];
  /** The gateway that answers, as soon as there is one. */
  #gateway: Promise<GatewayProcess>;
  /** Mutations that were asked for, by field, in order; and the phases that anybody was told, by a stream or an answer: for those who kill on that. */
  readonly asked: string[] = [];
  readonly phases: string[] = [];

  private constructor(controlPlane: SharedControlPlane, directory: string, args: readonly string[]) {
    this.#controlPlane = controlPlane;
    this.#directory = directory;
    this.#args = args;
    this.#gateway = this.#startGateway();
  }

  static async begin(controlPlane: SharedControlPlane, args: readonly string[] = []): Promise<RealStage> {
    const directory = await mkdtemp(join(tmpdir(), 'fleetgraph-stage-'));
    await controlPlane.writeKubeconfig({ user: 'gateway', path: join(directory, 'kubeconfig') });
    const stage = new RealStage(controlPlane, directory, args);
    await stage.#gateway;
    return stage;
  }

  get gateway(): Promise<GatewayProcess> {
    return this.#gateway;
  }

  cluster(name: string): ClusterClient {
    return this.#controlPlane.cluster(name);
  }

  /** SIGKILL, and another on the same folder at once. */
  async killGateway(): Promise<void> {
    this.hasKills = true;
    const { promise, resolve, reject } = Promise.withResolvers<GatewayProcess>();
    const before = this.#gateway;
    this.#gateway = promise;
    promise.catch(() => {});
    try {
      await (await before).kill();
      resolve(await this.#startGateway());
    } catch (error) {
      reject(error);
      throw error;
    }
  }

  async ask<T>(document: string, variables: Variables): Promise<T> {
    if (document.startsWith('mutation')) this.asked.push(/\b(rollout\w+)\(input/.exec(document)?.[1] ?? '');
    return this.#persistently(async (client) => {
      const answer = await client.ask(document, variables);
      if (answer.errors !== undefined || answer.status !== 200) {
        const text = `GraphQL ${answer.status}: ${JSON.stringify(answer.errors)}`;
        throw answer.status === 503 || isRetryable(answer.errors) ? new Error(text) : new Refusal(text);
      }
      const payload = Object.values(answer.data as object)[0] as { userErrors?: { code: string }[] } | null;
      // Nobody leads for a moment after a start; whoever asked before is still at it.
      if (payload?.userErrors?.some(({ code }) => PASSING.has(code))) throw new Error(JSON.stringify(payload.userErrors));
      this.#notePhase((answer.data as { rollout?: { phase?: string } | null }).rollout?.phase);
      return answer.data as T;
    });
  }

  #notePhase(phase: string | undefined): void {
    if (phase !== undefined && phase !== this.phases.at(-1)) this.phases.push(phase);
  }

  follow(document: string, variables: Variables): readonly Follower[] {
    return [
      this.#follower('WebSocket', (client) => client.overSocket(document, variables)),
      this.#follower('SSE', (client) => client.overSse(document, variables)),
    ];
  }

  async until(what: string, holds: () => Promise<boolean>, timeoutMs: number): Promise<void> {
    await until(what, { timeoutMs, everyMs: 150 }, holds);
  }

  async passTime(ms: number): Promise<void> {
    await sleep(ms);
  }

  read(target: Target): Promise<KubeObject> {
    return this.cluster(target.cluster).get<KubeObject>(pathOf(target));
  }

  async pods({ cluster, namespace, name }: Target): Promise<readonly KubeObject[]> {
    const selector = encodeURIComponent(`app=${name}`);
    const { items } = await this.cluster(cluster).get<{ items: KubeObject[] }>(
      `/api/v1/namespaces/${namespace}/pods?labelSelector=${selector}`,
    );
    return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  }

  async holdNewPods({ cluster, namespace }: Target, image: string): Promise<void> {
    this.#held.push(await holdNewPodsUnready(this.cluster(cluster), { namespace, image }));
  }

  async writes(target: Target): Promise<WorkloadWrite[]> {
    // The server writes its log a moment after its answer.
    await sleep(500);
    return writesIn(await this.cluster(target.cluster).auditEvents(), target);
  }

  /** Ends the gateway: its folder lets one process in. */
  async intents(runId: string) {
    await (await this.#gateway).stop();
    const hub = await openEmbeddedHub({ place: { directory: this.#dataDirectory }, ...DEPS });
    try {
      return stateOf(await new RolloutRepository({ apiServer: hub.apiServer, ...DEPS }).get(runId))?.status.intents ?? [];
    } finally {
      await hub.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#gateway).stop();
    await Promise.all(this.#held.map((held) => held[Symbol.asyncDispose]()));
    await rm(this.#directory, { recursive: true, force: true });
  }

  get #dataDirectory(): string {
    return join(this.#directory, 'data');
  }

  #startGateway(): Promise<GatewayProcess> {
    return GatewayProcess.start({
      kubeconfigPath: join(this.#directory, 'kubeconfig'),
      args: ['--auth', 'token-review', '--data-dir', this.#dataDirectory, ...this.#args],
    });
  }

  /** Asks whichever gateway there is, again and again while there is none or it goes in the middle. */
  async #persistently<T>(ask: (client: GraphqlClient) => Promise<T>): Promise<T> {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      const gateway = await this.#gateway;
      try {
        return await ask(gateway.client(this.#controlPlane.tokens[this.person]));
      } catch (error) {
        if (error instanceof Refusal || performance.now() > deadline) throw error;
        await sleep(RETRY_MS);
      }
    }
  }

  #follower(transport: string, open: (client: GraphqlClient) => OpenStream): Follower {
    const messages: unknown[] = [];
    const troubles: string[] = [];
    let stream: OpenStream | undefined;
    let isClosed = false;
    let failure: Error | undefined;
    const read = async () => {
      while (!isClosed) {
        stream = open((await this.#gateway).client(this.#controlPlane.tokens[this.person]));
        try {
          for await (const { data, errors } of stream.results) {
            if (errors !== undefined) throw isRetryable(errors) ? new Error(JSON.stringify(errors)) : new Refusal(JSON.stringify(errors));
            const [message] = Object.values(data as object) as { phase: string }[];
            messages.push(message);
            this.#notePhase(message?.phase);
          }
          troubles.push('completed');
          // Completed: the run is over.
          if (!isClosed) return;
        } catch (error) {
          troubles.push(String(error).slice(0, 200));
          if (!(error instanceof Refusal)) await sleep(RETRY_MS);
          else {
            failure = error;
            return;
          }
        }
      }
    };
    const reading = read();
    const close = async () => {
      isClosed = true;
      await stream?.close();
      await reading;
      if (failure !== undefined) throw failure;
    };
    return { transport, messages, troubles, close };
  }
}

/** An answer, if not the one that was hoped for: asking again would not help. */
class Refusal extends Error {}

const PASSING: ReadonlySet<string> = new Set(['NOT_LEADING', 'STILL_UNDER_WAY', 'HUB_UNAVAILABLE', 'OUTCOME_UNKNOWN', 'RIGHTS_UNKNOWN']);

function isRetryable(errors: GraphqlAnswer['errors']): boolean {
  return errors?.every(({ extensions }) => extensions?.retryable === true) === true;
}

function pathOf({ kind, namespace, name }: Target): string {
  const collection = kind === 'CLONE_SET' ? 'apis/apps.kruise.io/v1alpha1' : 'apis/apps/v1';
  return `/${collection}/namespaces/${namespace}/${kind === 'CLONE_SET' ? 'clonesets' : 'deployments'}/${name}`;
}
