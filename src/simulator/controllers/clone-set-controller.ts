import type { Random } from '../../runtime/random.ts';
import { type Action, type Decision, NOTHING_TO_DO, replaceStatus, soonest } from '../engine/action.ts';
import type { Controller, ControllerContext } from '../engine/controller.ts';
import { itself, ownerOf } from '../engine/sources.ts';
import { CLONE_SETS, CONTROLLER_REVISIONS, PODS } from '../objects/kinds.ts';
import { selectorText } from '../objects/label-selector.ts';
import { isDeleting } from '../objects/owners.ts';
import { isActive, isReady, nextAvailableInMs } from '../objects/pod-facts.ts';
import { sameJson } from '../objects/stable-json.ts';
import type { CloneSet, CloneSetStatus, ControllerRevision, Pod } from '../objects/types.ts';
import { type CloneSetCounts, type CloneSetPlan, partitionOf, planCloneSet } from './clone-set-budget.ts';
import { cloneSetPod, freshIds, isAt, isPodAvailable, isSpecifiedDelete, SPECIFIED_DELETE, updatesInPlace } from './clone-set-pod.ts';
import { canUpdateInPlace, continueInPlace, startInPlace } from './in-place-update.ts';
import { inOrderOfDeletion, inOrderOfUsefulness } from './pod-ranking.ts';
import { expiredRevisions, hashOf, type RevisionSync, syncRevisions, templateOf } from './revision-history.ts';

const NAME = 'cloneset-controller';
const HASH_LABEL = 'controller.kubernetes.io/hash';

export interface CloneSetObservation {
  readonly set: CloneSet;
  readonly pods: readonly Pod[];
  readonly revisions: readonly ControllerRevision[];
  readonly now: number;
  /** Names the pods that are made. */
  readonly random: Random;
}

export function cloneSetController({ cache, clock, random }: ControllerContext): Controller {
  const sets = cache.collection<CloneSet>(CLONE_SETS);
  const pods = cache.collection<Pod>(PODS);
  const revisions = cache.collection<ControllerRevision>(CONTROLLER_REVISIONS);
  return {
    name: NAME,
    sources: [itself(sets), ownerOf(pods, 'CloneSet')],
    reconcile(key) {
      const set = sets.get(key);
      if (set === undefined) return NOTHING_TO_DO;
      const { uid } = set.metadata;
      return reconcileCloneSet({ set, pods: pods.ownedBy(uid), revisions: revisions.ownedBy(uid), now: clock.now(), random });
    },
  };
}

interface Situation extends CloneSetObservation {
  readonly sync: RevisionSync;
  readonly active: readonly Pod[];
  /** Full names. */
  readonly updateRevision: string;
  readonly currentRevision: string;
}

export function reconcileCloneSet(observed: CloneSetObservation): Decision {
  const { set, now } = observed;
  const situation = assess(observed);
  const inPlace = situation.active.flatMap((pod) => continueInPlace(set, pod, now) ?? []);
  const changes = isDeleting(set) ? [] : changePods(situation);
  const status = statusOf(situation);
  const reported = sameJson(status, set.status) ? [] : [replaceStatus(CLONE_SETS, set, status)];
  return {
    actions: [...situation.sync.actions, ...inPlace.flatMap(({ actions }) => actions), ...changes, ...reported, ...expired(situation)],
    ...soonest(nextAvailableInMs(situation.active, minReady(set), now), ...inPlace.map(({ lookAgainInMs }) => lookAgainInMs)),
  };
}

function assess(observed: CloneSetObservation): Situation {
  const { set, pods, revisions } = observed;
  const collisionCount = set.status?.collisionCount;
  const sync = syncRevisions(set, revisions, {
    hashLabel: HASH_LABEL,
    ...(collisionCount === undefined || collisionCount === 0 ? {} : { collisionCount }),
  });
  const updateRevision = sync.update.metadata.name;
  const known = sync.all.some(({ metadata }) => metadata.name === set.status?.currentRevision);
  const currentRevision = known ? (set.status?.currentRevision ?? updateRevision) : updateRevision;
  return { ...observed, sync, active: pods.filter(isActive), updateRevision, currentRevision };
}

