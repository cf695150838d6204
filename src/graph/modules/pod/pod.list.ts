import type { PodRecord } from '../../../model/pod-record.ts';
import { defineConnection } from '../../connection-type.ts';
import { booleanField, dateField, defineFilter, enumField, intField, stringField } from '../../filters.ts';
import { ALL_REVISIONS, ALL_WORKLOADS } from '../../kinds.ts';
import { defineOrder } from '../../orders.ts';
import { listedComponentOf, listedRevisionOf, listedWorkloadOf } from '../../pod-facts.ts';
import { Pod } from '../../refs.ts';
import { workloadKindFilter } from '../workload/workload-kind.ts';

export const PodConnection = defineConnection('Pod', Pod, 'pods');

export const podFilter = defineFilter<PodRecord>('Pod', {
  name: stringField({ description: 'Name of the pod.' }, ({ name }) => name),
  namespace: stringField({ description: 'Namespace of the pod.' }, ({ namespace }) => namespace),
  phase: stringField({ description: "Kubernetes' phase: Pending, Running, Succeeded, Failed or Unknown." }, ({ phase }) => phase),
  status: stringField({ description: 'The word kubectl prints, e.g. CrashLoopBackOff.' }, ({ status }) => status),
  ready: booleanField({ description: 'Whether the pod is ready.' }, ({ ready }) => ready),
  restarts: intField({ description: "Restarts as kubectl's RESTARTS column counts them." }, ({ restarts }) => restarts),
  image: stringField({ description: 'Images of the containers.' }, ({ images }) => images.map(({ image }) => image)),
  node: stringField({ description: 'Name of the node; absent until scheduled.' }, ({ nodeName }) => nodeName),
  revision: stringField(
    { description: 'Name of the revision that the pod is at.', reads: ALL_REVISIONS },
    (pod, ctx) => listedRevisionOf(pod, ctx)?.name,
  ),
  workloadKind: enumField(
    workloadKindFilter,
    { description: 'Kind of the workload that made the pod.', reads: ALL_WORKLOADS },
    (pod, ctx) => listedWorkloadOf(pod, ctx)?.workloadKind,
  ),
  workload: stringField(
    { description: 'Name of the workload that made the pod; absent for a pod of its own.', reads: ALL_WORKLOADS },
    (pod, ctx) => listedWorkloadOf(pod, ctx)?.name,
  ),
  component: stringField({ description: 'Name of the component that its workload belongs to.', reads: ALL_WORKLOADS }, listedComponentOf),
  createdAt: dateField({ description: 'When the pod was created.' }, ({ createdAt }) => createdAt),
});

const podOrder = defineOrder<PodRecord>('Pod', {
  fields: {
    CLUSTER: { description: 'Name of the cluster.', of: ({ cluster }) => cluster },
    NAMESPACE: { description: 'Namespace of the pod.', of: ({ namespace }) => namespace },
    NAME: { description: 'Name of the pod.', of: ({ name }) => name },
    NODE: { description: 'Name of the node.', of: ({ nodeName }) => nodeName },
    STATUS: { description: 'The word kubectl prints.', of: ({ status }) => status },
    RESTARTS: { description: 'Restarts of its containers.', of: ({ restarts }) => restarts },
    CREATED_AT: { description: 'When the pod was created.', of: ({ createdAt }) => createdAt },
    READY_SINCE: { description: 'Since when the pod has been ready.', of: ({ readySince }) => readySince },
  },
  key: [({ cluster }) => cluster, ({ namespace }) => namespace, ({ name }) => name, ({ uid }) => uid],
  keyText: 'cluster, namespace, name, uid',
});

export const podList = { filter: podFilter, order: podOrder };
