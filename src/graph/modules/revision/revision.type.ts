import { podsOfRevision } from '../../../status/owners.ts';
import { clusterOf } from '../../cluster-of.ts';
import { onlyCluster } from '../../cluster-scope.ts';
import type { GraphContext } from '../../context.ts';
import { countListed } from '../../counting.ts';
import { observe } from '../../derived.ts';
import { whenReady } from '../../maybe-promise.ts';
import { WorkloadRevision, type WorkloadRevisionRow } from '../../refs.ts';
import { partOfShelf } from '../../shelves.ts';
import { listBy, pageArgs } from '../lists.ts';
import { PodConnection, podList } from '../pod/pod.list.ts';
import { ContainerImage } from '../workload/container-image.type.ts';

WorkloadRevision.implement({
  description: 'One version of the pod template of a workload: a ReplicaSet of a Deployment, a ControllerRevision of any other kind.',
  fields: (t) => ({
    name: t.string({ description: 'Name of the ReplicaSet or ControllerRevision.', resolve: ({ revision }) => revision.name }),
    number: t.int({
      description: 'The number people know; higher is newer, and going back to an old template gives it a new number.',
      resolve: ({ revision }) => revision.number,
    }),
    createdAt: t.field({
      type: 'DateTime',
      description: 'When the template was seen first.',
      resolve: ({ revision }) => revision.createdAt,
    }),
    images: t.field({
      type: [ContainerImage],
      description: 'Image of each container of the template.',
      resolve: ({ revision }) => revision.images,
    }),
    current: t.boolean({
      description: 'Whether it is the revision that the pods come from.',
      resolve: (row, _args, ctx) => whenReady(observe(ctx, row.workload), ({ revisions }) => revisions.current?.name === row.revision.name),
    }),
    update: t.boolean({
      description: 'Whether it is the revision that the pods are going to.',
      resolve: (row, _args, ctx) => whenReady(observe(ctx, row.workload), ({ revisions }) => revisions.update?.name === row.revision.name),
    }),
    pods: t.field({
      type: PodConnection,
      nullable: true,
      description: 'Pods at this revision.',
      args: pageArgs,
      resolve: (row, args, ctx) => listBy(ctx, podList, podsAt(ctx, row), args),
    }),
    podCount: t.int({
      description: 'Pods at this revision that the viewer may see.',
      resolve: (row, _args, ctx) => countListed(ctx, podsAt(ctx, row)),
    }),
  }),
});

function podsAt(ctx: GraphContext, { workload, revision }: WorkloadRevisionRow) {
  const cluster = clusterOf(ctx, workload);
  const shelf = partOfShelf(cluster.pods, () => podsOfRevision(cluster, revision));
  return { scope: onlyCluster(cluster), shelves: () => [shelf], namespace: workload.namespace };
}
