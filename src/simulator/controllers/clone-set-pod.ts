import type { Random } from '../../runtime/random.ts';
import { conditionOf } from '../objects/conditions.ts';
import { isAvailable } from '../objects/pod-facts.ts';
import { podFromTemplate } from '../objects/pod-template.ts';
import type { CloneSet, ControllerRevision, Pod } from '../objects/types.ts';
import { hashOf, templateOf } from './revision-history.ts';

export const REVISION_LABEL = 'controller-revision-hash';
export const SPECIFIED_DELETE = 'apps.kruise.io/specified-delete';
const INSTANCE_ID = 'apps.kruise.io/cloneset-instance-id';
export const IN_PLACE_GATE = 'InPlaceUpdateReady';
export const LIFECYCLE_STATE = 'lifecycle.apps.kruise.io/state';

export function updatesInPlace({ spec }: CloneSet): boolean {
  return spec.updateStrategy?.type === 'InPlaceIfPossible' || spec.updateStrategy?.type === 'InPlaceOnly';
}

export function cloneSetPod(set: CloneSet, revision: ControllerRevision, id: string): Pod {
  const labels = {
    [INSTANCE_ID]: id,
    [REVISION_LABEL]: revision.metadata.name,
    'pod-template-hash': hashOf(revision.metadata.name),
    [LIFECYCLE_STATE]: 'Normal',
  };
  const pod = podFromTemplate(templateOf(revision), set, { name: `${set.metadata.name}-${id}`, labels });
  return updatesInPlace(set) ? { ...pod, spec: { ...pod.spec, readinessGates: gates(pod) } } : pod;
}

/** Ids of its own for new pods: five characters each, not yet in use. */
export function freshIds(count: number, pods: readonly Pod[], random: Random): string[] {
  const taken = new Set(pods.map((pod) => pod.metadata.labels?.[INSTANCE_ID]));
  const ids: string[] = [];
  while (ids.length < count) {
    const id = random.suffix(5);
    if (taken.has(id)) continue;
    taken.add(id);
    ids.push(id);
  }
  return ids;
}

function gates(pod: Pod): { conditionType: string }[] {
  const present = pod.spec.readinessGates ?? [];
  return present.some(({ conditionType }) => conditionType === IN_PLACE_GATE) ? present : [...present, { conditionType: IN_PLACE_GATE }];
}

export function isAt(pod: Pod, revision: string): boolean {
  return hashOf(pod.metadata.labels?.[REVISION_LABEL] ?? '') === hashOf(revision);
}

export function isSpecifiedDelete(pod: Pod): boolean {
  return pod.metadata.labels?.[SPECIFIED_DELETE] === 'true';
}

function isInNormalState(pod: Pod): boolean {
  const state = pod.metadata.labels?.[LIFECYCLE_STATE] ?? '';
  return state === '' || state === 'Normal';
}

/** Ready long enough, and not in the middle of an in-place update. */
export function isPodAvailable(pod: Pod, minReadySeconds: number, now: number): boolean {
  const gate = conditionOf(pod.status?.conditions, IN_PLACE_GATE);
  return isInNormalState(pod) && gate?.status !== 'False' && pod.status?.phase === 'Running' && isAvailable(pod, minReadySeconds, now);
}
