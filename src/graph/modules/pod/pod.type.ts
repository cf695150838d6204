import type { PodRecord } from '../../../model/pod-record.ts';
import type { WorkloadRecord } from '../../../model/workload-record.ts';
import { componentNameOf } from '../../../status/component.ts';
import { revisionOfPod, workloadOfPodIn, workloadOfRevision } from '../../../status/owners.ts';
import { clusterOf } from '../../cluster-of.ts';
import type { ComponentRow } from '../../components.ts';
import type { GraphContext } from '../../context.ts';
import { classOfPod } from '../../derived.ts';
import { type MaybePromise, whenReady } from '../../maybe-promise.ts';
import { ClusterNode, Component, KubernetesResource, Node, Pod, Workload, WorkloadRevision, type WorkloadRevisionRow } from '../../refs.ts';
import { ContainerImage } from '../workload/container-image.type.ts';
import { Container } from './container.type.ts';
import { PodStatusClass } from './pod-status-class.ts';

Pod.implement({
  description: 'A pod: containers that run together on one node.',
  interfaces: [Node, KubernetesResource],
  fields: (t) => ({
    phase: t.exposeString('phase', { description: "Kubernetes' phase: Pending, Running, Succeeded, Failed or Unknown." }),
    status: t.exposeString('status', {
      description: 'The word kubectl prints: Running, CrashLoopBackOff, Init:0/1, Terminating, Completed...',
    }),
    statusClass: t.field({
      type: PodStatusClass,
      description: 'What it is doing, in one of a few classes. A node that the viewer may not see is taken to be well.',
      resolve: (pod, _args, ctx) => classOfPod(ctx, pod),
    }),
    ready: t.exposeBoolean('ready', { description: "Whether Kubernetes' condition Ready is true." }),
    readyContainers: t.exposeInt('readyContainers', { description: "Ready containers, as kubectl's READY column counts them." }),
    totalContainers: t.exposeInt('totalContainers', { description: "Containers, as kubectl's READY column counts them." }),
    restarts: t.exposeInt('restarts', { description: "Restarts, as kubectl's RESTARTS column counts them." }),
    ip: t.exposeString('ip', { nullable: true, description: 'Address of the pod; null until it has one.' }),
    images: t.expose('images', { type: [ContainerImage], description: 'Image of each container.' }),
    containers: t.expose('containers', { type: [Container], description: 'Containers, init containers first, in the order of the spec.' }),
    readySince: t.expose('readySince', { type: 'DateTime', nullable: true, description: 'Since when it is ready; null while it is not.' }),
    node: t.field({
      type: ClusterNode,
      nullable: true,
      description: 'Node that it runs on; null until scheduled, when the node is gone, and when it may not be seen.',
      resolve: (pod, _args, ctx) => nodeOf(ctx, pod),
    }),
    workload: t.field({
      type: Workload,
      nullable: true,
      description: 'Workload that made it; null for a pod of its own or of another kind, and when it may not be seen.',
      resolve: (pod, _args, ctx) => workloadOf(ctx, pod),
    }),
    revision: t.field({
      type: WorkloadRevision,
      nullable: true,
      description: 'Revision of its workload that it was made from, or updated to in place; null when it has none or it may not be seen.',
      resolve: (pod, _args, ctx) => revisionRowOf(ctx, pod),
    }),
    component: t.field({
      type: Component,
      nullable: true,
      description: 'Component that its workload belongs to; null when it belongs to none, and when the workload may not be seen.',
      resolve: (pod, _args, ctx) => whenReady(workloadOf(ctx, pod), (workload) => componentRowOf(workload)),
    }),
  }),
});

function nodeOf(ctx: GraphContext, pod: PodRecord) {
  const cluster = clusterOf(ctx, pod);
  return ctx.visible.one(cluster, pod.nodeName === undefined ? undefined : cluster.nodes.get('', pod.nodeName));
}

function workloadOf(ctx: GraphContext, pod: PodRecord) {
  const cluster = clusterOf(ctx, pod);
  return ctx.visible.one(cluster, workloadOfPodIn(cluster, pod));
}

function componentRowOf(workload: WorkloadRecord | undefined): ComponentRow | undefined {
  const component = workload && componentNameOf(workload);
  return component === undefined ? undefined : { component };
}

function revisionRowOf(ctx: GraphContext, pod: PodRecord): MaybePromise<WorkloadRevisionRow | undefined> {
  const cluster = clusterOf(ctx, pod);
  const revision = revisionOfPod(cluster, pod);
  const workload = revision === undefined ? undefined : workloadOfRevision(cluster, revision);
  if (revision === undefined || workload === undefined) return undefined;
  return whenReady(
    ctx.visible.one(cluster, workload),
    (seen) => seen && whenReady(ctx.visible.one(cluster, revision), (shown) => shown && { workload, revision }),
  );
}
