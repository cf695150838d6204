import { type Action, type Decision, NOTHING_TO_DO, replaceStatus, soonest } from '../engine/action.ts';
import type { Controller, ControllerContext } from '../engine/controller.ts';
import { anyOf, itself, ownerOf } from '../engine/sources.ts';
import { PODS, REPLICA_SETS } from '../objects/kinds.ts';
import { selects } from '../objects/label-selector.ts';
import { controllerReference, isDeleting } from '../objects/owners.ts';
import { isActive, isAvailable, isReady, nextAvailableInMs } from '../objects/pod-facts.ts';
import { podFromTemplate } from '../objects/pod-template.ts';
import { sameJson } from '../objects/stable-json.ts';
import type { Pod, ReplicaSet, ReplicaSetStatus } from '../objects/types.ts';
import { adoptions, possibleOwners } from './adoption.ts';
import { inOrderOfDeletion } from './pod-ranking.ts';

const NAME = 'replicaset-controller';

export interface ReplicaSetObservation {
  readonly replicaSet: ReplicaSet;
  /** Controlled by it. */
  readonly pods: readonly Pod[];
  /** Nobody's, with labels that it selects. */
  readonly orphans: readonly Pod[];
  readonly now: number;
}

export function replicaSetController({ cache, clock }: ControllerContext): Controller {
  const replicaSets = cache.collection<ReplicaSet>(REPLICA_SETS);
  const pods = cache.collection<Pod>(PODS);
  return {
    name: NAME,
    sources: [itself(replicaSets), ownerOf(pods, 'ReplicaSet'), anyOf(pods, (pod) => possibleOwners(replicaSets, pod))],
    reconcile(key) {
      const replicaSet = replicaSets.get(key);
      if (replicaSet === undefined) return NOTHING_TO_DO;
      const orphans = adoptions(replicaSet, pods);
      return reconcileReplicaSet({ replicaSet, pods: pods.ownedBy(replicaSet.metadata.uid), orphans, now: clock.now() });
    },
  };
}

export function reconcileReplicaSet({ replicaSet, pods, orphans, now }: ReplicaSetObservation): Decision {
  const { minReadySeconds = 0, selector } = replicaSet.spec;
  const active = pods.filter((pod) => isActive(pod) && selects(selector, pod.metadata.labels));
  const adopted = isDeleting(replicaSet) ? [] : orphans.map((pod) => adopt(pod, replicaSet));
  const scaling = isDeleting(replicaSet) || adopted.length > 0 ? [] : scalePods(replicaSet, active);
  const status = statusOf(replicaSet, active, now);
  const reported = sameJson(status, replicaSet.status) ? [] : [replaceStatus(REPLICA_SETS, replicaSet, status)];
  return { actions: [...adopted, ...scaling, ...reported], ...soonest(nextAvailableInMs(active, minReadySeconds, now)) };
}

function adopt(pod: Pod, owner: ReplicaSet): Action {
  const ownerReferences = [...(pod.metadata.ownerReferences ?? []), controllerReference(owner)];
  return { do: 'update', resource: PODS, object: { ...pod, metadata: { ...pod.metadata, ownerReferences } } };
}

function scalePods(replicaSet: ReplicaSet, active: readonly Pod[]): Action[] {
  const missing = (replicaSet.spec.replicas ?? 1) - active.length;
  if (missing >= 0) return Array.from({ length: Math.min(missing, BURST) }, () => createPod(replicaSet));
  return inOrderOfDeletion(active)
    .slice(0, -missing)
    .map((object) => ({ do: 'delete', resource: PODS, object, owner: replicaSet }));
}

function createPod(replicaSet: ReplicaSet): Action {
  const object = podFromTemplate(replicaSet.spec.template, replicaSet, { generateName: `${replicaSet.metadata.name}-` });
  return { do: 'create', resource: PODS, object, owner: replicaSet };
}

function statusOf(replicaSet: ReplicaSet, active: readonly Pod[], now: number): ReplicaSetStatus {
  const { minReadySeconds = 0, template } = replicaSet.spec;
  const labels = Object.entries(template.metadata?.labels ?? {});
  const fullyLabeled = active.filter((pod) => labels.every(([key, value]) => pod.metadata.labels?.[key] === value));
  const count = (name: string, value: number) => (value === 0 ? {} : { [name]: value });
  const { conditions, observedGeneration } = replicaSet.status ?? {};
  return {
    replicas: active.length,
    ...count('fullyLabeledReplicas', fullyLabeled.length),
    ...count('readyReplicas', active.filter(isReady).length),
    ...count('availableReplicas', active.filter((pod) => isAvailable(pod, minReadySeconds, now)).length),
    observedGeneration: replicaSet.metadata.generation ?? observedGeneration ?? 0,
    ...(conditions === undefined ? {} : { conditions }),
  };
}

/** Real controllers create at most so many pods in one pass. */
const BURST = 500;
