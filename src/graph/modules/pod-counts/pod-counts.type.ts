import { builder } from '../../builder.ts';
import { describedEnum } from '../../enum-values.ts';
import type { ClusterPart as Part } from '../../parts.ts';
import { Cluster, ClusterPart, Component, Workload } from '../../refs.ts';
import type { PodGroupCount, PodGroupName } from './pod-grouping.ts';

export const PodGroup = builder.enumType('PodGroup', {
  description: 'What to group pods by.',
  values: describedEnum<PodGroupName>({
    CLUSTER: 'Cluster.',
    NAMESPACE: 'Namespace.',
    NODE: 'Name of the node.',
    PHASE: "Kubernetes' phase.",
    STATUS: 'The word kubectl prints.',
    READY: 'Whether it is ready.',
    IMAGE: 'Image of a container; a pod with several images counts once for each.',
    REVISION: 'Name of the revision of its workload.',
    WORKLOAD: 'Workload that made it.',
    COMPONENT: 'Component that their workload belongs to.',
    STAGE: 'Stage of its cluster.',
  }),
});

const PodCount = builder.objectRef<PodGroupCount>('PodCount').implement({
  description: 'One group of pods. What the pods were not grouped by, or do not have, is null.',
  fields: (t) => ({
    count: t.exposeInt('count', { description: 'Pods in the group.' }),
    cluster: t.expose('cluster', { type: Cluster, nullable: true, description: 'Their cluster, when grouped by CLUSTER.' }),
    namespace: t.exposeString('namespace', { nullable: true, description: 'Their namespace, when grouped by NAMESPACE.' }),
    node: t.exposeString('node', {
      nullable: true,
      description: 'Name of their node, when grouped by NODE; null for pods that are not scheduled.',
    }),
    phase: t.exposeString('phase', { nullable: true, description: 'Their phase, when grouped by PHASE.' }),
    status: t.exposeString('status', { nullable: true, description: 'The word kubectl prints for them, when grouped by STATUS.' }),
    ready: t.exposeBoolean('ready', { nullable: true, description: 'Whether they are ready, when grouped by READY.' }),
    image: t.exposeString('image', { nullable: true, description: 'The image, when grouped by IMAGE.' }),
    revision: t.exposeString('revision', {
      nullable: true,
      description: 'Name of their revision, when grouped by REVISION; null where there is none or it may not be seen.',
    }),
    workload: t.expose('workload', {
      type: Workload,
      nullable: true,
      description: 'Their workload, when grouped by WORKLOAD; null where there is none or it may not be seen.',
    }),
    component: t.field({
      type: Component,
      nullable: true,
      description: 'Their component, when grouped by COMPONENT; null where there is none or it may not be seen.',
      resolve: ({ component }) => (component === undefined ? undefined : { component }),
    }),
    stage: t.exposeString('stage', {
      nullable: true,
      description: 'Stage of their cluster, when grouped by STAGE; null where it has none.',
    }),
  }),
});

export interface PodCountsAnswer {
  readonly groups: readonly PodGroupCount[];
  readonly groupCount: number;
  readonly total: number;
  readonly parts: readonly Part[];
}

export const PodCounts = builder.objectRef<PodCountsAnswer>('PodCounts').implement({
  description: 'Pods counted in groups, of all that the viewer may see.',
  fields: (t) => ({
    groups: t.expose('groups', { type: [PodCount], description: 'The largest groups, as many as asked for, largest first.' }),
    groupCount: t.exposeInt('groupCount', { description: 'Groups in all.' }),
    total: t.exposeInt('total', { description: 'Pods in all; each counts once.' }),
    parts: t.expose('parts', {
      type: [ClusterPart],
      description: 'Clusters in scope whose part is missing or old. Empty: the answer is whole.',
    }),
  }),
});
