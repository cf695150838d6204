import { type Action, type Decision, NOTHING_TO_DO, replaceStatus, soonest } from '../engine/action.ts';
import type { Controller, ControllerContext } from '../engine/controller.ts';
import { anyOf, itself, ownerOf } from '../engine/sources.ts';
import { CONTROLLER_REVISIONS, PODS, STATEFUL_SETS, VOLUME_CLAIMS } from '../objects/kinds.ts';
import { controllerReference, isDeleting } from '../objects/owners.ts';
import { isAvailable, isFinished, isRunningAndReady, nextAvailableInMs } from '../objects/pod-facts.ts';
import { sameJson } from '../objects/stable-json.ts';
import type { ControllerRevision, Pod, StatefulSet, StatefulSetStatus, VolumeClaim } from '../objects/types.ts';
import { adoptions, possibleOwners } from './adoption.ts';
import { expiredRevisions, hashOf, type RevisionSync, syncRevisions } from './revision-history.ts';
import { claimsFor, ordinalOf, REVISION_LABEL, statefulPod } from './stateful-pod.ts';

const NAME = 'statefulset-controller';
const HASH_LABEL = 'controller.kubernetes.io/hash';

export interface StatefulSetObservation {
  readonly set: StatefulSet;
  readonly pods: readonly Pod[];
  /** Nobody's pods that it selects and whose names are of its making. */
  readonly orphans: readonly Pod[];
  readonly revisions: readonly ControllerRevision[];
  readonly hasClaim: (name: string) => boolean;
  readonly now: number;
}

export function statefulSetController({ cache, clock }: ControllerContext): Controller {
  const sets = cache.collection<StatefulSet>(STATEFUL_SETS);
  const pods = cache.collection<Pod>(PODS);
  const revisions = cache.collection<ControllerRevision>(CONTROLLER_REVISIONS);
  const claims = cache.collection<VolumeClaim>(VOLUME_CLAIMS);
  return {
    name: NAME,
    sources: [itself(sets), ownerOf(pods, 'StatefulSet'), anyOf(pods, (pod) => possibleOwners(sets, pod))],
    reconcile(key) {
      const set = sets.get(key);
      if (set === undefined) return NOTHING_TO_DO;
      return reconcileStatefulSet({
        set,
        pods: pods.ownedBy(set.metadata.uid),
        orphans: adoptions(set, pods).filter((pod) => ordinalOf(set, pod) !== undefined),
        revisions: revisions.ownedBy(set.metadata.uid),
        hasClaim: (name) => claims.get(`${set.metadata.namespace}/${name}`) !== undefined,
        now: clock.now(),
      });
    },
  };
}

/** One pass over the set's present state; what it starts wakes the next. */
export function reconcileStatefulSet(observed: StatefulSetObservation): Decision {
  const { set, pods, orphans, now } = observed;
  if (orphans.length > 0) return { actions: orphans.map((pod) => adopt(pod, set)) };
  const revisions = syncRevisions(set, observed.revisions, style(set));
  const status = statusOf(observed, revisions);
  const changes = isDeleting(set) ? [] : (changePods(observed, revisions, status) ?? []);
  const reported = sameJson(status, set.status) ? [] : [replaceStatus(STATEFUL_SETS, set, status)];
  return {
    actions: [...revisions.actions, ...changes, ...reported, ...expired(observed, revisions, status)],
    ...soonest(nextAvailableInMs(pods, minReady(set), now)),
  };
}

function style(set: StatefulSet): { hashLabel: string; collisionCount?: number } {
  const collisionCount = set.status?.collisionCount;
  return { hashLabel: HASH_LABEL, ...(collisionCount === undefined || collisionCount === 0 ? {} : { collisionCount }) };
}

function adopt(pod: Pod, set: StatefulSet): Action {
  const ownerReferences = [...(pod.metadata.ownerReferences ?? []), controllerReference(set)];
  return { do: 'update', resource: PODS, object: { ...pod, metadata: { ...pod.metadata, ownerReferences } } };
}

