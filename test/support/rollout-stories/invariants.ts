import type { KubeObject } from '../../../src/model/kube-object.ts';
import { sameJson } from '../../../src/rollout/json.ts';
import { markerText } from '../../../src/rollout/marker.ts';
import { isFinished, type RolloutState } from '../../../src/rollout/state.ts';
import { letThrough, replicasOf } from '../rollout-model/model-object.ts';
import { markerIn, type WriteEntry } from './history.ts';
import { AUTHOR, type SentPatch } from './story-world.ts';

/** What is left of one run: the server's history, and the hub's record. */
export interface Outcome {
  /** Before it. */
  readonly original: KubeObject;
  /** When all was over; undefined where a later run has moved the object since. */
  readonly object: KubeObject | undefined;
  /** Its own, and everybody else's since it began. */
  readonly writes: readonly WriteEntry[];
  readonly run: RolloutState;
  /** Moments at which commands were accepted, by verb. */
  readonly accepted: readonly { readonly at: number; readonly verb: string }[];
  /** Pods that are there at the end and not at the revision of the object. */
  readonly strays: number;
  readonly pods: number;
}

/**
 * The invariants of rollouts inside one cluster, judged by the API server's own history (and the hub's, for what must be
 * recorded first): never by what a gateway says of itself.
 */
export function violationsOfStory(writes: readonly WriteEntry[], sent: readonly SentPatch[]): string[] {
  return [...recordedFirst(sent), ...marked(writes.filter(({ by }) => by !== 'somebody'))];
}

/** Of one run. */
export function violationsOfRun(outcome: Outcome): string[] {
  const ours = outcome.writes.filter(({ by }) => by !== 'somebody');
  return [
    ...onceAndInOrder(ours),
    ...onePerIntent(outcome),
    ...asThePerson(ours),
    ...partitionOnlyFalls(ours, outcome),
    ...withinThePlan(ours, outcome),
    ...backToTheLetter(ours, outcome),
    ...quietAfterTheEnd(ours, outcome),
    ...ends(outcome),
  ];
}

/** 1. No patch without its intent in the hub. */
function recordedFirst(sent: readonly SentPatch[]): string[] {
  return sent
    .filter(({ isRecorded }) => !isRecorded)
    .map(({ at, marker }) => `${clock(at)}: ${marker ?? 'a release'} was sent and not recorded`);
}

/** Every write of ours carries the label of a run, or takes it away. */
function marked(ours: readonly WriteEntry[]): string[] {
  return ours
    .filter(({ before, after }) => markerIn(after) === undefined && markerIn(before) === undefined)
    .map(({ at }) => `${clock(at)}: a write without a label`);
}

/** 8. Epochs never fall and sequences only rise: what is late or superseded fails. */
function onceAndInOrder(ours: readonly WriteEntry[]): string[] {
  let last = { epoch: 0, sequence: 0 };
  return ours.flatMap(({ at, by, after }) => {
    const marker = markerIn(after);
    if (marker === undefined) return [];
    const isLate = marker.epoch < last.epoch || marker.sequence <= last.sequence;
    const found = isLate ? [`${clock(at)}: ${by} wrote ${markerText(marker)} after ${last.epoch}.${last.sequence}`] : [];
    last = marker;
    return found;
  });
}

/** One write for each intent that is held to have happened, and none besides; old intents are forgotten by the record. */
function onePerIntent({ writes, run: { spec, status } }: Outcome): string[] {
  const ours = writes.filter(({ by }) => by !== 'somebody');
  const written = ours.flatMap(({ after }) => markerIn(after) ?? []).map(markerText);
  // What somebody has taken the label off nobody can recognise any more.
  const effaced = writes.flatMap(({ by, before, after }) =>
    by === 'somebody' && markerIn(after) === undefined ? (markerIn(before) ?? []) : [],
  );
  const unknowable = new Set(effaced.map(markerText));
  const applied = new Set(status.intents.filter(({ outcome, op }) => outcome === 'applied' && op !== 'RELEASE').map(({ id }) => id));
  const oldest = Math.min(...status.intents.map(({ id }) => sequenceOf(id)));
  const unrecorded = written.filter((id) => sequenceOf(id) >= oldest && !applied.has(id) && !unknowable.has(id));
  const absent = [...applied].filter((id) => !written.includes(id));
  return [
    ...unrecorded.map((id) => `${id} was written, and the run ${spec.runId} does not hold it to be`),
    ...absent.map((id) => `${id} is held to be written, and was not`),
  ];
}

function sequenceOf(id: string): number {
  return Number(id.split('.')[2]);
}

function asThePerson(ours: readonly WriteEntry[]): string[] {
  return ours
    .filter(({ impersonated }) => impersonated !== AUTHOR.user.username)
    .map(({ at, impersonated }) => `${clock(at)}: written as ${impersonated ?? 'the gateway'}`);
}

/** 5. By our own action, at the same template and size. */
function partitionOnlyFalls(ours: readonly WriteEntry[], { original }: Outcome): string[] {
  if (original.kind !== 'CloneSet') return [];
  return ours
    .filter(
      ({ before, after }) =>
        isSameTemplate(before, after) && replicasOf(before) === replicasOf(after) && letThrough(after) < letThrough(before),
    )
    .map(({ at, before, after }) => `${clock(at)}: the partition was raised: ${letThrough(before)} to ${letThrough(after)} let through`);
}

