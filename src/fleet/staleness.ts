import type { ClusterSync } from '../model/cluster.ts';

/** How old the copy of a cluster may be, in seconds; 0 while it is live. */
export function stalenessSeconds(sync: ClusterSync, now: number): number {
  return sync.staleSince === undefined ? 0 : Math.max(0, now - sync.staleSince) / 1_000;
}
