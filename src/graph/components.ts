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
  /** All that the viewer may see, where they were read already. */
  readonly instances?: readonly ComponentInstance[];
}

export interface VisibleInstances {
  /** By cluster, component, namespace and instance. */
  readonly instances: () => readonly ComponentInstance[];
  readonly parts: () => readonly ClusterPart[];
}

/** Installations as the workloads that the viewer may list show them; of one component, or of all. */
export function visibleInstances(ctx: GraphContext, scope: MaybePromise<ClusterScope>, component?: string): MaybePromise<VisibleInstances> {
  const reading: Reading<WorkloadRecord> = { scope, shelves: (cluster) => workloadShelves(cluster) };
  return whenReady(readVisible(ctx, reading), ({ rows, parts }) => ({
    parts,
    instances: () => [...Map.groupBy(rows(), ({ cluster }) => cluster).values()].flatMap((workloads) => instancesOf(workloads, component)),
  }));
}

/** Undefined when nothing of it may be seen. */
export function componentNamed(ctx: GraphContext, name: string): MaybePromise<ComponentRow | undefined> {
  return whenReady(instancesOfComponent(ctx, { component: name }), (instances) =>
    instances.length === 0 ? undefined : { component: name, instances },
  );
}

export function instancesOfComponent(
  ctx: GraphContext,
  { component, instances }: ComponentRow,
): MaybePromise<readonly ComponentInstance[]> {
  return instances ?? whenReady(visibleInstances(ctx, clustersInScope(ctx, undefined), component), (visible) => visible.instances());
}
