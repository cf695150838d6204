import { scaled } from '../objects/int-or-percent.ts';
import { millis } from '../objects/timestamps.ts';
import type { Deployment, ReplicaSet } from '../objects/types.ts';

/** The arithmetic of a Deployment's ReplicaSets. Source: kubernetes/kubernetes pkg/controller/deployment/util/deployment_util.go. */

export const DESIRED_REPLICAS = 'deployment.kubernetes.io/desired-replicas';
export const MAX_REPLICAS = 'deployment.kubernetes.io/max-replicas';

export interface Scale {
  readonly replicaSet: ReplicaSet;
  readonly replicas: number;
}

export function replicasOf(object: { readonly spec: { readonly replicas?: number } }): number {
  return object.spec.replicas ?? 1;
}

export function isRolling(deployment: Deployment): boolean {
  return deployment.spec.strategy?.type !== 'Recreate';
}

/** Whole pods; surge rounds up, unavailability down, and not both may be 0. */
export function fenceposts(deployment: Deployment): { surge: number; unavailable: number } {
  if (!isRolling(deployment)) return { surge: 0, unavailable: 0 };
  const { maxSurge = '25%', maxUnavailable = '25%' } = deployment.spec.strategy?.rollingUpdate ?? {};
  const replicas = replicasOf(deployment);
  const surge = scaled(maxSurge, replicas, 'up', 0);
  const unavailable = scaled(maxUnavailable, replicas, 'down', 0);
  if (surge === 0 && unavailable === 0) return { surge, unavailable: 1 };
  return { surge, unavailable: Math.min(unavailable, replicas) };
}

export function maxReplicas(deployment: Deployment): number {
  return replicasOf(deployment) + fenceposts(deployment).surge;
}

export function specTotal(replicaSets: readonly ReplicaSet[]): number {
  return replicaSets.reduce((total, replicaSet) => total + replicasOf(replicaSet), 0);
}

export function statusTotal(replicaSets: readonly ReplicaSet[], field: 'replicas' | 'readyReplicas' | 'availableReplicas'): number {
  return replicaSets.reduce((total, replicaSet) => total + (replicaSet.status?.[field] ?? 0), 0);
}

/** How many pods the ReplicaSet of the present template may have now; `current` is its own share of `total`. */
export function newReplicas(deployment: Deployment, current: number, total: number): number {
  const wanted = replicasOf(deployment);
  if (!isRolling(deployment) || current > wanted) return wanted;
  return current + Math.max(0, Math.min(maxReplicas(deployment) - total, wanted - current));
}

export function oldestFirst(replicaSets: readonly ReplicaSet[]): ReplicaSet[] {
  const createdAt = ({ metadata }: ReplicaSet) => millis(metadata.creationTimestamp) ?? 0;
  return [...replicaSets].sort((a, b) => createdAt(a) - createdAt(b) || (a.metadata.name < b.metadata.name ? -1 : 1));
}

/**
 * What the old ReplicaSets give up in one step of a rolling update: their unhealthy pods first, then as many
 * healthy ones as availability allows.
 */
export function oldScaleDowns(deployment: Deployment, current: ReplicaSet, old: readonly ReplicaSet[]): Scale[] {
  const minAvailable = replicasOf(deployment) - fenceposts(deployment).unavailable;
  const newUnavailable = replicasOf(current) - (current.status?.availableReplicas ?? 0);
  const spare = specTotal([...old, current]) - minAvailable - newUnavailable;
  if (spare <= 0 || specTotal(old) === 0 || old.some(isBeingScaledDown)) return [];
  const targets = new Map(oldestFirst(old).map((replicaSet) => [replicaSet, replicasOf(replicaSet)] as const));
  takeUnhealthy(targets, spare);
  takeHealthy(targets, statusTotal([...old, current], 'availableReplicas') - minAvailable);
  return changes(targets);
}

/** More pods available than wanted: its own controller has not acted yet, and its numbers are not to be relied on. */
function isBeingScaledDown(replicaSet: ReplicaSet): boolean {
  return (replicaSet.status?.availableReplicas ?? 0) > replicasOf(replicaSet);
}

