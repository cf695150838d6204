import type { JsonObject } from '../model/kube-object.ts';
import { isObject } from './json.ts';
import { valueAt } from './pointer.ts';

/**
 * How long a pod of this template may take to get ready before that speaks against it: two minutes, or what its
 * own probes grant the slowest container and a minute more.
 */
export function readinessBudgetSeconds(template: JsonObject): number {
  const containers = valueAt(template, '/spec/containers');
  const budgets = (Array.isArray(containers) ? containers : []).map(
    (container: unknown) => startupSeconds(container) + delaySeconds(container),
  );
  return Math.max(LEAST_SECONDS, Math.max(0, ...budgets) + MARGIN_SECONDS);
}

const LEAST_SECONDS = 120;
const MARGIN_SECONDS = 60;

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
