import { setIntent } from './intents.ts';
import { proceed } from './proceed.ts';
import { isFinished } from './state.ts';
import type { Turn } from './turn.ts';

/**
 * This gateway drives the run from now on, after another one or after its own restart. What was on its way then
 * may have happened or may happen yet; and no time passed that anybody watched.
 */
export function onLeadership(turn: Turn, epoch: number): void {
  if (epoch < turn.status.epoch) return;
  turn.set({ epoch });
  if (isFinished(turn.state)) return;
  for (const { id, outcome } of turn.status.intents) if (outcome === 'pending') setIntent(turn, id, { outcome: 'unknown' });
  turn.meter({ asked: undefined, healthyAt: undefined, observedAt: undefined });
  turn.set({ notBefore: undefined });
  if (turn.status.sequence > 0) turn.note('TookOver', `Driven with epoch ${epoch} from now on.`);
  proceed(turn);
}
