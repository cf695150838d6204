import type { ConditionRecord, ObjectRecord } from './object-record.ts';

export interface NodeRecord extends ObjectRecord {
  /** Condition Ready is True. */
  readonly ready: boolean;
  readonly unschedulable: boolean;
  /** The pool it belongs to: label fleetgraph.io/node-set, else a cloud's well-known node-pool label. */
  readonly nodeSet?: string;
  readonly kubeletVersion?: string;
  readonly containerRuntimeVersion?: string;
  readonly internalIp?: string;
  readonly capacity: Capacity;
  readonly conditions: readonly ConditionRecord[];
}

/** Kubernetes quantities, as the API server writes them. */
export interface Capacity {
  readonly cpu?: string;
  readonly memory?: string;
  readonly pods?: string;
}

export interface NamespaceRecord extends ObjectRecord {
  readonly phase: string;
}
