import { STAGE_LABEL } from '../model/cluster.ts';
import { type LabelSelector, matchesLabels } from '../model/label-selector.ts';
import type { ClusterStore, GraphStore } from '../store/graph-store.ts';
import { builder } from './builder.ts';
import type { GraphContext } from './context.ts';
import { badInput } from './errors.ts';
import { type MaybePromise, whenReady } from './maybe-promise.ts';
import { removedCluster } from './removed-cluster.ts';

export interface ClusterSelectorInput {
  readonly names?: readonly string[] | null | undefined;
  readonly labelSelector?: LabelSelector | null | undefined;
  readonly stages?: readonly string[] | null | undefined;
}

/** The clusters that a question is about. */
export interface ClusterScope {
  readonly clusters: readonly ClusterStore[];
  /** Names that were asked for and match no cluster that the viewer may know of. */
  readonly unknown: readonly string[];
}

export const ClusterSelector = builder.inputRef<ClusterSelectorInput>('ClusterSelector').implement({
  description:
    'Which clusters: by name, by label, by stage. Several given: all must hold. Absent or null: no condition. An empty list matches nothing. A name that matches no cluster is an error on a mutation and an entry in `parts` on a query.',
  fields: (t) => ({
    names: t.stringList({ description: 'Registered names, at most 500. An empty list matches no cluster.' }),
    labelSelector: t.field({ type: 'LabelSelector', description: 'Condition on the labels of the cluster as it is registered.' }),
    stages: t.stringList({ description: 'Values of the label `fleetgraph.io/stage`. An empty list matches no cluster.' }),
  }),
});

const MAX_NAMES = 500;

export function clustersInScope(ctx: GraphContext, selector: ClusterSelectorInput | null | undefined): MaybePromise<ClusterScope> {
  const names = namesOf(selector);
  const matches = clusterTest(selector);
  return whenReady(ctx.visible.clusters(), (visible) => {
    const known = new Set(visible.map(({ record }) => record.name));
    const clusters = visible.filter(({ record }) => (names === undefined || names.has(record.name)) && matches(record));
    return { clusters, unknown: [...(names ?? [])].filter((name) => !known.has(name)).sort() };
  });
}

/** Names of the registered clusters that fit, whoever may know of them: for streams, which ask for rights themselves. */
export function namesInScope(store: GraphStore, selector: ClusterSelectorInput | null | undefined): () => readonly string[] {
  const names = namesOf(selector);
  const matches = clusterTest(selector);
  return () => {
    const fitting = store.clusters().filter(({ record }) => (names === undefined || names.has(record.name)) && matches(record));
    return fitting.map(({ record }) => record.name);
  };
}

/** Whether the selector fits a cluster that is no longer registered: it has a name and nothing else. */
export function fitsRemoved(selector: ClusterSelectorInput | null | undefined): (name: string) => boolean {
  const names = namesOf(selector);
  const matches = clusterTest(selector);
  return (name) => (names === undefined || names.has(name)) && matches(removedCluster(name, 0).record);
}

export function onlyCluster(cluster: ClusterStore): ClusterScope {
  return { clusters: [cluster], unknown: [] };
}

function namesOf(selector: ClusterSelectorInput | null | undefined): ReadonlySet<string> | undefined {
  const names = selector?.names ?? undefined;
  if (names !== undefined && names.length > MAX_NAMES)
    throw badInput('clusters.names', `at most ${MAX_NAMES} names; use labelSelector or stages for more clusters`);
  return names === undefined ? undefined : new Set(names);
}

function clusterTest(selector: ClusterSelectorInput | null | undefined): (cluster: ClusterStore['record']) => boolean {
  const labels = selector?.labelSelector ?? undefined;
  const stages = selector?.stages == null ? undefined : new Set(selector.stages);
  return (cluster) =>
    (labels === undefined || matchesLabels(labels, cluster.labels)) &&
    (stages === undefined || stages.has(cluster.labels[STAGE_LABEL] ?? ''));
}
