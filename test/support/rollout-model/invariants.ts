import type { KubeObject } from '../../../src/model/kube-object.ts';
import { sameJson } from '../../../src/rollout/json.ts';
import { MARKER_LABEL, parseMarker } from '../../../src/rollout/marker.ts';
import { isFinished, type RolloutState } from '../../../src/rollout/state.ts';
import type { Driver } from './driver.ts';
import type { ModelCluster, WriteEntry } from './model-cluster.ts';
import { letThrough, replicasOf, revisionOf } from './model-object.ts';
import { foldedStrategy, holdsOriginal } from './original.ts';

/** What must hold of every story, told from the server's own history of writes (D.10 of the semantics, for one cluster). */
export function violations(initial: RolloutState, cluster: ModelCluster, driver: Driver): string[] {
  const ours = cluster.history.filter(({ by }) => by === 'gateway');
  const effective = ours.filter(
    ({ before, after }) => !sameJson({ ...before.metadata.labels, ...before.spec }, { ...after.metadata.labels, ...after.spec }),
  );
  return [
    ...recorded(driver),
    ...once(ours),
    ...fenced(ours),
    ...sameObject(ours, initial),
    ...neverRaised(ours, initial),
    ...inStrides(ours, initial),
    ...onEvidence(ours, initial, driver),
    ...baked(ours, initial, driver),
    ...stands(ours, driver),
    ...backExactly(ours, initial),
    ...endings(initial, cluster, driver, effective),
    ...atRest(driver, cluster),
  ];
}

/** CP-2: no patch is sent without its intent in the hub. */
function recorded(driver: Driver): string[] {
  return driver.sent.filter(({ isRecorded }) => !isRecorded).map(({ intentId }) => `patch ${intentId} was sent without a record`);
}

/** CP-3, CP-4: each intent takes effect at most once. */
function once(ours: readonly WriteEntry[]): string[] {
  const markers = ours.map(({ after }) => markerIn(after)).filter((marker) => marker !== undefined);
  return markers.filter((marker, at) => markers.indexOf(marker) !== at).map((marker) => `marker ${marker} was written twice`);
}

/** I-3b: nothing of an earlier epoch or order takes effect after something later. */
function fenced(ours: readonly WriteEntry[]): string[] {
  const found: string[] = [];
  let last = { epoch: 0, sequence: 0 };
  for (const { after } of ours) {
    const marker = parseMarker(markerIn(after) ?? '');
    if (marker === undefined) continue;
    if (marker.epoch < last.epoch || marker.sequence <= last.sequence)
      found.push(`${markerIn(after)} took effect after ${last.epoch}.${last.sequence}`);
    last = marker;
  }
  return found;
}

function sameObject(ours: readonly WriteEntry[], { spec }: RolloutState): string[] {
  return ours.filter(({ before }) => before.metadata.uid !== spec.target.uid).map(({ at }) => `another object was written at ${at}`);
}

/** Rule 5. The start is the one moment at which a partition appears; giving back restores one that means the same as 0. */
function neverRaised(ours: readonly WriteEntry[], { spec }: RolloutState): string[] {
  if (spec.method !== 'PARTITION') return [];
  const held = (object: KubeObject) => Math.min(replicasOf(object), replicasOf(object) - letThrough(object));
  return ours
    .filter(({ before, after }) => revisionOf(before) === revisionOf(after) && held(after) > held(before))
    .map(({ at }) => `the partition was raised at ${at}`);
}

/** Rule 4, for the Deployment's brake: never more at once than its owner lets be unavailable. */
function inStrides(ours: readonly WriteEntry[], { spec }: RolloutState): string[] {
  if (spec.method !== 'DEPLOYMENT_BRAKE') return [];
  return ours.flatMap(({ at, before, after, updated }) => {
    if (!isBraked(after)) return [];
    const replicas = replicasOf(after);
    const { maxUnavailable = '25%' } = spec.original;
    const own = typeof maxUnavailable === 'number' ? maxUnavailable : Math.floor((replicas * Number(maxUnavailable.slice(0, -1))) / 100);
    const from = isBraked(before) ? Math.max(letThrough(before), updated) : 0;
    return letThrough(after) > from + Math.max(1, own) ? [`the brake went from ${from} to ${letThrough(after)} at ${at}`] : [];
  });
}

/** Rules 2 and 4: the brake is let go only after all that it had let go were available, or because somebody scaled. */
function onEvidence(ours: readonly WriteEntry[], { spec }: RolloutState, driver: Driver): string[] {
  const manualSteps = driver.state.status.steps.filter(({ manual, state }) => manual && state === 'DONE').length;
  const advances = driver.accepted.filter(({ verb }) => verb === 'advance').length;
  const early = ours.flatMap(({ at, before, after, wasWell, updated, wasScaled }) => {
    const isHeld = revisionOf(after) !== revisionOfTemplate(spec.original.template) && isBrakedOf(spec, before) && isBrakedOf(spec, after);
    const isRaised = letThrough(after) > Math.max(letThrough(before), updated);
    return isHeld && isRaised && !wasWell && !wasScaled
      ? [`the brake was let go from ${letThrough(before)} to ${letThrough(after)} at ${at} without evidence`]
      : [];
  });
  return manualSteps > advances ? [...early, `${manualSteps} manual steps were passed with ${advances} advances`] : early;
}

