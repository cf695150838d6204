import type { Visibility } from '../auth/access.ts';
import { type LabelSelector, matchesLabels } from '../model/label-selector.ts';
import type { GroupResource } from '../model/resource.ts';
import type { ClusterStore } from '../store/graph-store.ts';
import type { ClusterScope } from './cluster-scope.ts';
import { Connection, type PageArguments } from './connection.ts';
import type { GraphContext } from './context.ts';
import type { CompiledFilter } from './filters.ts';
import { allReady, type MaybePromise, whenReady } from './maybe-promise.ts';
import { type ClusterPart, partsOf } from './parts.ts';
import { type Shelf, shelfOf } from './shelves.ts';
import type { Sorting } from './sorting.ts';
import { visibleRows } from './visible.ts';

export interface Reading<R> {
  readonly scope: MaybePromise<ClusterScope>;
  /** What to read of one cluster. */
  readonly shelves: (cluster: ClusterStore) => readonly Shelf<R>[];
  readonly namespace?: string | null | undefined;
  readonly filter?: CompiledFilter<R>;
  readonly labelSelector?: LabelSelector | null | undefined;
}

/** The rows that match and that the viewer may see, read anew whenever they are iterated. */
export interface VisibleReading<R> {
  readonly rows: () => Iterable<R>;
  readonly parts: () => readonly ClusterPart[];
}

interface OpenShelf<R> {
  readonly cluster: ClusterStore;
  readonly shelf: Shelf<R>;
  readonly visibility: Visibility;
}

/** Settles the viewer's rights, set by set; then everything is synchronous. */
export function readVisible<R>(ctx: GraphContext, reading: Reading<R>): MaybePromise<VisibleReading<R>> {
  const matches = matcherOf(ctx, reading);
  const namespace = reading.namespace ?? undefined;
  return whenReady(reading.scope, ({ clusters, unknown }) =>
    whenReady(openShelves(ctx, reading, clusters, namespace), (open) => ({
      rows: () => matchingRows(open, matches, namespace),
      parts: () => partsOf(readsOf(clusters, open), unknown),
    })),
  );
}

/** A connection over `reading`, in the order of `sorting`. */
export function listVisible<R extends object>(
  ctx: GraphContext,
  reading: Reading<R>,
  sorting: Sorting<R>,
  page: PageArguments,
): MaybePromise<Connection<R>> {
  return whenReady(readVisible(ctx, reading), ({ rows, parts }) => new Connection(ctx, rows, { sorting, page, parts }));
}

function openShelves<R>(
  ctx: GraphContext,
  reading: Reading<R>,
  clusters: readonly ClusterStore[],
  namespace: string | undefined,
): MaybePromise<readonly OpenShelf<R>[]> {
  const opened = clusters.flatMap((cluster) =>
    reading
      .shelves(cluster)
      .map((shelf) => whenReady(ctx.visible.of(cluster, shelf, 'list', namespace), (visibility) => ({ cluster, shelf, visibility }))),
  );
  const settled = settleReads(ctx, clusters, reading.filter?.reads ?? []);
  return whenReady(settled, () => allReady(opened));
}

/** Asks for the rights that tests will need later, when they cannot wait. */
export function settleReads(ctx: GraphContext, clusters: readonly ClusterStore[], reads: readonly GroupResource[]): MaybePromise<unknown> {
  const asked = clusters.flatMap((cluster) => reads.map((resource) => settleRead(ctx, cluster, resource)));
  return allReady(asked);
}

function settleRead(ctx: GraphContext, cluster: ClusterStore, resource: GroupResource): MaybePromise<unknown> {
  const shelf = shelfOf(cluster, resource);
  return shelf === undefined ? undefined : ctx.visible.of(cluster, shelf, 'list');
}

type RowMatcher<R> = (row: R) => boolean;

function matcherOf<R>(ctx: GraphContext, { filter, labelSelector }: Reading<R>): RowMatcher<R> | undefined {
  const byFilter: RowMatcher<R> | undefined = filter === undefined ? undefined : (row) => filter.matches(row, ctx);
  if (labelSelector == null || labelSelector.length === 0) return byFilter;
  const byLabels = (row: R) => matchesLabels(labelSelector, (row as { labels?: Record<string, string> }).labels);
  return byFilter === undefined ? byLabels : (row) => byLabels(row) && byFilter(row);
}

function* matchingRows<R>(open: readonly OpenShelf<R>[], matches: RowMatcher<R> | undefined, namespace: string | undefined): Iterable<R> {
  for (const { shelf, visibility } of open) {
    for (const row of visibleRows(shelf, visibility, namespace)) if (matches === undefined || matches(row)) yield row;
  }
}

function readsOf<R>(clusters: readonly ClusterStore[], open: readonly OpenShelf<R>[]) {
  const byCluster = Map.groupBy(open, ({ cluster }) => cluster);
  return clusters.map((cluster) => ({
    cluster,
    kinds: (byCluster.get(cluster) ?? []).map(({ shelf, visibility }) => ({ resource: shelf.resource, visibility })),
  }));
}
