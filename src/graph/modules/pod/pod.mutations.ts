import type { CommandError, CommandResult, PodCommand } from '../../../commands/commands.ts';
import type { PodRecord } from '../../../model/pod-record.ts';
import { builder } from '../../builder.ts';
import type { GraphContext } from '../../context.ts';
import { parseGlobalId } from '../../global-id.ts';
import { Pod } from '../../refs.ts';
import { sightOf, unknownSight } from '../../sight.ts';
import {
  definePayload,
  invalid,
  isRefusal,
  notFound,
  type OptionArguments,
  optionFields,
  optionsOf,
  refused,
} from '../operation/command.ts';

interface PodCommandArguments extends OptionArguments {
  readonly pod: string;
  readonly expectedUid?: string | null | undefined;
}

const PodCommandInput = builder.inputRef<PodCommandArguments>('PodCommandInput').implement({
  description: 'What to do to which pod.',
  fields: (t) => ({
    pod: t.id({ required: true, description: 'Global id of the pod.' }),
    ...optionFields(t),
    expectedUid: t.string({ description: 'Refuse with a ConflictError unless the pod has this uid.' }),
  }),
});

const PodPayload = definePayload('Pod', 'pod', Pod);

builder.mutationFields((t) => ({
  podDelete: t.field({
    type: PodPayload,
    description: 'Deletes a pod; its controller, if it has one, makes another.',
    args: { input: t.arg({ type: PodCommandInput, required: true, description: 'Which pod, and how.' }) },
    resolve: (_root, { input }, ctx) => run(ctx, input, 'podDelete'),
  }),
  podEvict: t.field({
    type: PodPayload,
    description: 'Deletes a pod unless a disruption budget forbids it.',
    args: { input: t.arg({ type: PodCommandInput, required: true, description: 'Which pod, and how.' }) },
    resolve: (_root, { input }, ctx) => run(ctx, input, 'podEvict'),
  }),
}));

async function run(ctx: GraphContext, input: PodCommandArguments, verb: 'podDelete' | 'podEvict'): Promise<CommandResult<PodRecord>> {
  const pod = await podOf(ctx, input.pod);
  return isRefusal(pod) ? refused(pod) : ctx.commands[verb](ctx.principal, commandOf(pod, input));
}

async function podOf(ctx: GraphContext, id: string): Promise<PodCommand['pod'] | CommandError> {
  const parsed = parseGlobalId(id);
  const path = ['input', 'pod'];
  if (parsed?.type !== 'object' || parsed.resource !== 'pods')
    return invalid(path, 'pod must be the global id of a pod: take it from the field `id` of a Pod');
  const sight = await sightOf(ctx, parsed, 'get');
  if (sight === 'unknown') return unknownSight(parsed.cluster, path);
  return sight === 'seen' ? parsed : notFound(path, 'pod');
}

function commandOf({ cluster, namespace, name, uid }: PodCommand['pod'], input: PodCommandArguments): PodCommand {
  const { expectedUid } = input;
  return { pod: { cluster, namespace, name, uid }, ...optionsOf(input), ...(expectedUid == null ? {} : { expectedUid }) };
}
