import type { KubeObject } from '../model/kube-object.ts';
import { checkDrift } from './drift.ts';
import { halt, lose, staysEnded } from './endings.ts';
import type { ReadEvent } from './events.ts';
import { isMarkerOf, markerOf, parseMarker } from './marker.ts';
import { proceed } from './proceed.ts';
import { hasUnknown, holdBack, isAnswer, isSending } from './questions.ts';
import { rescale } from './rescale.ts';
import { resolveIntents, sealOff } from './resolve.ts';
import { isFinished } from './state.ts';
import type { Turn } from './turn.ts';
import { generationOf, managerOf, replicasOf } from './workload-fields.ts';
import { writeWhatIsDue } from './writes.ts';

/** The object as the server has it: the only thing that a write is ever made from. */
export function onRead(turn: Turn, { id, result }: ReadEvent): void {
  if (!isAnswer(turn, 'READ', id) || isFinished(turn.state) || isSending(turn)) return;
  if ('object' in result) takeObject(turn, result.object);
  else takeFailure(turn, result.error, result.retryAfterMs);
}

function takeObject(turn: Turn, object: KubeObject): void {
  if (turn.status.goneSince !== undefined) turn.set({ goneSince: undefined });
  if (object.metadata.uid !== turn.spec.target.uid) {
    lose(
      turn,
      'SUPERSEDED',
      'TargetRecreated',
      'The workload was deleted and made anew: it is another object, which this run does not touch.',
    );
    return;
  }
  resolveIntents(turn, object);
  if (isFinished(turn.state)) return;
  if (hasUnknown(turn)) {
    sealOff(turn, object);
    return;
  }
  if (object.metadata.deletionTimestamp !== undefined) {
    turn.reason('TargetGone', 'The workload is being deleted.', { unblock: ['rolloutAbort'] });
    return;
  }
  if (!isOurs(turn, object) || !checkDrift(turn, object)) return;
  takeGeneration(turn, object);
  writeWhatIsDue(turn, object);
}

/** Whether we may write: no later gateway, no other run, and our label where we put it. */
function isOurs(turn: Turn, object: KubeObject): boolean {
  const present = markerOf(object);
  const { status, spec } = turn;
  if (present === status.marker) return true;
  if (isMarkerOf(spec.runId, present)) {
    // A later epoch has taken over, and we have not heard of it yet.
    if ((parseMarker(present ?? '')?.epoch ?? 0) > status.epoch) return false;
    turn.set({ marker: present });
    return true;
  }
  turn.set({ marker: undefined });
  if (status.closing === 'ABORTED') {
    proceed(turn);
    return false;
  }
  if (status.marker === undefined && spec.overtakes !== undefined && isMarkerOf(spec.overtakes, present)) return true;
  if (present !== undefined) {
    const message = `Another run drives the workload: its label says ${present}.`;
    if (status.reopened !== undefined) {
      staysEnded(turn, 'LockedBy', `${message} It was not rolled back.`);
      proceed(turn);
      return false;
    }
    halt(turn, {
      code: 'LockedBy',
      message,
      unblock: ['rolloutRetry', 'rolloutAbort'],
    });
    return false;
  }
  halt(turn, {
    code: 'MarkerLost',
    message: "Somebody removed the run's label from the workload.",
    unblock: ['rolloutRetry', 'rolloutRollback', 'rolloutAbort'],
  });
  return false;
}

function takeGeneration(turn: Turn, object: KubeObject): void {
  const { applied, replicas } = turn.status;
  const generation = generationOf(object);
  if (applied !== undefined && generation > applied.generation) turn.set({ applied: { ...applied, generation } });
  if (replicasOf(object) !== replicas) rescale(turn, replicasOf(object), managerOf(object, '/spec/replicas'));
}

function takeFailure(turn: Turn, error: 'not-found' | 'forbidden' | 'unreachable', retryAfterMs: number | undefined): void {
  if (error === 'not-found') {
    takeAbsence(turn);
    return;
  }
  if (turn.status.phase !== 'HALTED') {
    const message = error === 'forbidden' ? 'The workload cannot be read: the cluster forbids it.' : 'The cluster does not answer.';
    turn.reason(error === 'forbidden' ? 'Forbidden' : 'ClusterUnreachable', message, { unblock: ['rolloutAbort'] });
  }
  holdBack(turn, retryAfterMs);
}

/** Whoever deletes an object to make it anew does so within moments: only an absence that lasts is an end. */
const GONE_FOR_MS = 5_000;

function takeAbsence(turn: Turn): void {
  const { goneSince = turn.now } = turn.status;
  if (turn.now - goneSince >= GONE_FOR_MS) {
    lose(turn, 'FAILED', 'TargetGone', 'The workload does not exist any more.');
    return;
  }
  turn.set({ goneSince, notBefore: goneSince + GONE_FOR_MS });
  if (turn.status.phase === 'HALTED' || turn.status.phase === 'ROLLBACK_FAILED') return;
  turn.reason('TargetGone', 'The workload does not exist any more; it is looked for once more.', { unblock: ['rolloutAbort'] });
}
