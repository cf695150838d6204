import { scaled } from '../objects/int-or-percent.ts';
import type { CloneSet, IntOrPercent } from '../objects/types.ts';

/** The arithmetic of a CloneSet. Source: openkruise/kruise pkg/controller/cloneset/sync/cloneset_sync_utils.go. */

/** What is counted of the active pods. */
export interface CloneSetCounts {
  readonly total: number;
  readonly newRevision: number;
  readonly oldRevision: number;
  readonly toDeleteNew: number;
  readonly toDeleteOld: number;
  readonly unavailable: number;
}

export interface CloneSetPlan {
  /** Pods to create (above 0) or to take away (below 0). */
  readonly scale: number;
  /** Of those to create, how many at the current (old) revision. */
  readonly scaleOld: number;
  /** Available pods that may be deleted now among those marked for deletion. */
  readonly deleteReadyLimit: number;
  /** Old pods to move to the new revision. */
  readonly update: number;
  /** Unavailable pods at most, surplus pods included. */
  readonly maxUnavailable: number;
}

/** Pods that may stay at an old revision: percentages round up, but never to all of them unless "100%" says so. */
export function partitionOf(partition: IntOrPercent | undefined, replicas: number): number {
  const value = scaled(partition, replicas, 'up', 0);
  const isRoundedToAll = typeof partition === 'string' && partition !== '100%' && value === replicas && replicas > 1;
  return Math.max(0, Math.min(replicas, isRoundedToAll ? replicas - 1 : value));
}

export function planCloneSet({ spec }: CloneSet, counts: CloneSetCounts): CloneSetPlan {
  const replicas = spec.replicas ?? 1;
  const strategy = spec.updateStrategy ?? {};
  const partition = partitionOf(strategy.partition, replicas);
  const maxSurge = strategy.paused === true ? 0 : scaled(strategy.maxSurge, replicas, 'up', 0);
  const maxUnavailable = scaled(strategy.maxUnavailable ?? '20%', replicas, maxSurge === 0 ? 'up' : 'down', 0);
  const oldSurplus = counts.oldRevision - partition;
  const newSurplus = counts.newRevision - (replicas - partition);
  const surge = surgeInUse(counts, maxSurge, { oldSurplus, newSurplus });
  const scale = replicas + surge.total - counts.total;
  const spare = counts.total - replicas;
  return {
    scale,
    scaleOld: Math.max(0, Math.min(scale, partition + surge.old - counts.oldRevision)),
    deleteReadyLimit: Math.max(0, maxUnavailable + spare - counts.unavailable),
    update: strategy.paused === true || oldSurplus <= 0 || newSurplus >= 0 ? 0 : Math.min(oldSurplus, -newSurplus),
    maxUnavailable: maxUnavailable + spare,
  };
}

interface Surplus {
  readonly oldSurplus: number;
  readonly newSurplus: number;
}

function surgeInUse(counts: CloneSetCounts, maxSurge: number, { oldSurplus, newSurplus }: Surplus): { total: number; old: number } {
  if (maxSurge === 0) return { total: 0, old: 0 };
  const scaleSurge = Math.min(counts.toDeleteNew + counts.toDeleteOld, maxSurge);
  const scaleOldSurge = Math.max(0, scaleSurge - counts.toDeleteNew);
  // Extra pods replace old ones: they are made at the new revision.
  const updateSurge = oldSurplus > 0 && newSurplus < 0 ? Math.min(oldSurplus, -newSurplus) : 0;
  return scaleSurge >= updateSurge ? { total: scaleSurge, old: scaleOldSurge } : { total: Math.min(maxSurge, updateSurge), old: 0 };
}
