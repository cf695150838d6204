import type { KubeObject } from '../../../src/model/kube-object.ts';
import type { RolloutState } from '../../../src/rollout/state.ts';
import { isFinished } from '../../../src/rollout/state.ts';
import { type Random, seededRandom } from '../../../src/runtime/random.ts';
import { drive } from '../virtual-gateway.ts';
import { APP } from './history.ts';
import { runOfWrite, violationsOfRun, violationsOfStory } from './invariants.ts';
import type { NetworkRules, WriteFate, WriteMoment } from './network.ts';
import { AUTHOR, type StoryKind, StoryWorld } from './story-world.ts';

export interface StoryResult {
  readonly seed: number;
  readonly violations: readonly string[];
  readonly lines: readonly string[];
  /** Of the last run. */
  readonly phase: string;
  readonly runs: number;
  readonly writes: number;
}

const PAYLOAD = '{ rollout { name phase } operation { outcome } replayed userErrors { code message } }';
const START = `mutation ($kind: WorkloadKind!, $cluster: String!, $image: String!, $steps: [RolloutStepInput!], $onFailure: RolloutFailurePolicy, $requestId: ID!) {
  rolloutStart(input: {
    workload: { name: { cluster: $cluster, kind: $kind, namespace: "shop", name: "${APP}" } }
    change: { images: [{ container: "app", image: $image }] }
    steps: $steps, stepDeadlineSeconds: 120, onFailure: $onFailure, requestId: $requestId
  }) { rollout { id name phase } operation { outcome } replayed userErrors { code message } }
}`;
const VERBS = ['advance', 'pause', 'resume', 'abort', 'rollback', 'retry'] as const;
type Verb = (typeof VERBS)[number];
const COMMANDS = Object.fromEntries(
  VERBS.map((verb) => {
    const field = `rollout${verb[0]?.toUpperCase()}${verb.slice(1)}`;
    return [verb, `mutation ($rollout: ID!, $requestId: ID!) { ${field}(input: { rollout: $rollout, requestId: $requestId }) ${PAYLOAD} }`];
  }),
) as Record<Verb, string>;

interface Payload {
  readonly rollout: { readonly id: string; readonly name: string; readonly phase: string } | null;
  readonly replayed: boolean;
  readonly operation: { readonly outcome: string } | null;
  readonly userErrors: readonly { readonly code: string; readonly message: string }[];
}

/** One run of the story. */
interface Told {
  readonly runId: string;
  readonly globalId: string;
  readonly original: KubeObject;
  readonly startedAt: number;
  readonly accepted: { readonly at: number; readonly verb: string }[];
}

interface Asked {
  readonly document: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly verb: string;
  /** Of a start: the object before, and when. */
  readonly before?: KubeObject;
  readonly at?: number;
  answer?: Payload;
}

/** One run under random commands and faults, through whole gateways; the same seed tells the same story. */
export async function tellStory(seed: number, deeds = 30): Promise<StoryResult> {
  const random = seededRandom(seed);
  await using story = await Story.begin(seed, random);
  return await story.tell(deeds);
}

type Deed = readonly [weight: number, name: string, act: () => Promise<void> | void];

class Story implements AsyncDisposable {
  readonly lines: string[] = [];
  readonly #seed: number;
  readonly #random: Random;
  readonly #world: StoryWorld;
  #image = '';
  readonly #kind: StoryKind;
  readonly #startedAt: number;
  readonly #runs: Told[] = [];
  readonly #problems: string[] = [];
  readonly #deeds: readonly Deed[];
  #requests = 0;
  #last: Asked | undefined;
  #downNode: string | undefined;
  #role: 'edit' | 'view' | undefined = 'edit';

  private constructor(seed: number, random: Random, world: StoryWorld, kind: StoryKind) {
    this.#seed = seed;
    this.#random = random;
    this.#world = world;
    this.#kind = kind;
    this.#startedAt = world.clock.now();
    this.#deeds = this.#repertoire();
  }

  static async begin(seed: number, random: Random): Promise<Story> {
    const kind = random.pick<StoryKind>(['Deployment', 'CloneSet']);
    const gateways = random.int(4) === 0 ? 2 : 1;
    const world = await StoryWorld.begin({ seed, kind, replicas: random.pick([1, 2, 5, 10]), gateways });
    return new Story(seed, random, world, kind);
  }

