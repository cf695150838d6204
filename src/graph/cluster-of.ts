import type { ClusterStore } from '../store/graph-store.ts';
import type { GraphContext } from './context.ts';
import { removedCluster } from './removed-cluster.ts';

/** The cluster that a record names. It may have left the fleet since the record was read. */
export function clusterOf(ctx: GraphContext, { cluster }: { readonly cluster: string }): ClusterStore {
  return ctx.store.cluster(cluster) ?? removedCluster(cluster, ctx.clock.now());
}
