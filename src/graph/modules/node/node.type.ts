import type { NodeRecord } from '../../../model/node-record.ts';
import type { ConditionRecord } from '../../../model/object-record.ts';
import { builder } from '../../builder.ts';
import { clusterOf } from '../../cluster-of.ts';
import { onlyCluster } from '../../cluster-scope.ts';
import type { GraphContext } from '../../context.ts';
import { whenReady } from '../../maybe-promise.ts';
import { ClusterNode, KubernetesResource, Node } from '../../refs.ts';
import { partOfShelf } from '../../shelves.ts';
import { visibleRows } from '../../visible.ts';
import { Resources } from '../cluster/resources.type.ts';
import { listArgs, listBy } from '../lists.ts';
import { PodConnection, podList } from '../pod/pod.list.ts';

const Condition = builder.objectRef<ConditionRecord>('Condition').implement({
  description: 'One condition of an object, as Kubernetes reports it.',
  fields: (t) => ({
    type: t.exposeString('type', { description: 'What is judged, e.g. Ready or MemoryPressure.' }),
    status: t.exposeString('status', { description: '`True`, `False` or `Unknown`.' }),
    reason: t.exposeString('reason', { nullable: true, description: 'CamelCase code of the reason.' }),
    message: t.exposeString('message', { nullable: true, description: 'The reason for people.' }),
    since: t.expose('since', { type: 'DateTime', nullable: true, description: 'When the status changed last.' }),
  }),
});

ClusterNode.implement({
  description: 'A node of a cluster: a machine that runs pods.',
  interfaces: [Node, KubernetesResource],
  fields: (t) => ({
    ready: t.exposeBoolean('ready', { description: "Whether Kubernetes' condition Ready is true." }),
    unschedulable: t.exposeBoolean('unschedulable', { description: 'Whether it is cordoned: no new pods are put on it.' }),
    nodeSet: t.exposeString('nodeSet', {
      nullable: true,
      description:
        "Node set that it belongs to: label `fleetgraph.io/node-set`, else a cloud's label of the node pool; null when it has none.",
    }),
    kubeletVersion: t.exposeString('kubeletVersion', {
      nullable: true,
      description: 'Version of its kubelet; null until it has reported.',
    }),
    containerRuntimeVersion: t.exposeString('containerRuntimeVersion', {
      nullable: true,
      description: 'Container runtime and its version; null until it has reported.',
    }),
    internalIp: t.exposeString('internalIp', { nullable: true, description: 'Address inside the cluster; null when it has none.' }),
    capacity: t.expose('capacity', { type: Resources, nullable: true, description: 'What the machine has in all.' }),
    conditions: t.expose('conditions', {
      type: [Condition],
      description: 'Its conditions, as the kubelet and the node controller report them.',
    }),
    pods: t.field({
      type: PodConnection,
      nullable: true,
      description: 'Pods on the node.',
      args: listArgs(podList),
      resolve: (node, args, ctx) => listBy(ctx, podList, podsOn(ctx, node), args),
    }),
    podCount: t.int({
      nullable: true,
      description: 'Pods on the node that the viewer may see, finished ones included.',
      resolve: (node, _args, ctx) => podCountOn(ctx, node),
    }),
  }),
});

function podsOn(ctx: GraphContext, node: NodeRecord) {
  const cluster = clusterOf(ctx, node);
  return { scope: onlyCluster(cluster), shelves: () => [partOfShelf(cluster.pods, () => cluster.pods.onNode(node.name))] };
}

function podCountOn(ctx: GraphContext, node: NodeRecord) {
  const cluster = clusterOf(ctx, node);
  const shelf = partOfShelf(cluster.pods, () => cluster.pods.onNode(node.name));
  return whenReady(ctx.visible.of(cluster, shelf, 'list'), (visibility) =>
    visibility.everything
      ? cluster.pods.countOnNode(node.name)
      : Iterator.from(visibleRows(shelf, visibility)).reduce((count) => count + 1, 0),
  );
}
