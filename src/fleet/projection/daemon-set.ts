import type { JsonObject } from '../../model/kube-object.ts';
import type { WorkloadCounts, WorkloadStrategy } from '../../model/workload-record.ts';
import { countAt, type FlawReport, fieldsAt, isFields, type Mutable, textAt } from './fields.ts';
import { selectorOf } from './selector.ts';
import { addRolling, isInPlace, minReadySecondsOf, type WorkloadLayout } from './workload-layout.ts';

/** Reports no update revision: it is the newest ControllerRevision. */
export const daemonSetLayout: WorkloadLayout = {
  kind: 'DAEMON_SET',
  strategy: strategyOf,
  counts: countsOf,
  minReadySeconds: minReadySecondsOf,
  updateRevisionFields: [],
};

/** v1alpha1 and v1beta1 differ in the name of the status member alone. */
export const advancedDaemonSetLayout: WorkloadLayout = {
  kind: 'ADVANCED_DAEMON_SET',
  strategy(spec, flaw) {
    const strategy: Mutable<WorkloadStrategy> = strategyOf(spec, flaw);
    const rolling = fieldsAt(fieldsAt(spec, 'updateStrategy', flaw), 'rollingUpdate', flaw);
    strategy.inPlace = isInPlace(rolling['rollingUpdateType']);
    if (isFields(rolling['selector'])) strategy.nodeSelector = selectorOf(rolling['selector'], flaw);
    return strategy;
  },
  counts: countsOf,
  minReadySeconds: minReadySecondsOf,
  updateRevisionFields: ['updateRevision', 'daemonSetHash'],
};

function strategyOf(spec: JsonObject, flaw: FlawReport): WorkloadStrategy {
  const source = fieldsAt(spec, 'updateStrategy', flaw);
  const strategy: Mutable<WorkloadStrategy> = {
    type: textAt(source, 'type', flaw) ?? 'RollingUpdate',
    paused: false,
    inPlace: false,
  };
  addRolling(strategy, fieldsAt(source, 'rollingUpdate', flaw), flaw);
  return strategy;
}

function countsOf(_spec: JsonObject, status: JsonObject, flaw: FlawReport): WorkloadCounts {
  return {
    desired: countAt(status, 'desiredNumberScheduled', flaw),
    current: countAt(status, 'currentNumberScheduled', flaw),
    ready: countAt(status, 'numberReady', flaw),
    available: countAt(status, 'numberAvailable', flaw),
    updated: countAt(status, 'updatedNumberScheduled', flaw),
  };
}
