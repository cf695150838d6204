import type { RolloutStep } from './state.ts';

/** Pods of so many replicas: percentages round up, a canary is at least one pod, and none is more than all. */
export function targetOf({ pods, percent }: Pick<RolloutStep, 'pods' | 'percent'>, replicas: number): number {
  // Multiplying first keeps 12.5 % of 200 whole.
  const wanted = percent === undefined ? (pods ?? replicas) : Math.ceil((replicas * percent) / 100);
  return Math.min(replicas, Math.max(1, wanted));
}
