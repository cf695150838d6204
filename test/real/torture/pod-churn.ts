import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../../src/runtime/random.ts';
import type { ClusterClient } from '../../controlplane/cluster-client.ts';
import type { KubeResponse } from '../../controlplane/kube-request.ts';
import { image } from '../workloads.ts';

export interface PodChurnOptions {
  readonly cluster: ClusterClient;
  readonly namespace: string;
  /** Names `pod-0` to `pod-(pods - 1)`: a name comes back with another uid, again and again. */
  readonly pods: number;
  readonly nodes: readonly string[];
  readonly random: Random;
  /** The API server will be away at times: what cannot be written then is left out. Default: that is an error. */
  readonly outages?: boolean;
}

const WRITERS = 16;
/** Pods that one request deletes: a server takes its time over more. */
const ROW_SIZE = 20;
/** So much of the whole may be away before something comes back. */
const VACANT_SHARE = 0.03;
/** `missing` and `broken` make KWOK report containers that wait; every tag is another status. */
const TAGS = ['v1', 'v2', 'v3', 'broken', 'missing'];
/** Answers that mean that another write came first. */
const OVERTAKEN = new Set([404, 409]);
/** Answers of a server that starts or stops; at first it refuses everybody, as it does not know its roles yet. */
const UNREADY = new Set([401, 403, 429, 500, 503, 504]);

class Unready extends Error {}

/** Pods on the nodes that KWOK plays, created, changed and deleted through the API, each straight onto a node. */
export class PodChurn {
  readonly #options: PodChurnOptions;
  /** Slots without a pod, or with one that still ends. */
  readonly #vacant: number[] = [];
  #turn = 0;
  #writes = 0;

  constructor(options: PodChurnOptions) {
    this.#options = options;
  }

  /** Writes so far, those that came too late included. */
  get writes(): number {
    return this.#writes;
  }

  /** Creates those that are not there. */
  async fill(): Promise<void> {
    const waiting = Array.from({ length: this.#options.pods }, (_, slot) => slot);
    await Promise.all(
      Array.from({ length: WRITERS }, async () => {
        for (let slot = waiting.pop(); slot !== undefined; slot = waiting.pop()) await this.#create(slot);
      }),
    );
  }

  /** Changes after changes, about so many writes a second, until `signal` fires. */
  async run(writesPerSecond: number, signal: AbortSignal): Promise<void> {
    const startedAt = performance.now();
    const before = this.#writes;
    const isEarly = (): boolean => this.#writes - before > ((performance.now() - startedAt) / 1_000) * writesPerSecond;
    await Promise.all(
      Array.from({ length: WRITERS }, async () => {
        while (!signal.aborted) await (isEarly() ? sleep(20) : this.#attempt());
      }),
    );
  }

  async #attempt(): Promise<void> {
    try {
      await this.#step();
    } catch (error) {
      if (!this.#mayBe(error)) throw error;
      await sleep(200);
    }
  }

  /** A busy server may leave a write without an answer; whether it was done does not matter here. */
  #mayBe(error: unknown): boolean {
    const isOutage = error instanceof Unready || (error as NodeJS.ErrnoException).code !== undefined;
    return String(error).includes('no answer within') || (this.#options.outages === true && isOutage);
  }

  #step(): Promise<void> {
    const { random, pods } = this.#options;
    if (this.#vacant.length > pods * VACANT_SHARE) return this.#create(this.#vacant.shift() ?? 0);
    const slot = random.int(pods);
    const chance = random.next();
    if (chance < 0.4) return this.#label(slot);
    if (chance < 0.55) return this.#changeImage(slot);
    if (chance < 0.85) return this.#replace(slot);
    if (chance < 0.998) return this.#deleteGracefully(slot);
    return this.#replaceRow(random.int(this.#rows));
  }

  #label(slot: number): Promise<void> {
    this.#turn += 1;
    return this.#patch(slot, { metadata: { labels: { turn: `${this.#turn}` } } }, 'merge');
  }

  #changeImage(slot: number): Promise<void> {
    return this.#patch(slot, { spec: { containers: [{ name: 'app', image: image(this.#options.random.pick(TAGS)) }] } }, 'strategic-merge');
  }

  /** At once, and the same name again. */
  async #replace(slot: number): Promise<void> {
    await this.#send('DELETE', `${this.#path}/pod-${slot}?gracePeriodSeconds=0`);
    await this.#create(slot);
  }

  /** The kubelet ends it; the name is free for a while. */
  async #deleteGracefully(slot: number): Promise<void> {
    if (this.#vacant.includes(slot)) return;
    this.#vacant.push(slot);
    await this.#send('DELETE', `${this.#path}/pod-${slot}`);
  }

  /** One request deletes many, and they come back one by one. */
  async #replaceRow(row: number): Promise<void> {
    await this.#send('DELETE', `${this.#path}?labelSelector=row%3D${row}&gracePeriodSeconds=0`);
    for (let slot = row; slot < this.#options.pods; slot += this.#rows) await this.#create(slot);
  }

  async #create(slot: number): Promise<void> {
    const { nodes, random } = this.#options;
    const status = await this.#send('POST', this.#path, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `pod-${slot}`, labels: { app: `app-${slot % 7}`, row: `${slot % this.#rows}` } },
      spec: { nodeName: nodes[slot % nodes.length], containers: [{ name: 'app', image: image(random.pick(TAGS)) }] },
    });
    // There already, or not yet gone.
    if (status === 409 && !this.#vacant.includes(slot)) this.#vacant.push(slot);
  }

  async #patch(slot: number, body: object, type: 'merge' | 'strategic-merge'): Promise<void> {
    const headers = { 'content-type': `application/${type}-patch+json` };
    this.#accepted(await this.#options.cluster.request('PATCH', `${this.#path}/pod-${slot}`, body, { headers }));
  }

  async #send(method: string, path: string, body?: object): Promise<number> {
    return this.#accepted(await this.#options.cluster.request(method, path, body));
  }

  /** The status; throws for a refusal that has another reason than another write. */
  #accepted({ isOk, status, text }: KubeResponse): number {
    this.#writes += 1;
    if (UNREADY.has(status)) throw new Unready(`${status} ${text.slice(0, 300)}`);
    if (!isOk && !OVERTAKEN.has(status)) throw new Error(`a write was refused: ${status} ${text.slice(0, 300)}`);
    return status;
  }

  get #rows(): number {
    return Math.ceil(this.#options.pods / ROW_SIZE);
  }

  get #path(): string {
    return `/api/v1/namespaces/${this.#options.namespace}/pods`;
  }
}
