import { evidenceDueAt } from './evidence.ts';
import { isFinished } from './state.ts';
import type { Turn } from './turn.ts';

/** When the run wants to look again, should nothing change before. */
export function scheduleNext(turn: Turn): void {
  if (isFinished(turn.state)) return;
  const { status, now } = turn;
  const atRest = status.phase === 'PAUSED' || status.phase === 'HALTED' || status.phase === 'ROLLBACK_FAILED';
  const look = now + (atRest ? LOOK_AT_REST_MS : LOOK_MS);
  const due = [status.notBefore, atRest ? undefined : evidenceDueAt(turn)].filter((at) => at !== undefined && at > now) as number[];
  turn.emit({ do: 'wait', until: Math.min(look, ...due) });
}

/** Half of what an observation may be old: a timed wait counts only time that was watched. */
const LOOK_MS = 5_000;
const LOOK_AT_REST_MS = 30_000;