// ------------------------------------------------------------------------------------------------- status

function statusOf({ set, pods, now }: StatefulSetObservation, { update, all }: RevisionSync): StatefulSetStatus {
  const created = pods.filter((pod) => pod.status?.phase !== undefined && pod.status.phase !== '');
  const staying = created.filter((pod) => !isDeleting(pod));
  const updateRevision = update.metadata.name;
  const currentRevision = all.some(({ metadata }) => metadata.name === set.status?.currentRevision)
    ? (set.status?.currentRevision ?? updateRevision)
    : updateRevision;
  const at = (revision: string) => staying.filter((pod) => pod.metadata.labels?.[REVISION_LABEL] === revision).length;
  const status: StatefulSetStatus = {
    observedGeneration: set.metadata.generation ?? 0,
    replicas: created.length,
    ...count('readyReplicas', created.filter(isRunningAndReady).length),
    availableReplicas: created.filter((pod) => isRunningAndReady(pod) && isAvailable(pod, minReady(set), now)).length,
    ...count('currentReplicas', at(currentRevision)),
    ...count('updatedReplicas', at(updateRevision)),
    currentRevision,
    updateRevision,
    collisionCount: set.status?.collisionCount ?? 0,
  };
  return isRollingUpdate(set) && hasArrived(status) ? arrived(status) : status;
}

function hasArrived({ updatedReplicas = 0, replicas = 0, readyReplicas = 0 }: StatefulSetStatus): boolean {
  return updatedReplicas === replicas && readyReplicas === replicas;
}

function arrived({ updateRevision = '', updatedReplicas = 0, ...status }: StatefulSetStatus): StatefulSetStatus {
  const { currentReplicas: _, ...others } = status;
  return {
    ...others,
    ...count('currentReplicas', updatedReplicas),
    ...count('updatedReplicas', updatedReplicas),
    currentRevision: updateRevision,
    updateRevision,
  };
}

function count(name: string, value: number): Record<string, number> {
  return value === 0 ? {} : { [name]: value };
}

// --------------------------------------------------------------------------------------------------- pods

/** The next change to the pods; under OrderedReady at most one, and undefined while one is waited for. */
function changePods(observed: StatefulSetObservation, revisions: RevisionSync, status: StatefulSetStatus): Action[] | undefined {
  const started = bringUp(observed, revisions, status);
  if (started !== undefined) return started;
  const removed = takeDown(observed);
  if (removed !== undefined) return removed;
  return observed.set.spec.updateStrategy?.type === 'OnDelete' ? undefined : update(observed, revisions);
}

function isOrdered(set: StatefulSet): boolean {
  return set.spec.podManagementPolicy !== 'Parallel';
}

/** Missing and finished pods, lowest ordinal first. Undefined when all that should be there is there and nobody is waited for. */
function bringUp(observed: StatefulSetObservation, revisions: RevisionSync, status: StatefulSetStatus): Action[] | undefined {
  const { set, now } = observed;
  const byOrdinal = new Map(observed.pods.map((pod) => [ordinalOf(set, pod), pod]));
  const actions: Action[] = [];
  for (const ordinal of wantedOrdinals(set)) {
    const pod = byOrdinal.get(ordinal);
    const step = bringUpOne(observed, pod, ordinal, { revisions, status });
    actions.push(...step);
    // This is where a broken pod stops the whole set, even after its template was reverted. It is how the real one behaves.
    const isWaitedFor =
      pod === undefined || isDeleting(pod) || isFinished(pod) || !isRunningAndReady(pod) || !isAvailable(pod, minReady(set), now);
    if (isOrdered(set) && isWaitedFor) return actions;
  }
  return actions.length > 0 ? actions : undefined;
}

interface Target {
  readonly revisions: RevisionSync;
  readonly status: StatefulSetStatus;
}

