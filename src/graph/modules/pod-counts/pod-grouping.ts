import { STAGE_LABEL } from '../../../model/cluster.ts';
import type { PodRecord } from '../../../model/pod-record.ts';
import type { GroupResource } from '../../../model/resource.ts';
import type { WorkloadRecord } from '../../../model/workload-record.ts';
import type { ClusterStore } from '../../../store/graph-store.ts';
import { clusterOf } from '../../cluster-of.ts';
import type { GraphContext } from '../../context.ts';
import { ALL_REVISIONS, ALL_WORKLOADS } from '../../kinds.ts';
import { listedComponentOf, listedRevisionOf, listedWorkloadOf } from '../../pod-facts.ts';

export type PodGroupName =
  | 'CLUSTER'
  | 'NAMESPACE'
  | 'NODE'
  | 'PHASE'
  | 'STATUS'
  | 'READY'
  | 'IMAGE'
  | 'REVISION'
  | 'WORKLOAD'
  | 'COMPONENT'
  | 'STAGE';

/** What the pods of one group have in common; what was not asked for is absent. */
export interface PodGroupValues {
  readonly cluster?: ClusterStore;
  readonly namespace?: string;
  readonly node?: string;
  readonly phase?: string;
  readonly status?: string;
  readonly ready?: boolean;
  readonly image?: string;
  readonly revision?: string;
  readonly workload?: WorkloadRecord;
  readonly component?: string;
  readonly stage?: string;
}

export interface PodGroupCount extends PodGroupValues {
  /** The same for the same group in every answer. */
  readonly key: string;
  readonly count: number;
}

interface Value {
  readonly key: string;
  readonly values: PodGroupValues;
}

interface Dimension {
  /** Kinds whose right to be listed is settled first. */
  readonly reads?: readonly GroupResource[];
  /** Most often one; a pod with several images is counted once for each. */
  readonly of: (pod: PodRecord, ctx: GraphContext) => Value | readonly Value[];
}

const ABSENT: Value = { key: '', values: {} };
const value = (key: string | undefined, values: () => PodGroupValues): Value =>
  key === undefined ? ABSENT : { key: `=${key}`, values: values() };

const DIMENSIONS: Readonly<Record<PodGroupName, Dimension>> = {
  CLUSTER: { of: (pod, ctx) => value(pod.cluster, () => ({ cluster: clusterOf(ctx, pod) })) },
  NAMESPACE: { of: ({ namespace }) => value(namespace, () => ({ namespace })) },
  NODE: { of: ({ nodeName }) => (nodeName === undefined ? ABSENT : value(nodeName, () => ({ node: nodeName }))) },
  PHASE: { of: ({ phase }) => value(phase, () => ({ phase })) },
  STATUS: { of: ({ status }) => value(status, () => ({ status })) },
  READY: { of: ({ ready }) => value(String(ready), () => ({ ready })) },
  IMAGE: { of: ({ images }) => [...new Set(images.map(({ image }) => image))].map((image) => value(image, () => ({ image }))) },
  REVISION: {
    reads: ALL_REVISIONS,
    of: (pod, ctx) => {
      const revision = listedRevisionOf(pod, ctx)?.name;
      return revision === undefined ? ABSENT : value(revision, () => ({ revision }));
    },
  },
  WORKLOAD: {
    reads: ALL_WORKLOADS,
    of: (pod, ctx) => {
      const workload = listedWorkloadOf(pod, ctx);
      return workload === undefined ? ABSENT : value(`${workload.cluster} ${workload.uid}`, () => ({ workload }));
    },
  },
  COMPONENT: {
    reads: ALL_WORKLOADS,
    of: (pod, ctx) => {
      const component = listedComponentOf(pod, ctx);
      return component === undefined ? ABSENT : value(component, () => ({ component }));
    },
  },
  STAGE: {
    of: (pod, ctx) => {
      const stage = clusterOf(ctx, pod).record.labels[STAGE_LABEL];
      return stage === undefined ? ABSENT : value(stage, () => ({ stage }));
    },
  },
};

export function groupReads(groupBy: readonly PodGroupName[]): readonly GroupResource[] {
  return groupBy.flatMap((name) => DIMENSIONS[name].reads ?? []);
}

export interface PodTally {
  /** Largest first; equal ones in the order of their keys. */
  readonly groups: readonly PodGroupCount[];
  readonly total: number;
}

export function countPods(pods: Iterable<PodRecord>, groupBy: readonly PodGroupName[], ctx: GraphContext): PodTally {
  const dimensions = [...new Set(groupBy)].map((name) => DIMENSIONS[name]);
  const groups = new Map<string, { readonly values: PodGroupValues; count: number }>();
  let total = 0;
  for (const pod of pods) {
    total += 1;
    for (const { key, values } of combine(dimensions, pod, ctx)) {
      const group = groups.get(key);
      if (group === undefined) groups.set(key, { values, count: 1 });
      else group.count += 1;
    }
  }
  const counts = [...groups].map(([key, { values, count }]) => ({ ...values, key, count }));
  return { groups: counts.sort((a, b) => b.count - a.count || (a.key < b.key ? -1 : 1)), total };
}

function combine(dimensions: readonly Dimension[], pod: PodRecord, ctx: GraphContext): readonly Value[] {
  let combined: readonly Value[] = [ABSENT];
  for (const dimension of dimensions) {
    const found = dimension.of(pod, ctx);
    const each = 'key' in found ? [found] : found;
    // A zero byte occurs in no name: different groups never share a key.
    combined = combined.flatMap((left) =>
      each.map((right) => ({ key: `${left.key}\0${right.key}`, values: { ...left.values, ...right.values } })),
    );
  }
  return combined;
}
