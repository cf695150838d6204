import { brakeOf } from './brake.ts';
import { close, isStayingEnded } from './endings.ts';
import { askRead, askReview, hasUnknown, isHeldBack, isSending } from './questions.ts';
import { isFinished } from './state.ts';
import { beginStep } from './steps.ts';
import { isFrozen, isRollbackDue } from './target-fields.ts';
import type { Turn } from './turn.ts';

/** What a run can do without new evidence: find out what became of a write, or prepare the one that is due. */
export function proceed(turn: Turn): void {
  if (isFinished(turn.state) || isSending(turn) || isHeldBack(turn)) return;
  if (hasUnknown(turn)) {
    askRead(turn);
    return;
  }
  if (isUntouched(turn)) {
    close(turn);
    return;
  }
  gateFirstStep(turn);
  if (isWriteDue(turn)) askRead(turn);
}

/** Before a spec patch there is nothing to observe: the first step needs the author's right only. */
function gateFirstStep(turn: Turn): void {
  const { status } = turn;
  if (status.phase === 'PENDING') turn.phase('RUNNING');
  if (turn.status.phase !== 'RUNNING' || status.applied !== undefined || turn.current?.state !== 'GATING') return;
  if (status.rightReviewedFor === status.currentStep) beginStep(turn);
  else askReview(turn);
}

function isUntouched({ status }: Turn): boolean {
  return (
    status.closing !== undefined &&
    status.marker === undefined &&
    (status.closing === 'ABORTED' || status.applied === undefined || isStayingEnded({ status }))
  );
}

function isWriteDue(turn: Turn): boolean {
  const { status } = turn;
  if (status.closing !== undefined) return true;
  switch (status.phase) {
    case 'ROLLING_BACK':
      return isRollbackDue(turn);
    case 'PAUSING':
      return true;
    case 'HALTED':
      return status.freeze && !isFrozen(turn);
    case 'RUNNING':
    case 'WAITING':
      return isForwardDue(turn);
    default:
      return false;
  }
}

function isForwardDue(turn: Turn): boolean {
  const { status, spec, current } = turn;
  const { applied } = status;
  if (applied === undefined) return current?.state === 'RUNNING' && status.replicas > 0;
  if (current === undefined && applied.shape === 'HELD' && brakeOf(spec.target).hasFinish) return true;
  if (status.replicas === 0) return false;
  return applied.shape === 'HELD' && (status.goal !== status.allowed || applied.replicas !== status.replicas || isFrozen(turn));
}
