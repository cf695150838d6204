import type { ConditionRecord, ContainerImage, IntOrString, ObjectRecord, OwnerRef } from './object-record.ts';

export const WORKLOAD_KINDS = [
  'DEPLOYMENT',
  'STATEFUL_SET',
  'DAEMON_SET',
  'CLONE_SET',
  'ADVANCED_STATEFUL_SET',
  'ADVANCED_DAEMON_SET',
] as const;
export type WorkloadKind = (typeof WORKLOAD_KINDS)[number];

/** One view of the six kinds. Counts that a kind does not report are absent: take them from the pods. */
export interface WorkloadRecord extends ObjectRecord {
  readonly workloadKind: WorkloadKind;
  readonly generation: number;
  readonly observedGeneration?: number;
  readonly images: readonly ContainerImage[];
  readonly replicas: WorkloadCounts;
  readonly strategy: WorkloadStrategy;
  /** spec.minReadySeconds (for the Advanced StatefulSet: of rollingUpdate). */
  readonly minReadySeconds: number;
  /** spec.progressDeadlineSeconds; absent where the kind has none or it is unset. */
  readonly progressDeadlineSeconds?: number;
  /** spec.selector in kubectl's syntax. */
  readonly selector: string;
  /** status.currentRevision, where the kind has one. */
  readonly currentRevision?: string;
  /** status.updateRevision (v1alpha1 Advanced DaemonSet: status.daemonSetHash), where the kind has one. */
  readonly updateRevision?: string;
  /** annotation deployment.kubernetes.io/revision. */
  readonly revisionNumber?: number;
  /** Digest of spec.template without its generated labels: equal digests, equal templates. */
  readonly templateDigest: string;
  readonly conditions: readonly ConditionRecord[];
  /** When anything but its status was last written (metadata.managedFields), where the server says so. */
  readonly specWrittenAt?: number;
}

export interface WorkloadCounts {
  /** spec.replicas, or a DaemonSet's status.desiredNumberScheduled. */
  readonly desired: number;
  readonly current: number;
  readonly ready: number;
  readonly available: number;
  readonly updated: number;
  readonly updatedReady?: number;
  readonly updatedAvailable?: number;
  /** CloneSet: status.expectedUpdatedReplicas. */
  readonly expectedUpdated?: number;
}

export interface WorkloadStrategy {
  /** As the kind writes it: RollingUpdate, Recreate, OnDelete, ReCreate, InPlaceIfPossible, InPlaceOnly... */
  readonly type: string;
  /** Pods that stay old (CloneSet and Advanced kinds) or the first index that is updated (StatefulSet). */
  readonly partition?: IntOrString;
  readonly maxUnavailable?: IntOrString;
  readonly maxSurge?: IntOrString;
  readonly paused: boolean;
  /** Pods may be updated without being recreated. */
  readonly inPlace: boolean;
  /** StatefulSets: OrderedReady or Parallel. */
  readonly podManagementPolicy?: string;
  /** Advanced DaemonSet: only pods on nodes with these labels are updated. */
  readonly nodeSelector?: LabelRequirements;
}

/** A label selector, taken apart: all requirements must hold. */
export type LabelRequirements = readonly LabelRequirement[];

export interface LabelRequirement {
  readonly key: string;
  /** In, NotIn, Exists or DoesNotExist. */
  readonly operator: string;
  readonly values: readonly string[];
}

/** A ReplicaSet of a Deployment, or a ControllerRevision. */
export interface RevisionRecord extends ObjectRecord {
  readonly owner?: OwnerRef;
  /** The number people know: annotation deployment.kubernetes.io/revision, or `.revision`. */
  readonly number: number;
  /** Text after the last "-" of the name: what the pods' `revisionKey` is compared with. */
  readonly revisionKey: string;
  readonly images: readonly ContainerImage[];
  readonly templateDigest?: string;
  /** ReplicaSets only: spec.replicas and status. */
  readonly replicas?: { readonly desired: number; readonly current: number; readonly ready: number; readonly available: number };
}
