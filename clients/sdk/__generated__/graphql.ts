/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** How urgent something is. */
export type AttentionSeverity =
  /** Somebody is not served, or nobody can tell. */
  | 'CRITICAL'
  /** Worth knowing. */
  | 'INFO'
  /** Something does not go on by itself. */
  | 'WARNING';

/** Whom a cause speaks against. Values may be added. */
export type CauseSource =
  /** The cluster: its nodes, its capacity, its network. */
  | 'ENVIRONMENT'
  /** A rule that somebody set: a quota, a webhook, a disruption budget. */
  | 'POLICY'
  /** The new revision. */
  | 'RELEASE'
  /** Nobody can say. */
  | 'UNKNOWN';

/** What became of an object in a stream. */
export type ChangeType =
  /** New to this stream. */
  | 'ADDED'
  /** Changed. */
  | 'MODIFIED'
  /** Deleted, no longer matching or no longer visible, not told apart on purpose. Take the row out of this list; never delete the record from a normalised cache. */
  | 'REMOVED';

/** What a component is for. Values may be added. */
export type ComponentKind =
  /** An add-on that serves the cluster. */
  | 'ADDON'
  /** A part of the control plane of Kubernetes. */
  | 'CONTROL_PLANE'
  /** An agent that runs on nodes. */
  | 'DATA_PLANE'
  /** A controller that manages other objects. */
  | 'OPERATOR';

/** What an installation is doing: the worst of what its workloads do. Values may be added. */
export type ComponentState =
  /** A workload is where it should be and not well. */
  | 'DEGRADED'
  /** All its workloads are complete and well. */
  | 'HEALTHY'
  /** A workload is stuck on its way to another revision. */
  | 'STUCK'
  /** Cannot be told. */
  | 'UNKNOWN'
  /** A workload is on its way to another revision, or held back there. */
  | 'UPGRADING';

/** What became of a mutation. Values may be added. */
export type OperationOutcome =
  /** Durable, not yet carried out; ask node(id) again. */
  | 'ACCEPTED'
  /** Done; on a dry run: would have been done. */
  | 'APPLIED'
  /** Not done, because something broke. */
  | 'FAILED'
  /** Not done, because it may not or must not be. */
  | 'REFUSED'
  /** Not done, because it was not needed. */
  | 'SKIPPED'
  /** Sent, and no answer came; being found out. */
  | 'UNKNOWN';

/** Why a cluster's part of an answer is missing or old. Values may be added. */
export type PartProblem =
  /** The gateway may not read it, or the viewer may see nothing of it. */
  | 'FORBIDDEN'
  /** The cluster does not serve what was asked for. */
  | 'KIND_NOT_SERVED'
  /** The first copy is not complete yet. */
  | 'NOT_SYNCED'
  /** A name that was asked for matches no cluster that the viewer may see. */
  | 'NO_SUCH_CLUSTER'
  /** The copy is old. */
  | 'STALE'
  /** The cluster did not answer in time. */
  | 'TIMED_OUT'
  /** The cluster does not accept the gateway's credentials. */
  | 'UNAUTHORIZED'
  /** The cluster does not answer; its last known objects are shown. */
  | 'UNREACHABLE';

/** What a pod is doing: the first that holds, in this order. Values may be added. */
export type PodStatusClass =
  /** Ready for long enough. */
  | 'AVAILABLE'
  /** A container cannot be made from its configuration. */
  | 'CONFIG_ERROR'
  /** A container ends again and again. */
  | 'CRASH_LOOP'
  /** Ended, and not well. */
  | 'FAILED'
  /** Waits for a lifecycle hook of OpenKruise for a long time. */
  | 'HOOK_BLOCKED'
  /** An image cannot be had. */
  | 'IMAGE_ERROR'
  /** Being updated in place. */
  | 'IN_PLACE_UPDATING'
  /** Not ready, and its node is not ready or gone. */
  | 'NODE_DOWN'
  /** Not ready for another reason. */
  | 'NOT_READY'
  /** Ready, but not yet for long enough. */
  | 'READY_NOT_AVAILABLE'
  /** Ended well. */
  | 'SUCCEEDED'
  /** Its deletion was asked for. */
  | 'TERMINATING'
  /** No node fits. */
  | 'UNSCHEDULABLE';

/** How true the copy of one kind in one cluster is. Values may be added. */
export type ResourceSyncState =
  /** Not asked for yet. */
  | 'CONNECTING'
  /** Complete, and kept up to date with interruptions. */
  | 'DEGRADED'
  /** The gateway may not list or watch it. */
  | 'FORBIDDEN'
  /** The cluster does not serve the kind. */
  | 'GONE'
  /** Being listed. */
  | 'LISTING'
  /** Complete and watched. */
  | 'LIVE'
  /** Complete once; changes may be missing. */
  | 'STALE'
  /** The gateway's credentials are not accepted. */
  | 'UNAUTHORIZED';

/** What a message of a stream is. Values may be added. */
export type StreamPhase =
  /** What changed. */
  | 'CHANGES'
  /** The stream completes after this; resume elsewhere. */
  | 'CLOSING'
  /** Some cluster became stale or live again. */
  | 'FRESHNESS'
  /** Continuity was lost; a new snapshot follows. */
  | 'RESYNC'
  /** A page of what is there. */
  | 'SNAPSHOT'
  /** All that was there has been told. */
  | 'SYNCED';

/** How true the copy of a cluster is. Values may be added. */
export type SyncState =
  /** Not contacted yet. */
  | 'CONNECTING'
  /** Registered, and not to be contacted. */
  | 'DISABLED'
  /** Accepts the credentials but lets the gateway read nothing. */
  | 'FORBIDDEN'
  /** Complete and kept up to date by watches. */
  | 'LIVE'
  /** No longer registered, but named by history. */
  | 'REMOVED'
  /** Complete once; changes may be missing since `staleSince`. */
  | 'STALE'
  /** Contacted; the first copy is not complete. */
  | 'SYNCING'
  /** Does not accept the gateway's credentials. */
  | 'UNAUTHORIZED'
  /** Does not answer. */
  | 'UNREACHABLE';