function takeUnhealthy(targets: Map<ReplicaSet, number>, limit: number): void {
  let left = limit;
  for (const [replicaSet, target] of targets) {
    const taken = Math.min(left, Math.max(0, target - (replicaSet.status?.availableReplicas ?? 0)));
    targets.set(replicaSet, target - taken);
    left -= taken;
  }
}

function takeHealthy(targets: Map<ReplicaSet, number>, limit: number): void {
  let left = Math.max(0, limit);
  for (const [replicaSet, target] of targets) {
    const taken = Math.min(left, target);
    targets.set(replicaSet, target - taken);
    left -= taken;
  }
}

/**
 * Spreads a change of spec.replicas over the ReplicaSets that have pods, in proportion to their size, so that a
 * rollout under way (or paused) keeps its shape.
 */
export function proportionalScales(deployment: Deployment, current: ReplicaSet | undefined, old: readonly ReplicaSet[]): Scale[] {
  const all = current === undefined ? [...old] : [...old, current];
  const active = all.filter((replicaSet) => replicasOf(replicaSet) > 0);
  const wanted = replicasOf(deployment);
  if (active.length <= 1) return onlyOne(active[0] ?? current ?? oldestFirst(old).at(-1), wanted);
  if (current !== undefined && isSaturated(deployment, current))
    return active.filter((one) => one !== current).map((replicaSet) => ({ replicaSet, replicas: 0 }));
  return isRolling(deployment) ? spread(deployment, active, wanted === 0 ? 0 : maxReplicas(deployment)) : [];
}

function onlyOne(replicaSet: ReplicaSet | undefined, wanted: number): Scale[] {
  return replicaSet === undefined || replicasOf(replicaSet) === wanted ? [] : [{ replicaSet, replicas: wanted }];
}

function isSaturated(deployment: Deployment, { spec, metadata, status }: ReplicaSet): boolean {
  const wanted = replicasOf(deployment);
  return spec.replicas === wanted && Number(metadata.annotations?.[DESIRED_REPLICAS]) === wanted && status?.availableReplicas === wanted;
}

function spread(deployment: Deployment, active: readonly ReplicaSet[], allowed: number): Scale[] {
  const toAdd = allowed - specTotal(active);
  const bySize = largestFirst(active, toAdd > 0);
  const targets = new Map(bySize.map((replicaSet) => [replicaSet, replicasOf(replicaSet)] as const));
  let added = 0;
  for (const replicaSet of bySize) {
    if (toAdd === 0) break;
    const share = proportion(deployment, replicaSet, toAdd - added);
    targets.set(replicaSet, replicasOf(replicaSet) + share);
    added += share;
  }
  const first = bySize[0];
  if (toAdd !== 0 && first !== undefined) targets.set(first, Math.max(0, (targets.get(first) ?? 0) + toAdd - added));
  return changes(targets);
}

function proportion(deployment: Deployment, replicaSet: ReplicaSet, left: number): number {
  if (left === 0) return 0;
  const share = fraction(deployment, replicaSet);
  return left > 0 ? Math.min(share, left) : Math.max(share, left);
}

function fraction(deployment: Deployment, replicaSet: ReplicaSet): number {
  const present = replicasOf(replicaSet);
  if (replicasOf(deployment) === 0) return -present;
  const annotated = Number(replicaSet.metadata.annotations?.[MAX_REPLICAS]) || deployment.status?.replicas || present;
  return Math.round((present * maxReplicas(deployment)) / annotated) - present;
}

function largestFirst(replicaSets: readonly ReplicaSet[], newerFirst: boolean): ReplicaSet[] {
  const byAge = newerFirst ? oldestFirst(replicaSets).reverse() : oldestFirst(replicaSets);
  return byAge.sort((a, b) => replicasOf(b) - replicasOf(a));
}

function changes(targets: ReadonlyMap<ReplicaSet, number>): Scale[] {
  return [...targets]
    .filter(([replicaSet, replicas]) => replicasOf(replicaSet) !== replicas)
    .map(([replicaSet, replicas]) => ({ replicaSet, replicas }));
}
