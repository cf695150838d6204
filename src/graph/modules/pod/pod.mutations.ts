import type { CommandError, CommandResult, PodCommand } from '../../../commands/commands.ts';
import type { PodRecord } from '../../../model/pod-record.ts';
import { builder } from '../../builder.ts';
import type { GraphContext } from '../../context.ts';
import { parseGlobalId } from '../../global-id.ts';
import { Operation, Pod } from '../../refs.ts';
import { UserError } from '../operation/user-error.type.ts';

interface PodCommandArguments {
  readonly pod: string;
  readonly requestId?: string | null | undefined;
  readonly dryRun?: boolean | null | undefined;
  readonly reason?: string | null | undefined;
  readonly expectedUid?: string | null | undefined;
}

const PodCommandInput = builder.inputRef<PodCommandArguments>('PodCommandInput').implement({
  description: 'What to do to which pod.',
  fields: (t) => ({
    pod: t.id({ required: true, description: 'Global id of the pod.' }),
    requestId: t.id({
      description:
        '1 to 128 printable characters, scoped to the viewer and the mutation field, kept 24 h. Repeated: the first answer comes back with `replayed: true`, nothing is done twice; with other arguments: RequestIdReusedError. A dry run does not use it up.',
    }),
    dryRun: t.boolean({
      defaultValue: false,
      description: "Everything but the effect, the API server's own dry run included; `outcome` is what it would have been.",
    }),
    reason: t.string({ description: 'Kept in the audit record, read back as `note`; at most 1,000 characters.' }),
    expectedUid: t.string({ description: 'Refuse with a ConflictError unless the pod has this uid.' }),
  }),
});

const PodPayload = builder.objectRef<CommandResult<PodRecord>>('PodPayload').implement({
  description: 'What became of a mutation on a pod.',
  fields: (t) => ({
    pod: t.field({
      type: Pod,
      nullable: true,
      description: "The pod from the write's own response; null when there is none.",
      resolve: ({ object }) => object,
    }),
    operation: t.expose('operation', {
      type: Operation,
      nullable: true,
      description: 'The mutation as it is recorded; null when it was refused before anything was tried.',
    }),
    replayed: t.exposeBoolean('replayed', { description: 'Whether this is the answer of an earlier request with the same `requestId`.' }),
    userErrors: t.field({ type: [UserError], description: 'Why it was refused. Empty: it was not.', resolve: ({ errors }) => errors }),
  }),
});

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
  return 'code' in pod ? { replayed: false, errors: [pod] } : ctx.commands[verb](ctx.principal, commandOf(pod, input));
}

/** A pod that may not be seen is not found: whoever may not read it learns nothing by trying. */
async function podOf(ctx: GraphContext, id: string): Promise<PodCommand['pod'] | CommandError> {
  const parsed = parseGlobalId(id);
  const shape = { path: ['input', 'pod'], unblock: [] };
  if (parsed?.type !== 'object' || parsed.resource !== 'pods') {
    return {
      ...shape,
      type: 'ValidationError',
      code: 'INVALID',
      message: 'pod must be the global id of a pod: take it from the field `id` of a Pod',
    };
  }
  const cluster = await ctx.visible.cluster(parsed.cluster);
  const sees = cluster !== undefined && (await ctx.visible.sees(cluster, 'pods', 'get', parsed.namespace));
  return sees ? parsed : { ...shape, type: 'NotFoundError', code: 'NOT_FOUND', message: 'there is no such pod, or none that you may see' };
}

function commandOf(pod: PodCommand['pod'], { requestId, dryRun, reason, expectedUid }: PodCommandArguments): PodCommand {
  return {
    pod: { cluster: pod.cluster, namespace: pod.namespace, name: pod.name, uid: pod.uid },
    dryRun: dryRun ?? false,
    ...(requestId == null ? {} : { requestId }),
    ...(reason == null ? {} : { reason }),
    ...(expectedUid == null ? {} : { expectedUid }),
  };
}
