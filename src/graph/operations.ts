import type { OperationRecord } from '../commands/operation.ts';
import type { GraphContext } from './context.ts';
import { allReady, type MaybePromise, whenReady } from './maybe-promise.ts';

/** Operations are shown to who asked for them and to who may see what they are about. */
export function seesOperation(ctx: GraphContext, { actor, target }: OperationRecord): MaybePromise<boolean> {
  if (actor === ctx.principal.user.username) return true;
  const cluster = target === undefined ? undefined : ctx.store.cluster(target.cluster);
  return target === undefined || cluster === undefined ? false : ctx.visible.sees(cluster, target.resource, 'get', target.namespace);
}

/** Newest first. */
export function visibleOperations(ctx: GraphContext): MaybePromise<readonly OperationRecord[]> {
  const all = [...ctx.operations.all()];
  return whenReady(allReady(all.map((operation) => seesOperation(ctx, operation))), (seen) =>
    all.filter((_, index) => seen[index] === true),
  );
}
