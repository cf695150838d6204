import type { WorkloadRecord } from '../model/workload-record.ts';
import { podsOfWorkload } from '../status/owners.ts';
import type { ClusterStore } from '../store/graph-store.ts';

/** Seconds that the slowest of the workload's ready pods took from its start to being ready; undefined when none is known. */
export function usualStartSeconds(cluster: ClusterStore, workload: WorkloadRecord): number | undefined {
  let slowest: number | undefined;
  for (const { ready, readySince, startedAt } of podsOfWorkload(cluster, workload)) {
    if (!ready || readySince === undefined || startedAt === undefined) continue;
    slowest = Math.max(slowest ?? 0, (readySince - startedAt) / 1_000);
  }
  return slowest;
}
