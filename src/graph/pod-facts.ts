import { isVisible } from '../auth/access.ts';
import type { PodRecord } from '../model/pod-record.ts';
import type { RevisionRecord, WorkloadRecord } from '../model/workload-record.ts';
import { componentNameOf } from '../status/component.ts';
import { revisionOfPod, workloadOfPodIn } from '../status/owners.ts';
import { clusterOf } from './cluster-of.ts';
import type { GraphContext } from './context.ts';

/** What is known of a pod by its neighbours, as far as the viewer may list them; synchronous once those rights are settled. */
export function listedWorkloadOf(pod: PodRecord, ctx: GraphContext): WorkloadRecord | undefined {
  const cluster = clusterOf(ctx, pod);
  const workload = workloadOfPodIn(cluster, pod);
  return workload !== undefined && isVisible(ctx.visible.settled(cluster, workload.resource, 'list'), workload.namespace)
    ? workload
    : undefined;
}

export function listedRevisionOf(pod: PodRecord, ctx: GraphContext): RevisionRecord | undefined {
  const cluster = clusterOf(ctx, pod);
  const revision = revisionOfPod(cluster, pod);
  return revision !== undefined && isVisible(ctx.visible.settled(cluster, revision.resource, 'list'), revision.namespace)
    ? revision
    : undefined;
}

/** The component that its workload belongs to. */
export function listedComponentOf(pod: PodRecord, ctx: GraphContext): string | undefined {
  const workload = listedWorkloadOf(pod, ctx);
  return workload && componentNameOf(workload);
}
