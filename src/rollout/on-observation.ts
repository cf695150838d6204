import type { RolloutObservation } from './events.ts';
import { weigh } from './evidence.ts';
import { freshnessOf, isLabelGone } from './freshness.ts';
import { goBack } from './go-back.ts';
import { goForward } from './go-forward.ts';
import { giveUpWaiting } from './on-timer.ts';
import { proceed } from './proceed.ts';
import { measure } from './progress.ts';
import { askRead, hasUnknown, isSending } from './questions.ts';
import { isFinished } from './state.ts';
import type { Turn } from './turn.ts';

export function onObservation(turn: Turn, observation: RolloutObservation): void {
  if (isFinished(turn.state)) return;
  giveUpWaiting(turn);
  consider(turn, observation);
  proceed(turn);
}

function consider(turn: Turn, observation: RolloutObservation): void {
  // Nothing is concluded while it is not known what was written.
  if (isSending(turn) || hasUnknown(turn)) return;
  if (isLabelGone(turn.state, observation) || turn.status.goneSince !== undefined) {
    askRead(turn);
    return;
  }
  switch (freshnessOf(turn.state, observation)) {
    case 'fresh':
      decide(turn, observation);
      return;
    case 'changed':
    case 'other-object':
      askRead(turn);
      return;
    case 'stale':
      takeSilence(turn, 'ClusterUnreachable', `The cluster ${lastHeardOf(observation)}; nothing is decided on what is known of it.`);
      return;
    case 'unobserved':
      if (turn.status.applied !== undefined) takeSilence(turn, 'NotObserved', 'The controller has not taken up the latest change yet.');
  }
}

function lastHeardOf({ ageMs }: RolloutObservation): string {
  return Number.isFinite(ageMs) ? `was last heard of ${Math.round(ageMs / 1_000)} s ago` : 'has not been heard of yet';
}

function decide(turn: Turn, observation: RolloutObservation): void {
  if (turn.status.revision === undefined && turn.status.applied?.shape !== 'ORIGINAL') turn.set({ revision: observation.updateRevision });
  measure(turn, observation);
  switch (turn.status.phase) {
    case 'RUNNING':
    case 'WAITING':
      goForward(turn, observation);
      return;
    case 'PAUSED':
    case 'HALTED':
      weigh(turn, observation);
      return;
    case 'ROLLING_BACK':
    case 'ROLLBACK_FAILED':
      goBack(turn, observation);
      return;
    default:
      return;
  }
}

/** A healthy time that nobody watched is none. */
function takeSilence(turn: Turn, code: 'ClusterUnreachable' | 'NotObserved', message: string): void {
  turn.meter({ healthyAt: undefined, observedAt: undefined });
  if (turn.status.phase === 'RUNNING' || turn.status.phase === 'ROLLING_BACK') turn.reason(code, message, { unblock: ['rolloutAbort'] });
}
