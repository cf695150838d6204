import type { WorkloadStrategy } from '../../model/workload-record.ts';
import type { Mutable } from './fields.ts';
import { countAt, fieldsAt, flagAt, textAt } from './fields.ts';
import { addRolling, desiredReplicas, minReadySecondsOf, type WorkloadLayout } from './workload-layout.ts';

export const deploymentLayout: WorkloadLayout = {
  kind: 'DEPLOYMENT',
  strategy(spec, flaw) {
    const source = fieldsAt(spec, 'strategy', flaw);
    const strategy: Mutable<WorkloadStrategy> = {
      type: textAt(source, 'type', flaw) ?? 'RollingUpdate',
      paused: flagAt(spec, 'paused', flaw),
      inPlace: false,
    };
    addRolling(strategy, fieldsAt(source, 'rollingUpdate', flaw), flaw);
    return strategy;
  },
  counts: (spec, status, flaw) => ({
    desired: desiredReplicas(spec, flaw),
    current: countAt(status, 'replicas', flaw),
    ready: countAt(status, 'readyReplicas', flaw),
    available: countAt(status, 'availableReplicas', flaw),
    updated: countAt(status, 'updatedReplicas', flaw),
  }),
  minReadySeconds: minReadySecondsOf,
  updateRevisionFields: [],
};
