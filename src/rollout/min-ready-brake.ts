import { resolveIntOrPercent } from '../status/int-or-percent.ts';
import type { Brake, BrakePods } from './brake.ts';
import type { OriginalWorkload } from './state.ts';

/**
 * A Deployment whose new pods never count as available: with maxSurge 0 and maxUnavailable n exactly n become
 * new, and it stands still. Verified on a real control plane. The template and the raised minReadySeconds must
 * travel in one patch: alone it would make the present pods unavailable.
 */
export const minReadyBrake: Brake = {
  method: 'DEPLOYMENT_BRAKE',
  paths: [
    '/spec/minReadySeconds',
    '/spec/progressDeadlineSeconds',
    '/spec/strategy/rollingUpdate/maxSurge',
    '/spec/strategy/rollingUpdate/maxUnavailable',
    '/spec/paused',
  ],
  pausePath: '/spec/paused',
  freezes: false,
  hasFinish: true,
  hold: (_, allowed) => [
    { path: '/spec/minReadySeconds', value: NEVER_READY_SECONDS },
    { path: '/spec/progressDeadlineSeconds', value: NO_DEADLINE_SECONDS },
    { path: '/spec/strategy/rollingUpdate/maxSurge', value: 0 },
    { path: '/spec/strategy/rollingUpdate/maxUnavailable', value: allowed },
  ],
  // As many pods go at once as the number is raised by: never more than the owner lets be unavailable.
  next: (original, { replicas, allowed, target }: BrakePods) => Math.min(target, allowed + stride(original, replicas)),
};

/** The server wants the deadline to be the greater one; the greatest there is means none. */
const NO_DEADLINE_SECONDS = 2_147_483_647;
const NEVER_READY_SECONDS = NO_DEADLINE_SECONDS - 1;

/** Nobody else means a pod to be available after 68 years. */
export function isBrakeLeft(minReadySeconds: number): boolean {
  return minReadySeconds >= NEVER_READY_SECONDS;
}

function stride({ maxUnavailable }: OriginalWorkload, replicas: number): number {
  return Math.max(1, resolveIntOrPercent(maxUnavailable ?? '25%', replicas, 'down') ?? 1);
}
