import { halt } from './endings.ts';
import type { RolloutObservation } from './events.ts';
import { isOverdue } from './progress.ts';
import { isRollbackDue } from './target-fields.ts';
import type { Turn } from './turn.ts';

/** What a fresh look means for a run on its way back: it is over when no pod is anywhere else. */
export function goBack(turn: Turn, observation: RolloutObservation): void {
  if (isRollbackDue(turn) || turn.status.applied === undefined || turn.status.closing !== undefined) return;
  if (isBack(observation)) {
    turn.phase('ROLLING_BACK');
    turn.set({ closing: 'ROLLED_BACK' });
    return;
  }
  if (turn.status.phase === 'ROLLBACK_FAILED') return;
  const { updated, replicas, updatedAvailable } = observation;
  const message = `${updated} of ${replicas} pods are back at the former revision, ${updatedAvailable} of them available.`;
  if (!isOverdue(turn)) {
    turn.reason('RollingBack', message, { unblock: ['rolloutAbort'] });
    return;
  }
  halt(turn, { code: 'RollbackIncomplete', message, unblock: ['rolloutRetry', 'rolloutAbort'], causes: observation.causes });
}

/** Pods on nodes that are down are no reason to say that going back has failed. */
function isBack({ replicas, updated, old, active, updatedAvailable, onDeadNodes }: RolloutObservation): boolean {
  return old === 0 && active === replicas && updated >= replicas && updatedAvailable + onDeadNodes >= replicas;
}
