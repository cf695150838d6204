import type { JsonObject } from '../../model/kube-object.ts';
import type { WorkloadCounts, WorkloadStrategy } from '../../model/workload-record.ts';
import { countAt, type FlawReport, fieldsAt, isFields, type Mutable, textAt } from './fields.ts';
import { addRolling, desiredReplicas, isInPlace, minReadySecondsOf, type WorkloadLayout } from './workload-layout.ts';

export const cloneSetLayout: WorkloadLayout = {
  kind: 'CLONE_SET',
  strategy: strategyOf,
  counts(spec, status, flaw) {
    const counts: Mutable<WorkloadCounts> = {
      desired: desiredReplicas(spec, flaw),
      current: countAt(status, 'replicas', flaw),
      ready: countAt(status, 'readyReplicas', flaw),
      available: countAt(status, 'availableReplicas', flaw),
      updated: countAt(status, 'updatedReplicas', flaw),
      updatedReady: countAt(status, 'updatedReadyReplicas', flaw),
    };
    // Both came with later versions of OpenKruise; absent is not zero.
    if (status['updatedAvailableReplicas'] !== undefined) counts.updatedAvailable = countAt(status, 'updatedAvailableReplicas', flaw);
    if (status['expectedUpdatedReplicas'] !== undefined) counts.expectedUpdated = countAt(status, 'expectedUpdatedReplicas', flaw);
    return counts;
  },
  minReadySeconds: minReadySecondsOf,
  updateRevisionFields: ['updateRevision'],
};

/**
 * v1alpha1 keeps everything in updateStrategy, whose type is the way to update a pod; v1beta1 keeps it in
 * updateStrategy.rollingUpdate, and the way in podUpdatePolicy.
 */
function strategyOf(spec: JsonObject, flaw: FlawReport): WorkloadStrategy {
  const source = fieldsAt(spec, 'updateStrategy', flaw);
  const type = textAt(source, 'type', flaw);
  const nested = type === 'RollingUpdate' || isFields(source['rollingUpdate']);
  const rolling = nested ? fieldsAt(source, 'rollingUpdate', flaw) : source;
  const strategy: Mutable<WorkloadStrategy> = {
    type: type ?? (nested ? 'RollingUpdate' : 'ReCreate'),
    paused: false,
    inPlace: isInPlace(nested ? rolling['podUpdatePolicy'] : type),
  };
  addRolling(strategy, rolling, flaw);
  return strategy;
}
