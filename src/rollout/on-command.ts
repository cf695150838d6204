import { pauseHere } from './applied.ts';
import { brakeOf } from './brake.ts';
import { beginRollback } from './endings.ts';
import type { RolloutCommand, RolloutVerb } from './events.ts';
import { proceed } from './proceed.ts';
import type { Refusal } from './refusal.ts';
import { skipTo } from './skip-to.ts';
import type { Turn } from './turn.ts';
import { verdictOnCommand } from './verdict.ts';

/** A person's verb: carried out or refused, once. The answer goes out when the record is written. */
export function onCommand(turn: Turn, command: RolloutCommand): void {
  const before = turn.status.commands.find(({ id }) => id === command.id);
  if (before !== undefined) {
    answer(turn, command.id, before.refusal, true);
    return;
  }
  const refusal = verdictOnCommand(turn.state, command);
  remember(turn, command, refusal);
  if (refusal === undefined) carryOut(turn, command);
  answer(turn, command.id, refusal, false);
  proceed(turn);
}

const MAX_COMMANDS = 200;

function answer(turn: Turn, commandId: string, refusal: Refusal | undefined, replayed: boolean): void {
  turn.emit({ do: 'answer', commandId, ...(refusal !== undefined && { refusal }), replayed });
}

function remember(turn: Turn, { id, verb, actor, note }: RolloutCommand, refusal: Refusal | undefined): void {
  const outcome = { id, verb, at: turn.now, ...(refusal !== undefined && { refusal }) };
  turn.set({ commands: [...turn.status.commands, outcome].slice(-MAX_COMMANDS) });
  if (refusal === undefined) turn.note(`Command:${verb}`, note ?? `${verb} was asked for.`, actor.username);
}

function carryOut(turn: Turn, command: RolloutCommand): void {
  CARRY_OUT[command.verb](turn, command);
}

const CARRY_OUT: Readonly<Record<RolloutVerb, (turn: Turn, command: RolloutCommand) => void>> = {
  advance: skipTo,
  pause(turn) {
    turn.meter({ healthyAt: undefined });
    const isMoving = turn.current?.state === 'RUNNING' && turn.status.applied?.shape === 'HELD';
    if (!isMoving || !brakeOf(turn.spec.target).freezes) return pauseHere(turn);
    turn.phase('PAUSING');
    turn.reason('Pausing', 'The update is being frozen.', { unblock: ['rolloutResume', 'rolloutRollback', 'rolloutAbort'] });
  },
  resume: goOn,
  retry: goOn,
  abort(turn, { actor }) {
    turn.set({ closing: 'ABORTED', actor, freeze: false, rejections: 0, notBefore: undefined });
    turn.phase('ABORTING');
    turn.reason('Aborting', 'The run is being stopped for good; the pods are left as they are.');
  },
  rollback: (turn, { actor, note }) => beginRollback(turn, actor, note ?? 'Rolled back by command.', actor.username),
};

/** From where it stopped, with new patience; the author's right is asked for again. */
function goOn(turn: Turn): void {
  const isBack = turn.status.phase === 'ROLLBACK_FAILED';
  turn.set({ freeze: false, rejections: 0, notBefore: undefined, rightReviewedFor: undefined, patientFrom: turn.now, causes: [] });
  turn.meter({ evidence: [], stalledMs: 0, healthyAt: undefined });
  if (isBack) {
    turn.phase('ROLLING_BACK');
    turn.reason('RollingBack', 'Trying again to go back.', { unblock: ['rolloutAbort'] });
    return;
  }
  turn.set({ actor: turn.spec.author });
  returnToStep(turn);
}

/** A wait that was reached is waited on; anything else runs on, or begins. */
function returnToStep(turn: Turn): void {
  const { current } = turn;
  const isWaiting = current?.state === 'WAITING' || current?.state === 'BAKING';
  if (current?.state === 'FAILED') turn.setStep(current.index, { state: 'RUNNING' });
  turn.phase(isWaiting ? 'WAITING' : 'RUNNING');
  if (current?.state === 'WAITING')
    turn.reason('WaitingForAdvance', `Step ${current.index} is done.`, { unblock: ['rolloutAdvance', 'rolloutRollback'] });
  else if (current?.state === 'BAKING')
    turn.reason('Baking', `Step ${current.index} is done and is watched.`, { unblock: ['rolloutAdvance', 'rolloutRollback'] });
  else turn.reason('Progressing', 'Going on from where it stopped.', { unblock: ['rolloutPause', 'rolloutRollback'] });
}
