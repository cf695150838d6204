import type { OperationRecord, OperationTarget } from '../commands/operation.ts';
import type { EventRecord } from '../model/event-record.ts';
import type { NodeRecord } from '../model/node-record.ts';
import type { ObjectRecord } from '../model/object-record.ts';
import type { PodRecord } from '../model/pod-record.ts';
import type { RevisionRecord, WorkloadRecord } from '../model/workload-record.ts';
import type { Run } from '../rollout/run.ts';
import type { ComponentInstance as ComponentInstanceRow } from '../status/component.ts';
import type { ClusterStore } from '../store/graph-store.ts';
import { builder } from './builder.ts';
import type { ComponentRow } from './components.ts';
import type { ClusterPart as Part } from './parts.ts';

/** A revision is shown as one of a workload: the same template may be current for one and old for another. */
export interface WorkloadRevisionRow {
  readonly workload: WorkloadRecord;
  readonly revision: RevisionRecord;
}

/** Names an object that may or may not be held. */
export interface Reference extends Omit<OperationTarget, 'resource'> {
  /** Absent for kinds that the store does not keep. */
  readonly resource?: string;
}

/** Whatever implements Node. */
export type NodeRow = ClusterStore | ObjectRecord | EventRecord | OperationRecord | ComponentRow | ComponentInstanceRow | Run;

export const Node = builder.interfaceRef<NodeRow>('Node');
export const KubernetesResource = builder.interfaceRef<ObjectRecord>('KubernetesResource');
export const KubernetesObject = builder.objectRef<ObjectRecord>('KubernetesObject');
export const ObjectReference = builder.objectRef<Reference>('ObjectReference');

export const Cluster = builder.objectRef<ClusterStore>('Cluster');
export const ClusterPart = builder.objectRef<Part>('ClusterPart');
export const ClusterNode = builder.objectRef<NodeRecord>('ClusterNode');
export const Pod = builder.objectRef<PodRecord>('Pod');
export const Workload = builder.interfaceRef<WorkloadRecord>('Workload');
export const WorkloadRevision = builder.objectRef<WorkloadRevisionRow>('WorkloadRevision');
export const Event = builder.objectRef<EventRecord>('Event');
export const Rollout = builder.objectRef<Run>('Rollout');
export const Operation = builder.objectRef<OperationRecord>('Operation');
export const Component = builder.objectRef<ComponentRow>('Component');
export const ComponentInstance = builder.objectRef<ComponentInstanceRow>('ComponentInstance');