  async tell(deeds: number): Promise<StoryResult> {
    const world = this.#world;
    this.#say(`${this.#kind} of ${world.object.spec?.['replicas']}, ${world.processes.length} gateway(s)`);
    try {
      for (let tries = 0; tries < 60 && this.#runs.length === 0; tries += 1) {
        if (tries > 0) await this.#pass(1_000);
        await this.#start();
      }
      if (this.#runs.length === 0) throw new Error('it never began');
      for (let deed = 0; deed < deeds; deed += 1) await this.#act();
      await this.#calm();
      this.#problems.push(...violationsOfStory(world.history.writes, world.sent));
      for (const told of this.#runs) this.#problems.push(...this.#judge(told));
    } catch (error) {
      this.#problems.push(`it threw: ${error instanceof Error ? error.stack : String(error)}`);
    }
    const phase = this.#runs.length === 0 ? 'NONE' : (world.run(this.#current.runId)?.status.phase ?? 'GONE');
    return {
      ...{ seed: this.#seed, violations: this.#problems, lines: this.lines, phase },
      runs: this.#runs.length,
      writes: world.history.ours.length,
    };
  }

  #judge(told: Told): string[] {
    const { history, object } = this.#world;
    const isLast = told === this.#runs.at(-1);
    const writes = history.writes.filter(
      (write) => write.at >= told.startedAt && (write.by === 'somebody' || runOfWrite(write) === told.runId),
    );
    const strays = history.pods((pod) => !sameImage(pod, object));
    const { accepted } = told;
    // As the server had it when the run first wrote.
    const original = writes.find(({ by }) => by !== 'somebody')?.before ?? told.original;
    const run = this.#run(told.runId);
    const found = violationsOfRun({
      original,
      accepted,
      writes,
      run,
      strays,
      object: isLast ? object : undefined,
      pods: history.pods(() => true),
    });
    return found.map((violation) => `${told.runId}: ${violation}`);
  }

  get #current(): Told {
    const last = this.#runs.at(-1);
    if (last === undefined) throw new Error('no run yet');
    return last;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#world[Symbol.asyncDispose]();
  }

  // ------------------------------------------------------------------------------------------------ beginning

  async #start(): Promise<void> {
    const manual = true;
    const steps = this.#random.pick([
      [{ target: 1, manual }],
      [
        { target: 1, manual },
        { target: '50%', manual },
      ],
      [
        { target: '10%', manual },
        { target: '40%', manual },
        { target: '70%', manual },
      ],
      [{ target: '50%', manual }],
    ]);
    this.#requests += 1;
    const tag = this.#random.pick(['', '', '', '', '-slow', '-broken', '-crash', '-missing']);
    const image = `registry.example/shop/story:v${this.#requests + 1}${tag}`;
    const variables = {
      kind: this.#kind === 'CloneSet' ? 'CLONE_SET' : 'DEPLOYMENT',
      cluster: this.#world.cluster.name,
      image,
      steps,
      onFailure: this.#random.int(4) === 0 ? 'ROLL_BACK' : 'HALT',
      requestId: `start-${this.#requests}`,
    };
    const asked: Asked = {
      document: START,
      variables,
      verb: 'start',
      before: structuredClone(this.#world.object),
      at: this.#world.clock.now(),
    };
    // An answer that was lost: the same request tells.
    if ((await this.#ask(asked)) === undefined) await this.#ask(asked);
  }

  /** A run that nobody knew of so far, by the answer to a start or to its repetition. */
  #noteStart({ variables, before, at = 0 }: Asked, { rollout, operation }: Payload): void {
    if (rollout === null || before === undefined || operation?.outcome !== 'APPLIED') return;
    if (this.#runs.some(({ runId }) => runId === rollout.name)) return;
    if (this.#runs.some(({ runId }) => !isFinished(this.#run(runId))))
      this.#problems.push(`a second run ${rollout.name} was started beside another`);
    this.#image = String(variables['image']);
    this.#world.history.image = this.#image;
    const accepted = [{ at, verb: 'start' }];
    this.#runs.push({ runId: rollout.name, globalId: rollout.id, original: before, startedAt: at, accepted });
    this.#say(`  ${rollout.name} to ${this.#image}`);
  }

  // ---------------------------------------------------------------------------------------------------- deeds

  #repertoire(): Deed[] {
    const pick = this.#random;
    const seconds = (...choices: number[]) => pick.pick(choices) * 1_000;
    return [
      [30, 'time passes', () => this.#pass(seconds(2, 4, 10, 20, 40, 90))],
      [16, 'advance', () => this.#command('advance')],
      [5, 'pause', () => this.#command('pause')],
      [8, 'resume', () => this.#command('resume')],
      [1, 'abort', () => this.#command('abort')],
      [4, 'rollback', () => this.#command('rollback')],
      [5, 'retry', () => this.#command('retry')],
      [5, 'start', () => this.#start()],
      [4, 'the last request again', () => this.#repeat()],
      [5, 'kill', () => this.#kill()],
      [6, 'kill at the next patch', () => this.#killAtPatch()],
      [4, 'stop', () => this.#stop(seconds(3, 9, 14, 20))],
      [9, 'the next patch goes astray', () => this.#astray()],
      [4, 'a late patch arrives', () => this.#arrive()],
      [4, 'the hub is away', () => this.#cut('hubRules', seconds(1, 4, 12))],
      [4, 'an answer of the hub is lost', () => this.#loseHubAnswer()],
      [4, 'the cluster is away', () => this.#cut('rules', seconds(1, 5, 15, 40))],
      [2, 'watches end', () => this.#world.faults.cutWatches(this.#world.cluster.name)],
      [3, 'scale', () => this.#scale()],
      [2, 'edit', () => this.#edit()],
      [3, 'a node fails or returns', () => this.#node()],
      [3, 'new pods are held, or no more', () => this.#hold()],
      [2, 'the right is taken, or given back', () => this.#right()],
    ];
  }

  async #act(): Promise<void> {
    const total = this.#deeds.reduce((sum, [weight]) => sum + weight, 0);
    let at = this.#random.int(total);
    for (const [weight, name, act] of this.#deeds) {
      at -= weight;
      if (at >= 0) continue;
      this.#say(name);
      await act();
      return;
    }
  }

  async #command(verb: Verb): Promise<void> {
    this.#requests += 1;
    const variables = { rollout: this.#current.globalId, requestId: `${verb}-${this.#requests}` };
    await this.#ask({ document: COMMANDS[verb], variables, verb });
  }

  /** The same question has the same answer, if it had one that was final. */
  async #repeat(): Promise<void> {
    if (this.#last === undefined) return;
    const { answer, ...asked } = this.#last;
    const wasDone = answer?.operation?.outcome === 'APPLIED' && answer.userErrors.length === 0;
    // What was refused is asked for anew.
    const isNew = asked.verb === 'start' && answer !== undefined && !wasDone;
    const now = { before: structuredClone(this.#world.object), at: this.#world.clock.now() };
    const again = await this.#ask(isNew ? { ...asked, ...now } : asked);
    if (!wasDone || again === undefined || again.userErrors.some(({ code }) => PASSING.has(code))) return;
    // Who may not see it any more is told that there is nothing.
    if (again.operation === null) return;
    if (!again.replayed || again.operation.outcome !== 'APPLIED')
      this.#problems.push(`${String(asked.variables['requestId'])} was done again: ${JSON.stringify(again)}`);
  }

  async #kill(): Promise<void> {
    const process = this.#random.pick(this.#world.processes);
    this.#world.kill(process);
    await this.#pass(this.#random.pick([0, 0, 500, 5_000, 20_000]));
    await this.#world.startProcess(process);
  }

  #killAtPatch(): void {
    const wanted = this.#random.pick<WriteMoment>(['before-send', 'sent', 'answered']);
    this.#say(`  ${wanted}`);
    this.#world.onPatch = (process, moment) => {
      if (moment !== wanted) return;
      this.#world.onPatch = () => {};
      this.#say(`  ${process.name} dies at a patch`);
      this.#world.kill(process);
    };
  }

  async #stop(ms: number): Promise<void> {
    const process = this.#random.pick(this.#world.processes);
    this.#say(`  ${process.name} for ${ms} ms`);
    process.gateway?.pause();
    const { gateway } = process;
    await this.#world.clock.advanceBy(ms);
    gateway?.resume();
    await this.#pass(this.#random.pick([0, 1_000]));
  }

  #astray(): void {
    const process = this.#random.pick(this.#world.processes);
    process.rules.nextWrite = this.#random.pick<WriteFate>([
      'lost-before',
      'lost-after',
      'lost-after',
      'late',
      'late',
      'unreachable',
      'throttled',
    ]);
    this.#say(`  ${process.rules.nextWrite}`);
  }

  async #arrive(): Promise<void> {
    const process = this.#random.pick(this.#world.processes);
    await process.rules.lateWrites
      .shift()?.()
      .catch((error: unknown) => this.#say(`  ${String(error).slice(0, 80)}`));
  }

  async #cut(rules: 'rules' | 'hubRules', ms: number): Promise<void> {
    const cut = this.#world.processes.map((process) => process[rules]);
    for (const each of cut) each.isCut = true;
    if (rules === 'rules') this.#world.cluster.core.closeWatches();
    else this.#world.hub.closeWatches();
    await this.#pass(ms);
    for (const each of cut) each.isCut = false;
  }

  #loseHubAnswer(): void {
    const process = this.#random.pick(this.#world.processes);
    process.hubRules.nextWrite = this.#random.pick<WriteFate>(['lost-after', 'lost-before', 'unreachable']);
  }

  async #scale(): Promise<void> {
    const replicas = this.#random.pick([3, 6, 10, 12]);
    this.#say(`  to ${replicas}`);
    await this.#patch({ op: 'replace', path: '/spec/replicas', value: replicas });
  }

  async #edit(): Promise<void> {
    const pausePath = this.#kind === 'CloneSet' ? '/spec/updateStrategy/paused' : '/spec/paused';
    const edit = this.#random.pick([
      { op: 'replace', path: '/spec/template/spec/containers/0/image', value: 'registry.example/shop/story:hotfix' },
      { op: 'add', path: pausePath, value: true },
      { op: 'remove', path: '/metadata/labels/fleetgraph.io~1rollout' },
    ] as const);
    this.#say(`  ${edit.path}`);
    await this.#patch(edit);
  }

  async #patch(operation: { op: 'replace' | 'add'; path: string; value: unknown } | { op: 'remove'; path: string }): Promise<void> {
    const { somebody, resource } = this.#world;
    await somebody
      .patch(resource, { namespace: 'shop', name: APP }, { type: 'json', operations: [operation] })
      .catch((error: unknown) => this.#say(`  ${String(error).slice(0, 80)}`));
  }

  #node(): void {
    const { faults, cluster } = this.#world;
    if (this.#downNode !== undefined) {
      faults.nodeUp(cluster.name, this.#downNode);
      this.#downNode = undefined;
      return;
    }
    const names = [...cluster.core.objects('nodes')].map(({ metadata }) => metadata.name);
    this.#downNode = this.#random.pick(names);
    faults.nodeDown(cluster.name, this.#downNode);
  }

  #hold(): void {
    const { faults, cluster, clock } = this.#world;
    if (this.#random.int(2) === 0) faults.holdNewUnready(cluster.name, this.#image, clock.now());
    else faults.holdUnready(cluster.name, this.#image, false);
  }

  /** The team may edit; now it may look, or not even that, and then it may edit again. */
  async #right(): Promise<void> {
    this.#role = this.#role === 'edit' ? this.#random.pick(['view', 'view', undefined]) : 'edit';
    await this.#bind(this.#role);
  }

  async #bind(role: 'edit' | 'view' | undefined): Promise<void> {
    const { somebody } = this.#world;
    const metadata = { namespace: 'shop', name: 'team-shop' };
    await somebody.delete(ROLE_BINDINGS, metadata).catch(() => {});
    if (role === undefined) return;
    const apiGroup = ROLE_BINDINGS.group;
    await somebody.create(ROLE_BINDINGS, {
      apiVersion: `${apiGroup}/v1`,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup, kind: 'ClusterRole', name: role },
      subjects: [{ kind: 'User', apiGroup, name: AUTHOR.user.username }],
    });
  }

  // ------------------------------------------------------------------------------------------------------ end

  /** Faults cease and time goes on: the run must end, or wait for a person and say so. */
  async #calm(): Promise<void> {
    const world = this.#world;
    this.#say('calm');
    world.onPatch = () => {};
    for (const process of world.processes) {
      const rules: NetworkRules[] = [process.rules, process.hubRules];
      for (const each of rules) Object.assign(each, { isCut: false, nextWrite: 'answered' });
      await world.startProcess(process);
    }
    await this.#bind('edit');
    if (this.#downNode !== undefined) world.faults.nodeUp(world.cluster.name, this.#downNode);
    await this.#pass(2_000);
    for (const { rules } of world.processes) for (const late of rules.lateWrites.splice(0)) await late().catch(() => {});
    await this.#pass(30_000);
    for (let looks = 0; looks < 150 && !isAtRest(this.#run(this.#current.runId)); looks += 1) await this.#pass(20_000);
    await this.#pass(5_000);
  }

  // ------------------------------------------------------------------------------------------------- machinery

  /** Asks a gateway that lives; undefined when no answer came. */
  async #ask(asked: Asked): Promise<Payload | undefined> {
    const world = this.#world;
    this.#last = asked;
    const living = world.processes.filter(({ gateway }) => gateway !== undefined);
    if (living.length === 0) {
      await this.#revive();
      return undefined;
    }
    const { gateway } = this.#random.pick(living);
    if (gateway === undefined) return undefined;
    const at = world.clock.now();
    const answer = gateway.ask(AUTHOR, asked.document, asked.variables).then(({ data, errors }) => {
      if (errors !== undefined) throw new Error(errors.map(({ message }) => message).join('; '));
      return Object.values(data as Record<string, Payload>)[0] as Payload;
    });
    const late = world.clock.sleep(ANSWER_MS).then(() => undefined);
    const payload = await drive(world.clock, Promise.race([answer, late]), 50);
    await this.#revive();
    if (payload === undefined) {
      answer.catch(() => {});
      this.#say('  no answer');
      // It may have been accepted all the same.
      this.#runs.at(-1)?.accepted.push({ at, verb: asked.verb });
      return undefined;
    }
    if (payload.operation?.outcome === 'APPLIED' && !payload.replayed) this.#runs.at(-1)?.accepted.push({ at, verb: asked.verb });
    asked.answer = payload;
    if (asked.verb === 'start') this.#noteStart(asked, payload);
    this.#say(`  ${payload.userErrors.map(({ code }) => code).join() || payload.operation?.outcome} ${payload.replayed ? 'again' : ''}`);
    return payload;
  }

  async #pass(ms: number): Promise<void> {
    const until = this.#world.clock.monotonic() + ms;
    do {
      await this.#world.clock.advanceBy(Math.max(0, Math.min(5_000, until - this.#world.clock.monotonic())));
      await this.#revive();
    } while (this.#world.clock.monotonic() < until);
    const { status } = this.#runs.length === 0 ? {} : (this.#world.run(this.#current.runId) ?? {});
    if (status !== undefined)
      this.#say(`  ${status.phase} ${status.reason.code} ${status.meter.progress.updated}/${status.meter.progress.target}`);
  }

  /** Somebody always starts again what died at a patch. */
  async #revive(): Promise<void> {
    for (const process of this.#world.processes) if (process.gateway === undefined) await this.#world.startProcess(process);
  }

  #run(id: string): RolloutState {
    const run = this.#world.run(id);
    if (run === undefined) throw new Error(`the hub has no run ${id}`);
    return run;
  }

  #say(text: string): void {
    const line = `${String(((this.#world.clock.now() - this.#startedAt) / 1_000).toFixed(1)).padStart(7)} s  ${text}`;
    if (this.lines.at(-1) !== line) this.lines.push(line);
  }
}

const ANSWER_MS = 30_000;
const PASSING: ReadonlySet<string> = new Set(['NOT_LEADING', 'STILL_UNDER_WAY', 'HUB_UNAVAILABLE', 'OUTCOME_UNKNOWN']);
const ROLE_BINDINGS = {
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  resource: 'rolebindings',
  kind: 'RoleBinding',
  namespaced: true,
} as const;

function isAtRest(run: RolloutState): boolean {
  const { phase, steps, currentStep } = run.status;
  if (isFinished(run) || phase === 'PAUSED' || phase === 'ROLLBACK_FAILED' || phase === 'HALTED') return true;
  return phase === 'WAITING' && steps[currentStep]?.state === 'WAITING';
}

function sameImage(pod: { spec?: unknown }, object: { spec?: unknown }): boolean {
  const imageOf = (spec: unknown) => (spec as { containers: { image: string }[] }).containers[0]?.image;
  const { template } = object.spec as { template: { spec: unknown } };
  return imageOf(pod.spec) === imageOf(template.spec);
}
