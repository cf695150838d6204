import type { Change } from '../store/commit.ts';
import type { ClusterStore, GraphStore } from '../store/graph-store.ts';
import type { StreamAccess, StreamVisibility } from './stream-access.ts';
import type { ObjectIdentity } from './stream-message.ts';
import type { StreamSource } from './stream-source.ts';

/** Clusters as rows of a stream: one row for each, keyed by its name. */
export type ClusterRow = ClusterStore;

/** The kind that stands for the clusters themselves in identities and rights. */
const CLUSTERS = 'clusters';

export const CLUSTER_ROWS: StreamSource<ClusterRow> = {
  resources: [CLUSTERS],
  follows: [],
  key: (row) => row.record.name,
  identity: (row) => clusterIdentity(row.record.name),
  rows: (cluster) => [cluster],
  find: (cluster) => cluster,
  own: () => undefined,
  // Counts of the row: only what comes or goes changes them.
  dependents(change: Change, cluster) {
    const counted = !('event' in change) && (change.before === undefined || change.after === undefined);
    return counted ? [cluster.record.name] : [];
  },
  namespaces: () => [],
  clusterPrint: (cluster) => cluster.record,
  gone: clusterIdentity,
};

function clusterIdentity(name: string): ObjectIdentity {
  return { cluster: name, resource: CLUSTERS, namespace: '', name, uid: name };
}

/** What of a cluster is news. */
export function clusterFingerprint({ record }: ClusterRow): string {
  const { sync, ...rest } = record;
  const kinds = sync.resources.map(({ resource, apiVersion, state, lastError }) => [resource, apiVersion, state, lastError]);
  return JSON.stringify([rest, sync.state, sync.reason, sync.message, sync.staleSince !== undefined, kinds]);
}

/** What of it moves all the time: counts and times. */
export function clusterBackground({ record, pods, nodes }: ClusterRow): string {
  const { since, lastEventAt, staleSince, resources } = record.sync;
  const counts = resources.map(({ objects, relists, reconnects }) => [objects, relists, reconnects]);
  return JSON.stringify([since, lastEventAt, staleSince, counts, pods.size, nodes.size]);
}

/** Rights to see that a cluster is there, as a stream asks for rights. */
export interface ClusterAccess {
  seesCluster(cluster: string): boolean | Promise<boolean>;
  readonly epoch: number;
}

export function clusterAccess(access: ClusterAccess, store: GraphStore): StreamAccess {
  const visibility = (cluster: string, sees: boolean): StreamVisibility => {
    if (sees) return { everything: true };
    // "No" from a cluster that does not answer is no answer, and no reason to end the stream.
    const asked = store.cluster(cluster)?.record.sync.state === 'LIVE';
    return { everything: false, namespaces: new Set(), ...(asked ? {} : { incomplete: 'UNREACHABLE' }) };
  };
  return {
    visibility(cluster) {
      const sees = access.seesCluster(cluster);
      return typeof sees === 'boolean' ? visibility(cluster, sees) : sees.then((answer) => visibility(cluster, answer));
    },
    get epoch() {
      return access.epoch;
    },
  };
}
