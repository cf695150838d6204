import type { ClusterRecord } from '../model/cluster.ts';
import type { GroupResource } from '../model/resource.ts';
import type { Commit } from '../store/commit.ts';
import type { GraphStore } from '../store/graph-store.ts';
import type { StoreBatch } from '../store/store-batch.ts';

/** The store as its one writer sees it. */
export interface FleetStore extends GraphStore {
  addCluster(record: ClusterRecord): Commit;
  removeCluster(name: string): Commit | undefined;
  commit(cluster: string, batch: StoreBatch): Commit | undefined;
  clear(cluster: string, resource?: GroupResource): Commit | undefined;
  objectCount(cluster: string, resource: GroupResource): number;
}
