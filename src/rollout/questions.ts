import type { Turn } from './turn.ts';

/** What a run asks outside: one thing at a time. An answer to an earlier question is no answer. */

export function askRead(turn: Turn): void {
  if (isSending(turn) || isHeldBack(turn) || isAsking(turn, 'READ')) return;
  turn.emit({ do: 'read', id: asked(turn, 'READ'), target: turn.spec.target });
}

export function askReview(turn: Turn): void {
  if (isSending(turn) || isHeldBack(turn) || isAsking(turn, 'REVIEW') || isAsking(turn, 'READ')) return;
  turn.emit({ do: 'review', id: asked(turn, 'REVIEW'), target: turn.spec.target, actor: turn.spec.author });
}

/** Takes the answer in; false when nobody asked that. */
export function isAnswer(turn: Turn, what: 'READ' | 'REVIEW', id: number): boolean {
  const question = turn.status.meter.asked;
  if (question?.what !== what || question.id !== id) return false;
  turn.meter({ asked: undefined });
  return true;
}

export function isSending({ status }: Turn): boolean {
  return status.intents.some(({ outcome }) => outcome === 'pending');
}

export function hasUnknown({ status }: Turn): boolean {
  return status.intents.some(({ outcome }) => outcome === 'unknown');
}

export function isHeldBack({ status, now }: Turn): boolean {
  return status.notBefore !== undefined && now < status.notBefore;
}

/** Sends and asks nothing for a while: as long as the server says, else longer each time. */
export function holdBack(turn: Turn, retryAfterMs?: number): void {
  const rejections = turn.status.rejections + 1;
  turn.set({ rejections, notBefore: turn.now + (retryAfterMs ?? Math.min(MAX_BACK_OFF_MS, 500 * 2 ** Math.min(rejections, 10))) });
}

/** A question that went unanswered for so long is asked again. */
const ANSWER_WITHIN_MS = 60_000;
const MAX_BACK_OFF_MS = 30_000;

function isAsking({ status, now }: Turn, what: 'READ' | 'REVIEW'): boolean {
  const question = status.meter.asked;
  return question?.what === what && now - question.at < ANSWER_WITHIN_MS;
}

function asked(turn: Turn, what: 'READ' | 'REVIEW'): number {
  const id = turn.status.meter.questions + 1;
  turn.meter({ questions: id, asked: { what, id, at: turn.now } });
  return id;
}
