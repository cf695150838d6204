import type { JsonObject } from '../../model/kube-object.ts';
import type { WorkloadCounts, WorkloadKind, WorkloadStrategy } from '../../model/workload-record.ts';
import { countAt, type FlawReport, flagAt, intOrStringAt, type Mutable, numberAt } from './fields.ts';

/** Where one kind keeps what all six have. One per kind; versions of a kind are told apart by what is there. */
export interface WorkloadLayout {
  readonly kind: WorkloadKind;
  strategy(spec: JsonObject, flaw: FlawReport): WorkloadStrategy;
  counts(spec: JsonObject, status: JsonObject, flaw: FlawReport): WorkloadCounts;
  minReadySeconds(spec: JsonObject, flaw: FlawReport): number;
  /** Members of the status that name the target revision, the preferred one first. */
  readonly updateRevisionFields: readonly string[];
}

export function minReadySecondsOf(spec: JsonObject, flaw: FlawReport): number {
  return Math.max(0, numberAt(spec, 'minReadySeconds', flaw) ?? 0);
}

/** spec.replicas, which every kind defaults to 1. */
export function desiredReplicas(spec: JsonObject, flaw: FlawReport): number {
  const replicas = spec['replicas'];
  return replicas === undefined || replicas === null ? 1 : countAt(spec, 'replicas', flaw);
}

/** Adds what rolling updates of several kinds have in common and `rolling` says. */
export function addRolling(strategy: Mutable<WorkloadStrategy>, rolling: JsonObject, flaw: FlawReport): void {
  const partition = intOrStringAt(rolling, 'partition', flaw);
  const maxUnavailable = intOrStringAt(rolling, 'maxUnavailable', flaw);
  const maxSurge = intOrStringAt(rolling, 'maxSurge', flaw);
  if (partition !== undefined) strategy.partition = partition;
  if (maxUnavailable !== undefined) strategy.maxUnavailable = maxUnavailable;
  if (maxSurge !== undefined) strategy.maxSurge = maxSurge;
  if (flagAt(rolling, 'paused', flaw)) strategy.paused = true;
}

/** ReCreate, InPlaceIfPossible or InPlaceOnly. */
export function isInPlace(policy: unknown): boolean {
  return policy === 'InPlaceIfPossible' || policy === 'InPlaceOnly';
}
