import { evidenceDueAt } from './evidence.ts';
import { isFinished } from './state.ts';
import { bakeMs } from './steps.ts';
import type { Turn } from './turn.ts';

/** When the run wants to look again, should nothing change before; `atOnce`: what was just decided waits for a look. */
export function scheduleNext(turn: Turn, atOnce: boolean): void {
  if (isFinished(turn.state)) return;
  if (atOnce) {
    turn.emit({ do: 'wait', until: turn.now });
    return;
  }
  const { status, now } = turn;
  const atRest = status.phase === 'PAUSED' || status.phase === 'HALTED' || status.phase === 'ROLLBACK_FAILED';
  const look = now + (atRest ? LOOK_AT_REST_MS : LOOK_MS);
  const due = [status.notBefore, ...(atRest ? [] : [evidenceDueAt(turn), bakedAt(turn)])].filter(
    (at) => at !== undefined && at > now,
  ) as number[];
  turn.emit({ do: 'wait', until: Math.min(look, ...due) });
}

/** When a step that is watched will have been well for long enough. */
function bakedAt({ status, current, now }: Turn): number | undefined {
  if (status.phase !== 'WAITING' || current?.state !== 'BAKING' || status.meter.healthyAt === undefined) return undefined;
  return now + bakeMs(current.pauseSeconds) - current.bakedMs;
}

/** Half of what an observation may be old: a timed wait counts only time that was watched. */
const LOOK_MS = 5_000;
const LOOK_AT_REST_MS = 30_000;
