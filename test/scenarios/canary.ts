import { expect } from 'vitest';
import type { KubeObject } from '../../src/model/kube-object.ts';
import { expectOneWritePerIntent } from './one-write-per-intent.ts';
import type { Follower, Stage, Target } from './stage.ts';

const imageOf = ({ name }: Target, tag: 'v1' | 'v2'): string => `registry.example/shop/${name}:${tag}`;

export interface CanaryTimes {
  /** How long a run may make no progress: also how long new pods may take to get ready. */
  readonly stepDeadlineSeconds: number;
  /** For each stretch of the run, in the time of the world. */
  readonly stretchMs: number;
}

const PAYLOAD =
  '{ rollout { id name phase finished } operation { outcome actor } replayed userErrors { __typename code message path unblock } }';
const START = `mutation ($cluster: String!, $kind: WorkloadKind!, $namespace: String!, $name: String!, $image: String!, $deadline: Int!, $requestId: ID!) {
  rolloutStart(input: {
    workload: { name: { cluster: $cluster, kind: $kind, namespace: $namespace, name: $name } }
    change: { images: [{ container: "app", image: $image }] }
    steps: [{ target: 1, manual: true }, { target: "50%", manual: true }]
    stepDeadlineSeconds: $deadline
    requestId: $requestId
    reason: "canary"
  }) ${PAYLOAD}
}`;
const ADVANCE = `mutation ($rollout: ID!, $requestId: ID!) {
  rolloutAdvance(input: { rollout: $rollout, expectedStep: 0, requestId: $requestId }) ${PAYLOAD}
}`;
const ROLL_BACK = `mutation ($rollout: ID!, $requestId: ID!) {
  rolloutRollback(input: { rollout: $rollout, reason: "never ready", requestId: $requestId }) ${PAYLOAD}
}`;
const WATCH = `subscription ($rollout: ID!) {
  rolloutProgress(rollout: $rollout) {
    id phase finished currentStep
    progress { desired target updated updatedReady updatedAvailable }
    reason { code message unblock }
    causes { code message count }
  }
}`;
const SHOW = `query ($rollout: ID!) {
  rollout(id: $rollout) {
    id phase finished createdBy currentStep
    progress { desired target updated updatedReady updatedAvailable }
    reason { code message unblock }
    causes { code message count }
    timeline(first: 100) { nodes { actor code } }
  }
}`;

interface Shown {
  readonly id: string;
  readonly phase: string;
  readonly finished: boolean;
  readonly createdBy: string;
  readonly currentStep: number;
  readonly progress: { readonly desired: number; readonly target: number; readonly updated: number; readonly updatedAvailable: number };
  readonly reason: { readonly code: string; readonly message: string; readonly unblock: readonly string[] };
  readonly causes: readonly { readonly code: string; readonly message: string; readonly count: number }[];
  readonly timeline: { readonly nodes: readonly { readonly actor: string; readonly code: string }[] };
}

interface Payload {
  readonly rollout: { readonly id: string; readonly name: string; readonly phase: string } | null;
  readonly operation: { readonly outcome: string; readonly actor: string } | null;
  readonly userErrors: readonly object[];
}

/** What a person sees of one run: canary, half, trouble, back. Every sentence of it is checked. */
export async function playCanary(stage: Stage, target: Target, times: CanaryTimes): Promise<CanaryRun> {
  const run = new CanaryRun(stage, target, times);
  await run.play();
  return run;
}

export class CanaryRun {
  readonly #stage: Stage;
  readonly #target: Target;
  readonly #times: CanaryTimes;
  #followers: readonly Follower[] = [];
  /** Opaque, as the graph names the run. */
  id = '';
  /** As the hub and the label name it. */
  runId = '';

  constructor(stage: Stage, target: Target, times: CanaryTimes) {
    this.#stage = stage;
    this.#target = target;
    this.#times = times;
  }

  async play(): Promise<void> {
    const before = await this.untilCanary();
    await this.#stage.holdNewPods(this.#target, imageOf(this.#target, 'v2'));
    await this.advance();
    await this.#halted();
    await this.#back(before);
    await this.#everyPhaseSeen();
  }

  /** The run waits with one new pod; answers what the object was before. */
  async untilCanary(): Promise<KubeObject> {
    const before = await this.#settled();
    await this.#start();
    await this.#canary();
    return before;
  }

  async advance(): Promise<void> {
    await this.#command('rolloutAdvance', ADVANCE, { rollout: this.id });
  }

