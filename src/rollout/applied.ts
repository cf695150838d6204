import type { KubeObject } from '../model/kube-object.ts';
import { brakeOf } from './brake.ts';
import { close } from './endings.ts';
import { fieldsAt } from './field-changes.ts';
import { setIntent } from './intents.ts';
import { covers, sameJson } from './json.ts';
import { valueAt, withValueAt } from './pointer.ts';
import type { AppliedSpec, FieldValue, Intent } from './state.ts';
import { isRollbackDue } from './target-fields.ts';
import type { Turn } from './turn.ts';
import { generationOf, replicasOf, templateOf, versionOf } from './workload-fields.ts';

/**
 * The patch has taken effect: `object` is its answer, or the object read later that bears its marker. A rollback that
 * had nothing to undo, because the first spec patch was not heard of, has now.
 */
export function takeEffect(turn: Turn, intent: Intent, object: KubeObject): void {
  const applied = { resourceVersion: versionOf(object), generation: generationOf(object), at: turn.now };
  setIntent(turn, intent.id, { outcome: 'applied', applied });
  turn.set({ marker: intent.op === 'RELEASE' ? undefined : intent.id, rejections: 0, notBefore: undefined });
  noteEffect(turn, intent);
  if (intent.op === 'CLAIM' || intent.op === 'SEAL') return;
  if (intent.op !== 'RELEASE' || turn.status.applied !== undefined) adoptSpec(turn, withIntended(object, intent), intent);
  if (turn.status.closing === 'ROLLED_BACK' && isRollbackDue(turn)) turn.set({ closing: undefined });
  if (intent.op === 'ROLL_BACK') turn.set({ reopened: undefined });
  if (intent.op === 'RELEASE') close(turn);
  if (intent.op === 'FREEZE' && turn.status.phase === 'PAUSING') pauseHere(turn);
}

/** The object is as the run wants it, by a patch of ours or without one. */
export function adoptSpec(turn: Turn, object: KubeObject, { op, allowed }: Pick<Intent, 'op' | 'allowed'>): void {
  const { spec, status, now } = turn;
  const applied: AppliedSpec = {
    shape: shapeAfter(op, status.applied),
    at: now,
    resourceVersion: versionOf(object),
    generation: generationOf(object),
    replicas: replicasOf(object),
    template: sameJson(status.applied?.template, templateOf(object)) && status.applied ? status.applied.template : templateOf(object),
    strategy: fieldsAt(object, brakeOf(spec.target).paths),
  };
  turn.set({ applied, drift: undefined, allowed: allowed ?? status.allowed });
  turn.meter({ stalledMs: 0, healthyAt: undefined });
}

export function pauseHere(turn: Turn): void {
  turn.phase('PAUSED');
  turn.reason('PausedByUser', 'Paused; rolloutResume goes on from here.', {
    unblock: ['rolloutResume', 'rolloutRollback', 'rolloutAbort'],
  });
}

function shapeAfter(op: Intent['op'], before: AppliedSpec | undefined): AppliedSpec['shape'] {
  if (op === 'ROLL_BACK') return 'ORIGINAL';
  if (op === 'FINISH') return 'FINISHED';
  return op === 'START' || before === undefined ? 'HELD' : before.shape;
}

/**
 * What the patch set, over what the object shows: an edit that somebody made since is not taken for ours, and
 * shows as drift at the next look.
 */
function withIntended(object: KubeObject, { patch }: Intent): KubeObject {
  let intended = object;
  for (const operation of patch) {
    if (operation.op !== 'add' && operation.op !== 'replace' && operation.op !== 'remove') continue;
    if (!operation.path.startsWith('/spec/')) continue;
    const value = operation.op === 'remove' ? undefined : operation.value;
    if (!isSo(intended, { path: operation.path, value })) intended = withValueAt(intended, operation.path, value);
  }
  return intended;
}

/** Defaults that the server put beside what we wrote are no difference. */
function isSo(object: KubeObject, { path, value }: FieldValue): boolean {
  return covers(valueAt(object, path), value);
}

function noteEffect(turn: Turn, { op, actor, step, allowed }: Intent): void {
  const pods = allowed === undefined ? '' : `, at most ${allowed} new`;
  turn.note(`Applied:${op}`, `${SENTENCES[op]} (step ${step}${pods}).`, actor.username);
}

const SENTENCES: Readonly<Record<Intent['op'], string>> = {
  CLAIM: 'The workload was claimed for this run',
  START: 'The new template was written, with the brake',
  MOVE: 'The brake was moved',
  FREEZE: 'The update was frozen',
  THAW: 'The update was let go on',
  FINISH: 'The strategy was given back',
  ROLL_BACK: 'Template and strategy were put back',
  SEAL: 'Earlier patches whose answers were lost were shut out',
  RELEASE: 'The workload was given back',
};
