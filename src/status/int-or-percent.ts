import type { IntOrString } from '../model/object-record.ts';

/** Whole pods of `total`. Undefined for what is neither a number nor a percentage: then nobody knows what it asks for. */
export function resolveIntOrPercent(value: IntOrString, total: number, round: 'up' | 'down'): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? Math.trunc(value) : undefined;
  const percent = percentOf(value);
  if (percent === undefined) return undefined;
  // Multiplying first keeps 12.5 % of 200 whole; dividing first would round a false remainder up.
  const exact = (percent * total) / 100;
  return round === 'up' ? Math.ceil(exact) : Math.floor(exact);
}

export function isPercent(value: IntOrString): boolean {
  return typeof value === 'string' && percentOf(value) !== undefined;
}

/** OpenKruise accepts fractions of a percent, Kubernetes does not. */
function percentOf(value: string): number | undefined {
  if (!/^\d{1,9}(\.\d{1,9})?%$/.test(value)) return undefined;
  return Number(value.slice(0, -1));
}