/** Scaling and updating never happen in one pass: each needs the counts that the other has not changed yet. */
function changePods(situation: Situation): Action[] {
  const plan = planCloneSet(situation.set, countsOf(situation));
  const failed = situation.pods.filter((pod) => !isActive(pod) && !isDeleting(pod)).map((pod) => removal(situation.set, pod));
  if (failed.length > 0) return failed;
  if (plan.scale > 0) return scaleUp(situation, plan);
  const removed = removeMarked(situation, plan);
  if (removed.length > 0) return removed;
  if (plan.scale < 0) return scaleDown(situation, plan);
  return plan.update > 0 ? update(situation, plan) : [];
}

function countsOf({ set, active, updateRevision, now }: Situation): CloneSetCounts {
  const isNew = (pod: Pod) => isAt(pod, updateRevision);
  const marked = active.filter((pod) => isToDelete(set, pod));
  return {
    total: active.length,
    newRevision: active.filter(isNew).length,
    oldRevision: active.filter((pod) => !isNew(pod)).length,
    toDeleteNew: marked.filter(isNew).length,
    toDeleteOld: marked.filter((pod) => !isNew(pod)).length,
    unavailable: active.filter((pod) => !isPodAvailable(pod, minReady(set), now)).length,
  };
}

/** Marked by its label, by an update that recreates it, or by name in scaleStrategy.podsToDelete. */
function isToDelete({ spec }: CloneSet, pod: Pod): boolean {
  return isSpecifiedDelete(pod) || (spec.scaleStrategy?.podsToDelete ?? []).includes(pod.metadata.name);
}

function scaleUp({ set, pods, random, sync, currentRevision, updateRevision }: Situation, plan: CloneSetPlan): Action[] {
  const current = sync.all.find(({ metadata }) => metadata.name === currentRevision) ?? sync.update;
  const old = currentRevision === updateRevision ? 0 : plan.scaleOld;
  return freshIds(plan.scale, pods, random).map((id, index) => {
    const object = cloneSetPod(set, index < old ? current : sync.update, id);
    return { do: 'create', resource: PODS, object, owner: set };
  });
}

/** Broken ones at once, available ones as the budget allows. */
function removeMarked(situation: Situation, { deleteReadyLimit }: CloneSetPlan): Action[] {
  const { set, active } = situation;
  const marked = active.filter((pod) => isToDelete(set, pod));
  return affordable(situation, marked, deleteReadyLimit).map((pod) => removal(set, pod));
}

function affordable({ set, now }: Situation, pods: readonly Pod[], limit: number): Pod[] {
  const broken = pods.filter((pod) => !isPodAvailable(pod, minReady(set), now));
  const available = pods.filter((pod) => !broken.includes(pod)).slice(0, limit);
  return [...broken, ...available];
}

/** Takes pods of the side that has too many first. */
function scaleDown(situation: Situation, { scale, deleteReadyLimit }: CloneSetPlan): Action[] {
  const { set, active, updateRevision } = situation;
  const surplus = -scale;
  const old = active.filter((pod) => !isAt(pod, updateRevision));
  const partition = partitionOf(set.spec.updateStrategy?.partition, set.spec.replicas ?? 1);
  const fromOld = Math.min(surplus, Math.max(0, old.length - partition));
  const fresh = active.filter((pod) => isAt(pod, updateRevision));
  const chosen = [...inOrderOfDeletion(old).slice(0, fromOld), ...inOrderOfDeletion(fresh)].slice(0, surplus);
  const rest = inOrderOfDeletion(old).slice(fromOld, fromOld + surplus - chosen.length);
  return affordable(situation, [...chosen, ...rest], deleteReadyLimit).map((pod) => removal(set, pod));
}

// ------------------------------------------------------------------------------------------------- update

function update(situation: Situation, plan: CloneSetPlan): Action[] {
  return withinBudget(situation, waitingForUpdate(situation).slice(0, plan.update), plan).flatMap((pod) => updateOne(situation, pod));
}