/** 4. Never more new pods than the plan's next step lets be, by our own action: steps here wait for a person. */
function withinThePlan(ours: readonly WriteEntry[], { original, run, accepted }: Outcome): string[] {
  return ours.flatMap(({ at, before, after, updated }) => {
    const isOurs = !sameJson(template(after), template(original)) && isHeld(after);
    const isRaised = isHeld(before) && letThrough(after) > letThrough(before);
    if (!isOurs || (!isRaised && isHeld(before))) return [];
    const advances = accepted.filter((command) => command.verb === 'advance' && command.at <= at).length;
    const step = run.status.steps[Math.min(advances, run.status.steps.length - 1)];
    const allowed = step?.percent === undefined ? (step?.pods ?? 0) : Math.ceil((replicasOf(after) * step.percent) / 100);
    const most = Math.max(allowed, updated, 1);
    return letThrough(after) > most
      ? [`${clock(at)}: ${letThrough(after)} were let through after ${advances} advances: ${most} are the plan`]
      : [];
  });
}

/** 6, 11. Going back is one write, and to exactly what was there. */
function backToTheLetter(ours: readonly WriteEntry[], { original }: Outcome): string[] {
  return (
    ours
      .filter(({ before, after }) => !sameJson(template(before), template(original)) && sameJson(template(after), template(original)))
      // A pause would stop the pods on their way: it comes back at the very end.
      .filter(({ after }) => !sameJson(unpaused(strategyOf(after)), unpaused(strategyOf(original))))
      .map(({ at, after }) => `${clock(at)}: went back to ${JSON.stringify(strategyOf(after))}`)
  );
}

/** 12. Nothing after the end, until somebody asks for something. */
function quietAfterTheEnd(ours: readonly WriteEntry[], { run }: Outcome): string[] {
  const { finishedAt } = run.status;
  if (finishedAt === undefined || !isFinished(run)) return [];
  return ours
    .filter(({ at }) => at > finishedAt + GIVEN_BACK_MS)
    .map(({ at }) => `${clock(at)}: a write after the end at ${clock(finishedAt)}`);
}

/** A write whose answer was lost is found to have happened a moment later. */
const GIVEN_BACK_MS = 0;

/** Whose write it is: by the label that it sets or takes away. */
export function runOfWrite({ before, after }: WriteEntry): string | undefined {
  return (markerIn(after) ?? markerIn(before))?.runId;
}

function ends({ run, object, original, writes, strays, pods }: Outcome): string[] {
  const { phase, reason, steps, currentStep, finishedAt = 0 } = run.status;
  const isWaiting = phase === 'WAITING' && steps[currentStep]?.state === 'WAITING';
  if (!isFinished(run)) {
    const isAtRest = isWaiting || phase === 'PAUSED' || phase === 'HALTED' || phase === 'ROLLBACK_FAILED';
    if (!isAtRest) return [`never came to rest: ${phase} ${reason.code}: ${reason.message} (${pods} pods)`];
    return reason.unblock.length === 0 ? [`${phase} ${reason.code} names no way out`] : [];
  }
  const isEdited = writes.some(({ at, by, before, after }) => by === 'somebody' && (at >= finishedAt || !isOnlyReplicas(before, after)));
  if (object === undefined || isEdited || (phase !== 'ROLLED_BACK' && phase !== 'SUCCEEDED')) return [];
  const found: string[] = [];
  if (markerIn(object) !== undefined) found.push(`${phase} and still labelled`);
  if (!sameJson(strategyOf(object), strategyOf(original))) found.push(`${phase} with ${JSON.stringify(strategyOf(object))}`);
  if (phase === 'ROLLED_BACK' && !sameJson(template(object), template(original))) found.push('ROLLED_BACK with another template');
  if (phase === 'SUCCEEDED' && sameJson(template(object), template(original))) found.push('SUCCEEDED with the old template');
  if (strays > 0) found.push(`${phase} with ${strays} pods at another revision`);
  return found;
}

function isOnlyReplicas(before: KubeObject, after: KubeObject): boolean {
  return (
    sameJson({ ...before.spec, replicas: 0 }, { ...after.spec, replicas: 0 }) && sameJson(before.metadata.labels, after.metadata.labels)
  );
}

function isSameTemplate(a: KubeObject, b: KubeObject): boolean {
  return sameJson(template(a), template(b));
}

function template({ spec }: KubeObject): unknown {
  return spec?.['template'];
}

function strategyOf({ spec }: KubeObject) {
  const { strategy, updateStrategy, minReadySeconds, progressDeadlineSeconds, paused } = spec ?? {};
  return { strategy, updateStrategy, minReadySeconds, progressDeadlineSeconds, paused };
}

function unpaused(strategy: ReturnType<typeof strategyOf>): unknown {
  return { ...strategy, paused: undefined, updateStrategy: { ...(strategy.updateStrategy as object | undefined), paused: undefined } };
}

/** A brake of ours is on the object. */
function isHeld(object: KubeObject): boolean {
  return object.kind === 'CloneSet' || Number(object.spec?.['minReadySeconds'] ?? 0) > 1_000_000;
}

function clock(at: number): string {
  return `${((at - Date.UTC(2026, 0, 1)) / 1_000).toFixed(1)} s`;
}
