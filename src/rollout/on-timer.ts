import { setIntent } from './intents.ts';
import { proceed } from './proceed.ts';
import { askRead } from './questions.ts';
import { isFinished } from './state.ts';
import type { Turn } from './turn.ts';

/** Time has passed and nothing was seen: the object is looked at itself. */
export function onTimer(turn: Turn): void {
  if (isFinished(turn.state)) return;
  giveUpWaiting(turn);
  turn.meter({ healthyAt: undefined, observedAt: undefined });
  proceed(turn);
  if (turn.status.applied !== undefined || turn.status.goneSince !== undefined) askRead(turn);
}

/** An answer that has not come for so long was lost; whether the patch was, the object tells. */
export function giveUpWaiting(turn: Turn): void {
  for (const { id, outcome, createdAt } of turn.status.intents) {
    if (outcome === 'pending' && turn.now - createdAt >= ANSWER_WITHIN_MS) setIntent(turn, id, { outcome: 'unknown' });
  }
}

/** Longer than any request of the port lives. */
const ANSWER_WITHIN_MS = 120_000;
