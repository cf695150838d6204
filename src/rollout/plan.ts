import type { JsonObject, KubeObject } from '../model/kube-object.ts';
import type { IntOrString } from '../model/object-record.ts';
import type { WorkloadKind } from '../model/workload-record.ts';
import { resolveIntOrPercent } from '../status/int-or-percent.ts';
import { type Brake, brakeFor } from './brake.ts';
import type { RolloutChange } from './change.ts';
import { changesBetween, fieldsToRestore } from './field-changes.ts';
import { digestOf, isObject, sameJson } from './json.ts';
import { isBrakeLeft } from './min-ready-brake.ts';
import { type PlannedPatch, plannedPatches } from './plan-patches.ts';
import { planWarnings, type Surroundings } from './plan-warnings.ts';
import { plannedSteps, type StepRequest } from './planned-steps.ts';
import { valueAt } from './pointer.ts';
import { PlanProblem, type Problem, problem } from './problem.ts';
import { readinessBudgetSeconds } from './readiness-budget.ts';
import type { FieldChange, OriginalWorkload, Patience, RolloutMethod, RolloutStep, RolloutTarget } from './state.ts';
import { type ChangeContext, changedTemplate, containersOf, isImage } from './template-change.ts';
import { replicasOf, templateOf } from './workload-fields.ts';

export interface PlanContext extends ChangeContext, Surroundings {
  readonly cluster: string;
  readonly workloadKind: WorkloadKind;
  /** Plural: "clonesets". */
  readonly resource: string;
  /** Null or absent: the best for the kind. */
  readonly method?: RolloutMethod | null;
  /** Name of the revision that the pods are at. */
  readonly currentRevision?: string;
  readonly onFailure?: 'HALT' | 'ROLL_BACK';
  readonly patience?: Partial<Patience>;
  /** Seconds that the present pods took from their start to being ready, the slowest of them. */
  readonly usualStartSeconds?: number;
}

export interface RolloutPlan {
  readonly target: RolloutTarget;
  readonly method: RolloutMethod;
  readonly original: OriginalWorkload;
  readonly template: JsonObject;
  readonly steps: readonly RolloutStep[];
  readonly patches: readonly PlannedPatch[];
  readonly changes: readonly FieldChange[];
  readonly warnings: readonly string[];
  readonly onFailure: 'HALT' | 'ROLL_BACK';
  readonly patience: Patience;
  /** Of all the above: the same plan has the same hash. */
  readonly hash: string;
  /** Id of another run whose label was left on the object and holds nothing. */
  readonly overtakes?: string;
}

export type PlanOutcome = { readonly ok: true; readonly plan: RolloutPlan } | { readonly ok: false; readonly problems: readonly Problem[] };

/** What a run would do to this object, as it is now. Pure; the object must be whole and fresh from the server. */
export function planRollout(object: KubeObject, change: RolloutChange, steps: readonly StepRequest[], context: PlanContext): PlanOutcome {
  const problems: Problem[] = [];
  const tried = <T>(part: () => T): T | undefined => attempt(part, problems);
  const brake = tried(() => checkedBrake(object, context));
  const template = tried(() => checkedTemplate(object, change, context));
  const planned = tried(() => plannedSteps(steps, replicasOf(object)));
  if (brake === undefined || template === undefined || planned === undefined) return { ok: false, problems };
  return { ok: true, plan: assembled({ object, change, requested: steps, context }, brake, template, planned) };
}

interface Asked {
  readonly object: KubeObject;
  readonly change: RolloutChange;
  readonly requested: readonly StepRequest[];
  readonly context: PlanContext;
}

const DEFAULT_PATIENCE = {
  stepDeadlineSeconds: 900,
  evidenceSeconds: 25,
  unreadySeconds: 25,
  notReadySeconds: 120,
  maxStalenessMs: 10_000,
};

function attempt<T>(part: () => T, problems: Problem[]): T | undefined {
  try {
    return part();
  } catch (error) {
    if (!(error instanceof PlanProblem)) throw error;
    problems.push(error.problem);
    return undefined;
  }
}

function assembled(
  { object, change, requested, context }: Asked,
  brake: Brake,
  template: JsonObject,
  steps: readonly RolloutStep[],
): RolloutPlan {
  const original = originalOf(object, brake, context);
  const body = {
    target: targetOf(object, context),
    method: brake.method,
    original,
    template,
    steps,
    patches: plannedPatches({ object, brake, original, template, steps }),
    changes: changesBetween(original.template, template, '/spec/template'),
    warnings: planWarnings({ object, change, template, pausePath: brake.pausePath, requested }, context),
    onFailure: context.onFailure ?? 'HALT',
    patience: patienceOf(template, context),
  };
  return { ...body, hash: digestOf(body) };
}

function patienceOf(template: JsonObject, { patience, usualStartSeconds }: PlanContext): Patience {
  const asked = { ...DEFAULT_PATIENCE, ...patience };
  const usual = usualStartSeconds === undefined ? {} : { usual: usualStartSeconds };
  const unready = readinessBudgetSeconds(template, { base: asked.unreadySeconds, ...usual });
  const within = (seconds: number) => Math.min(asked.stepDeadlineSeconds, seconds);
  return { ...asked, unreadySeconds: within(unready), notReadySeconds: within(asked.notReadySeconds) };
}

