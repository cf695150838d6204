import { builder } from '../../builder.ts';
import { type ClusterScope, clustersInScope, onlyCluster } from '../../cluster-scope.ts';
import type { GraphContext } from '../../context.ts';
import { readVisible } from '../../listing.ts';
import { type MaybePromise, whenReady } from '../../maybe-promise.ts';
import { pageSize } from '../../pagination.ts';
import { Cluster } from '../../refs.ts';
import { clustersArg, filterArg, type ListArguments, labelSelectorArg, namespaceArg } from '../lists.ts';
import { podFilter } from '../pod/pod.list.ts';
import { PodCounts, type PodCountsAnswer, PodGroup } from './pod-counts.type.ts';
import { countPods, groupReads, type PodGroupName } from './pod-grouping.ts';

interface CountArguments extends Pick<ListArguments, 'filter' | 'labelSelector' | 'first'> {
  readonly groupBy: readonly PodGroupName[];
  readonly namespace?: string | null | undefined;
}

const GROUPS = 100;

const groupArgs = builder.args((t) => ({
  groupBy: t.field({
    type: [PodGroup],
    required: true,
    description: 'What pods of one group have in common. Empty: all pods are one group.',
  }),
  first: t.int({ defaultValue: GROUPS, description: 'Groups wanted, 1 to 500.' }),
}));

builder.queryField('podCounts', (t) =>
  t.field({
    type: PodCounts,
    description: 'Counts over everything the viewer may see, grouped; largest first.',
    args: { ...groupArgs, ...clustersArg, ...namespaceArg, ...filterArg(podFilter), ...labelSelectorArg },
    resolve: (_root, { clusters, ...args }, ctx) => countsIn(ctx, clustersInScope(ctx, clusters), args),
  }),
);

builder.objectField(Cluster, 'podCounts', (t) =>
  t.field({
    type: PodCounts,
    nullable: true,
    description: 'Counts over the pods of the cluster that the viewer may see, grouped; largest first.',
    args: { ...groupArgs, ...filterArg(podFilter) },
    resolve: (cluster, args, ctx) => countsIn(ctx, onlyCluster(cluster), args),
  }),
);

function countsIn(
  ctx: GraphContext,
  scope: MaybePromise<ClusterScope>,
  { groupBy, first, namespace, filter, labelSelector }: CountArguments,
): MaybePromise<PodCountsAnswer> {
  const size = pageSize(first, GROUPS);
  const { matches, reads } = podFilter.compile(filter);
  const compiled = { matches, reads: [...reads, ...groupReads(groupBy)] };
  const reading = readVisible(ctx, { scope, shelves: ({ pods }) => [pods], namespace, filter: compiled, labelSelector });
  return whenReady(reading, ({ rows, parts }) => {
    const { groups, total } = countPods(rows(), groupBy, ctx);
    return { groups: groups.slice(0, size), groupCount: groups.length, total, parts: parts() };
  });
}