/** The kinds of workload that share one view. */
export type WorkloadKind =
  /** Advanced DaemonSet of OpenKruise (`apps.kruise.io`). */
  | 'ADVANCED_DAEMON_SET'
  /** Advanced StatefulSet of OpenKruise (`apps.kruise.io`). */
  | 'ADVANCED_STATEFUL_SET'
  /** CloneSet of OpenKruise (`apps.kruise.io`). */
  | 'CLONE_SET'
  /** DaemonSet of `apps`. */
  | 'DAEMON_SET'
  /** Deployment of `apps`. */
  | 'DEPLOYMENT'
  /** StatefulSet of `apps`. */
  | 'STATEFUL_SET';

/** What a workload is doing. Values may be added. */
export type WorkloadState =
  /** All pods are new and available. */
  | 'COMPLETE'
  /** Pods are being replaced, made or removed. */
  | 'IN_PROGRESS'
  /** Changed, and no pod is new yet because it is paused or held back. */
  | 'NOT_STARTED'
  /** More pods are new than the partition asks for. */
  | 'OVERSHOOT'
  /** Its pause flag is set before all pods are new. */
  | 'PAUSED'
  /** As many pods are new and available as the partition lets be. */
  | 'PAUSED_AT_PARTITION'
  /** Does not move and will not by itself; `causes` says why. */
  | 'STUCK'
  /** The template on the object is no longer the one that a run of ours put there. */
  | 'SUPERSEDED'
  /** Cannot be told: the pods are not known, or may not be seen. */
  | 'UNKNOWN'
  /** Its controller has not seen the latest change yet. */
  | 'UNOBSERVED';

export type ByIdQueryVariables = Exact<{
  ids: Array<string | number> | string | number;
}>;


export type ByIdQuery = { nodes: Array<
    | { __typename: 'AdvancedDaemonSet', apiVersion: string, kind: string, namespace: string | null, name: string, id: string, cluster: { name: string } }
    | { __typename: 'AdvancedStatefulSet', apiVersion: string, kind: string, namespace: string | null, name: string, id: string, cluster: { name: string } }
    | { __typename: 'CloneSet', apiVersion: string, kind: string, namespace: string | null, name: string, id: string, cluster: { name: string } }
    | { __typename: 'Cluster', name: string, id: string }
    | { __typename: 'ClusterNode', apiVersion: string, kind: string, namespace: string | null, name: string, id: string, cluster: { name: string } }
    | { __typename: 'Component', id: string }
    | { __typename: 'ComponentInstance', id: string }
    | { __typename: 'DaemonSet', apiVersion: string, kind: string, namespace: string | null, name: string, id: string, cluster: { name: string } }
    | { __typename: 'Deployment', apiVersion: string, kind: string, namespace: string | null, name: string, id: string, cluster: { name: string } }
    | { __typename: 'Event', id: string }
    | { __typename: 'KubernetesObject', apiVersion: string, kind: string, namespace: string | null, name: string, id: string, cluster: { name: string } }
    | { __typename: 'Operation', id: string }
    | { __typename: 'Pod', apiVersion: string, kind: string, namespace: string | null, name: string, id: string, cluster: { name: string } }
    | { __typename: 'StatefulSet', apiVersion: string, kind: string, namespace: string | null, name: string, id: string, cluster: { name: string } }
   | null> };

export type ClusterChangesSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type ClusterChangesSubscription = { clusterChanges: { phase: StreamPhase, resumeToken: string | null, changes: Array<{ type: ChangeType, id: string, cluster: { name: string, podCount: number | null, sync: { state: SyncState, since: string, reason: string | null, staleSince: string | null } } | null }> } };

export type WorkloadChangesSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type WorkloadChangesSubscription = { workloadChanges: { phase: StreamPhase, changes: Array<{ type: ChangeType, id: string, workload:
        | { name: string, status: { state: WorkloadState, message: string }, replicas: { desired: number, updated: number, ready: number } }
        | { name: string, status: { state: WorkloadState, message: string }, replicas: { desired: number, updated: number, ready: number } }
        | { name: string, status: { state: WorkloadState, message: string }, replicas: { desired: number, updated: number, ready: number } }
        | { name: string, status: { state: WorkloadState, message: string }, replicas: { desired: number, updated: number, ready: number } }
        | { name: string, status: { state: WorkloadState, message: string }, replicas: { desired: number, updated: number, ready: number } }
        | { name: string, status: { state: WorkloadState, message: string }, replicas: { desired: number, updated: number, ready: number } }
       | null }> } };

export type EventChangesSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type EventChangesSubscription = { eventChanges: { phase: StreamPhase, changes: Array<{ type: ChangeType, event: { reason: string, message: string, count: number, regarding: { id: string | null, kind: string, namespace: string | null, name: string } } | null }> } };

export type FleetOverviewQueryVariables = Exact<{ [key: string]: never; }>;


export type FleetOverviewQuery = { fleet: { clusterCount: number, nodeCount: number, podCount: number, clusterCounts: Array<{ count: number, syncState: SyncState | null }>, attention: Array<{ severity: AttentionSeverity, message: string, since: string | null, subject:
        | { __typename: 'AdvancedDaemonSet', id: string }
        | { __typename: 'AdvancedStatefulSet', id: string }
        | { __typename: 'CloneSet', id: string }
        | { __typename: 'Cluster', id: string }
        | { __typename: 'ClusterNode', id: string }
        | { __typename: 'Component', id: string }
        | { __typename: 'ComponentInstance', id: string }
        | { __typename: 'DaemonSet', id: string }
        | { __typename: 'Deployment', id: string }
        | { __typename: 'Event', id: string }
        | { __typename: 'KubernetesObject', id: string }
        | { __typename: 'Operation', id: string }
        | { __typename: 'Pod', id: string }
        | { __typename: 'StatefulSet', id: string }
       | null }>, parts: Array<{ name: string, problem: PartProblem, message: string | null, staleSince: string | null }> }, clusters: { totalCount: number | null, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ id: string, name: string, stage: string | null, labels: Record<string, unknown>, kubernetesVersion: string | null, nodeCount: number | null, podCount: number | null, sync: { state: SyncState, since: string, reason: string | null, message: string | null, lastEventAt: string | null, stalenessSeconds: number, resources: Array<{ apiVersion: string, kind: string, state: ResourceSyncState, objects: number, relists: number, reconnects: number, lastError: string | null }> }, openKruise: { version: string | null, kinds: Array<{ kind: string, servedVersions: Array<string> }> } | null }> } };

export type OldComponentVersionsQueryVariables = Exact<{
  component: string;
  olderThan: string;
}>;


