import type { CommandResult, RunsResult } from '../../../commands/commands.ts';
import type { Run } from '../../../rollout/run.ts';
import { builder } from '../../builder.ts';
import type { GraphContext } from '../../context.ts';
import { Operation, Rollout } from '../../refs.ts';
import { invalid, isRefusal, type OptionArguments, optionFields, optionsOf, refused } from '../operation/command.ts';
import { UserError } from '../operation/user-error.type.ts';
import { RolloutVerb, VERBS } from './rollout.enums.ts';
import { namedRun } from './rollout-ref.ts';

interface Arguments extends OptionArguments {
  readonly rollouts: readonly string[];
  readonly command: keyof typeof VERBS;
  readonly stopAfterFailures?: number | null | undefined;
}

interface ResultRow extends CommandResult<Run> {
  readonly id: string;
}

interface PayloadRow {
  readonly results: readonly ResultRow[];
  readonly replayed: boolean;
  readonly errors: RunsResult['errors'];
}

const MAX_ROLLOUTS = 500;

const RolloutsCommandInput = builder.inputRef<Arguments>('RolloutsCommandInput').implement({
  description: 'What to do to which rollouts.',
  fields: (t) => ({
    rollouts: t.idList({ required: true, description: `Global ids of the rollouts, at most ${MAX_ROLLOUTS}.` }),
    command: t.field({ type: RolloutVerb, required: true, description: 'What to do to each.' }),
    stopAfterFailures: t.int({
      description: 'After so many refusals or failures the rest is left alone (outcome SKIPPED). Null: go through all.',
    }),
    ...optionFields(t),
  }),
});

const RolloutCommandResult = builder.objectRef<ResultRow>('RolloutCommandResult').implement({
  description: 'What became of the command for one of the rollouts.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'The id that was asked for.' }),
    rollout: t.field({
      type: Rollout,
      nullable: true,
      description: 'The rollout as the command left it; null when nothing was done.',
      resolve: ({ object }) => object,
    }),
    operation: t.expose('operation', {
      type: Operation,
      nullable: true,
      description: 'The command for this rollout as it is recorded; null when it was refused before anything was tried.',
    }),
    userErrors: t.field({ type: [UserError], description: 'Why it was refused. Empty: it was not.', resolve: ({ errors }) => errors }),
  }),
});

const RolloutsCommandPayload = builder.objectRef<PayloadRow>('RolloutsCommandPayload').implement({
  description: 'What became of a command to many rollouts.',
  fields: (t) => ({
    results: t.expose('results', {
      type: [RolloutCommandResult],
      description: 'One for each id, in the order asked for; empty when the command as a whole was refused.',
    }),
    replayed: t.exposeBoolean('replayed', { description: 'Whether this is the answer of an earlier request with the same `requestId`.' }),
    userErrors: t.field({
      type: [UserError],
      description: 'Why the command as a whole was refused. Empty: it was not; look at the `userErrors` of each result.',
      resolve: ({ errors }) => errors,
    }),
  }),
});

builder.mutationField('rolloutsCommand', (t) =>
  t.field({
    type: RolloutsCommandPayload,
    description: 'One verb for many rollouts; one result each, a dead target is a result and no error.',
    args: { input: t.arg({ type: RolloutsCommandInput, required: true, description: 'Which rollouts, and what to do to them.' }) },
    resolve: (_root, { input }, ctx) => run(ctx, input),
  }),
);

async function run(ctx: GraphContext, input: Arguments): Promise<PayloadRow> {
  const { rollouts, command, stopAfterFailures } = input;
  const mistake = mistakeIn(input);
  if (mistake !== undefined) return { ...refused(mistake), results: [] };
  const found = await Promise.all(rollouts.map((id, index) => namedRun(ctx, id, ['input', 'rollouts', String(index)])));
  const { results, replayed, errors } = await ctx.commands.rolloutsCommand(ctx.principal, {
    runs: found.map((each) => (isRefusal(each) ? undefined : each.uid)),
    verb: VERBS[command],
    ...optionsOf(input),
    ...(stopAfterFailures == null ? {} : { stopAfterFailures }),
  });
  return { results: results.map((result, index) => ({ ...result, id: rollouts[index] ?? '' })), replayed, errors };
}

function mistakeIn({ rollouts, stopAfterFailures }: Arguments) {
  if (rollouts.length > MAX_ROLLOUTS)
    return invalid(
      ['input', 'rollouts'],
      `there are ${rollouts.length} rollouts; at most ${MAX_ROLLOUTS} at once, send the rest in another request`,
    );
  if (stopAfterFailures != null && stopAfterFailures < 1)
    return invalid(
      ['input', 'stopAfterFailures'],
      `stopAfterFailures must be at least 1, not ${stopAfterFailures}; leave it out to go through all`,
    );
  return undefined;
}
