import type { IntOrPercent } from './types.ts';

/** A number, or that percentage of `total` rounded as asked; `fallback` where the value is absent or unreadable. */
export function scaled(value: IntOrPercent | undefined, total: number, rounding: 'up' | 'down', fallback: number): number {
  if (typeof value === 'number') return value;
  const percent = percentOf(value);
  if (percent === undefined) return fallback;
  const exact = (total * percent) / 100;
  return rounding === 'up' ? Math.ceil(exact) : Math.floor(exact);
}

function percentOf(value: string | undefined): number | undefined {
  const match = /^([0-9]+(?:\.[0-9]+)?)%$/.exec(value ?? '');
  return match?.[1] === undefined ? undefined : Number(match[1]);
}
