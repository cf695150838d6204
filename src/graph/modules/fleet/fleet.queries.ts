import type { SyncState as State } from '../../../model/cluster.ts';
import type { ClusterStore } from '../../../store/graph-store.ts';
import { builder } from '../../builder.ts';
import { type ClusterScope, clustersInScope } from '../../cluster-scope.ts';
import type { GraphContext } from '../../context.ts';
import { countVisible } from '../../counting.ts';
import { describedEnum } from '../../enum-values.ts';
import { allReady, type MaybePromise, whenReady } from '../../maybe-promise.ts';
import { pageSize } from '../../pagination.ts';
import { type ClusterPart as Part, partsOf } from '../../parts.ts';
import { ClusterPart } from '../../refs.ts';
import { type CountedShelf, workloadShelves } from '../../shelves.ts';
import { SyncState } from '../cluster/cluster.enums.ts';
import { stageOf } from '../cluster/cluster.list.ts';
import { clustersArg } from '../lists.ts';
import { Attention, visibleAttention } from './attention.type.ts';

type ClusterGroupName = 'SYNC_STATE' | 'STAGE' | 'KUBERNETES_VERSION';

const ClusterGroup = builder.enumType('ClusterGroup', {
  description: 'What to group clusters by.',
  values: describedEnum<ClusterGroupName>({
    SYNC_STATE: 'How true the copy is.',
    STAGE: 'Stage of the cluster.',
    KUBERNETES_VERSION: 'Version of the API server.',
  }),
});

interface ClusterCountRow {
  readonly count: number;
  readonly syncState?: State | undefined;
  readonly stage?: string | undefined;
  readonly kubernetesVersion?: string | undefined;
}

const ClusterCount = builder.objectRef<ClusterCountRow>('ClusterCount').implement({
  description: 'One group of clusters. What they were not grouped by, or do not have, is null.',
  fields: (t) => ({
    count: t.exposeInt('count', { description: 'Clusters in the group.' }),
    syncState: t.expose('syncState', {
      type: SyncState,
      nullable: true,
      description: 'State of their copies, when grouped by SYNC_STATE.',
    }),
    stage: t.exposeString('stage', { nullable: true, description: 'Their stage, when grouped by STAGE; null where they have none.' }),
    kubernetesVersion: t.exposeString('kubernetesVersion', {
      nullable: true,
      description: 'Their version, when grouped by KUBERNETES_VERSION; null before first contact.',
    }),
  }),
});

const GROUP_VALUES: Readonly<Record<ClusterGroupName, (cluster: ClusterStore) => Omit<ClusterCountRow, 'count'>>> = {
  SYNC_STATE: ({ record }) => ({ syncState: record.sync.state }),
  STAGE: (cluster) => ({ stage: stageOf(cluster) }),
  KUBERNETES_VERSION: ({ record }) => ({ kubernetesVersion: record.kubernetesVersion }),
};

/** Largest first. */
function countClusters(clusters: readonly ClusterStore[], groupBy: readonly ClusterGroupName[]): ClusterCountRow[] {
  const valuesOf = (cluster: ClusterStore) =>
    Object.assign({}, ...groupBy.map((name) => GROUP_VALUES[name](cluster))) as Omit<ClusterCountRow, 'count'>;
  const groups = Map.groupBy(clusters.map(valuesOf), (values) => JSON.stringify(values));
  const rows = [...groups].sort(([a, as], [b, bs]) => bs.length - as.length || (a < b ? -1 : 1));
  return rows.map(([, group]) => ({ ...group[0], count: group.length }));
}

const Fleet = builder.objectRef<ClusterScope>('Fleet').implement({
  description: 'All clusters in scope together, as far as the viewer may see them.',
  fields: (t) => ({
    clusterCount: t.int({ description: 'Clusters.', resolve: ({ clusters }) => clusters.length }),
    nodeCount: t.int({
      description: 'Nodes that the viewer may see.',
      resolve: (scope, _args, ctx) => sumOver(ctx, scope, ({ nodes }) => [nodes]),
    }),
    podCount: t.int({
      description: 'Pods that the viewer may see, finished ones included.',
      resolve: (scope, _args, ctx) => sumOver(ctx, scope, ({ pods }) => [pods]),
    }),
    workloadCount: t.int({
      description: 'Workloads of all six kinds that the viewer may see.',
      resolve: (scope, _args, ctx) => sumOver(ctx, scope, (cluster) => workloadShelves(cluster)),
    }),
    clusterCounts: t.field({
      type: [ClusterCount],
      description: 'Clusters counted in groups, largest first.',
      args: {
        groupBy: t.arg({
          type: [ClusterGroup],
          required: true,
          description: 'What clusters of one group have in common. Empty: all are one group.',
        }),
      },
      resolve: ({ clusters }, { groupBy }) => countClusters(clusters, groupBy),
    }),
    attention: t.field({
      type: [Attention],
      description:
        'What somebody should look at, most urgent first: unreachable clusters, crash-looping components, halted rollouts, stuck workloads.',
      args: { first: t.arg.int({ defaultValue: ATTENTION, description: 'Items wanted, 1 to 500.' }) },
      resolve: (scope, { first }, ctx) => {
        const size = pageSize(first, ATTENTION);
        return whenReady(visibleAttention(ctx, scope), (items) => items.slice(0, size));
      },
    }),
    parts: t.field({
      type: [ClusterPart],
      description: 'Clusters in scope whose part is missing or old. Empty: the answer is whole.',
      resolve: (scope, _args, ctx) => fleetParts(ctx, scope),
    }),
  }),
});

const ATTENTION = 20;

function sumOver(
  ctx: GraphContext,
  { clusters }: ClusterScope,
  shelves: (cluster: ClusterStore) => readonly CountedShelf<unknown>[],
): MaybePromise<number> {
  const counts = clusters.map((cluster) => countVisible(ctx, cluster, shelves(cluster)));
  return whenReady(allReady(counts), (known) => known.reduce<number>((total, count) => total + (count ?? 0), 0));
}

/** By kind: that pods may be seen does not make a count of nodes true. */
function fleetParts(ctx: GraphContext, { clusters, unknown }: ClusterScope): MaybePromise<readonly Part[]> {
  const reads = clusters.flatMap((cluster) =>
    [[cluster.nodes], [cluster.pods], workloadShelves(cluster)].map((shelves: readonly CountedShelf<unknown>[]) => {
      const kinds = shelves.map((shelf) =>
        whenReady(ctx.visible.of(cluster, shelf, 'list'), (visibility) => ({ resource: shelf.resource, visibility })),
      );
      return whenReady(allReady(kinds), (settled) => ({ cluster, kinds: settled }));
    }),
  );
  return whenReady(allReady(reads), (settled) => partsOf(settled, unknown));
}

builder.queryField('fleet', (t) =>
  t.field({
    type: Fleet,
    description: 'All clusters in scope together.',
    args: clustersArg,
    resolve: (_root, { clusters }, ctx) => clustersInScope(ctx, clusters),
  }),
);
