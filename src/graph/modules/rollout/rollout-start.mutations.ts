import type { RolloutStart, RolloutStartResult } from '../../../commands/commands.ts';
import type { IntOrString } from '../../../model/object-record.ts';
import type { RolloutPlan as Plan } from '../../../rollout/plan.ts';
import type { StepRequest } from '../../../rollout/planned-steps.ts';
import { builder } from '../../builder.ts';
import type { GraphContext } from '../../context.ts';
import { Rollout } from '../../refs.ts';
import { isRefusal, optionFields, optionsOf, payloadFields, refused } from '../operation/command.ts';
import { visibleTarget, WorkloadRef } from '../workload/workload-ref.ts';
import { RolloutFailurePolicy, RolloutMethod } from './rollout.enums.ts';
import { changeOf, RolloutChangeInput } from './rollout-change.ts';
import { FieldChange, RolloutStep } from './rollout-step.type.ts';

interface StepArguments {
  readonly target: IntOrString;
  readonly pauseSeconds?: number | null | undefined;
  readonly manual?: boolean | null | undefined;
}

interface NodeSetsArguments {
  readonly labelKey: string;
  readonly order?: readonly string[] | null | undefined;
}

const RolloutStepInput = builder.inputRef<StepArguments>('RolloutStepInput').implement({
  description: 'One step: so many pods, then perhaps a wait.',
  fields: (t) => ({
    target: t.field({
      type: 'IntOrString',
      required: true,
      description: 'Pods at the new revision at its end: an integer is pods, a percentage such as "25%" is rounded up.',
    }),
    pauseSeconds: t.int({
      description: 'For how long its pods must be well before the next step begins. Null: not at all. `manual` wins.',
    }),
    manual: t.boolean({ defaultValue: false, description: 'Wait for `rolloutAdvance` at its end.' }),
  }),
});

const RolloutNodeSetsInput = builder.inputRef<NodeSetsArguments>('RolloutNodeSetsInput').implement({
  description: 'Sets of nodes, for DaemonSets; the steps then apply inside each. Not carried out by this version: UnsupportedError.',
  fields: (t) => ({
    labelKey: t.string({ required: true, description: 'Label whose values tell the sets apart.' }),
    order: t.stringList({ description: 'Values in the order of the sets. Null: alphabetical.' }),
  }),
});

const RolloutStartInput = builder.inputType('RolloutStartInput', {
  description: 'Which workload shall become what, and in which steps.',
  fields: (t) => ({
    workload: t.field({ type: WorkloadRef, required: true, description: 'Which workload.' }),
    change: t.field({ type: RolloutChangeInput, required: true, description: 'What its pod template shall become.' }),
    steps: t.field({
      type: [RolloutStepInput],
      description:
        'Pods at the new revision at the end of each step, ascending, at most 100. A last step of 100% is added if absent. Default: that one step.',
    }),
    method: t.field({ type: RolloutMethod, description: 'How to hold pods back. Null: the best for the kind.' }),
    nodeSets: t.field({ type: RolloutNodeSetsInput, description: 'DaemonSets: by sets of nodes.' }),
    stepDeadlineSeconds: t.int({
      defaultValue: 900,
      description: 'A step without any progress for so long halts the rollout. Pods that are found to be bad halt it much sooner.',
    }),
    onFailure: t.field({
      type: RolloutFailurePolicy,
      defaultValue: 'HALT',
      description: 'What to do when the new revision is found to be bad.',
    }),
    prePull: t.boolean({
      defaultValue: false,
      description: 'Pull the image on the nodes before the first pod moves. Not carried out by this version: UnsupportedError.',
    }),
    expectedPlanHash: t.string({
      description: '`plan.hash` of a dry run: start only if the plan is still the one that it showed; else ConflictError.',
    }),
    ...optionFields(t),
    expectedGeneration: t.int({ description: 'Refuse with a ConflictError unless the workload has this `generation`.' }),
  }),
});

type StartArguments = typeof RolloutStartInput.$inferInput;

const RolloutPlan = builder.objectRef<Plan>('RolloutPlan').implement({
  description: 'What a rollout would do, if all goes well and nobody scales the workload.',
  fields: (t) => ({
    steps: t.expose('steps', { type: [RolloutStep], description: 'Its steps, in order.' }),
    method: t.expose('method', { type: RolloutMethod, description: 'How it would hold pods back.' }),
    patches: t.field({
      type: ['JSON'],
      description:
        'Every write to the workload, in order: { op, step, allowed, operations }. `operations` is a JSON Patch whose `test`s guard what it replaces (tests of uid, label and generation are added when it is sent); `allowed`: pods that may be new after it.',
      resolve: ({ patches }) => patches,
    }),
    changes: t.expose('changes', { type: [FieldChange], description: 'What becomes of the pod template.' }),
    warnings: t.exposeStringList('warnings', {
      description: 'What may surprise, for people: autoscalers, disruption budgets, tags that move.',
    }),
    hash: t.exposeString('hash', { description: 'Of all this: hand it back as `expectedPlanHash`.' }),
  }),
});

const RolloutStartPayload = builder.objectRef<RolloutStartResult>('RolloutStartPayload').implement({
  description: 'What became of a `rolloutStart`.',
  fields: (t) => ({
    rollout: t.field({
      type: Rollout,
      nullable: true,
      description: 'The rollout; null on a dry run, and when none was started.',
      resolve: ({ object }) => object,
    }),
    plan: t.expose('plan', {
      type: RolloutPlan,
      nullable: true,
      description: 'What it does, or would do: filled on a dry run too, and when only `expectedPlanHash` did not agree.',
    }),
    ...payloadFields(t),
  }),
});

builder.mutationField('rolloutStart', (t) =>
  t.field({
    type: RolloutStartPayload,
    description:
      'Moves a workload (CloneSet or Deployment) to another revision, step by step. With `dryRun`: the plan, and nothing else. Follow it with `rolloutProgress` or wait with `rolloutWait`.',
    args: { input: t.arg({ type: RolloutStartInput, required: true, description: 'Which workload, what change, which steps.' }) },
    resolve: (_root, { input }, ctx) => start(ctx, input),
  }),
);

async function start(ctx: GraphContext, input: StartArguments): Promise<RolloutStartResult> {
  const change = changeOf(input.change, ['input', 'change']);
  if (isRefusal(change)) return refused(change);
  const workload = await visibleTarget(ctx, input.workload, 'get', ['input', 'workload']);
  if (isRefusal(workload)) return refused(workload);
  return ctx.commands.rolloutStart(ctx.principal, { workload, change, ...optionsOf(input), ...settingsOf(input) });
}

function settingsOf(input: StartArguments): Omit<RolloutStart, 'workload' | 'change' | 'dryRun'> {
  const { method, stepDeadlineSeconds, expectedPlanHash, expectedGeneration } = input;
  return {
    steps: (input.steps ?? []).map(stepOf),
    hasNodeSets: input.nodeSets != null,
    prePull: input.prePull ?? false,
    onFailure: input.onFailure ?? 'HALT',
    ...(method == null ? {} : { method }),
    ...(stepDeadlineSeconds == null ? {} : { stepDeadlineSeconds }),
    ...(expectedPlanHash == null ? {} : { expectedPlanHash }),
    ...(expectedGeneration == null ? {} : { expectedGeneration }),
  };
}

function stepOf({ target, pauseSeconds, manual }: StepArguments): StepRequest {
  return { target, manual: manual ?? false, ...(pauseSeconds == null ? {} : { pauseSeconds }) };
}
