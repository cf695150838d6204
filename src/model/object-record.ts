import type { GroupResource } from './resource.ts';
import type { ResourceVersion } from './resource-version.ts';

/**
 * What the store keeps of any object: a flat projection, not the Kubernetes object. Instants are
 * milliseconds since 1970. Records are immutable: a change is a new record.
 */
export interface ObjectRecord {
  /** Registered name of the cluster that the object lives in. */
  readonly cluster: string;
  readonly resource: GroupResource;
  readonly apiVersion: string;
  readonly kind: string;
  /** '' for cluster-scoped kinds. */
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: ResourceVersion;
  readonly createdAt: number;
  readonly deletionRequestedAt?: number;
  readonly labels: Readonly<Record<string, string>>;
}

/** The controlling owner of an object. */
export interface OwnerRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

export interface ContainerImage {
  readonly container: string;
  readonly image: string;
}

export interface ConditionRecord {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  /** lastTransitionTime. */
  readonly since?: number;
  /** lastUpdateTime, where the kind has one. */
  readonly updatedAt?: number;
}

/** Integer or percentage, as Kubernetes writes it: 3 or "25%". */
export type IntOrString = number | string;
