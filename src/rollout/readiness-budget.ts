import type { JsonObject } from '../model/kube-object.ts';
import { isObject } from './json.ts';
import { valueAt } from './pointer.ts';

/**
 * How long the containers of a pod of this template may run before it is ready: what its own probes grant the slowest,
 * and as much again as is granted without any; at least twice as long as the present pods took, where that is known.
 */
export function readinessBudgetSeconds(
  template: JsonObject,
  { base, usual = 0 }: { readonly base: number; readonly usual?: number },
): number {
  const containers = valueAt(template, '/spec/containers');
  const grants = (Array.isArray(containers) ? containers : []).map(
    (container: unknown) => startupSeconds(container) + delaySeconds(container),
  );
  return Math.max(base + Math.max(0, ...grants), Math.min(MOST_FOR_USUAL_SECONDS, 2 * usual));
}

/** A pod that was unready for a while in between looks as if it had started slowly. */
const MOST_FOR_USUAL_SECONDS = 180;

function startupSeconds(container: unknown): number {
  const probe = isObject(container) ? container['startupProbe'] : undefined;
  if (!isObject(probe)) return 0;
  return numberOr(probe['initialDelaySeconds'], 0) + numberOr(probe['failureThreshold'], 3) * numberOr(probe['periodSeconds'], 10);
}

function delaySeconds(container: unknown): number {
  const probe = isObject(container) ? container['readinessProbe'] : undefined;
  return isObject(probe) ? numberOr(probe['initialDelaySeconds'], 0) : 0;
}

function numberOr(value: unknown, fallback: number): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : fallback;
}
