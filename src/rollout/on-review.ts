import { halt } from './endings.ts';
import type { ReviewEvent } from './events.ts';
import { proceed } from './proceed.ts';
import { holdBack, isAnswer } from './questions.ts';
import { isFinished } from './state.ts';
import type { Turn } from './turn.ts';

/** Whether the author may still do what the run does in their name. */
export function onReview(turn: Turn, { id, result }: ReviewEvent): void {
  if (!isAnswer(turn, 'REVIEW', id) || isFinished(turn.state)) return;
  if ('error' in result) {
    turn.reason('ClusterUnreachable', 'The cluster does not answer whether the author still has the right.', { unblock: ['rolloutAbort'] });
    holdBack(turn, result.retryAfterMs);
    return;
  }
  if (turn.status.phase !== 'RUNNING') return;
  if (result.allowed) turn.set({ rightReviewedFor: turn.status.currentStep, rejections: 0 });
  else lack(turn, result.reason);
  proceed(turn);
}

function lack(turn: Turn, reason: string | undefined): void {
  const detail = reason === undefined || reason === '' ? '' : `: ${reason}`;
  const message = `${turn.spec.author.username} may not change the workload any more${detail}.`;
  halt(turn, { code: 'AuthorRightLost', message, unblock: ['rolloutRetry', 'rolloutRollback', 'rolloutAbort'] });
}
