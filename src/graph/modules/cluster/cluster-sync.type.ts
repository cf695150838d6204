import type { ResourceSync as KindSync } from '../../../model/cluster.ts';
import type { ClusterStore } from '../../../store/graph-store.ts';
import { builder } from '../../builder.ts';
import type { GraphContext } from '../../context.ts';
import { countVisible } from '../../counting.ts';
import { type MaybePromise, whenReady } from '../../maybe-promise.ts';
import { shelfOf } from '../../shelves.ts';
import { ResourceSyncState, SyncState } from './cluster.enums.ts';

interface KindOfCluster {
  readonly cluster: ClusterStore;
  readonly sync: KindSync;
}

const ResourceSync = builder.objectRef<KindOfCluster>('ResourceSync').implement({
  description: 'How true the copy of one kind is.',
  fields: (t) => ({
    apiVersion: t.string({ description: 'API group and version that is watched.', resolve: ({ sync }) => sync.apiVersion }),
    kind: t.string({ description: "Kubernetes' name of the kind.", resolve: ({ sync }) => sync.kind }),
    state: t.field({ type: ResourceSyncState, description: 'How true the copy is.', resolve: ({ sync }) => sync.state }),
    objects: t.int({
      description: 'Objects held that the viewer may see.',
      resolve: ({ cluster, sync }, _args, ctx) => objectsOf(ctx, cluster, sync),
    }),
    relists: t.int({
      description: 'How often the kind had to be listed again since the gateway started.',
      resolve: ({ sync }) => sync.relists,
    }),
    reconnects: t.int({
      description: 'How often its watch was opened again since the gateway started.',
      resolve: ({ sync }) => sync.reconnects,
    }),
    lastError: t.string({
      nullable: true,
      description: 'What went wrong last; null when nothing did.',
      resolve: ({ sync }) => sync.lastError,
    }),
  }),
});

/** Never the size of the copy itself: it would tell of objects that the viewer may not see. */
function objectsOf(ctx: GraphContext, cluster: ClusterStore, { resource }: KindSync): MaybePromise<number> {
  const shelf = shelfOf(cluster, resource);
  return shelf === undefined ? 0 : whenReady(countVisible(ctx, cluster, [shelf]), (count) => count ?? 0);
}

export const ClusterSync = builder.objectRef<ClusterStore>('ClusterSync').implement({
  description: 'How true our copy of the cluster is.',
  fields: (t) => ({
    state: t.field({ type: SyncState, description: 'Where the copy stands.', resolve: ({ record }) => record.sync.state }),
    since: t.field({ type: 'DateTime', description: 'Since when it is in this state.', resolve: ({ record }) => record.sync.since }),
    reason: t.string({
      nullable: true,
      description: 'CamelCase code of what is wrong, e.g. ConnectionRefused, TokenExpired, ResourceExpired; null while all is well.',
      resolve: ({ record }) => record.sync.reason,
    }),
    message: t.string({
      nullable: true,
      description: 'What is wrong, for people; null while all is well.',
      resolve: ({ record }) => record.sync.message,
    }),
    lastEventAt: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'When something was last heard from the cluster. Null before that, and for a viewer who may not list the pods of all namespaces.',
      resolve: (cluster, _args, ctx) =>
        whenReady(seesAllPods(ctx, cluster), (sees) => (sees ? cluster.record.sync.lastEventAt : undefined)),
    }),
    staleSince: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the copy was last known to be true. Null while live.',
      resolve: ({ record }) => record.sync.staleSince,
    }),
    stalenessSeconds: t.float({
      description: 'The same in seconds, at the time of the answer. 0 while live.',
      resolve: ({ record: { sync } }, _args, ctx) =>
        sync.staleSince === undefined ? 0 : Math.max(0, (ctx.clock.now() - sync.staleSince) / 1000),
    }),
    resources: t.field({
      type: [ResourceSync],
      description: 'One entry for each kind that is watched.',
      resolve: (cluster) => cluster.record.sync.resources.map((sync) => ({ cluster, sync })),
    }),
  }),
});

/** The times of events tell of hidden activity: only who may see all of it sees them. */
function seesAllPods(ctx: GraphContext, cluster: ClusterStore): MaybePromise<boolean> {
  return whenReady(ctx.visible.of(cluster, cluster.pods, 'list'), ({ everything }) => everything);
}
