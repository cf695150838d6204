import type { CommandError } from '../../../commands/commands.ts';
import type { Run } from '../../../rollout/run.ts';
import type { GraphContext } from '../../context.ts';
import { parseGlobalId } from '../../global-id.ts';
import { seenRun } from '../../runs.ts';
import { unknownSight } from '../../sight.ts';
import { invalid, notFound } from '../operation/command.ts';

/** The run that a global id names, if the viewer may see it. */
export async function namedRun(ctx: GraphContext, id: string, path: readonly string[]): Promise<Run | CommandError> {
  const parsed = parseGlobalId(id);
  if (parsed?.type !== 'rollout')
    return invalid(path, 'rollout must be the global id of a rollout: take it from the field `id` of a Rollout');
  const run = await seenRun(ctx, parsed.id, 'get');
  if (run === 'unknown') return unknownSight(ctx.runs.get(parsed.id)?.cluster ?? '', path);
  return run ?? notFound(path, 'rollout');
}
