import { builder } from '../../builder.ts';
import { clustersInScope } from '../../cluster-scope.ts';
import { whenReady } from '../../maybe-promise.ts';
import { Workload } from '../../refs.ts';
import { workloadShelves } from '../../shelves.ts';
import { clustersArg, listArgs, listBy, namespaceArg } from '../lists.ts';
import { kindsAskedFor, WorkloadConnection, workloadList } from './workload.list.ts';
import { WorkloadKind } from './workload-kind.ts';

builder.queryFields((t) => ({
  workload: t.field({
    type: Workload,
    nullable: true,
    description: 'One workload by name; null when there is none, or none that the viewer may see.',
    args: {
      cluster: t.arg.string({ required: true, description: 'Registered name of the cluster.' }),
      kind: t.arg({ type: WorkloadKind, required: true, description: 'Kind of the workload.' }),
      namespace: t.arg.string({ required: true, description: 'Namespace of the workload.' }),
      name: t.arg.string({ required: true, description: 'Name of the workload.' }),
    },
    resolve: (_root, { cluster, kind, namespace, name }, ctx) =>
      whenReady(ctx.visible.cluster(cluster), (found) => found && ctx.visible.one(found, found.workloads(kind).get(namespace, name))),
  }),
  workloads: t.field({
    type: WorkloadConnection,
    description: 'Workloads of the fleet, of all six kinds, filtered, sorted and paged over all clusters at once.',
    args: { ...clustersArg, ...namespaceArg, ...listArgs(workloadList) },
    resolve: (_root, { clusters, namespace, ...args }, ctx) => {
      const kinds = kindsAskedFor(args.filter);
      return listBy(
        ctx,
        workloadList,
        { scope: clustersInScope(ctx, clusters), shelves: (cluster) => workloadShelves(cluster, kinds), namespace },
        args,
      );
    },
  }),
}));
