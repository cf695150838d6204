import { builder } from '../../builder.ts';
import { clustersInScope } from '../../cluster-scope.ts';
import { whenReady } from '../../maybe-promise.ts';
import { ClusterNode } from '../../refs.ts';
import { clustersArg, listArgs, listBy } from '../lists.ts';
import { ClusterNodeConnection, clusterNodeList } from './node.list.ts';

builder.queryFields((t) => ({
  clusterNode: t.field({
    type: ClusterNode,
    nullable: true,
    description: 'One node by name; null when there is none, or none that the viewer may see.',
    args: {
      cluster: t.arg.string({ required: true, description: 'Registered name of the cluster.' }),
      name: t.arg.string({ required: true, description: 'Name of the node.' }),
    },
    resolve: (_root, { cluster, name }, ctx) =>
      whenReady(ctx.visible.cluster(cluster), (found) => found && ctx.visible.one(found, found.nodes.get('', name))),
  }),
  clusterNodes: t.field({
    type: ClusterNodeConnection,
    description: 'Nodes of the fleet, filtered, sorted and paged over all clusters at once.',
    args: { ...clustersArg, ...listArgs(clusterNodeList) },
    resolve: (_root, { clusters, ...args }, ctx) =>
      listBy(ctx, clusterNodeList, { scope: clustersInScope(ctx, clusters), shelves: ({ nodes }) => [nodes] }, args),
  }),
}));