export type OldComponentVersionsQuery = { component: { name: string, componentKind: ComponentKind, versions: Array<{ version: string | null, clusterCount: number, instanceCount: number }> | null, instances: { totalCount: number | null, parts: Array<{ name: string, problem: PartProblem }>, nodes: Array<{ version: string | null, image: string | null, state: ComponentState, cluster: { name: string, stage: string | null, sync: { state: SyncState } }, workload:
          | { id: string, name: string, namespace: string | null, status: { state: WorkloadState, message: string, causes: Array<{ code: string, message: string, count: number }> } }
          | { id: string, name: string, namespace: string | null, status: { state: WorkloadState, message: string, causes: Array<{ code: string, message: string, count: number }> } }
          | { id: string, name: string, namespace: string | null, status: { state: WorkloadState, message: string, causes: Array<{ code: string, message: string, count: number }> } }
          | { id: string, name: string, namespace: string | null, status: { state: WorkloadState, message: string, causes: Array<{ code: string, message: string, count: number }> } }
          | { id: string, name: string, namespace: string | null, status: { state: WorkloadState, message: string, causes: Array<{ code: string, message: string, count: number }> } }
          | { id: string, name: string, namespace: string | null, status: { state: WorkloadState, message: string, causes: Array<{ code: string, message: string, count: number }> } }
         | null }> } | null } | null };

export type OperationsQueryVariables = Exact<{
  after?: string | null | undefined;
}>;


export type OperationsQuery = { operations: { totalCount: number | null, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ id: string, mutation: string, outcome: OperationOutcome, actor: string, at: string, finishedAt: string | null, note: string | null, requestId: string | null, dryRun: boolean, auditId: string, target: { id: string | null, kind: string, namespace: string | null, name: string, cluster: { name: string } } | null }> } | null };

export type PodChangesSubscriptionVariables = Exact<{
  resume?: string | null | undefined;
}>;


export type PodChangesSubscription = { podChanges: { phase: StreamPhase, resumeToken: string | null, conflated: number, resyncClusters: Array<{ name: string }> | null, staleClusters: Array<{ name: string, sync: { state: SyncState, reason: string | null } }> | null, changes: Array<{ type: ChangeType, id: string, pod: { name: string, namespace: string | null, status: string, ready: boolean, restarts: number, revision: { name: string } | null, node: { name: string } | null, workload:
          | { name: string }
          | { name: string }
          | { name: string }
          | { name: string }
          | { name: string }
          | { name: string }
         | null, cluster: { name: string } } | null }> } };

export type StreamFragment = { phase: StreamPhase, resumeToken: string | null, conflated: number, resyncClusters: Array<{ name: string }> | null, staleClusters: Array<{ name: string, sync: { state: SyncState, reason: string | null } }> | null, changes: Array<{ type: ChangeType, id: string, pod: { name: string, namespace: string | null, status: string, ready: boolean, restarts: number, revision: { name: string } | null, node: { name: string } | null, workload:
        | { name: string }
        | { name: string }
        | { name: string }
        | { name: string }
        | { name: string }
        | { name: string }
       | null, cluster: { name: string } } | null }> };

export type RowFragment = { name: string, namespace: string | null, status: string, ready: boolean, restarts: number, revision: { name: string } | null, node: { name: string } | null, workload:
    | { name: string }
    | { name: string }
    | { name: string }
    | { name: string }
    | { name: string }
    | { name: string }
   | null, cluster: { name: string } };

export type DeletePodMutationVariables = Exact<{
  pod: string | number;
  requestId?: string | number | null | undefined;
}>;


export type DeletePodMutation = { podDelete: { replayed: boolean, pod: { id: string, name: string, status: string } | null, operation: { id: string, outcome: OperationOutcome, dryRun: boolean, auditId: string, target: { kind: string, namespace: string | null, name: string } | null } | null, userErrors: Array<
      | { __typename: 'BlockedError', code: string, message: string, path: Array<string>, unblock: Array<string> }
      | { __typename: 'ClusterUnreachableError', code: string, message: string, path: Array<string>, unblock: Array<string>, cluster: { name: string } | null }
      | { __typename: 'ConflictError', currentGeneration: number | null, code: string, message: string, path: Array<string>, unblock: Array<string> }
      | { __typename: 'ForbiddenError', code: string, message: string, path: Array<string>, unblock: Array<string> }
      | { __typename: 'NotFoundError', code: string, message: string, path: Array<string>, unblock: Array<string> }
      | { __typename: 'RequestIdReusedError', code: string, message: string, path: Array<string>, unblock: Array<string> }
      | { __typename: 'UnsupportedError', code: string, message: string, path: Array<string>, unblock: Array<string> }
      | { __typename: 'ValidationError', code: string, message: string, path: Array<string>, unblock: Array<string> }
    > } };

export type EvictPodMutationVariables = Exact<{
  pod: string | number;
}>;


export type EvictPodMutation = { podEvict: { replayed: boolean, pod: { id: string, name: string, status: string } | null, operation: { id: string, outcome: OperationOutcome, dryRun: boolean, auditId: string, target: { kind: string, namespace: string | null, name: string } | null } | null, userErrors: Array<
      | { __typename: 'BlockedError', code: string, message: string, path: Array<string>, unblock: Array<string> }
      | { __typename: 'ClusterUnreachableError', code: string, message: string, path: Array<string>, unblock: Array<string>, cluster: { name: string } | null }
      | { __typename: 'ConflictError', currentGeneration: number | null, code: string, message: string, path: Array<string>, unblock: Array<string> }
      | { __typename: 'ForbiddenError', code: string, message: string, path: Array<string>, unblock: Array<string> }
      | { __typename: 'NotFoundError', code: string, message: string, path: Array<string>, unblock: Array<string> }
      | { __typename: 'RequestIdReusedError', code: string, message: string, path: Array<string>, unblock: Array<string> }
      | { __typename: 'UnsupportedError', code: string, message: string, path: Array<string>, unblock: Array<string> }
      | { __typename: 'ValidationError', code: string, message: string, path: Array<string>, unblock: Array<string> }
    > } };

