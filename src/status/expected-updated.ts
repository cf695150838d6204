import type { WorkloadRecord } from '../model/workload-record.ts';
import { isPercent, resolveIntOrPercent } from './int-or-percent.ts';

/** What the pods say, for the brakes that depend on them. */
export interface UpdateScope {
  /** Pods that are at another revision than the target. */
  readonly old: number;
  /** Advanced DaemonSet with a node selector: pods that are updated already or on a matching node. */
  readonly selectable?: number;
}

/**
 * How many pods the present brake lets be new, in [0, desired]; desired where there is no brake. A pause
 * flag is no part of it. Under OnDelete no old pod has to go.
 */
export function expectedUpdated(workload: WorkloadRecord, scope: UpdateScope): number {
  const desired = workload.replicas.desired;
  return clamp(unclamped(workload, desired, scope), desired);
}

/**
 * A Deployment held by a minReadySeconds so long that no new pod ever counts as available: exactly
 * maxSurge + maxUnavailable pods become new, then it stands still. Availability by that rule says nothing.
 */
export function isHeldByMinReady(workload: WorkloadRecord): boolean {
  return workload.workloadKind === 'DEPLOYMENT' && workload.minReadySeconds >= HELD_SECONDS;
}

/** Ten years: nobody waits that long for a pod. The brake itself uses 2^31 - 2. */
const HELD_SECONDS = 315_360_000;

function unclamped(workload: WorkloadRecord, desired: number, scope: UpdateScope): number {
  const { strategy } = workload;
  if (strategy.type === 'OnDelete') return desired - scope.old;
  switch (workload.workloadKind) {
    case 'DEPLOYMENT':
      return isHeldByMinReady(workload) && strategy.type !== 'Recreate' ? heldAt(workload, desired) : desired;
    case 'DAEMON_SET':
      return desired;
    case 'STATEFUL_SET':
    case 'ADVANCED_STATEFUL_SET':
      return desired - (resolveIntOrPercent(strategy.partition ?? 0, desired, 'up') ?? 0);
    case 'CLONE_SET':
      return desired - cloneSetPartition(workload, desired);
    case 'ADVANCED_DAEMON_SET':
      return Math.min(desired - (resolveIntOrPercent(strategy.partition ?? 0, desired, 'down') ?? 0), scope.selectable ?? desired);
  }
}

function heldAt({ strategy }: WorkloadRecord, desired: number): number {
  const surge = resolveIntOrPercent(strategy.maxSurge ?? '25%', desired, 'up') ?? 0;
  const unavailable = resolveIntOrPercent(strategy.maxUnavailable ?? '25%', desired, 'down') ?? 0;
  // The controller never lets both be zero.
  return surge + unavailable > 0 ? surge + unavailable : 1;
}

/** Rounded up, but a percentage below 100 leaves at least one pod to be updated. */
function cloneSetPartition({ strategy }: WorkloadRecord, desired: number): number {
  const partition = strategy.partition ?? 0;
  const kept = resolveIntOrPercent(partition, desired, 'up') ?? 0;
  return kept === desired && desired > 1 && isPercent(partition) && partition !== '100%' ? desired - 1 : kept;
}

function clamp(value: number, desired: number): number {
  return Math.max(0, Math.min(value, desired));
}
