import type { RolloutEvent } from './events.ts';
import { onCommand } from './on-command.ts';
import { onLeadership } from './on-leadership.ts';
import { onObservation } from './on-observation.ts';
import { onPatched } from './on-patched.ts';
import { onRead } from './on-read.ts';
import { onReview } from './on-review.ts';
import { onTimer } from './on-timer.ts';
import { scheduleNext } from './schedule.ts';
import type { RolloutState } from './state.ts';
import { type StepResult, Turn } from './turn.ts';

/**
 * Everything a run ever decides. Pure: the same state, event and moment give the same answer; no clock, no
 * chance, nothing read or sent. `now` is in milliseconds since 1970. What comes with the result is the
 * contract of `RolloutEffect`.
 */
export function step(state: RolloutState, event: RolloutEvent, now: number): StepResult {
  const turn = new Turn(state, now);
  take(turn, event);
  scheduleNext(turn, event.type === 'command' || event.type === 'review' || turn.status.currentStep !== state.status.currentStep);
  return turn.finish();
}

function take(turn: Turn, event: RolloutEvent): void {
  switch (event.type) {
    case 'observation':
      onObservation(turn, event.observation);
      return;
    case 'command':
      onCommand(turn, event.command);
      return;
    case 'read':
      onRead(turn, event);
      return;
    case 'review':
      onReview(turn, event);
      return;
    case 'patched':
      onPatched(turn, event);
      return;
    case 'timer':
      onTimer(turn);
      return;
    case 'leadership':
      onLeadership(turn, event.epoch);
      return;
  }
}
