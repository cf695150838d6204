import type { CommandError } from '../../../commands/commands.ts';
import { builder } from '../../builder.ts';
import { clusterOf } from '../../cluster-of.ts';
import { Cluster, ObjectReference, Rollout } from '../../refs.ts';
import { visibleRun } from '../../runs.ts';
import { RolloutPhase } from '../rollout/rollout.enums.ts';

export const UserError = builder.interfaceRef<CommandError>('UserError').implement({
  description:
    'Why a mutation was refused. Concrete: ValidationError, NotFoundError, ForbiddenError, ConflictError, BlockedError, UnsupportedError, ClusterUnreachableError, RequestIdReusedError. Types may be added.',
  resolveType: ({ type }) => type,
  fields: (t) => ({
    code: t.exposeString('code', { description: 'UPPER_SNAKE code, finer than the type. The set is open.' }),
    message: t.exposeString('message', { description: 'Why, for people.' }),
    path: t.exposeStringList('path', {
      description: 'From the arguments of the mutation to the value at fault, e.g. `["input", "pod"]`; empty when it is about no value.',
    }),
    unblock: t.exposeStringList('unblock', { description: 'Names of Mutation fields that would remove the obstacle.' }),
  }),
});

type Plain = Exclude<CommandError['type'], 'ConflictError' | 'BlockedError' | 'ClusterUnreachableError'>;

const PLAIN: Readonly<Record<Plain, string>> = {
  ValidationError: 'A value breaks a rule.',
  NotFoundError: 'The object is not there, or may not be seen.',
  ForbiddenError: 'The viewer may not do this.',
  UnsupportedError: 'The object, or the cluster, cannot do this.',
  RequestIdReusedError: 'The `requestId` was used before with other arguments.',
};

for (const [name, description] of Object.entries(PLAIN))
  builder.objectRef<CommandError>(name).implement({ description, interfaces: [UserError] });

builder.objectRef<Extract<CommandError, { readonly type: 'ConflictError' }>>('ConflictError').implement({
  description: 'Somebody else was faster: the object is not in the state that was expected.',
  interfaces: [UserError],
  fields: (t) => ({
    currentGeneration: t.exposeInt('currentGeneration', {
      nullable: true,
      description: 'Generation that it has now; null where generations are not in question.',
    }),
    currentPhase: t.expose('currentPhase', {
      type: RolloutPhase,
      nullable: true,
      description: 'Phase that the rollout is in now; null where no rollout is in question.',
    }),
    currentStep: t.exposeInt('currentStep', {
      nullable: true,
      description: '0-based step that the rollout is at now; null where no rollout is in question.',
    }),
  }),
});

builder.objectRef<Extract<CommandError, { readonly type: 'BlockedError' }>>('BlockedError').implement({
  description: 'Something stands in the way.',
  interfaces: [UserError],
  fields: (t) => ({
    by: t.expose('by', { type: ObjectReference, nullable: true, description: 'Object that stands in the way; null when it is none.' }),
    rollout: t.field({
      type: Rollout,
      nullable: true,
      description: 'Rollout that stands in the way; null when it is none, or may not be seen.',
      resolve: ({ run }, _args, ctx) => (run === undefined ? undefined : visibleRun(ctx, run, 'get')),
    }),
  }),
});

builder.objectRef<Extract<CommandError, { readonly type: 'ClusterUnreachableError' }>>('ClusterUnreachableError').implement({
  description: 'The cluster does not answer.',
  interfaces: [UserError],
  fields: (t) => ({
    cluster: t.field({ type: Cluster, nullable: true, description: 'The cluster.', resolve: (error, _args, ctx) => clusterOf(ctx, error) }),
  }),
});