function bringUpOne(
  { set, hasClaim }: StatefulSetObservation,
  pod: Pod | undefined,
  ordinal: number,
  { revisions, status }: Target,
): Action[] {
  if (pod !== undefined) return isFinished(pod) && !isDeleting(pod) ? [removal(set, pod)] : [];
  const revision = revisionFor(set, ordinal, revisions, status);
  const claims = claimsFor(set, ordinal).filter(({ metadata }) => !hasClaim(metadata.name));
  return [
    ...claims.map((object): Action => ({ do: 'create', resource: VOLUME_CLAIMS, object })),
    { do: 'create', resource: PODS, object: statefulPod(set, ordinal, revision), owner: set },
  ];
}

/** Pods below the partition come back at the current revision, those above at the new one. */
function revisionFor(set: StatefulSet, ordinal: number, { update, all }: RevisionSync, status: StatefulSetStatus): ControllerRevision {
  const current = all.find(({ metadata }) => metadata.name === status.currentRevision) ?? update;
  const rolling = set.spec.updateStrategy?.rollingUpdate;
  const boundary = rolling?.partition ?? (rolling === undefined && isRollingUpdate(set) ? (status.currentReplicas ?? 0) : 0);
  return isRollingUpdate(set) && ordinal < startOf(set) + boundary ? current : update;
}

/** Pods beyond the wanted ordinals, highest first. */
function takeDown(observed: StatefulSetObservation): Action[] | undefined {
  const { set, pods } = observed;
  const condemned = descending(set, pods).filter((pod) => !isWanted(set, ordinalOf(set, pod) ?? -1));
  if (condemned.length === 0) return undefined;
  if (!isOrdered(set)) return condemned.filter((pod) => !isDeleting(pod)).map((pod) => removal(set, pod));
  const first = condemned[0];
  return first === undefined || isDeleting(first) ? [] : [removal(set, first)];
}

/** The highest pod that is not at the new revision, once everything above it is healthy. */
function update({ set, pods, now }: StatefulSetObservation, revisions: RevisionSync): Action[] | undefined {
  const partition = set.spec.updateStrategy?.rollingUpdate?.partition ?? 0;
  const wanted = revisions.update.metadata.name;
  for (const pod of descending(set, pods)) {
    const ordinal = ordinalOf(set, pod) ?? -1;
    if (!isWanted(set, ordinal) || ordinal < startOf(set) + partition) continue;
    if (pod.metadata.labels?.[REVISION_LABEL] !== wanted && !isDeleting(pod)) return [removal(set, pod)];
    if (isDeleting(pod) || !isRunningAndReady(pod) || !isAvailable(pod, minReady(set), now)) return undefined;
  }
  return undefined;
}

function removal(set: StatefulSet, pod: Pod): Action {
  return { do: 'delete', resource: PODS, object: pod, owner: set };
}

function descending(set: StatefulSet, pods: readonly Pod[]): Pod[] {
  return [...pods].sort((a, b) => (ordinalOf(set, b) ?? -1) - (ordinalOf(set, a) ?? -1));
}

function wantedOrdinals(set: StatefulSet): number[] {
  return Array.from({ length: set.spec.replicas ?? 1 }, (_, index) => startOf(set) + index);
}

function isWanted(set: StatefulSet, ordinal: number): boolean {
  return ordinal >= startOf(set) && ordinal < startOf(set) + (set.spec.replicas ?? 1);
}

function startOf(set: StatefulSet): number {
  return set.spec.ordinals?.start ?? 0;
}

function minReady(set: StatefulSet): number {
  return set.spec.minReadySeconds ?? 0;
}

function isRollingUpdate(set: StatefulSet): boolean {
  return (set.spec.updateStrategy?.type ?? 'RollingUpdate') === 'RollingUpdate';
}

function expired({ set, pods }: StatefulSetObservation, { all }: RevisionSync, status: StatefulSetStatus): Action[] {
  const named = [status.currentRevision, status.updateRevision, ...pods.map((pod) => pod.metadata.labels?.[REVISION_LABEL])];
  const live = new Set(named.flatMap((name) => (name === undefined ? [] : [hashOf(name)])));
  return expiredRevisions(all, live, set.spec.revisionHistoryLimit);
}
