import type { RolloutVerb } from '../../../src/rollout/events.ts';
import { runOf } from '../../../src/rollout/new-run.ts';
import { type PlanContext, planRollout, type RolloutPlan } from '../../../src/rollout/plan.ts';
import type { StepRequest } from '../../../src/rollout/planned-steps.ts';
import { Driver } from './driver.ts';
import { ModelCluster } from './model-cluster.ts';
import { revisionOf } from './model-object.ts';
import { START } from './story.ts';
import { aModelWorkload, type ModelKind } from './workloads.ts';

export interface RunSetting {
  readonly kind?: ModelKind;
  readonly replicas?: number;
  readonly tag?: string;
  readonly steps?: readonly StepRequest[];
  readonly onFailure?: 'HALT' | 'ROLL_BACK';
  readonly paused?: boolean;
  readonly maxUnavailable?: string | number;
  /** Nobody hears yet that the first spec patch has taken effect. */
  readonly startUnheard?: boolean;
}

/** One run on the model cluster, driven by hand: what a table of rules is told with. */
export class ARun {
  readonly cluster: ModelCluster;
  readonly driver: Driver;
  #commands = 0;

  constructor({
    kind = 'CloneSet v1alpha1',
    replicas = 10,
    tag = 'v2',
    steps = CANARY,
    onFailure = 'HALT',
    paused = false,
    maxUnavailable = 2,
    startUnheard = false,
  }: RunSetting = {}) {
    this.cluster = new ModelCluster(aModelWorkload(kind, replicas, { paused, maxUnavailable }), START);
    this.cluster.originalMinReady = 4;
    const plan = planOf(this.cluster, tag, steps, { onFailure });
    this.driver = new Driver(
      runOf(plan, { runId: 'run7', createdAt: this.cluster.now, author: { username: 'alice', groups: [] }, epoch: 1 }),
      this.cluster,
    );
    if (startUnheard) this.driver.slowAnswer = 'START';
    this.driver.deliver({ type: 'leadership', epoch: 1 });
  }

  get status() {
    return this.driver.state.status;
  }

  pass(seconds: number): this {
    for (let left = seconds; left > 0; left -= 2) {
      this.cluster.tick(2_000);
      this.driver.observe(this.cluster.observe(4));
    }
    return this;
  }

  command(verb: RolloutVerb, more: { readonly toStep?: number; readonly target?: string | number; readonly expectedStep?: number } = {}) {
    this.#commands += 1;
    const id = `c${this.#commands}`;
    this.driver.deliver({ type: 'command', command: { id, verb, actor: { username: 'bob', groups: [] }, ...more } });
    return this.driver.answers.get(id);
  }

  /** New and old pods. */
  split(): readonly [updated: number, old: number] {
    const seen = this.cluster.observe(4);
    return [seen?.updated ?? 0, seen?.old ?? 0];
  }
}

export const CANARY: readonly StepRequest[] = [
  { target: 1, manual: true },
  { target: '50%', manual: true },
];

function planOf(cluster: ModelCluster, tag: string, steps: readonly StepRequest[], context: Partial<PlanContext> = {}): RolloutPlan {
  const object = cluster.read();
  if (object === undefined) throw new Error('no object');
  const isCloneSet = object.kind === 'CloneSet';
  const outcome = planRollout(object, { images: [{ container: 'app', image: `registry.example/web:${tag}` }] }, steps, {
    cluster: 'dev',
    workloadKind: isCloneSet ? 'CLONE_SET' : 'DEPLOYMENT',
    resource: isCloneSet ? 'clonesets' : 'deployments',
    now: START,
    revisions: [],
    currentRevision: revisionOf(object),
    ...context,
  });
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems));
  return outcome.plan;
}
