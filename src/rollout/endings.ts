import type { UserInfo } from '../model/user.ts';
import type { Cause } from '../status/cause.ts';
import { sameJson } from './json.ts';
import type { ReasonCode, UnblockingMutation } from './reason.ts';
import type { ClosingPhase } from './state.ts';
import type { Turn } from './turn.ts';

/** Ways out of the ordinary course: halting, going back, coming to an end. */

export interface Halt {
  readonly code: ReasonCode;
  readonly message: string;
  readonly unblock: readonly UnblockingMutation[];
  /** The new revision is to blame: what `onFailure: ROLL_BACK` is about. */
  readonly isFailure?: boolean;
  readonly causes?: readonly Cause[];
}

/** Stops the run where it is; on the way back, that has failed. */
export function halt(turn: Turn, { code, message, unblock, isFailure = false, causes }: Halt): void {
  const { status, spec } = turn;
  const isBack = status.phase === 'ROLLING_BACK' || status.phase === 'ROLLBACK_FAILED';
  turn.set({ closing: undefined, freeze: isFailure && !isBack, rejections: 0, notBefore: undefined, ...(causes && { causes }) });
  turn.meter({ healthyAt: undefined, stalledMs: 0 });
  if (isFailure && turn.current !== undefined) turn.setStep(turn.current.index, { state: 'FAILED' });
  turn.phase(isBack ? 'ROLLBACK_FAILED' : 'HALTED');
  turn.reason(code, message, { unblock, objects: causes?.[0]?.examples ?? [] });
  turn.note(code, message);
  turn.emit({ do: 'emit', type: 'Warning', reason: isBack ? 'RollbackFailed' : 'RolloutHalted', message });
  if (isFailure && !isBack && spec.onFailure === 'ROLL_BACK') beginRollback(turn, spec.author, 'The run was told to roll back on failure.');
}

export function beginRollback(turn: Turn, actor: UserInfo, message: string, by = 'fleetgraph'): void {
  const { phase } = turn.status;
  const { finishedAt = turn.now } = turn.status;
  if (phase === 'ABORTED' || phase === 'SUCCEEDED') turn.set({ reopened: { phase, finishedAt } });
  turn.set({
    actor,
    freeze: false,
    finishedAt: undefined,
    rejections: 0,
    notBefore: undefined,
  });
  turn.set({ closing: turn.status.applied === undefined ? 'ROLLED_BACK' : undefined });
  turn.meter({ stalledMs: 0, healthyAt: undefined, evidence: [] });
  turn.phase('ROLLING_BACK');
  turn.reason('RollingBack', 'Going back to the template and strategy from before the run.', { unblock: ['rolloutAbort'] });
  turn.note('RollingBack', message, by);
}

/** A rollback of a run that had ended finds that the object has moved on since: the end stands, and the object is left as it is. */
export function staysEnded(turn: Turn, code: 'ForeignEdit' | 'LockedBy', message: string): void {
  const { reopened } = turn.status;
  if (reopened === undefined) return;
  turn.set({ closing: reopened.phase, reopened: { ...reopened, stands: true } });
  turn.reason(code, message, { unblock: ['rolloutStart'] });
  turn.note('RollbackRefused', message);
}

export function isStayingEnded({ status }: Pick<Turn, 'status'>): boolean {
  const { reopened, closing, drift } = status;
  return reopened !== undefined && closing !== undefined && (drift !== undefined || reopened.stands === true);
}

/** The object is given back, or never was ours. */
export function close(turn: Turn): void {
  const { closing, reopened } = turn.status;
  if (closing === undefined) return;
  const stays = isStayingEnded(turn);
  turn.set({ closing: undefined, marker: undefined, reopened: undefined, drift: undefined, notBefore: undefined });
  turn.phase(closing);
  if (stays) {
    turn.set({ finishedAt: reopened?.finishedAt });
    return;
  }
  const [code, plain] = ENDINGS[closing];
  const isHeld = closing === 'ABORTED' && turn.status.applied?.shape === 'HELD';
  const left = isHeld ? brakeLeft(turn) : '';
  const message = plain + left;
  const isReversible = isHeld || (closing === 'ABORTED' && turn.status.applied?.shape === 'FINISHED');
  turn.reason(code, message, { unblock: isReversible ? ['rolloutRollback'] : [] });
  turn.note(code, message);
  turn.emit({ do: 'emit', type: 'Normal', reason: EVENT_REASONS[closing], message });
}

/** What holds pods back, and stays with them; '' where nothing does. */
function brakeLeft({ spec, status }: Turn): string {
  const before = new Map(spec.original.strategy.map(({ path, value }) => [path, value]));
  const fields = (status.applied?.strategy ?? [])
    .filter(({ path, value }) => value !== undefined && value !== false && !sameJson(value, before.get(path) ?? 0))
    .map(({ path, value }) => `${path.slice(1).replaceAll('/', '.')}: ${String(value)}`);
  return fields.length === 0 ? '' : ` So is the brake (${fields.join(', ')}). rolloutRollback takes both back.`;
}

/** The object that the run was about is no more. */
export function lose(turn: Turn, phase: 'FAILED' | 'SUPERSEDED', code: ReasonCode, message: string): void {
  turn.set({ closing: undefined, marker: undefined, notBefore: undefined, goneSince: undefined });
  turn.phase(phase);
  turn.reason(code, message, { unblock: ['rolloutStart'] });
  turn.note(code, message);
}

const ENDINGS: Readonly<Record<ClosingPhase, readonly [ReasonCode, string]>> = {
  SUCCEEDED: ['Succeeded', 'All pods are at the new revision and available; the strategy is as it was.'],
  ROLLED_BACK: ['RolledBack', 'All pods are at the revision from before the run; template and strategy are as they were.'],
  ABORTED: ['AbortedByUser', 'Stopped for good; the pods are left as they are.'],
};
const EVENT_REASONS: Readonly<Record<ClosingPhase, string>> = {
  SUCCEEDED: 'RolloutSucceeded',
  ROLLED_BACK: 'RolloutRolledBack',
  ABORTED: 'RolloutAborted',
};
