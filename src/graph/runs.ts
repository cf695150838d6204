import type { ReadVerb, Visibility } from '../auth/access.ts';
import type { Run } from '../rollout/run.ts';
import type { RunTarget } from '../rollout/run-book.ts';
import type { CauseExample } from '../status/cause.ts';
import type { ClusterStore } from '../store/graph-store.ts';
import { clusterOf } from './cluster-of.ts';
import { type ClusterSelectorInput, clustersInScope, fitsRemoved } from './cluster-scope.ts';
import type { GraphContext } from './context.ts';
import { ALL_WORKLOADS } from './kinds.ts';
import { allReady, type MaybePromise, whenReady } from './maybe-promise.ts';
import { type ClusterPart, rightsPartsOf } from './parts.ts';
import { type Shelf, shelfOf } from './shelves.ts';
import { type Sight, sightIn } from './sight.ts';
import { visibleRows } from './visible.ts';

// Runs are seen by whoever may see the kind of workload that they move, in its namespace.

/** A run is shaped like a record of that kind; only a run has a `state`. */
export function isRun(row: object): row is Run {
  return 'state' in row && 'resource' in row;
}

/** Undefined when there is none or it may not be seen: not told apart. */
export function visibleRun(ctx: GraphContext, id: string, verb: ReadVerb): MaybePromise<Run | undefined> {
  const run = ctx.runs.get(id);
  return run && whenReady(seesRun(ctx, run, verb), (sees) => (sees ? run : undefined));
}

/** As `visibleRun`, for whoever names it: "unknown" when its cluster did not say whether they may see it. */
export function seenRun(ctx: GraphContext, id: string, verb: ReadVerb): MaybePromise<Run | 'unknown' | undefined> {
  const run = ctx.runs.get(id);
  if (run === undefined) return undefined;
  const isInFleet = ctx.store.cluster(run.cluster) !== undefined;
  return whenReady(sightOfRun(ctx, run, verb), (sight) => {
    if (sight === 'unknown') return isInFleet ? sight : undefined;
    return sight === 'seen' ? run : undefined;
  });
}

export function seesRun(ctx: GraphContext, run: Run, verb: ReadVerb): MaybePromise<boolean> {
  return whenReady(sightOfRun(ctx, run, verb), (sight) => sight === 'seen');
}

/** Of a cluster that has left the fleet nobody can be asked: its runs are left to who started them. */
export function sightOfRun(ctx: GraphContext, run: Run, verb: ReadVerb): MaybePromise<Sight> {
  const isAuthor = run.state.spec.author.username === ctx.principal.user.username;
  if (isAuthor && ctx.store.cluster(run.cluster) === undefined) return 'seen';
  return sightIn(ctx, clusterOf(ctx, run), run, verb);
}

/** The objects that a run names, as far as the viewer may see them. */
export function visibleExamples(ctx: GraphContext, examples: readonly CauseExample[]): MaybePromise<readonly CauseExample[]> {
  const seen = allReady(examples.map((each) => ctx.visible.sees(clusterOf(ctx, each), each.resource, 'get', each.namespace)));
  return whenReady(seen, (answers) => examples.filter((_, index) => answers[index] === true));
}

/** The runs of a workload of that name, newest first; undefined when the viewer may not list its kind there. */
export function runsOfWorkload(ctx: GraphContext, target: RunTarget): MaybePromise<readonly Run[] | undefined> {
  const sees = ctx.visible.sees(clusterOf(ctx, target), target.resource, 'list', target.namespace);
  return whenReady(sees, (seen) => (seen ? ctx.runs.ofWorkload(target) : undefined));
}

export interface VisibleRuns {
  readonly rows: () => Iterable<Run>;
  readonly parts: () => readonly ClusterPart[];
}

/** Runs that may be listed. The hub knows them: a cluster that does not answer hides none. */
export function visibleRuns(
  ctx: GraphContext,
  selector: ClusterSelectorInput | null | undefined,
  namespace: string | undefined,
): MaybePromise<VisibleRuns> {
  return whenReady(clustersInScope(ctx, selector), ({ clusters, unknown }) => {
    const opened = allReady(clusters.map((cluster) => openRuns(ctx, cluster, namespace)));
    const removed = runsOfRemoved(ctx, selector, namespace);
    return whenReady(opened, (open) =>
      whenReady(removed, (others) => ({ rows: () => rowsOf(open, others, namespace), parts: () => partsOf(open, unknown) })),
    );
  });
}

interface OpenRuns {
  readonly cluster: ClusterStore;
  readonly shelves: readonly { readonly shelf: Shelf<Run>; readonly visibility: Visibility }[];
}

/** Of all kinds, whether there are runs of them or not: what is asked must not tell that there are hidden ones. */
function openRuns(ctx: GraphContext, cluster: ClusterStore, namespace: string | undefined): MaybePromise<OpenRuns> {
  const runs = Map.groupBy(ctx.runs.ofCluster(cluster.record.name), ({ resource }) => resource);
  const opened = ALL_WORKLOADS.map((resource) => {
    const shelf = runShelf(cluster, resource, runs.get(resource) ?? []);
    return whenReady(ctx.visible.of(cluster, shelf, 'list', namespace), (visibility) => ({ shelf, visibility }));
  });
  return whenReady(allReady(opened), (shelves) => ({ cluster, shelves }));
}

function runShelf(cluster: ClusterStore, resource: string, runs: readonly Run[]): Shelf<Run> {
  return {
    resource,
    rows: 'runs',
    namespaces: () => new Set([...runs.map((run) => run.namespace), ...(shelfOf(cluster, resource)?.namespaces() ?? [])]),
    all: () => runs,
    inNamespace: (namespace) => runs.filter((run) => run.namespace === namespace),
  };
}

function runsOfRemoved(
  ctx: GraphContext,
  selector: ClusterSelectorInput | null | undefined,
  namespace: string | undefined,
): MaybePromise<readonly Run[]> {
  const fits = fitsRemoved(selector);
  const runs = Iterator.from(ctx.runs.all())
    .filter((run) => ctx.store.cluster(run.cluster) === undefined && fits(run.cluster))
    .filter((run) => namespace === undefined || run.namespace === namespace)
    .toArray();
  return whenReady(allReady(runs.map((run) => seesRun(ctx, run, 'list'))), (seen) => runs.filter((_, index) => seen[index] === true));
}

function* rowsOf(open: readonly OpenRuns[], removed: readonly Run[], namespace: string | undefined): Iterable<Run> {
  for (const { shelves } of open) for (const { shelf, visibility } of shelves) yield* visibleRows(shelf, visibility, namespace);
  yield* removed;
}

function partsOf(open: readonly OpenRuns[], unknown: readonly string[]): readonly ClusterPart[] {
  const reads = open.map(({ cluster, shelves }) => ({
    cluster,
    kinds: shelves.map(({ shelf, visibility }) => ({ resource: shelf.resource, visibility })),
  }));
  return rightsPartsOf(reads, unknown);
}
