import type { ClusterRecord, OpenKruise } from '../../../model/cluster.ts';
import { labelOf } from '../../../model/labels.ts';
import type { Capacity } from '../../../model/node-record.ts';
import type { ClusterStore } from '../../../store/graph-store.ts';
import { builder } from '../../builder.ts';
import { onlyCluster } from '../../cluster-scope.ts';
import type { GraphContext } from '../../context.ts';
import { countVisible } from '../../counting.ts';
import { type MaybePromise, whenReady } from '../../maybe-promise.ts';
import { sumQuantities } from '../../quantity.ts';
import { Cluster, ClusterPart, Node } from '../../refs.ts';
import { workloadShelves } from '../../shelves.ts';
import { listArgs, listBy, namespaceArg } from '../lists.ts';
import { ClusterNodeConnection, clusterNodeList } from '../node/node.list.ts';
import { PodConnection, podList } from '../pod/pod.list.ts';
import { kindsAskedFor, WorkloadConnection, workloadList } from '../workload/workload.list.ts';
import { ClusterSource, PartProblem } from './cluster.enums.ts';
import { stageOf } from './cluster.list.ts';
import { ClusterSync } from './cluster-sync.type.ts';
import { Resources } from './resources.type.ts';

const OpenKruiseKind = builder.objectRef<OpenKruise['kinds'][number]>('OpenKruiseKind').implement({
  description: 'One kind of OpenKruise that a cluster serves.',
  fields: (t) => ({
    kind: t.exposeString('kind', { description: 'Name of the kind, e.g. `CloneSet`.' }),
    servedVersions: t.exposeStringList('servedVersions', { description: 'Versions that the API server serves, e.g. `v1alpha1`.' }),
  }),
});

const OpenKruiseInfo = builder.objectRef<OpenKruise>('OpenKruiseInfo').implement({
  description: 'OpenKruise as it is installed in a cluster.',
  fields: (t) => ({
    version: t.exposeString('version', { nullable: true, description: 'Version of its manager; null when it cannot be told.' }),
    kinds: t.expose('kinds', { type: [OpenKruiseKind], description: 'Its kinds that the cluster serves.' }),
  }),
});

ClusterPart.implement({
  description: 'One cluster whose part of an answer is missing or old.',
  fields: (t) => ({
    cluster: t.field({
      type: Cluster,
      nullable: true,
      description: 'The cluster; null when there is none of this name.',
      resolve: ({ cluster }) => cluster,
    }),
    name: t.exposeString('name', { description: 'Registered name, or the name that was asked for.' }),
    problem: t.expose('problem', { type: PartProblem, description: 'What is wrong.' }),
    message: t.exposeString('message', { nullable: true, description: 'What is wrong, for people.' }),
    staleSince: t.expose('staleSince', {
      type: 'DateTime',
      nullable: true,
      description: 'When the copy was last known to be true; null where there is none, or it is true.',
    }),
  }),
});

const fromRecord =
  <T>(get: (record: ClusterRecord) => T) =>
  (cluster: ClusterStore) =>
    get(cluster.record);

