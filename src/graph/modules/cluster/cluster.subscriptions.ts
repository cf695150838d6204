import { CLUSTER_ROWS, clusterAccess, clusterFingerprint } from '../../../feed/cluster-rows.ts';
import { matchesLabels } from '../../../model/label-selector.ts';
import type { ObjectRecord } from '../../../model/object-record.ts';
import type { ClusterStore, Collection } from '../../../store/graph-store.ts';
import { builder } from '../../builder.ts';
import type { GraphContext } from '../../context.ts';
import { countIn } from '../../counting.ts';
import { clusterId } from '../../global-id.ts';
import { Cluster } from '../../refs.ts';
import { openStream } from '../../streams.ts';
import { filterArg, labelSelectorArg } from '../lists.ts';
import { defineStream, streamArgs } from '../stream/stream.type.ts';
import { clusterFilter } from './cluster.list.ts';

const ClusterStream = defineStream('Cluster', 'cluster', Cluster, ({ name }) => clusterId(name));

builder.subscriptionField('clusterChanges', (t) =>
  t.field({
    type: ClusterStream,
    description: 'Clusters as they come, change and go. Counts and times alone make no change more often than every 5 s.',
    args: { ...filterArg(clusterFilter), ...labelSelectorArg, ...streamArgs },
    subscribe: (_root, { filter, labelSelector, ...args }, ctx) => {
      const { matches } = clusterFilter.compile(filter);
      return openStream<ClusterStore>(
        ctx,
        {
          source: CLUSTER_ROWS,
          access: clusterAccess(ctx.access, ctx.store),
          clustersInScope: () => ctx.store.clusters().map(({ record }) => record.name),
          matches: (cluster) => (labelSelector == null || matchesLabels(labelSelector, cluster.record.labels)) && matches(cluster, ctx),
          fingerprint: clusterFingerprint,
          background: { fingerprint: (cluster) => backgroundOf(cluster, ctx), everyMs: BACKGROUND_MS },
          freshness: ({ sync }) => (sync.state === 'LIVE' ? 'live' : 'stale'),
          binding: ['clusterChanges', filter, labelSelector],
        },
        args,
      );
    },
    resolve: (message) => message,
  }),
);

const BACKGROUND_MS = 5_000;

/** Counts of what the viewer may see: a message about others would tell that there are others. */
function backgroundOf(cluster: ClusterStore, ctx: GraphContext): string {
  const { since, staleSince, lastEventAt, resources } = cluster.record.sync;
  const count = (collection: Collection<ObjectRecord>) => countIn(collection, ctx.visible.settled(cluster, collection.resource, 'list'));
  const seesAll = ctx.visible.settled(cluster, cluster.pods.resource, 'list').everything;
  const troubles = resources.map(({ relists, reconnects }) => [relists, reconnects]);
  return JSON.stringify([since, staleSince, seesAll ? lastEventAt : null, troubles, count(cluster.pods), count(cluster.nodes)]);
}
