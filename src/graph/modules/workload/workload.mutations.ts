import type { CommandResult, WorkloadCommand } from '../../../commands/commands.ts';
import type { IntOrString } from '../../../model/object-record.ts';
import type { WorkloadRecord } from '../../../model/workload-record.ts';
import { builder } from '../../builder.ts';
import type { GraphContext } from '../../context.ts';
import { Workload } from '../../refs.ts';
import { definePayload, isRefusal, type OptionArguments, optionFields, optionsOf, refused } from '../operation/command.ts';
import { visibleTarget, WorkloadRef, type WorkloadRefArguments } from './workload-ref.ts';

interface CommandArguments extends OptionArguments {
  readonly workload: WorkloadRefArguments;
  readonly expectedGeneration?: number | null | undefined;
}

const WORKLOAD = { type: WorkloadRef, required: true, description: 'Which workload.' } as const;
const EXPECTED_GENERATION = { description: 'Refuse with a ConflictError unless the workload has this `generation`.' };

const WorkloadCommandInput = builder.inputRef<CommandArguments>('WorkloadCommandInput').implement({
  description: 'What to do to which workload.',
  fields: (t) => ({ workload: t.field(WORKLOAD), ...optionFields(t), expectedGeneration: t.int(EXPECTED_GENERATION) }),
});

const WorkloadScaleInput = builder.inputRef<CommandArguments & { readonly replicas: number }>('WorkloadScaleInput').implement({
  description: 'How many pods which workload shall have.',
  fields: (t) => ({
    workload: t.field(WORKLOAD),
    replicas: t.int({ required: true, description: 'Pods wanted, 0 or more.' }),
    ...optionFields(t),
    expectedGeneration: t.int(EXPECTED_GENERATION),
  }),
});

type PartitionArguments = CommandArguments & { readonly partition: IntOrString };
const WorkloadSetPartitionInput = builder.inputRef<PartitionArguments>('WorkloadSetPartitionInput').implement({
  description: 'Where the partition of which workload shall be.',
  fields: (t) => ({
    workload: t.field(WORKLOAD),
    partition: t.field({
      type: 'IntOrString',
      required: true,
      description: 'Pods that stay at the old revision, as a number or a percentage; for StatefulSets the lowest ordinal that is updated.',
    }),
    ...optionFields(t),
    expectedGeneration: t.int(EXPECTED_GENERATION),
  }),
});

type UndoArguments = CommandArguments & { readonly toRevision?: string | null | undefined };
const WorkloadUndoInput = builder.inputRef<UndoArguments>('WorkloadUndoInput').implement({
  description: 'Which workload shall go back to which revision.',
  fields: (t) => ({
    workload: t.field(WORKLOAD),
    toRevision: t.string({ description: 'Name, hash or number of the revision. Null: the one before the present.' }),
    ...optionFields(t),
    expectedGeneration: t.int(EXPECTED_GENERATION),
  }),
});

const WorkloadPayload = definePayload('Workload', 'workload', Workload);

builder.mutationFields((t) => ({
  workloadScale: t.field({
    type: WorkloadPayload,
    description: 'Changes the number of pods. BlockedError during a rollout of ours.',
    args: { input: t.arg({ type: WorkloadScaleInput, required: true, description: 'Which workload, and how many pods.' }) },
    resolve: (_root, { input }, ctx) =>
      run(ctx, input, (command) => ctx.commands.workloadScale(ctx.principal, { ...command, replicas: input.replicas })),
  }),
  workloadRestart: t.field({
    type: WorkloadPayload,
    description: 'Makes all pods anew, as `kubectl rollout restart` does. BlockedError during a rollout of ours.',
    args: { input: t.arg({ type: WorkloadCommandInput, required: true, description: 'Which workload, and how.' }) },
    resolve: (_root, { input }, ctx) => run(ctx, input, (command) => ctx.commands.workloadRestart(ctx.principal, command)),
  }),
  workloadPause: t.field({
    type: WorkloadPayload,
    description: 'Sets the pause flag: its controller stops replacing pods. BlockedError during a rollout of ours.',
    args: { input: t.arg({ type: WorkloadCommandInput, required: true, description: 'Which workload, and how.' }) },
    resolve: (_root, { input }, ctx) => run(ctx, input, (command) => ctx.commands.workloadPause(ctx.principal, command)),
  }),
  workloadResume: t.field({
    type: WorkloadPayload,
    description: 'Clears the pause flag. BlockedError during a rollout of ours.',
    args: { input: t.arg({ type: WorkloadCommandInput, required: true, description: 'Which workload, and how.' }) },
    resolve: (_root, { input }, ctx) => run(ctx, input, (command) => ctx.commands.workloadResume(ctx.principal, command)),
  }),
  workloadSetPartition: t.field({
    type: WorkloadPayload,
    description: 'Moves the partition, for kinds that have one. BlockedError during a rollout of ours.',
    args: { input: t.arg({ type: WorkloadSetPartitionInput, required: true, description: 'Which workload, and where to.' }) },
    resolve: (_root, { input }, ctx) =>
      run(ctx, input, (command) => ctx.commands.workloadSetPartition(ctx.principal, { ...command, partition: input.partition })),
  }),
  workloadUndo: t.field({
    type: WorkloadPayload,
    description: 'Goes back to an earlier revision, as `kubectl rollout undo` does. BlockedError during a rollout of ours.',
    args: { input: t.arg({ type: WorkloadUndoInput, required: true, description: 'Which workload, and which revision.' }) },
    resolve: (_root, { input }, ctx) =>
      run(ctx, input, (command) =>
        ctx.commands.workloadUndo(ctx.principal, { ...command, ...(input.toRevision == null ? {} : { toRevision: input.toRevision }) }),
      ),
  }),
}));

async function run(
  ctx: GraphContext,
  input: CommandArguments,
  command: (command: WorkloadCommand) => Promise<CommandResult<WorkloadRecord>>,
): Promise<CommandResult<WorkloadRecord>> {
  const workload = await visibleTarget(ctx, input.workload, 'get', ['input', 'workload']);
  if (isRefusal(workload)) return refused(workload);
  const { expectedGeneration } = input;
  return command({ workload, ...optionsOf(input), ...(expectedGeneration == null ? {} : { expectedGeneration }) });
}