/** CP-8: a timed wait is time that was well, unless somebody cut it short or scaled meanwhile. Looks are a few seconds apart. */
function baked(ours: readonly WriteEntry[], { spec, status }: RolloutState, { accepted }: Driver): string[] {
  if (accepted.some(({ verb }) => verb === 'advance') || ours.some(({ wasScaled }) => wasScaled)) return [];
  return ours.flatMap(({ at, before, after, wellMs }) => {
    const original = revisionOfTemplate(spec.original.template);
    const held = status.steps.findLast(({ target }) => target === letThrough(before));
    const isNew = revisionOf(before) !== original && revisionOf(after) !== original;
    const isHeld = isNew && isBrakedOf(spec, before) && isBrakedOf(spec, after);
    const leastMs = (held?.pauseSeconds ?? 0) * 1_000 - LOOK_MS;
    return isHeld && letThrough(after) > letThrough(before) && wellMs < leastMs ? [`a timed wait was cut to ${wellMs} ms at ${at}`] : [];
  });
}

const LOOK_MS = 8_000;

/** A run that says it stands still lets nothing go, not even by a patch of the past. */
function stands(ours: readonly WriteEntry[], { phases }: Driver): string[] {
  return ours.flatMap(({ at, before, after, wasScaled }) => {
    const phase = phases.findLast((entry) => entry.at < at)?.phase ?? '';
    const isChanging = phases.some((entry) => entry.at === at);
    const isLetGo = letThrough(after) > letThrough(before) || revisionOf(before) !== revisionOf(after);
    return STILL.has(phase) && !isChanging && isLetGo && !wasScaled ? [`something was let go at ${at} while the run was ${phase}`] : [];
  });
}

const STILL = new Set(['PAUSED', 'HALTED', 'WAITING', 'ABORTED', 'ROLLED_BACK', 'SUCCEEDED', 'ROLLBACK_FAILED']);

/** Rule 11: going back is one patch, to the letter. */
function backExactly(ours: readonly WriteEntry[], { spec }: RolloutState): string[] {
  const original = revisionOfTemplate(spec.original.template);
  const backs = ours.filter(({ before, after }) => revisionOf(before) !== original && revisionOf(after) === original);
  return backs
    .filter(({ after }) => !holdsOriginal(after, spec.original, true))
    .map(({ at, after }) => `the rollback at ${at} left ${JSON.stringify(foldedStrategy(after))}`);
}

function endings({ spec }: RolloutState, cluster: ModelCluster, driver: Driver, effective: readonly WriteEntry[]): string[] {
  const { state } = driver;
  const { object } = cluster;
  if (!isFinished(state) || object === undefined || object.metadata.uid !== spec.target.uid) return [];
  const found: string[] = [];
  const { phase, finishedAt = 0 } = state.status;
  const isTouchedSince = cluster.history.some(({ at, by }) => by === 'somebody' && at >= finishedAt);
  const isMarkerLeft = state.status.timeline.some(({ code }) => code === 'MarkerLeft');
  if (markerIn(object) !== undefined && !isMarkerLeft) found.push(`${phase} left the marker ${markerIn(object)}`);
  // Where the server refused to shut out what was under way, it may arrive yet.
  if (!isMarkerLeft && effective.some(({ at }) => at > finishedAt)) found.push(`something was written after the run had ended`);
  if (isTouchedSince || (phase !== 'SUCCEEDED' && phase !== 'ROLLED_BACK')) return found;
  const wanted = phase === 'SUCCEEDED' ? spec.template : spec.original.template;
  const isUntouched = !effective.some(({ before, after }) => revisionOf(before) !== revisionOf(after));
  if (!isUntouched && !sameJson(object.spec?.['template'], wanted)) found.push(`${phase} with another template`);
  if (!isUntouched && !holdsOriginal(object, spec.original, false))
    found.push(`${phase} with another strategy: ${JSON.stringify(foldedStrategy(object))}`);
  const others = cluster.pods.filter(({ revision }) => revision !== revisionOf(object)).length;
  if (others > 0 && !isUntouched) found.push(`${phase} with ${others} pods at another revision`);
  return found;
}

/** CP-15, and D: every state that does not move says why and what would move it. */
function atRest({ state }: Driver, { pods }: ModelCluster): string[] {
  const { phase, reason, steps, currentStep } = state.status;
  const isWaiting = phase === 'WAITING' && steps[currentStep]?.state === 'WAITING';
  const isResting = isFinished(state) || isWaiting || phase === 'PAUSED' || phase === 'HALTED' || phase === 'ROLLBACK_FAILED';
  if (!isResting) return [`it never came to rest: ${phase} ${reason.code}: ${reason.message} (${pods.length} pods)`];
  return !isFinished(state) && reason.unblock.length === 0 ? [`${phase} ${reason.code} names no way out`] : [];
}

function isBrakedOf(spec: RolloutState['spec'], object: KubeObject): boolean {
  return spec.method === 'PARTITION' || isBraked(object);
}

function isBraked({ spec }: KubeObject): boolean {
  return Number(spec?.['minReadySeconds'] ?? 0) > 1_000_000;
}

function markerIn({ metadata }: KubeObject): string | undefined {
  return metadata.labels?.[MARKER_LABEL];
}

function revisionOfTemplate(template: unknown): string {
  return revisionOf({ spec: { template } } as unknown as KubeObject);
}