function originalOf(object: KubeObject, brake: Brake, { currentRevision }: PlanContext): OriginalWorkload {
  const maxUnavailable = valueAt(object, '/spec/strategy/rollingUpdate/maxUnavailable') as IntOrString | undefined;
  return {
    template: templateOf(object),
    strategy: fieldsToRestore(object, brake.paths),
    replicas: replicasOf(object),
    minReadySeconds: Number(valueAt(object, '/spec/minReadySeconds') ?? 0),
    ...(maxUnavailable !== undefined && { maxUnavailable }),
    ...(currentRevision !== undefined && { revision: currentRevision }),
  };
}

function targetOf({ apiVersion, kind, metadata }: KubeObject, { cluster, workloadKind, resource }: PlanContext): RolloutTarget {
  return {
    cluster,
    workloadKind,
    apiVersion,
    kind,
    resource,
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    uid: metadata.uid ?? '',
  };
}

function checkedTemplate(object: KubeObject, change: RolloutChange, context: PlanContext): JsonObject {
  const template = changedTemplate(object, change, context);
  if (sameJson(template, templateOf(object)))
    throw new PlanProblem(problem('Validation', 'The change changes nothing: the pod template is already so.', ['change']));
  checkImages(template);
  const selector = valueAt(object, '/spec/selector/matchLabels');
  const labels = valueAt(template, '/metadata/labels');
  for (const [key, value] of Object.entries(isObject(selector) ? selector : {})) {
    if (isObject(labels) && labels[key] === value) continue;
    throw new PlanProblem(
      problem('Validation', `The changed template lacks the label ${key}=${String(value)}, by which the workload finds its pods.`, [
        'change',
      ]),
    );
  }
  return template;
}

/** Where one is written at all: what names none may get it from the cluster. */
function checkImages(template: JsonObject): void {
  for (const { path, name, image } of containersOf(template)) {
    if (valueAt(template, `${path}/image`) === undefined || isImage(image)) continue;
    throw new PlanProblem(problem('Validation', `"${image}" is no image (of container ${name}).`, ['change']));
  }
}

function checkedBrake(object: KubeObject, { workloadKind, method }: PlanContext): Brake {
  const brake = brakeFor({ workloadKind, apiVersion: object.apiVersion });
  if (brake === undefined) {
    throw new PlanProblem(
      problem(
        'Unsupported',
        `Runs move Deployments (apps/v1) and CloneSets (v1alpha1, v1beta1); this is a ${object.kind} of ${object.apiVersion}.`,
        ['workload'],
      ),
    );
  }
  if (method !== undefined && method !== null && method !== brake.method) {
    throw new PlanProblem(
      problem('Unsupported', `${method} is not supported for a ${object.kind}: use ${brake.method}, or leave it out.`, ['method']),
    );
  }
  checkState(object);
  checkStrategy(object, workloadKind);
  return brake;
}

function checkState(object: KubeObject): void {
  if (object.metadata.deletionTimestamp !== undefined)
    throw new PlanProblem(problem('Conflict', 'The workload is being deleted.', ['workload']));
  if (replicasOf(object) < 1)
    throw new PlanProblem(
      problem('Conflict', 'The workload is scaled to zero: there is no pod to try the change on.', ['workload'], ['workloadScale']),
    );
}

function checkStrategy(object: KubeObject, workloadKind: WorkloadKind): void {
  const type = valueAt(object, '/spec/strategy/type') ?? valueAt(object, '/spec/updateStrategy/type');
  if (type === 'Recreate' || type === 'OnDelete') {
    const why = type === 'Recreate' ? 'never two revisions at once' : 'pods are updated when somebody deletes them';
    throw new PlanProblem(problem('Unsupported', `The strategy is ${type}, ${why}: a step by step run contradicts it.`, ['workload']));
  }
  if (workloadKind === 'CLONE_SET') checkPartition(object);
  else checkLeftBrake(object);
}

/** What an aborted run left in place is nobody's own strategy: a later run would give it back as if it were. */
function checkLeftBrake(object: KubeObject): void {
  if (!isBrakeLeft(Number(valueAt(object, '/spec/minReadySeconds') ?? 0))) return;
  throw new PlanProblem(
    problem(
      'Blocked',
      'The brake of an earlier run is left on the workload (minReadySeconds and strategy): roll that run back, or give the workload its strategy by hand, first.',
      ['workload'],
      ['rolloutRollback'],
    ),
  );
}

/** A partition from before would hold bad pods back on a rollback, and could only be given back by raising it. */
function checkPartition(object: KubeObject): void {
  const partition = valueAt(object, '/spec/updateStrategy/partition') ?? valueAt(object, '/spec/updateStrategy/rollingUpdate/partition');
  if (partition === undefined || resolveIntOrPercent(partition as IntOrString, replicasOf(object), 'up') === 0) return;
  throw new PlanProblem(
    problem(
      'Blocked',
      `A partition of ${String(partition)} is left on the workload: set it to 0 first.`,
      ['workload'],
      ['workloadSetPartition'],
    ),
  );
}
