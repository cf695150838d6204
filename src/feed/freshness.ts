import type { ClusterRecord } from '../model/cluster.ts';
import type { GroupResource } from '../model/resource.ts';

/** `arriving`: first copy under way, worth waiting for. `stale`: what we have may be old or missing. */
export type Freshness = 'live' | 'arriving' | 'stale';

/** How true the copy of these kinds is. A kind that the cluster does not serve is truly empty. */
export function freshnessOf(cluster: ClusterRecord, resources: readonly GroupResource[]): Freshness {
  const { state, reason, staleSince } = cluster.sync;
  if (state === 'CONNECTING' || state === 'SYNCING') {
    // A reason or an age says that it failed before: nobody should wait for it.
    return reason === undefined && staleSince === undefined ? 'arriving' : 'stale';
  }
  if (state !== 'LIVE') return 'stale';
  const kinds = cluster.sync.resources.filter((kind) => resources.includes(kind.resource));
  return kinds.every(({ state: kind }) => kind === 'LIVE' || kind === 'GONE') ? 'live' : 'stale';
}
