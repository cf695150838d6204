import type { RolloutObservation, RolloutVerb } from '../../../src/rollout/events.ts';
import { runOf } from '../../../src/rollout/new-run.ts';
import { planRollout } from '../../../src/rollout/plan.ts';
import type { StepRequest } from '../../../src/rollout/planned-steps.ts';
import { type IntentOp, isFinished, type RolloutState } from '../../../src/rollout/state.ts';
import { type Random, seededRandom } from '../../../src/runtime/random.ts';
import { type CrashPoint, Driver, type PatchFault } from './driver.ts';
import { violations } from './invariants.ts';
import { ModelCluster } from './model-cluster.ts';
import { revisionOf } from './model-object.ts';
import { aModelWorkload, type ModelKind } from './workloads.ts';

export const START = Date.UTC(2026, 0, 5, 9);
const ALICE = { username: 'alice', groups: ['dev'] };
const BOB = { username: 'bob', groups: ['sre'] };

export interface StoryResult {
  readonly seed: number;
  readonly violations: readonly string[];
  readonly lines: readonly string[];
  readonly phase: string;
  readonly writes: number;
}

/** One run of a rollout under random commands and faults; the same seed tells the same story. */
export function tellStory(seed: number, commands = 30): StoryResult {
  return new Story(seed).tell(commands);
}

type Deed = readonly [weight: number, name: string, act: () => void];

class Story {
  readonly random: Random;
  readonly cluster: ModelCluster;
  readonly driver: Driver;
  readonly initial: RolloutState;
  readonly lines: string[] = [];
  readonly #seed: number;
  readonly #deeds: readonly Deed[];
  /** Nothing has happened that would keep a correct run from ending. */
  isUndisturbed = true;
  #commands = 0;
  #lagMs = 0;
  #staleUntil = 0;
  readonly #seen: { readonly at: number; readonly observation: RolloutObservation | undefined }[] = [];
  #last = '';

  constructor(seed: number) {
    this.#seed = seed;
    this.random = seededRandom(seed);
    const kind = this.random.pick<ModelKind>(['Deployment', 'Deployment', 'CloneSet v1alpha1', 'CloneSet v1beta1']);
    const replicas = this.random.pick([1, 2, 5, 10, 10, 10, 17]);
    const object = aModelWorkload(kind, replicas, {
      paused: this.random.int(20) === 0,
      maxUnavailable: this.random.pick<string | number>(['25%', 2, 0]),
    });
    this.cluster = new ModelCluster(object, START);
    this.cluster.originalMinReady = 4;
    this.initial = this.#begin();
    this.driver = new Driver(this.initial, this.cluster);
    this.#deeds = this.#repertoire();
  }

