import type { WorkloadRecord } from '../model/workload-record.ts';
import { type ComponentInstance, instancesOf } from '../status/component.ts';
import { type ClusterScope, clustersInScope } from './cluster-scope.ts';
import type { GraphContext } from './context.ts';
import { type Reading, readVisible } from './listing.ts';
import { type MaybePromise, whenReady } from './maybe-promise.ts';
import type { ClusterPart } from './parts.ts';
import { workloadShelves } from './shelves.ts';

/** Something that is installed in many clusters under one name. */
export interface ComponentRow {
  readonly component: string;
}

export interface VisibleInstances {
  readonly instances: readonly ComponentInstance[];
  readonly parts: () => readonly ClusterPart[];
}

type Catalogue = ReadonlyMap<string, readonly ComponentInstance[]>;

/** All installations that the viewer may see, by component; good for one revision of the store. */
interface Memo {
  readonly revision: number;
  readonly epoch: number;
  readonly catalogue: MaybePromise<Catalogue>;
}

const memos = new WeakMap<GraphContext, Memo>();

/** Read once for all components that one request asks about. */
export function catalogueOf(ctx: GraphContext): MaybePromise<Catalogue> {
  const known = memos.get(ctx);
  if (known?.revision === ctx.store.revision && known.epoch === ctx.access.epoch) return known.catalogue;
  const catalogue = whenReady(readVisible(ctx, allWorkloads(clustersInScope(ctx, undefined))), ({ rows }) => cataloguedBy(rows()));
  memos.set(ctx, { revision: ctx.store.revision, epoch: ctx.access.epoch, catalogue });
  return catalogue;
}

const allWorkloads = (scope: MaybePromise<ClusterScope>): Reading<WorkloadRecord> => ({
  scope,
  shelves: (cluster) => workloadShelves(cluster),
});

function cataloguedBy(workloads: Iterable<WorkloadRecord>): Catalogue {
  const instances = [...Map.groupBy(workloads, ({ cluster }) => cluster).values()].flatMap((group) => instancesOf(group));
  return Map.groupBy(instances, ({ component }) => component);
}

/** Installations in the clusters in scope; of one component, or of all. */
export function visibleInstances(ctx: GraphContext, scope: MaybePromise<ClusterScope>, component?: string): MaybePromise<VisibleInstances> {
  return whenReady(scope, (inScope) => {
    const names = new Set(inScope.clusters.map(({ record }) => record.name));
    return whenReady(readVisible(ctx, allWorkloads(inScope)), ({ parts }) =>
      whenReady(catalogueOf(ctx), (catalogue) => {
        const all = component === undefined ? [...catalogue.values()].flat() : (catalogue.get(component) ?? []);
        return { parts, instances: all.filter(({ cluster }) => names.has(cluster)) };
      }),
    );
  });
}

export function instancesOfComponent(ctx: GraphContext, { component }: ComponentRow): MaybePromise<readonly ComponentInstance[]> {
  return whenReady(catalogueOf(ctx), (catalogue) => catalogue.get(component) ?? []);
}

/** Undefined when nothing of it may be seen. */
export function componentNamed(ctx: GraphContext, component: string): MaybePromise<ComponentRow | undefined> {
  return whenReady(instancesOfComponent(ctx, { component }), (instances) => (instances.length === 0 ? undefined : { component }));
}
