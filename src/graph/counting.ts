import type { Visibility } from '../auth/access.ts';
import type { ClusterStore } from '../store/graph-store.ts';
import type { GraphContext } from './context.ts';
import { type Reading, readVisible } from './listing.ts';
import { allReady, type MaybePromise, whenReady } from './maybe-promise.ts';
import type { CountedShelf } from './shelves.ts';

/** How many objects of the kinds the viewer may see; undefined when none may be seen or none were ever read. */
export function countVisible(
  ctx: GraphContext,
  cluster: ClusterStore,
  shelves: readonly CountedShelf<unknown>[],
): MaybePromise<number | undefined> {
  const counts = shelves.map((shelf) => whenReady(ctx.visible.of(cluster, shelf, 'list'), (visibility) => countIn(shelf, visibility)));
  return whenReady(allReady(counts), (known) => (wasRead(cluster) ? sum(known) : undefined));
}

/** Before first contact nothing is known: a zero would look true. */
function wasRead({ record }: ClusterStore): boolean {
  return record.systemUid !== undefined || record.kubernetesVersion !== undefined || record.sync.state === 'LIVE';
}

/** Undefined when none may be seen. */
export function countIn(shelf: CountedShelf<unknown>, visibility: Visibility): number | undefined {
  if (visibility.everything) return shelf.size;
  if (visibility.namespaces.size === 0) return undefined;
  let count = 0;
  for (const namespace of visibility.namespaces) for (const _ of shelf.inNamespace(namespace)) count += 1;
  return count;
}

function sum(counts: readonly (number | undefined)[]): number | undefined {
  const known = counts.filter((count) => count !== undefined);
  return known.length === 0 ? undefined : known.reduce((total, count) => total + count, 0);
}

/** Rows of `reading` that the viewer may see. */
export function countListed<R>(ctx: GraphContext, reading: Reading<R>): MaybePromise<number> {
  return whenReady(readVisible(ctx, reading), ({ rows }) => Iterator.from(rows()).reduce((count) => count + 1, 0));
}
