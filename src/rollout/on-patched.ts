import { takeEffect } from './applied.ts';
import { close, halt } from './endings.ts';
import type { PatchedEvent, PatchResult } from './events.ts';
import { setIntent } from './intents.ts';
import { proceed } from './proceed.ts';
import { askRead, holdBack } from './questions.ts';
import { type Intent, isFinished } from './state.ts';
import type { Turn } from './turn.ts';

type Refused = Exclude<PatchResult, { readonly outcome: 'ok' | 'unknown' }>;

/** The answer to a patch; one that comes twice, or after the fact, changes nothing. */
export function onPatched(turn: Turn, { intentId, result }: PatchedEvent): void {
  const intent = turn.status.intents.find(({ id }) => id === intentId);
  if (intent === undefined || isFinished(turn.state)) return;
  if (result.outcome === 'ok') {
    // A later look at the object has already told, and perhaps a later patch been sent.
    if (intent.outcome === 'pending' || (intent.outcome === 'unknown' && isLatest(turn, intent))) takeEffect(turn, intent, result.object);
  } else if (intent.outcome === 'pending') {
    if (result.outcome === 'unknown') setIntent(turn, intentId, { outcome: 'unknown' });
    else takeRefusal(turn, intent, result);
  }
  proceed(turn);
}

function isLatest({ status }: Turn, { id }: Intent): boolean {
  return status.intents.at(-1)?.id === id;
}

function takeRefusal(turn: Turn, intent: Intent, { outcome, message, retryAfterMs }: Refused): void {
  setIntent(turn, intent.id, { outcome: 'refused', message });
  switch (outcome) {
    case 'gone':
      // Whether another was made in its place a read tells.
      askRead(turn);
      return;
    case 'forbidden':
      takeForbidden(turn, intent, message);
      return;
    case 'throttled':
    case 'unreachable':
      if (turn.status.phase !== 'HALTED') turn.reason(outcome === 'throttled' ? 'Throttled' : 'ClusterUnreachable', message);
      holdBack(turn, retryAfterMs);
      return;
    case 'conflict':
    case 'invalid':
      takeRejection(turn, message);
      return;
  }
}

/** A failed test and a refusal by admission look alike: the object is read again before anything is concluded. */
function takeRejection(turn: Turn, message: string): void {
  if (turn.status.rejections < MAX_REJECTIONS) {
    holdBack(turn, turn.status.rejections === 0 ? 0 : undefined);
    return;
  }
  giveUp(turn, 'PatchRejected', `The server refuses the patch again and again: ${message}`);
}

function takeForbidden(turn: Turn, { op, actor }: Intent, message: string): void {
  giveUp(turn, 'Forbidden', `${actor.username} may not write the workload (${op}): ${message}`);
}

function giveUp(turn: Turn, code: 'Forbidden' | 'PatchRejected', message: string): void {
  const { status } = turn;
  if (status.closing === 'ABORTED') {
    turn.note('MarkerLeft', `${message} The run's label stays on the workload.`);
    close(turn);
    return;
  }
  if (status.phase === 'HALTED') {
    turn.set({ freeze: false, rejections: 0, notBefore: undefined });
    turn.note(code, message);
    return;
  }
  halt(turn, { code, message, unblock: ['rolloutRetry', 'rolloutRollback', 'rolloutAbort'] });
}

const MAX_REJECTIONS = 4;
