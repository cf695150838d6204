import type { JsonObject } from '../../model/kube-object.ts';
import type { WorkloadCounts, WorkloadStrategy } from '../../model/workload-record.ts';
import { countAt, type FlawReport, fieldsAt, type Mutable, numberAt, textAt } from './fields.ts';
import { addRolling, desiredReplicas, isInPlace, minReadySecondsOf, type WorkloadLayout } from './workload-layout.ts';

export const statefulSetLayout: WorkloadLayout = {
  kind: 'STATEFUL_SET',
  strategy: strategyOf,
  counts: countsOf,
  minReadySeconds: minReadySecondsOf,
  updateRevisionFields: ['updateRevision'],
};

/** v1beta1 and v1alpha1 are laid out alike. */
export const advancedStatefulSetLayout: WorkloadLayout = {
  kind: 'ADVANCED_STATEFUL_SET',
  strategy: strategyOf,
  counts(spec, status, flaw) {
    const counts: Mutable<WorkloadCounts> = countsOf(spec, status, flaw);
    if (status['updatedReadyReplicas'] !== undefined) counts.updatedReady = countAt(status, 'updatedReadyReplicas', flaw);
    if (status['updatedAvailableReplicas'] !== undefined) counts.updatedAvailable = countAt(status, 'updatedAvailableReplicas', flaw);
    return counts;
  },
  // Unlike everywhere else it is part of the rolling update.
  minReadySeconds: (spec, flaw) => minReadySecondsOf(fieldsAt(fieldsAt(spec, 'updateStrategy', flaw), 'rollingUpdate', flaw), flaw),
  updateRevisionFields: ['updateRevision'],
};

function strategyOf(spec: JsonObject, flaw: FlawReport): WorkloadStrategy {
  const source = fieldsAt(spec, 'updateStrategy', flaw);
  const rolling = fieldsAt(source, 'rollingUpdate', flaw);
  const strategy: Mutable<WorkloadStrategy> = {
    type: textAt(source, 'type', flaw) ?? 'RollingUpdate',
    paused: false,
    inPlace: isInPlace(rolling['podUpdatePolicy']),
    podManagementPolicy: textAt(spec, 'podManagementPolicy', flaw) ?? 'OrderedReady',
  };
  addRolling(strategy, rolling, flaw);
  return strategy;
}

function countsOf(spec: JsonObject, status: JsonObject, flaw: FlawReport): WorkloadCounts {
  return {
    desired: desiredReplicas(spec, flaw),
    current: countAt(status, 'replicas', flaw),
    ready: countAt(status, 'readyReplicas', flaw),
    // Servers before 1.22 have no availableReplicas.
    available:
      numberAt(status, 'availableReplicas', flaw) === undefined && !hasMinReady(spec)
        ? countAt(status, 'readyReplicas', flaw)
        : countAt(status, 'availableReplicas', flaw),
    updated: countAt(status, 'updatedReplicas', flaw),
  };
}

function hasMinReady(spec: JsonObject): boolean {
  return typeof spec['minReadySeconds'] === 'number' && spec['minReadySeconds'] > 0;
}
