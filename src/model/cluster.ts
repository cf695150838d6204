export type ClusterSource = 'KUBECONFIG' | 'IN_CLUSTER' | 'ARGO_CD_SECRET' | 'CLUSTER_OBJECT' | 'SIMULATED';

/** How true our copy of a cluster is. */
export type SyncState = 'CONNECTING' | 'SYNCING' | 'LIVE' | 'STALE' | 'UNREACHABLE' | 'UNAUTHORIZED' | 'FORBIDDEN' | 'DISABLED' | 'REMOVED';

export type ResourceSyncState = 'CONNECTING' | 'LISTING' | 'LIVE' | 'STALE' | 'FORBIDDEN' | 'UNAUTHORIZED' | 'GONE' | 'DEGRADED';

/** Instants in milliseconds since 1970. */
export interface ClusterSync {
  readonly state: SyncState;
  readonly since: number;
  /** CamelCase code, e.g. ConnectionRefused, TokenExpired. Absent while all is well. */
  readonly reason?: string;
  readonly message?: string;
  readonly lastEventAt?: number;
  /** When the copy was last known to be true. Absent while live. */
  readonly staleSince?: number;
  readonly resources: readonly ResourceSync[];
}

export interface ResourceSync {
  readonly resource: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly state: ResourceSyncState;
  readonly objects: number;
  readonly relists: number;
  readonly reconnects: number;
  readonly lastError?: string;
}

/** A cluster as the registry knows it; everything from the cluster itself is absent before first contact. */
export interface ClusterRecord {
  readonly name: string;
  readonly source: ClusterSource;
  readonly labels: Readonly<Record<string, string>>;
  /** The uid of kube-system: which incarnation this is. */
  readonly systemUid?: string;
  readonly kubernetesVersion?: string;
  readonly openKruise?: OpenKruise;
  readonly sync: ClusterSync;
}

export interface OpenKruise {
  readonly version?: string;
  readonly kinds: readonly { readonly kind: string; readonly servedVersions: readonly string[] }[];
}

export const STAGE_LABEL = 'fleetgraph.io/stage';
export const NODE_SET_LABEL = 'fleetgraph.io/node-set';
export const COMPONENT_LABEL = 'app.kubernetes.io/name';
