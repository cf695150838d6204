import type { KubeObject } from '../model/kube-object.ts';
import { adoptSpec, pauseHere } from './applied.ts';
import { brakeOf } from './brake.ts';
import { isStayingEnded } from './endings.ts';
import { changesBetween, changesTo } from './field-changes.ts';
import { send, type Write } from './intents.ts';
import { proceed } from './proceed.ts';
import type { FieldChange, FieldValue } from './state.ts';
import { isFrozen, isRollbackDue, originalUnpaused } from './target-fields.ts';
import type { Turn } from './turn.ts';
import { replicasOf, templateOf } from './workload-fields.ts';

/** Makes the one write that the state asks for, if any; `object` was read a moment ago and is as we expect it. */
export function writeWhatIsDue(turn: Turn, object: KubeObject): void {
  const { status } = turn;
  if (status.closing !== undefined && status.marker !== undefined) {
    send(turn, object, release(turn, object));
    return;
  }
  if (status.closing === 'ABORTED' || (status.closing !== undefined && status.applied === undefined)) {
    proceed(turn);
    return;
  }
  const write = dueWrite(turn, object);
  if (write === undefined) return;
  if (status.marker === undefined) {
    send(turn, object, { op: 'CLAIM', changes: [] });
    return;
  }
  if (write.changes.length > 0) {
    send(turn, object, write);
    return;
  }
  adoptSpec(turn, object, write);
  if (write.op === 'FREEZE' && status.phase === 'PAUSING') pauseHere(turn);
}

function dueWrite(turn: Turn, object: KubeObject): Write | undefined {
  const { status } = turn;
  if (status.closing !== undefined) return { op: 'CLAIM', changes: [] };
  switch (status.phase) {
    case 'ROLLING_BACK':
      return isRollbackDue(turn) ? rollback(turn, object) : undefined;
    case 'PAUSING':
      return freeze(turn, object);
    case 'HALTED':
      return status.freeze && !isFrozen(turn) ? freeze(turn, object) : undefined;
    case 'RUNNING':
    case 'WAITING':
      return forward(turn, object);
    default:
      return undefined;
  }
}

function forward(turn: Turn, object: KubeObject): Write | undefined {
  const { status, current, spec } = turn;
  const isEmpty = replicasOf(object) === 0;
  if (status.applied === undefined) return current?.state === 'RUNNING' && !isEmpty ? start(turn, object) : undefined;
  if (status.applied.shape !== 'HELD') return undefined;
  if (current !== undefined || !brakeOf(spec.target).hasFinish) return isEmpty ? undefined : move(turn, object);
  // Scaled a moment ago: those pods have not been seen to be well yet.
  if (status.meter.progress.desired !== replicasOf(object)) return undefined;
  return { op: 'FINISH', changes: changesTo(object, originalUnpaused(turn)), allowed: status.replicas };
}

function start(turn: Turn, object: KubeObject): Write {
  const { spec, status } = turn;
  const template = changesBetween(templateOf(object), spec.template, '/spec/template');
  return { op: 'START', changes: [...template, ...held(turn, object, false)], allowed: status.goal };
}

function move(turn: Turn, object: KubeObject): Write | undefined {
  const { status } = turn;
  const changes = held(turn, object, true);
  const isThaw = changes.every(({ path }) => path === brakeOf(turn.spec.target).pausePath) && changes.length > 0;
  return { op: isThaw ? 'THAW' : 'MOVE', changes, allowed: status.goal };
}

function held({ spec, status }: Turn, object: KubeObject, isOurs: boolean): FieldChange[] {
  const brake = brakeOf(spec.target);
  return changesTo(object, [...brake.hold(object, status.goal, isOurs), ...unpaused(object, brake.pausePath)]);
}

/** Where it is not paused the field is left as it is, be it false or absent. */
function unpaused(object: KubeObject, path: string): FieldValue[] {
  return changesTo(object, [{ path, value: true }]).length === 0 ? [{ path, value: false }] : [];
}

function freeze({ spec }: Turn, object: KubeObject): Write {
  return { op: 'FREEZE', changes: changesTo(object, [{ path: brakeOf(spec.target).pausePath, value: true }]) };
}

/** Template and strategy together: either alone would do harm for a moment. */
function rollback(turn: Turn, object: KubeObject): Write {
  const template = changesBetween(templateOf(object), turn.spec.original.template, '/spec/template');
  return { op: 'ROLL_BACK', changes: [...template, ...changesTo(object, originalUnpaused(turn))], allowed: 0 };
}

function release({ status, spec }: Turn, object: KubeObject): Write {
  const isLeftAsIs = status.closing === 'ABORTED' || status.applied === undefined || isStayingEnded({ status });
  return { op: 'RELEASE', changes: isLeftAsIs ? [] : changesTo(object, spec.original.strategy) };
}
