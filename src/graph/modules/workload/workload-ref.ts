import type { ReadVerb } from '../../../auth/access.ts';
import type { CommandError, WorkloadTarget } from '../../../commands/commands.ts';
import { type WorkloadKind as Kind, WORKLOAD_KINDS } from '../../../model/workload-record.ts';
import { WORKLOAD_RESOURCES } from '../../../model/workload-resources.ts';
import { builder } from '../../builder.ts';
import type { GraphContext } from '../../context.ts';
import { parseGlobalId } from '../../global-id.ts';
import { sightOf, unknownSight } from '../../sight.ts';
import { invalid, notFound } from '../operation/command.ts';
import { WorkloadKind } from './workload-kind.ts';

interface NameArguments {
  readonly cluster: string;
  readonly kind: Kind;
  readonly namespace: string;
  readonly name: string;
}

/** Exactly one of the two. */
export interface WorkloadRefArguments {
  readonly id?: string | null | undefined;
  readonly name?: NameArguments | null | undefined;
}

const WorkloadNameInput = builder.inputRef<NameArguments>('WorkloadNameInput').implement({
  description: 'A workload by its name.',
  fields: (t) => ({
    cluster: t.string({ required: true, description: 'Registered name of the cluster.' }),
    kind: t.field({ type: WorkloadKind, required: true, description: 'Kind of the workload.' }),
    namespace: t.string({ required: true, description: 'Namespace of the workload.' }),
    name: t.string({ required: true, description: 'Name of the workload.' }),
  }),
});

export const WorkloadRef = builder.inputRef<WorkloadRefArguments>('WorkloadRef').implement({
  description: 'Which workload: by id, which is that one object and no later one of its name, or by name.',
  isOneOf: true,
  fields: (t) => ({
    id: t.id({ description: 'Global id of the workload.' }),
    name: t.field({ type: WorkloadNameInput, description: 'Where it is, and what it is called.' }),
  }),
});

/** The workload that is meant, if the viewer may see its kind there; whether it exists is for others to find out. */
export async function visibleTarget(
  ctx: GraphContext,
  ref: WorkloadRefArguments,
  verb: ReadVerb,
  path: readonly string[],
): Promise<WorkloadTarget | CommandError> {
  const target = targetOf(ref);
  if (target === undefined)
    return invalid(
      [...path, 'id'],
      'workload.id must be the global id of a workload: take it from the field `id` of one, or name it with `name`',
    );
  const sight = await sightOf(ctx, { ...target, resource: WORKLOAD_RESOURCES[target.workloadKind] }, verb);
  if (sight === 'unknown') return unknownSight(target.cluster, path);
  return sight === 'seen' ? target : notFound(path, 'workload');
}

function targetOf({ id, name }: WorkloadRefArguments): WorkloadTarget | undefined {
  if (name != null) return { cluster: name.cluster, workloadKind: name.kind, namespace: name.namespace, name: name.name };
  const parsed = id == null ? undefined : parseGlobalId(id);
  if (parsed?.type !== 'object') return undefined;
  const workloadKind = WORKLOAD_KINDS.find((kind) => WORKLOAD_RESOURCES[kind] === parsed.resource);
  if (workloadKind === undefined) return undefined;
  return { cluster: parsed.cluster, workloadKind, namespace: parsed.namespace, name: parsed.name, uid: parsed.uid };
}