export type AfterFragment = { replayed: boolean, pod: { id: string, name: string, status: string } | null, operation: { id: string, outcome: OperationOutcome, dryRun: boolean, auditId: string, target: { kind: string, namespace: string | null, name: string } | null } | null, userErrors: Array<
    | { __typename: 'BlockedError', code: string, message: string, path: Array<string>, unblock: Array<string> }
    | { __typename: 'ClusterUnreachableError', code: string, message: string, path: Array<string>, unblock: Array<string>, cluster: { name: string } | null }
    | { __typename: 'ConflictError', currentGeneration: number | null, code: string, message: string, path: Array<string>, unblock: Array<string> }
    | { __typename: 'ForbiddenError', code: string, message: string, path: Array<string>, unblock: Array<string> }
    | { __typename: 'NotFoundError', code: string, message: string, path: Array<string>, unblock: Array<string> }
    | { __typename: 'RequestIdReusedError', code: string, message: string, path: Array<string>, unblock: Array<string> }
    | { __typename: 'UnsupportedError', code: string, message: string, path: Array<string>, unblock: Array<string> }
    | { __typename: 'ValidationError', code: string, message: string, path: Array<string>, unblock: Array<string> }
  > };

export type PodCountsQueryVariables = Exact<{ [key: string]: never; }>;


export type PodCountsQuery = { byStatus: { total: number, groups: Array<{ status: string | null, count: number }>, parts: Array<{ name: string, problem: PartProblem }> }, byImage: { groupCount: number, groups: Array<{ image: string | null, count: number, cluster: { name: string } | null }> } };

export type PodsByRestartsQueryVariables = Exact<{
  after?: string | null | undefined;
}>;


export type PodsByRestartsQuery = { pods: { totalCount: number | null, pageInfo: { hasNextPage: boolean, endCursor: string | null }, edges: Array<{ cursor: string, node: { id: string, namespace: string | null, name: string, status: string, restarts: number, createdAt: string, cluster: { name: string } } }> } };

export type StuckWorkloadsQueryVariables = Exact<{ [key: string]: never; }>;


export type StuckWorkloadsQuery = { workloads: { parts: Array<{ name: string, problem: PartProblem }>, nodes: Array<
      | { id: string, workloadKind: WorkloadKind, namespace: string | null, name: string, cluster: { name: string }, images: Array<{ container: string, image: string }>, replicas: { desired: number, current: number, ready: number, available: number, updated: number, updatedReady: number, updatedAvailable: number }, updateStrategy: { type: string, partition: number | string | null, maxUnavailable: number | string | null, maxSurge: number | string | null, paused: boolean, inPlace: boolean }, status: { state: WorkloadState, message: string, since: string | null, currentRevision: string | null, updateRevision: string | null, expectedUpdated: number | null, causes: Array<{ code: string, message: string, count: number, since: string | null, attributedTo: CauseSource, examples: Array<{ id: string | null, kind: string, namespace: string | null, name: string }> }> }, revisions: Array<{ name: string, number: number, current: boolean, update: boolean, podCount: number, images: Array<{ container: string, image: string }> }> | null, pods: { nodes: Array<{ name: string, status: string, statusClass: PodStatusClass, restarts: number, node: { name: string, ready: boolean } | null }> } | null, viewerCan: { pause: { allowed: boolean, reason: string | null }, undo: { allowed: boolean, reason: string | null } } }
      | { id: string, workloadKind: WorkloadKind, namespace: string | null, name: string, cluster: { name: string }, images: Array<{ container: string, image: string }>, replicas: { desired: number, current: number, ready: number, available: number, updated: number, updatedReady: number, updatedAvailable: number }, updateStrategy: { type: string, partition: number | string | null, maxUnavailable: number | string | null, maxSurge: number | string | null, paused: boolean, inPlace: boolean }, status: { state: WorkloadState, message: string, since: string | null, currentRevision: string | null, updateRevision: string | null, expectedUpdated: number | null, causes: Array<{ code: string, message: string, count: number, since: string | null, attributedTo: CauseSource, examples: Array<{ id: string | null, kind: string, namespace: string | null, name: string }> }> }, revisions: Array<{ name: string, number: number, current: boolean, update: boolean, podCount: number, images: Array<{ container: string, image: string }> }> | null, pods: { nodes: Array<{ name: string, status: string, statusClass: PodStatusClass, restarts: number, node: { name: string, ready: boolean } | null }> } | null, viewerCan: { pause: { allowed: boolean, reason: string | null }, undo: { allowed: boolean, reason: string | null } } }
      | { id: string, workloadKind: WorkloadKind, namespace: string | null, name: string, cluster: { name: string }, images: Array<{ container: string, image: string }>, replicas: { desired: number, current: number, ready: number, available: number, updated: number, updatedReady: number, updatedAvailable: number }, updateStrategy: { type: string, partition: number | string | null, maxUnavailable: number | string | null, maxSurge: number | string | null, paused: boolean, inPlace: boolean }, status: { state: WorkloadState, message: string, since: string | null, currentRevision: string | null, updateRevision: string | null, expectedUpdated: number | null, causes: Array<{ code: string, message: string, count: number, since: string | null, attributedTo: CauseSource, examples: Array<{ id: string | null, kind: string, namespace: string | null, name: string }> }> }, revisions: Array<{ name: string, number: number, current: boolean, update: boolean, podCount: number, images: Array<{ container: string, image: string }> }> | null, pods: { nodes: Array<{ name: string, status: string, statusClass: PodStatusClass, restarts: number, node: { name: string, ready: boolean } | null }> } | null, viewerCan: { pause: { allowed: boolean, reason: string | null }, undo: { allowed: boolean, reason: string | null } } }
      | { id: string, workloadKind: WorkloadKind, namespace: string | null, name: string, cluster: { name: string }, images: Array<{ container: string, image: string }>, replicas: { desired: number, current: number, ready: number, available: number, updated: number, updatedReady: number, updatedAvailable: number }, updateStrategy: { type: string, partition: number | string | null, maxUnavailable: number | string | null, maxSurge: number | string | null, paused: boolean, inPlace: boolean }, status: { state: WorkloadState, message: string, since: string | null, currentRevision: string | null, updateRevision: string | null, expectedUpdated: number | null, causes: Array<{ code: string, message: string, count: number, since: string | null, attributedTo: CauseSource, examples: Array<{ id: string | null, kind: string, namespace: string | null, name: string }> }> }, revisions: Array<{ name: string, number: number, current: boolean, update: boolean, podCount: number, images: Array<{ container: string, image: string }> }> | null, pods: { nodes: Array<{ name: string, status: string, statusClass: PodStatusClass, restarts: number, node: { name: string, ready: boolean } | null }> } | null, viewerCan: { pause: { allowed: boolean, reason: string | null }, undo: { allowed: boolean, reason: string | null } } }
      | { id: string, workloadKind: WorkloadKind, namespace: string | null, name: string, cluster: { name: string }, images: Array<{ container: string, image: string }>, replicas: { desired: number, current: number, ready: number, available: number, updated: number, updatedReady: number, updatedAvailable: number }, updateStrategy: { type: string, partition: number | string | null, maxUnavailable: number | string | null, maxSurge: number | string | null, paused: boolean, inPlace: boolean }, status: { state: WorkloadState, message: string, since: string | null, currentRevision: string | null, updateRevision: string | null, expectedUpdated: number | null, causes: Array<{ code: string, message: string, count: number, since: string | null, attributedTo: CauseSource, examples: Array<{ id: string | null, kind: string, namespace: string | null, name: string }> }> }, revisions: Array<{ name: string, number: number, current: boolean, update: boolean, podCount: number, images: Array<{ container: string, image: string }> }> | null, pods: { nodes: Array<{ name: string, status: string, statusClass: PodStatusClass, restarts: number, node: { name: string, ready: boolean } | null }> } | null, viewerCan: { pause: { allowed: boolean, reason: string | null }, undo: { allowed: boolean, reason: string | null } } }
      | { id: string, workloadKind: WorkloadKind, namespace: string | null, name: string, cluster: { name: string }, images: Array<{ container: string, image: string }>, replicas: { desired: number, current: number, ready: number, available: number, updated: number, updatedReady: number, updatedAvailable: number }, updateStrategy: { type: string, partition: number | string | null, maxUnavailable: number | string | null, maxSurge: number | string | null, paused: boolean, inPlace: boolean }, status: { state: WorkloadState, message: string, since: string | null, currentRevision: string | null, updateRevision: string | null, expectedUpdated: number | null, causes: Array<{ code: string, message: string, count: number, since: string | null, attributedTo: CauseSource, examples: Array<{ id: string | null, kind: string, namespace: string | null, name: string }> }> }, revisions: Array<{ name: string, number: number, current: boolean, update: boolean, podCount: number, images: Array<{ container: string, image: string }> }> | null, pods: { nodes: Array<{ name: string, status: string, statusClass: PodStatusClass, restarts: number, node: { name: string, ready: boolean } | null }> } | null, viewerCan: { pause: { allowed: boolean, reason: string | null }, undo: { allowed: boolean, reason: string | null } } }
    > } };

