import type { RolloutObservation } from './events.ts';
import type { RolloutProgress } from './state.ts';
import type { Turn } from './turn.ts';

/** Counts, and how long nothing has moved while somebody was looking. */

export function measure(turn: Turn, observation: RolloutObservation): void {
  const { meter } = turn.status;
  const progress = progressOf(turn, observation);
  const hasMoved = moved(meter.progress, progress);
  const gap = meter.observedAt === undefined ? 0 : Math.max(0, Math.min(turn.now - meter.observedAt, turn.spec.patience.maxStalenessMs));
  const stalledMs = hasMoved || isExcused(turn, observation) ? 0 : meter.stalledMs + gap;
  turn.meter({ progress, observedAt: turn.now, stalledMs });
}

export function isOverdue({ status, spec }: Turn): boolean {
  return status.meter.stalledMs >= spec.patience.stepDeadlineSeconds * 1_000;
}

/** The time since the last healthy look, if there was one so lately that it vouches for the time between. */
export function healthyMs(turn: Turn): number {
  const { healthyAt } = turn.status.meter;
  turn.meter({ healthyAt: turn.now });
  if (healthyAt === undefined) return 0;
  const gap = turn.now - healthyAt;
  return gap >= 0 && gap <= turn.spec.patience.maxStalenessMs ? gap : 0;
}

function progressOf({ status }: Turn, { replicas, updated, updatedReady, updatedAvailable }: RolloutObservation): RolloutProgress {
  const target = status.steps[Math.min(status.currentStep, status.steps.length - 1)]?.target ?? replicas;
  return { desired: replicas, target: status.phase === 'ROLLING_BACK' ? replicas : target, updated, updatedReady, updatedAvailable };
}

function moved(before: RolloutProgress, after: RolloutProgress): boolean {
  return after.updated > before.updated || after.updatedReady > before.updatedReady || after.updatedAvailable > before.updatedAvailable;
}

/** Nothing is missing but pods on nodes that are down: that is not the release standing still. */
function isExcused({ status }: Turn, { onDeadNodes, updated, updatedAvailable }: RolloutObservation): boolean {
  return onDeadNodes > 0 && updated >= status.allowed && updatedAvailable + onDeadNodes >= Math.max(status.allowed, 1);
}
