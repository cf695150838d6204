import type { KubeObject } from '../model/kube-object.ts';
import { halt, isStayingEnded, staysEnded } from './endings.ts';
import { sameJson } from './json.ts';
import type { Drift, FieldChange, RolloutState } from './state.ts';
import { foreignChanges } from './target-fields.ts';
import type { Turn } from './turn.ts';
import { managerOf, versionOf } from './workload-fields.ts';

/** Whether template and strategy are as we left them; if not, the run stops and names the fields. */
export function checkDrift(turn: Turn, object: KubeObject): boolean {
  if (turn.status.closing === 'ABORTED' || isStayingEnded(turn)) return true;
  const fields = foreignChanges(turn.state, object);
  if (fields.length === 0) {
    forgetDrift(turn);
    return true;
  }
  // Who commands a rollback after having been shown the edit means to undo that too; but not one made since.
  const isSeen = turn.status.phase === 'ROLLING_BACK' && sameJson(turn.status.drift?.fields, fields);
  if (isSeen && turn.status.reopened === undefined) return true;
  stopFor(turn, driftOf(turn, object, fields));
  return false;
}

function driftOf({ now }: Turn, object: KubeObject, fields: readonly FieldChange[]): Drift {
  const manager = managerOf(object, fields[0]?.path ?? '');
  return { fields, ...(manager !== undefined && { manager }), resourceVersion: versionOf(object), seenAt: now };
}

function stopFor(turn: Turn, drift: Drift): void {
  const message = `${drift.manager ?? 'Somebody else'} changed ${namesOf(drift.fields)} on the workload.`;
  if (turn.status.reopened !== undefined) {
    turn.set({ drift });
    staysEnded(turn, 'ForeignEdit', `${message} It was not rolled back.`);
    return;
  }
  const isNews = !sameJson(turn.status.drift?.fields, drift.fields);
  if (isNews) turn.set({ drift });
  const isStopped = turn.status.phase === 'HALTED' || turn.status.phase === 'ROLLBACK_FAILED';
  if (isNews || !isStopped) halt(turn, { code: 'ForeignEdit', message, unblock: ['rolloutRollback', 'rolloutAbort'] });
}

function forgetDrift(turn: Turn): void {
  if (turn.status.drift === undefined) return;
  turn.set({ drift: undefined });
  if (turn.status.reason.code !== 'ForeignEdit') return;
  turn.note('EditTakenBack', 'The workload is again as the run left it.');
  const goOn = isEditTakenBack(turn) ? 'rolloutResume' : 'rolloutRetry';
  turn.reason('ForeignEdit', `Somebody changed the workload and took it back; ${goOn} goes on.`, {
    unblock: [goOn, 'rolloutRollback', 'rolloutAbort'],
  });
}

/** The edit was all that halted the run, and is gone. */
export function isEditTakenBack({ status }: Pick<RolloutState, 'status'>): boolean {
  const { drift, reason, steps, currentStep } = status;
  return drift === undefined && reason.code === 'ForeignEdit' && steps[currentStep]?.state !== 'FAILED';
}

const MAX_NAMED = 5;

function namesOf(fields: readonly FieldChange[]): string {
  const named = fields.slice(0, MAX_NAMED).map(({ path }) => path);
  return named.join(', ') + (fields.length > MAX_NAMED ? ` and ${fields.length - MAX_NAMED} more fields` : '');
}
