import type { WorkloadRecord } from '../model/workload-record.ts';
import { podsOfWorkload } from '../status/owners.ts';
import type { ClusterStore } from '../store/graph-store.ts';

/** One that took longer was unready in between, more likely than slow. */
const LONGEST_SECONDS = 600;

/** Seconds that the workload's ready pods took from their start to being ready, the middle one; undefined when none is known. */
export function usualStartSeconds(cluster: ClusterStore, workload: WorkloadRecord): number | undefined {
  const took: number[] = [];
  for (const { ready, readySince, startedAt, restarts, inPlaceUpdatedAt } of podsOfWorkload(cluster, workload)) {
    if (!ready || readySince === undefined || startedAt === undefined || restarts > 0 || inPlaceUpdatedAt !== undefined) continue;
    const seconds = (readySince - startedAt) / 1_000;
    if (seconds <= LONGEST_SECONDS) took.push(seconds);
  }
  return took.sort((a, b) => a - b)[Math.floor(took.length / 2)];
}
