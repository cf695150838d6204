import type { Change } from '../store/commit.ts';
import type { ClusterFollower } from './cluster-follower.ts';
import type { ObjectStreamOptions } from './stream-options.ts';
import type { ClusterRights } from './stream-rights.ts';

/** A row named by the changes that a reader missed: as it was before the first of them, if that is known. */
interface Missed<R> {
  readonly before: R | undefined;
  /** Nothing but its own record decides about it, so `before` tells whether the reader had it. */
  readonly certain: boolean;
}

/**
 * Makes up what a returning reader holds of a cluster, from what is there now and what changed since its token.
 * Returns the keys to look at; looking at them tells exactly what was missed. When it cannot be known whether
 * the reader had a row, it is told the row's present state, be it only that it is not there.
 * Synchronous: no commit falls in between.
 */
export function takeUp<R>(follower: ClusterFollower<R>, missed: readonly Change[], rights: ClusterRights, options: ObjectStreamOptions<R>): Set<string> {
  const { source, reevaluate, clock } = options;
  const now = clock.monotonic();
  const touched = touchedBy(missed, follower, options);
  const keys = new Set(touched.keys());
  const changesByTime = reevaluate === undefined ? () => false : (reevaluate.changes ?? (() => true));
  for (const row of follower.rows()) {
    const key = source.key(row);
    if (touched.get(key)?.certain === true || rights.sees(source.identity(row)) !== true) continue;
    const doubtful = touched.has(key) || changesByTime(row);
    if (!doubtful && !follower.wants(row)) continue;
    follower.sent.assume(row, doubtful ? 'doubtful' : 'sent', now);
    if (doubtful) keys.add(key);
  }
  for (const [key, { before, certain }] of touched) {
    if (before === undefined || follower.sent.has(key) || rights.sees(source.identity(before)) !== true) continue;
    if (!certain || follower.wants(before)) follower.sent.assume(before, 'doubtful', now);
  }
  return keys;
}

function touchedBy<R>(missed: readonly Change[], follower: ClusterFollower<R>, { source }: ObjectStreamOptions<R>): Map<string, Missed<R>> {
  const touched = new Map<string, Missed<R>>();
  const independent = source.dependents === undefined && source.clusterPrint === undefined;
  const { cluster } = follower;
  for (const change of missed) {
    const own = source.own(change);
    if (own !== undefined) touch(touched, own.key, { before: own.before, certain: independent || own.before === undefined });
    if (cluster === undefined) continue;
    for (const key of source.dependents?.(change, cluster) ?? []) touch(touched, key, { before: undefined, certain: false });
  }
  return touched;
}

/** The first word on a row holds, except that a doubtful one learns from a later one what the row was. */
function touch<R>(touched: Map<string, Missed<R>>, key: string, missed: Missed<R>): void {
  const known = touched.get(key);
  if (known === undefined) touched.set(key, missed);
  else if (!known.certain && known.before === undefined) touched.set(key, { before: missed.before, certain: false });
}
