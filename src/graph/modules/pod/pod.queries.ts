import { builder } from '../../builder.ts';
import { clustersInScope } from '../../cluster-scope.ts';
import { whenReady } from '../../maybe-promise.ts';
import { Pod } from '../../refs.ts';
import { clustersArg, listArgs, listBy, namespaceArg } from '../lists.ts';
import { PodConnection, podList } from './pod.list.ts';

builder.queryFields((t) => ({
  pod: t.field({
    type: Pod,
    nullable: true,
    description: 'One pod by name; null when there is none, or none that the viewer may see.',
    args: {
      cluster: t.arg.string({ required: true, description: 'Registered name of the cluster.' }),
      namespace: t.arg.string({ required: true, description: 'Namespace of the pod.' }),
      name: t.arg.string({ required: true, description: 'Name of the pod.' }),
    },
    resolve: (_root, { cluster, namespace, name }, ctx) =>
      whenReady(ctx.visible.cluster(cluster), (found) => found && ctx.visible.one(found, found.pods.get(namespace, name))),
  }),
  pods: t.field({
    type: PodConnection,
    description: 'Pods of the fleet, filtered, sorted and paged over all clusters at once.',
    args: { ...clustersArg, ...namespaceArg, ...listArgs(podList) },
    resolve: (_root, { clusters, namespace, ...args }, ctx) =>
      listBy(ctx, podList, { scope: clustersInScope(ctx, clusters), shelves: ({ pods }) => [pods], namespace }, args),
  }),
}));
