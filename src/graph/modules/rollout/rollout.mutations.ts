import type { CommandResult, RunCommand } from '../../../commands/commands.ts';
import type { IntOrString } from '../../../model/object-record.ts';
import type { RolloutVerb } from '../../../rollout/events.ts';
import type { Run } from '../../../rollout/run.ts';
import type { RolloutPhase as Phase } from '../../../rollout/state.ts';
import { builder } from '../../builder.ts';
import type { GraphContext } from '../../context.ts';
import { Rollout } from '../../refs.ts';
import { definePayload, isRefusal, type OptionArguments, optionFields, optionsOf, refused } from '../operation/command.ts';
import { RolloutPhase } from './rollout.enums.ts';
import { namedRun } from './rollout-ref.ts';

interface RolloutArguments extends OptionArguments {
  readonly rollout: string;
}

interface CommandArguments extends RolloutArguments {
  readonly expectedPhase?: Phase | null | undefined;
}

interface AdvanceArguments extends RolloutArguments {
  readonly toStep?: number | null | undefined;
  readonly target?: IntOrString | null | undefined;
  readonly expectedStep?: number | null | undefined;
}

const RolloutCommandInput = builder.inputRef<CommandArguments>('RolloutCommandInput').implement({
  description: 'What to do to which rollout.',
  fields: (t) => ({
    rollout: t.id({ required: true, description: 'Global id of the rollout.' }),
    ...optionFields(t),
    expectedPhase: t.field({ type: RolloutPhase, description: 'Refuse with a ConflictError unless the rollout is in this phase.' }),
  }),
});

const RolloutAdvanceInput = builder.inputRef<AdvanceArguments>('RolloutAdvanceInput').implement({
  description: 'Which rollout shall go on, and how far. `toStep` and `target` exclude each other.',
  fields: (t) => ({
    rollout: t.id({ required: true, description: 'Global id of the rollout.' }),
    toStep: t.int({ description: '0-based step to go on with; those between are skipped. Null: the next one.' }),
    target: t.field({
      type: 'IntOrString',
      description: 'Pods that shall be new, as a number or a percentage: a step of its own, which then waits for `rolloutAdvance`.',
    }),
    ...optionFields(t),
    expectedStep: t.int({
      description: 'Refuse with a ConflictError unless the rollout is at this 0-based step: two people do not advance it twice.',
    }),
  }),
});

const RolloutPayload = definePayload('Rollout', 'rollout', Rollout);

builder.mutationField('rolloutAdvance', (t) =>
  t.field({
    type: RolloutPayload,
    description: 'Moves past the pause or partition that it waits at; with `toStep` or `target`, straight to there.',
    args: { input: t.arg({ type: RolloutAdvanceInput, required: true, description: 'Which rollout, and how far.' }) },
    resolve: (_root, { input }, ctx) => run(ctx, 'advance', input, advanceOf(input)),
  }),
);

const VERBS = {
  rolloutPause: ['pause', 'Stops where it is: no further pod becomes new until `rolloutResume`.'],
  rolloutResume: ['resume', 'Goes on from where it was paused, or from a halt whose cause is gone.'],
  rolloutAbort: ['abort', 'Stops for good and leaves the pods as they are.'],
  rolloutRollback: ['rollback', 'Back to exactly what was there before the run.'],
  rolloutRetry: ['retry', 'Tries again, with new patience, what it halted at.'],
} as const;

for (const [field, [verb, description]] of Object.entries(VERBS)) {
  builder.mutationField(field, (t) =>
    t.field({
      type: RolloutPayload,
      description,
      args: { input: t.arg({ type: RolloutCommandInput, required: true, description: 'Which rollout, and how.' }) },
      resolve: (_root, { input }, ctx) => run(ctx, verb, input, input.expectedPhase == null ? {} : { expectedPhase: input.expectedPhase }),
    }),
  );
}

function advanceOf({ toStep, target, expectedStep }: AdvanceArguments) {
  return {
    ...(toStep == null ? {} : { toStep }),
    ...(target == null ? {} : { target }),
    ...(expectedStep == null ? {} : { expectedStep }),
  };
}

async function run(
  ctx: GraphContext,
  verb: RolloutVerb,
  input: RolloutArguments,
  more: Pick<RunCommand, 'expectedPhase' | 'expectedStep' | 'toStep' | 'target'>,
): Promise<CommandResult<Run>> {
  const found = await namedRun(ctx, input.rollout, ['input', 'rollout']);
  if (isRefusal(found)) return refused(found);
  return ctx.commands.rolloutCommand(ctx.principal, verb, { run: found.uid, ...optionsOf(input), ...more });
}
