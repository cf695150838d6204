import type { Change } from '../store/commit.ts';
import type { ClusterFollower } from './cluster-follower.ts';
import type { ObjectStreamOptions } from './stream-options.ts';
import type { ClusterRights } from './stream-rights.ts';
import type { RowChange } from './stream-source.ts';

/**
 * A row named by the changes since a token. `held`: the reader had it when it got the token. `told`: or it may
 * have been told of it later, since not every message carries a token. `row`: any state of it, for its identity.
 */
interface Touched<R> {
  readonly held: boolean;
  /** Said by a change of the row itself, and not guessed from one of another row. */
  readonly certain: boolean;
  readonly told: boolean;
  readonly row: R | undefined;
}

/**
 * Makes up what a returning reader holds of a cluster, from what is there now and what changed since its token.
 * Returns the keys to look at; looking at them tells exactly what was missed. Where it cannot be known what the
 * reader holds, it is told the row's present state, be it only that it is not there.
 * Synchronous: no commit falls in between.
 */
export function takeUp<R>(
  follower: ClusterFollower<R>,
  missed: readonly Change[],
  rights: ClusterRights,
  options: ObjectStreamOptions<R>,
): Set<string> {
  const touched = touchedBy(missed, follower, options);
  const seen = (row: R) => rights.sees(options.source.identity(row)) === true;
  const doubtful = assumeUntouched(follower, options, (key, row) => !touched.has(key) && seen(row));
  const now = options.clock.monotonic();
  for (const [key, { held, told, row }] of touched) {
    const present = follower.present(key);
    const known = present ?? row;
    if (known === undefined || !seen(known)) continue;
    // Told only later and still there: it comes as an addition, which is also right for who has it.
    const stays = present !== undefined && follower.wants(present);
    if (held || (told && !stays)) follower.sent.assume(known, 'doubtful', now);
  }
  return new Set([...doubtful, ...touched.keys()]);
}

/** The reader has what is there; returns the keys of rows that it may have in another state. */
function assumeUntouched<R>(
  follower: ClusterFollower<R>,
  options: ObjectStreamOptions<R>,
  accept: (key: string, row: R) => boolean,
): readonly string[] {
  const changesUnheard = changesUntold(options);
  const now = options.clock.monotonic();
  const doubtful: string[] = [];
  for (const row of follower.rows()) {
    const key = options.source.key(row);
    if (!accept(key, row)) continue;
    if (changesUnheard(row)) {
      follower.sent.assume(row, 'doubtful', now);
      doubtful.push(key);
    } else if (follower.wants(row)) {
      follower.sent.assume(row, 'sent', now);
    }
  }
  return doubtful;
}

/** Rows whose content may have changed without a commit that the log keeps. */
function changesUntold<R>({ source, reevaluate }: ObjectStreamOptions<R>): (row: R) => boolean {
  if (source.clusterPrint !== undefined) return () => true;
  return reevaluate === undefined ? () => false : (reevaluate.changes ?? (() => true));
}

function touchedItself<R>(own: RowChange<R>, known: Touched<R> | undefined, wanted: (row: R | undefined) => boolean): Touched<R> {
  // Its first change says whether it was there; what it depends on may have come before it did.
  const held = known?.certain === true ? known.held : wanted(own.before);
  const told = known?.told === true || wanted(own.before) || wanted(own.after);
  return { held, certain: true, told, row: own.after ?? own.before ?? known?.row };
}

function touchedBy<R>(
  missed: readonly Change[],
  follower: ClusterFollower<R>,
  { source }: ObjectStreamOptions<R>,
): Map<string, Touched<R>> {
  const touched = new Map<string, Touched<R>>();
  // Whether a row that depends on others matched at some time is not to be found out any more.
  const wanted = (row: R | undefined) => row !== undefined && (source.dependents !== undefined || follower.wants(row));
  const { cluster } = follower;
  for (const change of missed) {
    const own = source.own(change);
    if (own !== undefined) {
      const known = touched.get(own.key);
      touched.set(own.key, touchedItself(own, known, wanted));
    }
    if (cluster === undefined) continue;
    for (const key of source.dependents?.(change, cluster) ?? []) {
      const known = touched.get(key);
      touched.set(key, { held: known?.held ?? true, certain: known?.certain ?? false, told: true, row: known?.row });
    }
  }
  return touched;
}