Cluster.implement({
  description: 'A Kubernetes cluster that is registered with the gateway.',
  interfaces: [Node],
  fields: (t) => ({
    name: t.string({ description: 'Registered name, unique in the fleet.', resolve: fromRecord(({ name }) => name) }),
    systemUid: t.string({
      nullable: true,
      description: 'Uid of the namespace kube-system: which incarnation of the cluster this is. Null before first contact.',
      resolve: fromRecord(({ systemUid }) => systemUid),
    }),
    labels: t.field({
      type: 'JSONObject',
      description: 'Labels of the registration: texts by key.',
      resolve: fromRecord(({ labels }) => labels),
    }),
    label: t.string({
      nullable: true,
      description: 'Value of one label of the registration; null when it is not set.',
      args: { key: t.arg.string({ required: true, description: 'Key of the label, e.g. `tier`.' }) },
      resolve: ({ record }, { key }) => labelOf(record.labels, key),
    }),
    stage: t.string({
      nullable: true,
      description: 'Stage of the cluster: its label `fleetgraph.io/stage`. Null when it has none.',
      resolve: stageOf,
    }),
    source: t.field({
      type: ClusterSource,
      description: 'Where the registration comes from.',
      resolve: fromRecord(({ source }) => source),
    }),
    sync: t.field({ type: ClusterSync, description: 'How true our copy of the cluster is.', resolve: (cluster) => cluster }),
    kubernetesVersion: t.string({
      nullable: true,
      description: 'Version of the API server, e.g. `v1.33.1`. Null before first contact.',
      resolve: fromRecord(({ kubernetesVersion }) => kubernetesVersion),
    }),
    openKruise: t.field({
      type: OpenKruiseInfo,
      nullable: true,
      description: 'OpenKruise; null where it is not installed.',
      resolve: fromRecord(({ openKruise }) => openKruise),
    }),
    nodeCount: t.int({
      nullable: true,
      description: 'Nodes. Null before first contact and when the viewer may see none.',
      resolve: (cluster, _args, ctx) => countVisible(ctx, cluster, [cluster.nodes]),
    }),
    podCount: t.int({
      nullable: true,
      description: 'Pods that the viewer may see, finished ones included. Null before first contact and when the viewer may see none.',
      resolve: (cluster, _args, ctx) => countVisible(ctx, cluster, [cluster.pods]),
    }),
    capacity: t.field({
      type: Resources,
      nullable: true,
      description: 'What all nodes have together. Null before first contact and when the viewer may not see the nodes.',
      resolve: (cluster, _args, ctx) => capacityOf(ctx, cluster),
    }),
    namespaces: t.stringList({
      nullable: true,
      description: 'Names of the namespaces in alphabetical order. Null when the viewer may not list namespaces.',
      resolve: (cluster, _args, ctx) => namespacesOf(ctx, cluster),
    }),
    nodes: t.field({
      type: ClusterNodeConnection,
      nullable: true,
      description: 'Nodes of the cluster.',
      args: listArgs(clusterNodeList),
      resolve: (cluster, args, ctx) => listBy(ctx, clusterNodeList, { scope: onlyCluster(cluster), shelves: ({ nodes }) => [nodes] }, args),
    }),
    workloads: t.field({
      type: WorkloadConnection,
      nullable: true,
      description: 'Workloads of the cluster, of all six kinds.',
      args: { ...namespaceArg, ...listArgs(workloadList) },
      resolve: (cluster, { namespace, ...args }, ctx) => {
        const kinds = kindsAskedFor(args.filter);
        return listBy(ctx, workloadList, { scope: onlyCluster(cluster), shelves: (each) => workloadShelves(each, kinds), namespace }, args);
      },
    }),
    pods: t.field({
      type: PodConnection,
      nullable: true,
      description: 'Pods of the cluster.',
      args: { ...namespaceArg, ...listArgs(podList) },
      resolve: (cluster, { namespace, ...args }, ctx) =>
        listBy(ctx, podList, { scope: onlyCluster(cluster), shelves: ({ pods }) => [pods], namespace }, args),
    }),
  }),
});

function capacityOf(ctx: GraphContext, cluster: ClusterStore): MaybePromise<Capacity | undefined> {
  return whenReady(ctx.visible.of(cluster, cluster.nodes, 'list'), (visibility) =>
    visibility.everything && cluster.nodes.size > 0 ? sumCapacity(cluster) : undefined,
  );
}

function sumCapacity({ nodes }: ClusterStore): Capacity {
  const all = [...nodes.all()].map(({ capacity }) => capacity);
  const cpu = sumQuantities(
    all.map((each) => each.cpu),
    'decimal',
  );
  const memory = sumQuantities(
    all.map((each) => each.memory),
    'binary',
  );
  const pods = sumQuantities(
    all.map((each) => each.pods),
    'decimal',
  );
  return { ...(cpu && { cpu }), ...(memory && { memory }), ...(pods && { pods }) };
}

function namespacesOf(ctx: GraphContext, cluster: ClusterStore): MaybePromise<string[] | undefined> {
  return whenReady(ctx.visible.of(cluster, cluster.namespaces, 'list'), ({ everything }) =>
    everything ? [...cluster.namespaces.all()].map(({ name }) => name).sort() : undefined,
  );
}