  tell(commands: number): StoryResult {
    const problems: string[] = [];
    try {
      this.#beginRun();
      for (let turn = 0; turn < commands; turn += 1) this.#act();
      this.#calm();
      problems.push(...violations(this.initial, this.cluster, this.driver));
    } catch (error) {
      problems.push(`it threw: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
    return {
      seed: this.#seed,
      violations: problems,
      lines: this.lines,
      phase: this.driver.state.status.phase,
      writes: this.driver.sent.length,
    };
  }

  /** Now and then somebody thinks better of it before the first patches are answered. */
  #beginRun(): void {
    const isHasty = this.random.int(5) === 0;
    if (isHasty) this.driver.slowAnswer = this.random.pick<IntentOp>(['CLAIM', 'START', 'START']);
    this.driver.deliver({ type: 'leadership', epoch: 1 });
    if (!isHasty) return;
    this.#command(this.random.pick<RolloutVerb>(['rollback', 'rollback', 'abort', 'pause']));
    this.driver.slowAnswer = undefined;
    if (this.random.int(3) === 0) this.driver.crash();
    this.driver.hear();
  }

  #begin(): RolloutState {
    const object = this.cluster.read();
    if (object === undefined) throw new Error('no object');
    const image = `registry.example/web:${this.random.pick(['v2', 'v2', 'v2', 'v2', 'v2-missing', 'v2-crash', 'v2-broken'])}`;
    const replicas = Number(object.spec?.['replicas']);
    const outcome = planRollout(object, { images: [{ container: 'app', image }] }, this.#steps(replicas), {
      cluster: 'dev',
      workloadKind: object.kind === 'CloneSet' ? 'CLONE_SET' : 'DEPLOYMENT',
      resource: object.kind === 'CloneSet' ? 'clonesets' : 'deployments',
      now: START,
      revisions: [],
      currentRevision: revisionOf(object),
      onFailure: this.random.int(3) === 0 ? 'ROLL_BACK' : 'HALT',
    });
    if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems));
    return runOf(outcome.plan, { runId: 'run7', createdAt: this.cluster.now, author: ALICE, epoch: 1 });
  }

  #steps(replicas: number): StepRequest[] {
    const pause = (): Omit<StepRequest, 'target'> => this.random.pick([{ manual: true }, { manual: true }, { pauseSeconds: 20 }, {}]);
    const shapes: StepRequest[][] = [
      [],
      [{ target: 1, ...pause() }],
      [
        { target: 1, ...pause() },
        { target: '50%', ...pause() },
      ],
      [
        { target: '10%', ...pause() },
        { target: '40%', ...pause() },
        { target: '70%', ...pause() },
      ],
      [
        { target: Math.min(2, replicas), ...pause() },
        { target: '100%', ...pause() },
      ],
    ];
    return this.random.pick(shapes);
  }

  // ----------------------------------------------------------------------------------------------- deeds

  #repertoire(): Deed[] {
    return [
      [30, 'time passes', () => this.#pass(this.random.pick([2, 4, 10, 20, 40, 90]) * 1_000)],
      [5, 'a slow answer', () => this.#slowAnswer()],
      [16, 'advance', () => this.#command('advance')],
      [3, 'pause', () => this.#command('pause')],
      [6, 'resume', () => this.#command('resume')],
      [0.4, 'abort', () => this.#command('abort')],
      [1.2, 'rollback', () => this.#command('rollback')],
      [4, 'retry', () => this.#command('retry')],
      [6, 'the process dies', () => this.#dieNow()],
      [8, 'the process will die', () => this.#crash()],
      [8, 'a patch will go wrong', () => this.#fault()],
      [4, 'a late patch arrives', () => this.driver.arrive()],
      [3, 'the hub fails', () => (this.driver.recordFails = 1 + this.random.int(2))],
      [2, 'reads fail', () => (this.driver.readFails = 1 + this.random.int(2))],
      [3, 'events come twice', () => (this.driver.duplicates = !this.driver.duplicates)],
      [4, 'our copy lags', () => (this.#lagMs = this.random.pick([0, 2_000, 6_000]))],
      [2, 'our copy goes stale', () => (this.#staleUntil = this.cluster.now + 60_000)],
      [3, 'the controller slows', () => this.#slowController()],
      [3, 'a patch goes astray and somebody steps in', () => this.#stepIn()],
      [3, 'an autoscaler scales', () => this.#scale()],
      [0.7, 'somebody edits', () => this.#edit()],
      [3, 'a node fails', () => this.cluster.downNodes.add(this.random.int(5))],
      [3, 'nodes come back', () => this.cluster.downNodes.clear()],
      [1, 'the right goes or comes', () => (this.driver.hasRight = !this.driver.hasRight)],
      [0.12, 'the object is made anew', () => this.cluster.recreate(this.random.int(2) === 0)],
      [0.12, 'the object is deleted', () => this.cluster.remove()],
    ];
  }

  #act(): void {
    const total = this.#deeds.reduce((sum, [weight]) => sum + weight, 0);
    let ticket = this.random.next() * total;
    const deed = this.#deeds.find(([weight]) => {
      ticket -= weight;
      return ticket < 0;
    });
    if (deed === undefined) return;
    this.#say(deed[1]);
    deed[2]();
  }

  #pass(ms: number): void {
    for (let left = ms; left > 0; left -= 2_000) {
      this.cluster.tick(2_000);
      this.#look();
    }
  }

  /** Delivers what our copy shows: on a change, and when the run asked to be woken. */
  #look(): void {
    const { now } = this.cluster;
    this.#seen.push({ at: now, observation: this.cluster.observe(4) });
    if (this.#seen.length > 40) this.#seen.shift();
    const isStale = now < this.#staleUntil;
    const seen = this.#seen.findLast(({ at }) => at <= (isStale ? this.#staleUntil - 60_000 : now - this.#lagMs)) ?? this.#seen[0];
    const shown = seen?.observation && { ...seen.observation, ageMs: now - seen.at, isLive: !isStale };
    const key = `${shown?.resourceVersion} ${shown?.updatedAvailable} ${shown?.updatedReady} ${shown?.troubles.length} ${shown?.onDeadNodes}`;
    if (key === this.#last && now < this.driver.wakeAt) return;
    this.#last = key;
    this.#follow(() => this.driver.observe(shown));
  }

  #command(verb: RolloutVerb): void {
    this.#commands += 1;
    const id = this.random.int(12) === 0 ? `c${Math.max(1, this.#commands - 1)}` : `c${this.#commands}`;
    const { steps, currentStep } = this.driver.state.status;
    const toStep = verb === 'advance' && this.random.int(6) === 0 && currentStep + 1 < steps.length ? { toStep: steps.length - 1 } : {};
    const target = verb === 'advance' && this.random.int(8) === 0 && toStep.toStep === undefined ? { target: '60%' } : {};
    this.#follow(() =>
      this.driver.deliver({ type: 'command', command: { id, verb, actor: verb === 'rollback' ? BOB : ALICE, ...toStep, ...target } }),
    );
    const refusal = this.driver.answers.get(id);
    if (refusal !== undefined) this.#say(`  refused: ${refusal.message}`);
  }

  #dieNow(): void {
    this.#follow(() => {
      this.driver.crash();
      this.driver.deliver({ type: 'timer' });
    });
  }

