import { CLUSTER_ROWS, type ClusterAccess, type ClusterRow, clusterAccess, clusterBackground, clusterFingerprint } from './cluster-rows.ts';
import { openObjectStream } from './object-stream.ts';
import type { StreamMessage } from './stream-message.ts';
import type { ObjectStreamOptions } from './stream-options.ts';

type Fixed =
  | 'source'
  | 'access'
  | 'fingerprint'
  | 'background'
  | 'clustersInScope'
  | 'namespace'
  | 'freshness'
  | 'reevaluate'
  | 'secretScope';

export interface ClusterStreamOptions extends Omit<ObjectStreamOptions<ClusterRow>, Fixed> {
  readonly access: ClusterAccess;
  /** Counts and times alone make no change more often than this; default 5 s. */
  readonly backgroundMs?: number;
}

/**
 * A stream of the clusters themselves. Its life is that of every stream of objects; a cluster is a row whether
 * its copy is live or not, so SYNCED waits for none.
 */
export function openClusterStream(options: ClusterStreamOptions): AsyncIterableIterator<StreamMessage<ClusterRow>> {
  const { store, backgroundMs, access } = options;
  return openObjectStream<ClusterRow>({
    ...options,
    access: clusterAccess(access, store),
    source: CLUSTER_ROWS,
    fingerprint: clusterFingerprint,
    background: { fingerprint: clusterBackground, everyMs: backgroundMs ?? 5_000 },
    secretScope: true,
    clustersInScope: () => store.clusters().map(({ record }) => record.name),
    freshness: ({ sync }) => (sync.state === 'LIVE' ? 'live' : 'stale'),
  });
}
