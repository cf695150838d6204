import type { ResourceSyncState as KindState, ClusterSource as Source, SyncState as State } from '../../../model/cluster.ts';
import { builder } from '../../builder.ts';
import { describedEnum } from '../../enum-values.ts';
import { defineEnumFilter } from '../../filters.ts';
import type { PartProblem as Problem } from '../../parts.ts';

export const SyncState = builder.enumType('SyncState', {
  description: 'How true the copy of a cluster is. Values may be added.',
  values: describedEnum<State>({
    CONNECTING: 'Not contacted yet.',
    SYNCING: 'Contacted; the first copy is not complete.',
    LIVE: 'Complete and kept up to date by watches.',
    STALE: 'Complete once; changes may be missing since `staleSince`.',
    UNREACHABLE: 'Does not answer.',
    UNAUTHORIZED: "Does not accept the gateway's credentials.",
    FORBIDDEN: 'Accepts the credentials but lets the gateway read nothing.',
    DISABLED: 'Registered, and not to be contacted.',
    REMOVED: 'No longer registered, but named by history.',
  }),
});

export const syncStateFilter = defineEnumFilter('SyncState', SyncState);

export const ResourceSyncState = builder.enumType('ResourceSyncState', {
  description: 'How true the copy of one kind in one cluster is. Values may be added.',
  values: describedEnum<KindState>({
    CONNECTING: 'Not asked for yet.',
    LISTING: 'Being listed.',
    LIVE: 'Complete and watched.',
    STALE: 'Complete once; changes may be missing.',
    FORBIDDEN: 'The gateway may not list or watch it.',
    UNAUTHORIZED: "The gateway's credentials are not accepted.",
    GONE: 'The cluster does not serve the kind.',
    DEGRADED: 'Complete, and kept up to date with interruptions.',
  }),
});

export const ClusterSource = builder.enumType('ClusterSource', {
  description: 'Where the registration of a cluster comes from. Values may be added.',
  values: describedEnum<Source>({
    KUBECONFIG: 'A context of a kubeconfig file.',
    IN_CLUSTER: 'The cluster that the gateway itself runs in.',
    ARGO_CD_SECRET: 'A cluster Secret of Argo CD.',
    CLUSTER_OBJECT: 'A Cluster object in the meta cluster.',
    SIMULATED: 'The simulated fleet.',
  }),
});

export const PartProblem = builder.enumType('PartProblem', {
  description: "Why a cluster's part of an answer is missing or old. Values may be added.",
  values: describedEnum<Problem>({
    NOT_SYNCED: 'The first copy is not complete yet.',
    STALE: 'The copy is old.',
    UNREACHABLE: 'The cluster does not answer; its last known objects are shown.',
    UNAUTHORIZED: "The cluster does not accept the gateway's credentials.",
    FORBIDDEN: 'The gateway may not read it, or the viewer may see nothing of it.',
    KIND_NOT_SERVED: 'The cluster does not serve what was asked for.',
    TIMED_OUT: 'The cluster did not answer in time.',
    NO_SUCH_CLUSTER: 'A name that was asked for matches no cluster that the viewer may see.',
  }),
});
