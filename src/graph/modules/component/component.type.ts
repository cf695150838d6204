import type { ComponentKind as Kind } from '../../../status/component.ts';
import { componentKindOf } from '../../../status/component.ts';
import { builder } from '../../builder.ts';
import { clusterOf } from '../../cluster-of.ts';
import { clustersInScope, onlyCluster } from '../../cluster-scope.ts';
import { instancesOfComponent, visibleInstances } from '../../components.ts';
import { Connection } from '../../connection.ts';
import { describedEnum } from '../../enum-values.ts';
import { defineEnumFilter } from '../../filters.ts';
import { settleReads } from '../../listing.ts';
import { whenReady } from '../../maybe-promise.ts';
import { Cluster, Component, ComponentInstance, Node, Workload } from '../../refs.ts';
import { STATUS_READS } from '../../status-cluster.ts';
import { clustersArg, filterArg, pageArgs } from '../lists.ts';
import { WorkloadConnection, workloadOrder } from '../workload/workload.list.ts';
import {
  ComponentInstanceConnection,
  ComponentState,
  componentInstanceFilter,
  listInstances,
  stateSettled,
} from './component-instance.list.ts';
import { type VersionCount, versionCounts } from './version-counts.ts';

const ComponentKind = builder.enumType('ComponentKind', {
  description: 'What a component is for. Values may be added.',
  values: describedEnum<Kind>({
    CONTROL_PLANE: 'A part of the control plane of Kubernetes.',
    ADDON: 'An add-on that serves the cluster.',
    OPERATOR: 'A controller that manages other objects.',
    DATA_PLANE: 'An agent that runs on nodes.',
  }),
});

export const componentKindFilter = defineEnumFilter('ComponentKind', ComponentKind);

const ComponentVersionCount = builder.objectRef<VersionCount>('ComponentVersionCount').implement({
  description: 'How often a version is installed.',
  fields: (t) => ({
    version: t.exposeString('version', {
      nullable: true,
      description: 'The version; null for installations whose version cannot be told.',
    }),
    image: t.exposeString('image', { nullable: true, description: 'Image that most of them run.' }),
    clusterCount: t.exposeInt('clusterCount', { description: 'Clusters in which it is installed.' }),
    instanceCount: t.exposeInt('instanceCount', { description: 'Installations.' }),
  }),
});

Component.implement({
  description:
    'Something that is installed in many clusters under one name: workloads with the same label `app.kubernetes.io/name`; in kube-system, where installers leave it out, with the same name.',
  interfaces: [Node],
  fields: (t) => ({
    name: t.exposeString('component', { description: 'Name of the component.' }),
    componentKind: t.field({
      type: ComponentKind,
      description: 'What it is for, as its installations that the viewer may see tell.',
      resolve: (row, _args, ctx) => whenReady(instancesOfComponent(ctx, row), (instances) => componentKindOf(row.component, instances)),
    }),
    instances: t.field({
      type: ComponentInstanceConnection,
      nullable: true,
      description: 'Its installations, by cluster and namespace.',
      args: { ...clustersArg, ...filterArg(componentInstanceFilter), ...pageArgs },
      resolve: ({ component }, { clusters, filter, ...page }, ctx) =>
        listInstances(ctx, { scope: clustersInScope(ctx, clusters), component, filter }, page),
    }),
    versions: t.field({
      type: [ComponentVersionCount],
      nullable: true,
      description: 'The version matrix, summed: one row per version, most clusters first.',
      args: clustersArg,
      resolve: ({ component }, { clusters }, ctx) =>
        whenReady(visibleInstances(ctx, clustersInScope(ctx, clusters), component), ({ instances }) => versionCounts(instances)),
    }),
  }),
});

ComponentInstance.implement({
  description:
    'One installation of a component in one cluster (two ingress controllers are two). `workload` is the one whose image is the version.',
  interfaces: [Node],
  fields: (t) => ({
    component: t.field({ type: Component, description: 'What is installed.', resolve: ({ component }) => ({ component }) }),
    cluster: t.field({ type: Cluster, description: 'Where it is installed.', resolve: (instance, _args, ctx) => clusterOf(ctx, instance) }),
    namespace: t.exposeString('namespace', { nullable: true, description: 'Namespace of its workloads.' }),
    workload: t.expose('workload', { type: Workload, nullable: true, description: 'The workload whose image is the version.' }),
    workloads: t.field({
      type: WorkloadConnection,
      nullable: true,
      description: 'All its workloads that the viewer may see.',
      args: { after: pageArgs.after, first: t.arg.int({ defaultValue: 20, description: 'Rows wanted, 1 to 500.' }) },
      resolve: ({ workloads }, { first, after }, ctx) =>
        new Connection(ctx, () => workloads, {
          sorting: workloadOrder.sorting(undefined),
          page: { first: first ?? 20, after },
          parts: () => [],
        }),
    }),
    version: t.exposeString('version', {
      nullable: true,
      description: 'Label `app.kubernetes.io/version`, or the tag of the image; null when neither tells.',
    }),
    image: t.exposeString('image', { nullable: true, description: 'Image that is the version.' }),
    state: t.field({
      type: ComponentState,
      description: 'What it is doing.',
      resolve: (instance, _args, ctx) =>
        whenReady(settleReads(ctx, [clusterOf(ctx, instance)], STATUS_READS), () => stateSettled(instance, ctx)),
    }),
  }),
});

builder.objectField(Cluster, 'componentInstances', (t) =>
  t.field({
    type: ComponentInstanceConnection,
    nullable: true,
    description: 'Components as they are installed in the cluster, by name and namespace.',
    args: pageArgs,
    resolve: (cluster, page, ctx) => listInstances(ctx, { scope: onlyCluster(cluster) }, page),
  }),
);