  #crash(): void {
    this.driver.crashAt = this.random.pick<CrashPoint>(['before-record', 'after-record', 'before-send', 'after-send']);
    if (this.driver.crashAt === 'before-send' && this.random.int(2) === 0) this.driver.patchFault = 'delayed';
    this.#say(`  ${this.driver.crashAt}`);
  }

  #fault(): void {
    this.driver.patchFault = this.random.pick<PatchFault>([
      'lost-before',
      'lost-before',
      'lost-after',
      'lost-after',
      'delayed',
      'delayed',
      'forbidden',
      'throttled',
      'unreachable',
      'conflict',
    ]);
    this.#say(`  ${this.driver.patchFault}`);
  }

  #slowController(): void {
    this.cluster.controllerLagMs = this.random.pick([0, 4_000, 12_000]);
  }

  /** A patch is under way for long, nobody can say whether it came, and the run is told to stand still meanwhile. */
  #stepIn(): void {
    if (this.random.int(2) === 0) this.#pass(30_000);
    this.driver.patchFault = 'delayed';
    this.driver.deafAfterDelay = this.random.int(3);
    if (this.random.int(3) === 0) this.driver.crashAt = 'before-send';
    this.#command(this.random.pick<RolloutVerb>(['advance', 'advance', 'resume', 'retry', 'rollback']));
    if (this.random.int(4) > 0) this.#pass(2_000);
    this.#command(this.random.pick<RolloutVerb>(['pause', 'pause', 'rollback', 'abort']));
    this.#pass(this.random.pick([2_000, 6_000]));
    if (this.random.int(8) === 0) this.cluster.recreate(true);
    this.driver.arrive();
  }

  /** Of a patch; people command meanwhile. */
  #slowAnswer(): void {
    this.driver.slowAnswer = 'any';
    if (this.random.int(2) === 0) this.#pass(2_000);
    this.#command(this.random.pick<RolloutVerb>(['advance', 'resume', 'retry', 'rollback']));
    this.#command(this.random.pick<RolloutVerb>(['rollback', 'rollback', 'pause', 'abort', 'resume']));
    this.driver.slowAnswer = undefined;
    this.driver.hear();
  }

  #scale(): void {
    const replicas = this.random.pick([3, 6, 10, 12, 20]);
    this.isUndisturbed = false;
    this.#say(`  to ${replicas}`);
    this.cluster.patch([{ op: 'replace', path: '/spec/replicas', value: replicas }], 'somebody');
  }

  #edit(): void {
    this.isUndisturbed = false;
    const isCloneSet = this.cluster.object?.kind === 'CloneSet';
    const pause = isCloneSet ? '/spec/updateStrategy/rollingUpdate/paused' : '/spec/paused';
    const edits = [
      { op: 'replace', path: '/spec/template/spec/containers/0/image', value: 'registry.example/web:hotfix' },
      { op: 'add', path: pause, value: true },
      { op: 'remove', path: '/metadata/labels/fleetgraph.io~1rollout' },
    ] as const;
    const edit = this.random.pick(edits);
    this.#say(`  ${edit.path}`);
    this.cluster.patch([edit], 'somebody');
  }

  // ------------------------------------------------------------------------------------------- the end

  /** Faults cease, time goes on: the run must end, or wait for a person and say so. */
  #calm(): void {
    const { driver, cluster } = this;
    this.#say('calm');
    Object.assign(driver, {
      crashAt: undefined,
      patchFault: undefined,
      recordFails: 0,
      readFails: 0,
      deafAfterDelay: 0,
      slowAnswer: undefined,
      duplicates: false,
      hasRight: true,
    });
    cluster.downNodes.clear();
    this.#lagMs = 0;
    this.#staleUntil = 0;
    cluster.controllerLagMs = 0;
    driver.hear();
    this.#pass(2_000);
    while (driver.delayed.length > 0) driver.arrive();
    for (let ticks = 0; ticks < CALM_TICKS && !this.#isAtRest(); ticks += 1) this.#pass(4_000);
  }

  #isAtRest(): boolean {
    const { state } = this.driver;
    const { phase, steps, currentStep } = state.status;
    if (isFinished(state) || phase === 'PAUSED' || phase === 'ROLLBACK_FAILED') return true;
    if (phase === 'HALTED')
      return !state.status.freeze || state.status.intents.every(({ outcome }) => outcome !== 'pending' && outcome !== 'unknown');
    return phase === 'WAITING' && steps[currentStep]?.state === 'WAITING';
  }

  #follow(act: () => void): void {
    const before = this.driver.state.status;
    const sent = this.driver.sent.length;
    act();
    const { status } = this.driver.state;
    for (const patch of this.driver.sent.slice(sent)) {
      const intent = status.intents.find(({ id }) => id === patch.intentId);
      this.#say(`  patch ${patch.intentId} ${intent?.op ?? '?'} ${intent?.outcome ?? 'forgotten'} allowed ${intent?.allowed ?? '-'}`);
    }
    if (before.phase !== status.phase || before.reason.code !== status.reason.code)
      this.#say(`  -> ${status.phase} ${status.reason.code}: ${status.reason.message}`);
  }

  #say(text: string): void {
    this.lines.push(`${String((this.cluster.now - START) / 1_000).padStart(6)} s  ${text}`);
  }
}

const CALM_TICKS = 700;
