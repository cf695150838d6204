import { matchesLabels } from '../../../model/label-selector.ts';
import { builder } from '../../builder.ts';
import { Connection } from '../../connection.ts';
import { whenReady } from '../../maybe-promise.ts';
import { partsOf } from '../../parts.ts';
import { Cluster } from '../../refs.ts';
import { filterArg, labelSelectorArg, orderArg, pageArgs } from '../lists.ts';
import { ClusterConnection, clusterFilter, clusterOrder } from './cluster.list.ts';

builder.queryFields((t) => ({
  cluster: t.field({
    type: Cluster,
    nullable: true,
    description: 'One cluster; null when there is none of this name, or none that the viewer may see.',
    args: { name: t.arg.string({ required: true, description: 'Registered name.' }) },
    resolve: (_root, { name }, ctx) => ctx.visible.cluster(name),
  }),
  clusters: t.field({
    type: ClusterConnection,
    description: 'The clusters of the fleet in which the viewer may see something.',
    args: { ...filterArg(clusterFilter), ...labelSelectorArg, ...orderArg(clusterOrder), ...pageArgs },
    resolve: (_root, { filter, labelSelector, orderBy, ...page }, ctx) => {
      const { matches } = clusterFilter.compile(filter);
      const sorting = clusterOrder.sorting(orderBy);
      return whenReady(ctx.visible.clusters(), (visible) => {
        const rows = visible.filter(
          (cluster) => matches(cluster, ctx) && (labelSelector == null || matchesLabels(labelSelector, cluster.record.labels)),
        );
        return new Connection(ctx, () => rows, { sorting, page, parts: () => partsOf(rows.map((cluster) => ({ cluster, kinds: [] }))) });
      });
    },
  }),
}));