export type WalkFromPodQueryVariables = Exact<{
  cluster: string;
  namespace: string;
  name: string;
}>;


export type WalkFromPodQuery = { pod: { id: string, status: string, containers: Array<{ name: string, image: string, ready: boolean, restarts: number, state: string, reason: string | null }>, revision: { name: string, number: number } | null, workload:
      | { id: string, name: string, component: { name: string, componentKind: ComponentKind } | null, pods: { totalCount: number | null, nodes: Array<{ name: string, revision: { name: string } | null, node: { name: string } | null }> } | null }
      | { id: string, name: string, component: { name: string, componentKind: ComponentKind } | null, pods: { totalCount: number | null, nodes: Array<{ name: string, revision: { name: string } | null, node: { name: string } | null }> } | null }
      | { id: string, name: string, updateStrategy: { partition: number | string | null, inPlace: boolean }, component: { name: string, componentKind: ComponentKind } | null, pods: { totalCount: number | null, nodes: Array<{ name: string, revision: { name: string } | null, node: { name: string } | null }> } | null }
      | { id: string, name: string, component: { name: string, componentKind: ComponentKind } | null, pods: { totalCount: number | null, nodes: Array<{ name: string, revision: { name: string } | null, node: { name: string } | null }> } | null }
      | { id: string, name: string, component: { name: string, componentKind: ComponentKind } | null, pods: { totalCount: number | null, nodes: Array<{ name: string, revision: { name: string } | null, node: { name: string } | null }> } | null }
      | { id: string, name: string, component: { name: string, componentKind: ComponentKind } | null, pods: { totalCount: number | null, nodes: Array<{ name: string, revision: { name: string } | null, node: { name: string } | null }> } | null }
     | null, node: { name: string, ready: boolean, nodeSet: string | null, podCount: number | null, pods: { nodes: Array<{ name: string, workload:
            | { name: string }
            | { name: string }
            | { name: string }
            | { name: string }
            | { name: string }
            | { name: string }
           | null }> } | null } | null, cluster: { name: string, stage: string | null, sync: { state: SyncState } }, events: { nodes: Array<{ type: string, reason: string, message: string, count: number, lastSeenAt: string | null }> } | null } | null };

