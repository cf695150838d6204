import type { WorkloadCounts, WorkloadRecord } from '../model/workload-record.ts';
import { type Observation, observeWorkload } from './observation.ts';
import type { WorkloadView } from './workload-view.ts';

export type WorkloadReplicas = Required<Omit<WorkloadCounts, 'expectedUpdated'>>;

/** The numbers of a workload: the controller's where the kind reports them, else counted from the pods. */
export function workloadReplicas(workload: WorkloadRecord, view: WorkloadView, now: number): WorkloadReplicas {
  return replicasOf(observeWorkload(workload, view, now));
}

export function replicasOf({ workload, updated, updatedReady, updatedAvailable }: Observation): WorkloadReplicas {
  const { desired, current, ready, available } = workload.replicas;
  return {
    desired,
    current,
    ready,
    available,
    updated: reportsUpdated(workload) ? workload.replicas.updated : updated,
    updatedReady: workload.replicas.updatedReady ?? updatedReady,
    updatedAvailable: workload.replicas.updatedAvailable ?? updatedAvailable,
  };
}

/** OpenKruise counts by the target revision that it names in the same status; the native counters lag or undercount. */
function reportsUpdated(workload: WorkloadRecord): boolean {
  return workload.workloadKind === 'CLONE_SET' || workload.workloadKind === 'ADVANCED_STATEFUL_SET';
}