  /** To be asked last: one successful write for each intent, made as the person, and none besides. */
  async checkWrites(): Promise<void> {
    const [intents, writes] = [await this.#stage.intents(this.runId), await this.#stage.writes(this.#target)];
    expectOneWritePerIntent(this.runId, intents, writes);
    const { gatewayUser, person } = this.#stage;
    expect(writes.map(({ user, impersonated }) => [user, impersonated])).toEqual(writes.map(() => [gatewayUser, person]));
  }

  async #settled(): Promise<KubeObject> {
    const { until, read, pods } = bound(this.#stage);
    await until('ten pods at the first revision', async () => (await this.#split()) === '10 of the first, 0 of the second', 60_000);
    expect(await pods(this.#target)).toHaveLength(10);
    return read(this.#target);
  }

  async #start(): Promise<void> {
    const { cluster, kind, namespace, name } = this.#target;
    const payload = await this.#command('rolloutStart', START, {
      ...{ cluster, kind, namespace, name },
      image: imageOf(this.#target, 'v2'),
      deadline: this.#times.stepDeadlineSeconds,
    });
    this.id = payload.rollout?.id ?? '';
    this.runId = payload.rollout?.name ?? '';
    this.#followers = this.#stage.follow(WATCH, { rollout: this.id });
  }

  async #canary(): Promise<void> {
    const shown = await this.#untilPhase('WAITING');
    expect(shown).toMatchObject({
      currentStep: 0,
      createdBy: this.#stage.person,
      progress: { desired: 10, target: 1, updatedAvailable: 1 },
    });
    expect(shown.reason.unblock).toContain('rolloutAdvance');
    // It waits: nothing moves for as long as nobody says so.
    await this.#stage.passTime(this.#times.stretchMs / 20);
    expect(await this.#split()).toBe('9 of the first, 1 of the second');
    expect((await this.#show()).phase).toBe('WAITING');
  }

  async #halted(): Promise<void> {
    const shown = await this.#untilPhase('HALTED');
    // Two more may be unavailable at once: with those held the run goes no further.
    expect(shown).toMatchObject({ currentStep: 1, progress: { desired: 10, target: 5, updated: 3, updatedAvailable: 1 } });
    expect(shown.reason.code).toBe('Stuck:NotReady');
    expect(shown.reason.unblock).toContain('rolloutRollback');
    expect(shown.causes[0]).toMatchObject({ count: 2 });
    expect(await this.#split()).toBe('7 of the first, 3 of the second');
  }

  async #back(before: KubeObject): Promise<void> {
    await this.#command('rolloutRollback', ROLL_BACK, { rollout: this.id });
    const shown = await this.#untilPhase('ROLLED_BACK');
    expect(shown.finished).toBe(true);
    expect(await this.#split()).toBe('10 of the first, 0 of the second');
    const after = await this.#stage.read(this.#target);
    expect(after.spec).toEqual(before.spec);
    expect(after.metadata.labels).toEqual(before.metadata.labels);
    expect(shown.timeline.nodes.map(({ actor }) => actor)).toContain(this.#stage.person);
  }

  async #everyPhaseSeen(): Promise<void> {
    for (const follower of this.#followers) {
      const { transport, messages, troubles } = follower;
      const hasEnded = async () => (messages.at(-1) as Shown | undefined)?.finished === true;
      await this.#stage.until(`${transport} told the end`, hasEnded, this.#times.stretchMs).catch((cause: unknown) => {
        throw new Error(`${transport} told no end: ${JSON.stringify([messages.at(-1), troubles])}`, { cause });
      });
      await follower.close();
      const phases = (follower.messages as readonly Shown[]).map(({ phase }) => phase);
      if (this.#stage.hasKills) expect([follower.transport, phases.at(-1)]).toEqual([follower.transport, 'ROLLED_BACK']);
      else expect([follower.transport, inOrder(phases, PHASES)]).toEqual([follower.transport, PHASES]);
    }
  }

  async #command(field: string, document: string, variables: Readonly<Record<string, unknown>>): Promise<Payload> {
    const requestId = `${field}-${this.#target.cluster}-${this.#target.name}`;
    const payload = (await this.#stage.ask<Record<string, Payload>>(document, { ...variables, requestId }))[field];
    expect([field, payload?.userErrors]).toEqual([field, []]);
    expect(payload?.operation).toMatchObject({ outcome: 'APPLIED', actor: this.#stage.person });
    return payload as Payload;
  }

  async #show(): Promise<Shown> {
    const { rollout } = await this.#stage.ask<{ rollout: Shown }>(SHOW, { rollout: this.id });
    return rollout;
  }

  async #untilPhase(phase: string): Promise<Shown> {
    let shown: Shown | undefined;
    const isThere = async () => {
      shown = await this.#show();
      return shown.phase === phase;
    };
    await this.#stage.until(`${this.#target.kind} ${phase}`, isThere, this.#times.stretchMs).catch((error: unknown) => {
      throw new Error(`${this.#target.kind} is not ${phase}: ${JSON.stringify(shown)}`, { cause: error });
    });
    return shown as Shown;
  }

  async #split(): Promise<string> {
    const pods = await this.#stage.pods(this.#target);
    const count = (tag: 'v1' | 'v2') => pods.filter((pod) => firstImage(pod) === imageOf(this.#target, tag)).length;
    return `${count('v1')} of the first, ${count('v2')} of the second`;
  }
}

const PHASES = ['WAITING', 'RUNNING', 'HALTED', 'ROLLING_BACK', 'ROLLED_BACK'];

/** The longest beginning of `wanted` that `seen` went through in order. */
function inOrder(seen: readonly string[], wanted: readonly string[]): string[] {
  let at = 0;
  for (const phase of seen) if (phase === wanted[at]) at += 1;
  return wanted.slice(0, at);
}

function firstImage({ spec }: KubeObject): string | undefined {
  return (spec as { containers?: { image: string }[] } | undefined)?.containers?.[0]?.image;
}

function bound(stage: Stage) {
  return {
    until: stage.until.bind(stage),
    read: stage.read.bind(stage),
    pods: stage.pods.bind(stage),
  };
}

/** A workload of ten as the scenario begins with; two may be unavailable at once. */
export function tenOf(target: Target): KubeObject {
  const { kind, namespace, name } = target;
  const isCloneSet = kind === 'CLONE_SET';
  return {
    apiVersion: isCloneSet ? 'apps.kruise.io/v1alpha1' : 'apps/v1',
    kind: isCloneSet ? 'CloneSet' : 'Deployment',
    metadata: { name, namespace, labels: { app: name } },
    spec: {
      replicas: 10,
      selector: { matchLabels: { app: name } },
      ...(isCloneSet
        ? { updateStrategy: { maxUnavailable: 2 } }
        : { strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 2, maxSurge: 0 } } }),
      template: {
        metadata: { labels: { app: name } },
        spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'app', image: imageOf(target, 'v1') }] },
      },
    },
  };
}
