import type { ContainerImage, ObjectRecord, OwnerRef } from './object-record.ts';

export interface PodRecord extends ObjectRecord {
  readonly phase: string;
  /** The word kubectl prints: Running, CrashLoopBackOff, Init:0/1, Terminating, Completed... */
  readonly status: string;
  /** Condition Ready is True. */
  readonly ready: boolean;
  readonly readySince?: number;
  /** As kubectl's READY column counts them: containers and restartable init containers. */
  readonly readyContainers: number;
  readonly totalContainers: number;
  /** As kubectl's RESTARTS column counts them. */
  readonly restarts: number;
  readonly ip?: string;
  /** Absent until scheduled. */
  readonly nodeName?: string;
  readonly startedAt?: number;
  readonly images: readonly ContainerImage[];
  /** Init containers first, in the order of the spec. */
  readonly containers: readonly ContainerRecord[];
  readonly owner?: OwnerRef;
  /** Text after the last "-" of `controller-revision-hash`, else `pod-template-hash`: compare with a revision's key. */
  readonly revisionKey?: string;
  /** Condition PodScheduled is False with this reason (e.g. "Unschedulable"), and its message. */
  readonly unscheduled?: { readonly reason: string; readonly message?: string };
  /** Condition Ready as the server has it, when it is not True: its reason, message and since when. */
  readonly notReady?: { readonly reason?: string; readonly message?: string; readonly since?: number };
  readonly deletionGracePeriodSeconds?: number;
  /** OpenKruise: lifecycle.apps.kruise.io/state. */
  readonly lifecycleState?: string;
  /** OpenKruise: since when it is in that state (lifecycle.apps.kruise.io/timestamp). */
  readonly lifecycleSince?: number;
  /** OpenKruise: condition InPlaceUpdateReady is False, or a grace annotation is present. */
  readonly inPlaceUpdating?: boolean;
  /** OpenKruise: when the present in-place update began (inplace-update-state.updateTimestamp). */
  readonly inPlaceUpdatedAt?: number;
}

export interface ContainerRecord {
  readonly name: string;
  readonly init: boolean;
  /** An init container that keeps running beside the others (restartPolicy Always). */
  readonly sidecar?: boolean;
  readonly image: string;
  readonly imageId?: string;
  readonly ready: boolean;
  readonly restarts: number;
  /** "waiting", "running", "terminated", or "unknown" before the kubelet has spoken. */
  readonly state: string;
  /** Of the waiting or terminated state: CrashLoopBackOff, ImagePullBackOff, Completed, OOMKilled... */
  readonly reason?: string;
  readonly message?: string;
  readonly startedAt?: number;
  readonly lastTermination?: {
    readonly exitCode: number;
    readonly reason?: string;
    readonly message?: string;
    readonly finishedAt?: number;
  };
}