/** Old pods, the least useful first: a broken pod costs no budget. */
function waitingForUpdate({ active, updateRevision }: Situation): Pod[] {
  return inOrderOfUsefulness(active.filter((pod) => !isAt(pod, updateRevision) && !isSpecifiedDelete(pod)));
}

function withinBudget({ set, active, updateRevision, now }: Situation, waiting: readonly Pod[], { maxUnavailable }: CloneSetPlan): Pod[] {
  const isUp = (pod: Pod) => isPodAvailable(pod, minReady(set), now);
  let unavailable = active.filter((pod) => !isUp(pod)).length;
  const brokenNew = active.filter((pod) => isAt(pod, updateRevision) && !isUp(pod)).length;
  const chosen: Pod[] = [];
  for (const pod of waiting) {
    // A bad new revision must not take more than the budget, however broken the old pods are.
    if (brokenNew + chosen.length >= maxUnavailable || (isUp(pod) && unavailable >= maxUnavailable)) break;
    if (isUp(pod)) unavailable += 1;
    chosen.push(pod);
  }
  return chosen;
}

function updateOne({ set, sync, now }: Situation, pod: Pod): Action[] {
  const from = sync.all.find((revision) => isAt(pod, revision.metadata.name));
  const to = templateOf(sync.update);
  if (updatesInPlace(set) && from !== undefined && canUpdateInPlace(templateOf(from), to)) return inPlace(set, pod, sync, now);
  if (set.spec.updateStrategy?.type === 'InPlaceOnly') {
    const message = `failed to update pod ${pod.metadata.name} in place: more than images and metadata differ`;
    return [{ do: 'record', event: { regarding: set, type: 'Warning', reason: 'FailedUpdatePodInPlace', message, component: NAME } }];
  }
  return [{ do: 'patch', resource: PODS, object: pod, body: { metadata: { labels: { [SPECIFIED_DELETE]: 'true' } } } }];
}

function inPlace(set: CloneSet, pod: Pod, sync: RevisionSync, now: number): Action[] {
  const message = `successfully update pod ${pod.metadata.name} in-place(revision ${sync.update.metadata.name})`;
  const note: Action = {
    do: 'record',
    event: { regarding: set, type: 'Normal', reason: 'SuccessfulUpdatePodInPlace', message, component: NAME },
  };
  return [...startInPlace(set, pod, sync.update, now), note];
}

function removal(set: CloneSet, pod: Pod): Action {
  return { do: 'delete', resource: PODS, object: pod, owner: set };
}

// ------------------------------------------------------------------------------------------------- status

function statusOf({ set, active, currentRevision, updateRevision, now }: Situation): CloneSetStatus {
  const replicas = set.spec.replicas ?? 1;
  const updated = active.filter((pod) => isAt(pod, updateRevision));
  const available = (pods: readonly Pod[]) => pods.filter((pod) => isPodAvailable(pod, minReady(set), now)).length;
  const isAllUpdated = updated.length === active.length && active.length === replicas;
  const { conditions, collisionCount } = set.status ?? {};
  return {
    observedGeneration: set.metadata.generation ?? 0,
    replicas: active.length,
    readyReplicas: active.filter(isReady).length,
    availableReplicas: available(active),
    updatedReplicas: updated.length,
    updatedReadyReplicas: updated.filter(isReady).length,
    updatedAvailableReplicas: available(updated),
    expectedUpdatedReplicas: replicas - partitionOf(set.spec.updateStrategy?.partition, replicas),
    updateRevision,
    // As soon as every pod carries the new revision, ready or not: equality is not health.
    currentRevision: isAllUpdated ? updateRevision : currentRevision,
    labelSelector: selectorText(set.spec.selector),
    collisionCount: collisionCount ?? 0,
    ...(conditions === undefined ? {} : { conditions }),
  };
}

function expired({ set, pods, sync, currentRevision, updateRevision }: Situation): Action[] {
  const live = new Set(
    [currentRevision, updateRevision, ...pods.map((pod) => pod.metadata.labels?.['controller-revision-hash'] ?? '')].map(hashOf),
  );
  return expiredRevisions(sync.all, live, set.spec.revisionHistoryLimit);
}

function minReady(set: CloneSet): number {
  return set.spec.minReadySeconds ?? 0;
}