export const RowFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"row"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Pod"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"namespace"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"ready"}},{"kind":"Field","name":{"kind":"Name","value":"restarts"}},{"kind":"Field","name":{"kind":"Name","value":"revision"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"node"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"workload"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"cluster"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]} as unknown as DocumentNode<RowFragment, unknown>;
export const StreamFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"stream"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PodStream"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"phase"}},{"kind":"Field","name":{"kind":"Name","value":"resumeToken"}},{"kind":"Field","name":{"kind":"Name","value":"conflated"}},{"kind":"Field","name":{"kind":"Name","value":"resyncClusters"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"staleClusters"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"sync"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"changes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"pod"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"row"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"row"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Pod"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"namespace"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"ready"}},{"kind":"Field","name":{"kind":"Name","value":"restarts"}},{"kind":"Field","name":{"kind":"Name","value":"revision"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"node"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"workload"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"cluster"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]} as unknown as DocumentNode<StreamFragment, unknown>;
export const AfterFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"after"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PodPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"pod"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}},{"kind":"Field","name":{"kind":"Name","value":"operation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"outcome"}},{"kind":"Field","name":{"kind":"Name","value":"dryRun"}},{"kind":"Field","name":{"kind":"Name","value":"auditId"}},{"kind":"Field","name":{"kind":"Name","value":"target"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"namespace"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"replayed"}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"path"}},{"kind":"Field","name":{"kind":"Name","value":"unblock"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ConflictError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"currentGeneration"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ClusterUnreachableError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cluster"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}}]}}]} as unknown as DocumentNode<AfterFragment, unknown>;
export const ByIdDocument = {"__meta__":{"hash":"sha256:0053fb52374b1252ba7b543cd3ff657d35093e3f54f44f9139bbee86716e5c42"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"ById"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"ids"}},"type":{"kind":"NonNullType","type":{"kind":"ListType","type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"ids"},"value":{"kind":"Variable","name":{"kind":"Name","value":"ids"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"KubernetesResource"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cluster"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"apiVersion"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"namespace"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Cluster"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}}]} as unknown as DocumentNode<ByIdQuery, ByIdQueryVariables>;
export const ClusterChangesDocument = {"__meta__":{"hash":"sha256:83b0df83410ae237f7486ce6d3ae833ec57f3997cb9032f8290bc35606e0d9ea"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"ClusterChanges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"clusterChanges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"phase"}},{"kind":"Field","name":{"kind":"Name","value":"resumeToken"}},{"kind":"Field","name":{"kind":"Name","value":"changes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"cluster"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"sync"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"since"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}},{"kind":"Field","name":{"kind":"Name","value":"staleSince"}}]}},{"kind":"Field","name":{"kind":"Name","value":"podCount"}}]}}]}}]}}]}}]} as unknown as DocumentNode<ClusterChangesSubscription, ClusterChangesSubscriptionVariables>;
export const WorkloadChangesDocument = {"__meta__":{"hash":"sha256:9438c16b5a9f3627deee8f0cc6b89aebceb97cf7ac331d6408ab359f0a6f1755"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"WorkloadChanges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"workloadChanges"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"workloadKind"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"in"},"value":{"kind":"ListValue","values":[{"kind":"EnumValue","value":"CLONE_SET"},{"kind":"EnumValue","value":"DEPLOYMENT"}]}}]}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"phase"}},{"kind":"Field","name":{"kind":"Name","value":"changes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"workload"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"status"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"replicas"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"desired"}},{"kind":"Field","name":{"kind":"Name","value":"updated"}},{"kind":"Field","name":{"kind":"Name","value":"ready"}}]}}]}}]}}]}}]}}]} as unknown as DocumentNode<WorkloadChangesSubscription, WorkloadChangesSubscriptionVariables>;
export const EventChangesDocument = {"__meta__":{"hash":"sha256:dba459c6b624dc953416e29b3b39c3005a6b6c1c7fd34656fcbd99541fefc538"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"EventChanges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"eventChanges"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"type"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"eq"},"value":{"kind":"StringValue","value":"Warning","block":false}}]}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"phase"}},{"kind":"Field","name":{"kind":"Name","value":"changes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"event"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"reason"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"count"}},{"kind":"Field","name":{"kind":"Name","value":"regarding"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"namespace"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}}]}}]}}]} as unknown as DocumentNode<EventChangesSubscription, EventChangesSubscriptionVariables>;
export const FleetOverviewDocument = {"__meta__":{"hash":"sha256:8c7433f99cdc8028750bf975b20835708277788b17b7c2ba982293b67548fbde"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"FleetOverview"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"fleet"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"clusterCount"}},{"kind":"Field","name":{"kind":"Name","value":"nodeCount"}},{"kind":"Field","name":{"kind":"Name","value":"podCount"}},{"kind":"Field","name":{"kind":"Name","value":"clusterCounts"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"groupBy"},"value":{"kind":"ListValue","values":[{"kind":"EnumValue","value":"SYNC_STATE"}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"count"}},{"kind":"Field","name":{"kind":"Name","value":"syncState"}}]}},{"kind":"Field","name":{"kind":"Name","value":"attention"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"5"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"severity"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"since"}},{"kind":"Field","name":{"kind":"Name","value":"subject"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"id"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"parts"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"problem"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"staleSince"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"clusters"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"100"}},{"kind":"Argument","name":{"kind":"Name","value":"orderBy"},"value":{"kind":"ListValue","values":[{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"field"},"value":{"kind":"EnumValue","value":"NAME"}},{"kind":"ObjectField","name":{"kind":"Name","value":"direction"},"value":{"kind":"EnumValue","value":"ASC"}}]}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"stage"}},{"kind":"Field","name":{"kind":"Name","value":"labels"}},{"kind":"Field","name":{"kind":"Name","value":"kubernetesVersion"}},{"kind":"Field","name":{"kind":"Name","value":"nodeCount"}},{"kind":"Field","name":{"kind":"Name","value":"podCount"}},{"kind":"Field","name":{"kind":"Name","value":"sync"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"since"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"lastEventAt"}},{"kind":"Field","name":{"kind":"Name","value":"stalenessSeconds"}},{"kind":"Field","name":{"kind":"Name","value":"resources"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"apiVersion"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"objects"}},{"kind":"Field","name":{"kind":"Name","value":"relists"}},{"kind":"Field","name":{"kind":"Name","value":"reconnects"}},{"kind":"Field","name":{"kind":"Name","value":"lastError"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"openKruise"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"kinds"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"servedVersions"}}]}}]}}]}}]}}]}}]} as unknown as DocumentNode<FleetOverviewQuery, FleetOverviewQueryVariables>;
export const OldComponentVersionsDocument = {"__meta__":{"hash":"sha256:7402c1222c8d2ece97f88a63709ba63e073cf5eb5cfbf4b8570a586919838efc"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"OldComponentVersions"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"component"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"olderThan"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"component"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"name"},"value":{"kind":"Variable","name":{"kind":"Name","value":"component"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"componentKind"}},{"kind":"Field","name":{"kind":"Name","value":"versions"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"clusterCount"}},{"kind":"Field","name":{"kind":"Name","value":"instanceCount"}}]}},{"kind":"Field","name":{"kind":"Name","value":"instances"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"version"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"lt"},"value":{"kind":"Variable","name":{"kind":"Name","value":"olderThan"}}}]}}]}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"100"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"parts"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"problem"}}]}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"image"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"cluster"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"stage"}},{"kind":"Field","name":{"kind":"Name","value":"sync"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"workload"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"namespace"}},{"kind":"Field","name":{"kind":"Name","value":"status"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"causes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"count"}}]}}]}}]}}]}}]}}]}}]}}]} as unknown as DocumentNode<OldComponentVersionsQuery, OldComponentVersionsQueryVariables>;
export const OperationsDocument = {"__meta__":{"hash":"sha256:ba61440dcf84b09379c7a52413d633031c09b120a201bb759f64b1f32906cefe"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Operations"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"operations"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"10"}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"mutation"}},{"kind":"Field","name":{"kind":"Name","value":"target"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"namespace"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"cluster"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"outcome"}},{"kind":"Field","name":{"kind":"Name","value":"actor"}},{"kind":"Field","name":{"kind":"Name","value":"at"}},{"kind":"Field","name":{"kind":"Name","value":"finishedAt"}},{"kind":"Field","name":{"kind":"Name","value":"note"}},{"kind":"Field","name":{"kind":"Name","value":"requestId"}},{"kind":"Field","name":{"kind":"Name","value":"dryRun"}},{"kind":"Field","name":{"kind":"Name","value":"auditId"}}]}}]}}]}}]} as unknown as DocumentNode<OperationsQuery, OperationsQueryVariables>;
export const PodChangesDocument = {"__meta__":{"hash":"sha256:29b9640634b65bec167caefaa38e2385ede7ed1866b618c52c7980ccf2a66caa"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"PodChanges"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"resume"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"podChanges"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"clusters"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"stages"},"value":{"kind":"ListValue","values":[{"kind":"StringValue","value":"canary","block":false}]}}]}},{"kind":"Argument","name":{"kind":"Name","value":"namespace"},"value":{"kind":"StringValue","value":"shop","block":false}},{"kind":"Argument","name":{"kind":"Name","value":"labelSelector"},"value":{"kind":"StringValue","value":"app=cart","block":false}},{"kind":"Argument","name":{"kind":"Name","value":"resume"},"value":{"kind":"Variable","name":{"kind":"Name","value":"resume"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"stream"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"row"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Pod"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"namespace"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"ready"}},{"kind":"Field","name":{"kind":"Name","value":"restarts"}},{"kind":"Field","name":{"kind":"Name","value":"revision"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"node"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"workload"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"cluster"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"stream"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PodStream"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"phase"}},{"kind":"Field","name":{"kind":"Name","value":"resumeToken"}},{"kind":"Field","name":{"kind":"Name","value":"conflated"}},{"kind":"Field","name":{"kind":"Name","value":"resyncClusters"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"staleClusters"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"sync"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"changes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"pod"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"row"}}]}}]}}]}}]} as unknown as DocumentNode<PodChangesSubscription, PodChangesSubscriptionVariables>;
export const DeletePodDocument = {"__meta__":{"hash":"sha256:7a0b731302ae628c2d50ce07afdbaaacda806de798a66aa629f3cf0e3b4401ba"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"DeletePod"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"pod"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"requestId"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"podDelete"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"pod"},"value":{"kind":"Variable","name":{"kind":"Name","value":"pod"}}},{"kind":"ObjectField","name":{"kind":"Name","value":"requestId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"requestId"}}},{"kind":"ObjectField","name":{"kind":"Name","value":"reason"},"value":{"kind":"StringValue","value":"stuck","block":false}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"after"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"after"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PodPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"pod"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}},{"kind":"Field","name":{"kind":"Name","value":"operation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"outcome"}},{"kind":"Field","name":{"kind":"Name","value":"dryRun"}},{"kind":"Field","name":{"kind":"Name","value":"auditId"}},{"kind":"Field","name":{"kind":"Name","value":"target"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"namespace"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"replayed"}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"path"}},{"kind":"Field","name":{"kind":"Name","value":"unblock"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ConflictError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"currentGeneration"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ClusterUnreachableError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cluster"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}}]}}]} as unknown as DocumentNode<DeletePodMutation, DeletePodMutationVariables>;
export const EvictPodDocument = {"__meta__":{"hash":"sha256:b8199fd84322074ee9efbfad0f324c4dac411b09b9a09a0719885c7096852290"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"EvictPod"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"pod"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"podEvict"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"pod"},"value":{"kind":"Variable","name":{"kind":"Name","value":"pod"}}},{"kind":"ObjectField","name":{"kind":"Name","value":"dryRun"},"value":{"kind":"BooleanValue","value":true}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"after"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"after"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PodPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"pod"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}},{"kind":"Field","name":{"kind":"Name","value":"operation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"outcome"}},{"kind":"Field","name":{"kind":"Name","value":"dryRun"}},{"kind":"Field","name":{"kind":"Name","value":"auditId"}},{"kind":"Field","name":{"kind":"Name","value":"target"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"namespace"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"replayed"}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"path"}},{"kind":"Field","name":{"kind":"Name","value":"unblock"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ConflictError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"currentGeneration"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ClusterUnreachableError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cluster"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}}]}}]} as unknown as DocumentNode<EvictPodMutation, EvictPodMutationVariables>;
export const PodCountsDocument = {"__meta__":{"hash":"sha256:367fa34c62edd97eb226c0b891ca6427b505528bee216e92ac56261c978139cd"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"PodCounts"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","alias":{"kind":"Name","value":"byStatus"},"name":{"kind":"Name","value":"podCounts"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"groupBy"},"value":{"kind":"ListValue","values":[{"kind":"EnumValue","value":"STATUS"}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"total"}},{"kind":"Field","name":{"kind":"Name","value":"groups"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"count"}}]}},{"kind":"Field","name":{"kind":"Name","value":"parts"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"problem"}}]}}]}},{"kind":"Field","alias":{"kind":"Name","value":"byImage"},"name":{"kind":"Name","value":"podCounts"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"groupBy"},"value":{"kind":"ListValue","values":[{"kind":"EnumValue","value":"CLUSTER"},{"kind":"EnumValue","value":"IMAGE"}]}},{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"namespace"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"eq"},"value":{"kind":"StringValue","value":"kube-system","block":false}}]}}]}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"20"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"groupCount"}},{"kind":"Field","name":{"kind":"Name","value":"groups"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cluster"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"image"}},{"kind":"Field","name":{"kind":"Name","value":"count"}}]}}]}}]}}]} as unknown as DocumentNode<PodCountsQuery, PodCountsQueryVariables>;
export const PodsByRestartsDocument = {"__meta__":{"hash":"sha256:a4ba0c9daff2762b7a6d7fa506ed343e4f312a95a93a53a460eea1ac7ad98c54"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"PodsByRestarts"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"pods"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"clusters"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"labelSelector"},"value":{"kind":"StringValue","value":"tier in (edge,core)","block":false}}]}},{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"and"},"value":{"kind":"ListValue","values":[{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"restarts"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"gte"},"value":{"kind":"IntValue","value":"1"}}]}}]},{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"not"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"phase"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"eq"},"value":{"kind":"StringValue","value":"Succeeded","block":false}}]}}]}}]}]}}]}},{"kind":"Argument","name":{"kind":"Name","value":"labelSelector"},"value":{"kind":"StringValue","value":"app,!canary","block":false}},{"kind":"Argument","name":{"kind":"Name","value":"orderBy"},"value":{"kind":"ListValue","values":[{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"field"},"value":{"kind":"EnumValue","value":"RESTARTS"}},{"kind":"ObjectField","name":{"kind":"Name","value":"direction"},"value":{"kind":"EnumValue","value":"DESC"}}]},{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"field"},"value":{"kind":"EnumValue","value":"NAME"}},{"kind":"ObjectField","name":{"kind":"Name","value":"direction"},"value":{"kind":"EnumValue","value":"ASC"}}]}]}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"20"}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}},{"kind":"Field","name":{"kind":"Name","value":"edges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cursor"}},{"kind":"Field","name":{"kind":"Name","value":"node"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"cluster"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"namespace"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"restarts"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}}]}}]}}]}}]}}]} as unknown as DocumentNode<PodsByRestartsQuery, PodsByRestartsQueryVariables>;
export const StuckWorkloadsDocument = {"__meta__":{"hash":"sha256:2ed7f3cf0705b93dfff5b3bf16fba2ed52485b83bdd3f68d30fab353262f2aae"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"StuckWorkloads"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"workloads"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"state"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"in"},"value":{"kind":"ListValue","values":[{"kind":"EnumValue","value":"STUCK"}]}}]}}]}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"50"}},{"kind":"Argument","name":{"kind":"Name","value":"orderBy"},"value":{"kind":"ListValue","values":[{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"field"},"value":{"kind":"EnumValue","value":"CLUSTER"}},{"kind":"ObjectField","name":{"kind":"Name","value":"direction"},"value":{"kind":"EnumValue","value":"ASC"}}]},{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"field"},"value":{"kind":"EnumValue","value":"NAME"}},{"kind":"ObjectField","name":{"kind":"Name","value":"direction"},"value":{"kind":"EnumValue","value":"ASC"}}]}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"parts"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"problem"}}]}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"cluster"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"workloadKind"}},{"kind":"Field","name":{"kind":"Name","value":"namespace"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"images"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"container"}},{"kind":"Field","name":{"kind":"Name","value":"image"}}]}},{"kind":"Field","name":{"kind":"Name","value":"replicas"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"desired"}},{"kind":"Field","name":{"kind":"Name","value":"current"}},{"kind":"Field","name":{"kind":"Name","value":"ready"}},{"kind":"Field","name":{"kind":"Name","value":"available"}},{"kind":"Field","name":{"kind":"Name","value":"updated"}},{"kind":"Field","name":{"kind":"Name","value":"updatedReady"}},{"kind":"Field","name":{"kind":"Name","value":"updatedAvailable"}}]}},{"kind":"Field","name":{"kind":"Name","value":"updateStrategy"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"partition"}},{"kind":"Field","name":{"kind":"Name","value":"maxUnavailable"}},{"kind":"Field","name":{"kind":"Name","value":"maxSurge"}},{"kind":"Field","name":{"kind":"Name","value":"paused"}},{"kind":"Field","name":{"kind":"Name","value":"inPlace"}}]}},{"kind":"Field","name":{"kind":"Name","value":"status"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"since"}},{"kind":"Field","name":{"kind":"Name","value":"currentRevision"}},{"kind":"Field","name":{"kind":"Name","value":"updateRevision"}},{"kind":"Field","name":{"kind":"Name","value":"expectedUpdated"}},{"kind":"Field","name":{"kind":"Name","value":"causes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"count"}},{"kind":"Field","name":{"kind":"Name","value":"since"}},{"kind":"Field","name":{"kind":"Name","value":"attributedTo"}},{"kind":"Field","name":{"kind":"Name","value":"examples"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"namespace"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"revisions"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"number"}},{"kind":"Field","name":{"kind":"Name","value":"current"}},{"kind":"Field","name":{"kind":"Name","value":"update"}},{"kind":"Field","name":{"kind":"Name","value":"podCount"}},{"kind":"Field","name":{"kind":"Name","value":"images"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"container"}},{"kind":"Field","name":{"kind":"Name","value":"image"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"pods"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"ready"},"value":{"kind":"BooleanValue","value":false}}]}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"5"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"statusClass"}},{"kind":"Field","name":{"kind":"Name","value":"restarts"}},{"kind":"Field","name":{"kind":"Name","value":"node"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"ready"}}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"viewerCan"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"pause"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"allowed"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}}]}},{"kind":"Field","name":{"kind":"Name","value":"undo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"allowed"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}}]}}]}}]}}]}}]}}]} as unknown as DocumentNode<StuckWorkloadsQuery, StuckWorkloadsQueryVariables>;
export const WalkFromPodDocument = {"__meta__":{"hash":"sha256:d5a79cb81f8021453782a2df5666c92fb04e875ac7f57252d786dcadaf45b22f"},"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"WalkFromPod"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"cluster"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"namespace"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"name"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"pod"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"cluster"},"value":{"kind":"Variable","name":{"kind":"Name","value":"cluster"}}},{"kind":"Argument","name":{"kind":"Name","value":"namespace"},"value":{"kind":"Variable","name":{"kind":"Name","value":"namespace"}}},{"kind":"Argument","name":{"kind":"Name","value":"name"},"value":{"kind":"Variable","name":{"kind":"Name","value":"name"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"containers"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"image"}},{"kind":"Field","name":{"kind":"Name","value":"ready"}},{"kind":"Field","name":{"kind":"Name","value":"restarts"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}}]}},{"kind":"Field","name":{"kind":"Name","value":"revision"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"number"}}]}},{"kind":"Field","name":{"kind":"Name","value":"workload"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"CloneSet"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"updateStrategy"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"partition"}},{"kind":"Field","name":{"kind":"Name","value":"inPlace"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Deployment"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"component"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"componentKind"}}]}},{"kind":"Field","name":{"kind":"Name","value":"pods"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"10"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"revision"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"node"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"node"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"ready"}},{"kind":"Field","name":{"kind":"Name","value":"nodeSet"}},{"kind":"Field","name":{"kind":"Name","value":"podCount"}},{"kind":"Field","name":{"kind":"Name","value":"pods"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"5"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"workload"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"cluster"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"stage"}},{"kind":"Field","name":{"kind":"Name","value":"sync"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"events"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"5"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"count"}},{"kind":"Field","name":{"kind":"Name","value":"lastSeenAt"}}]}}]}}]}}]}}]} as unknown as DocumentNode<WalkFromPodQuery, WalkFromPodQueryVariables>;