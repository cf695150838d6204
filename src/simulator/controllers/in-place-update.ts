import type { Action } from '../engine/action.ts';
import { conditionOf, isTrue } from '../objects/conditions.ts';
import { PODS } from '../objects/kinds.ts';
import { sameJson } from '../objects/stable-json.ts';
import { timestamp } from '../objects/timestamps.ts';
import type { CloneSet, Condition, ControllerRevision, Pod, PodTemplate } from '../objects/types.ts';
import { IN_PLACE_GATE, LIFECYCLE_STATE, REVISION_LABEL } from './clone-set-pod.ts';
import { hashOf, templateOf } from './revision-history.ts';

/** Replacing container images of a living pod. Source: openkruise/kruise pkg/util/inplaceupdate. */

const UPDATE_STATE = 'apps.kruise.io/inplace-update-state';
const UPDATE_GRACE = 'apps.kruise.io/inplace-update-grace';

interface UpdateState {
  revision: string;
  updateTimestamp: string;
  lastContainerStatuses: Record<string, { imageID: string }>;
  updateImages: boolean;
}

export interface InPlaceStep {
  readonly actions: readonly Action[];
  readonly lookAgainInMs?: number;
}

/** Only images of containers and metadata differ. */
export function canUpdateInPlace(from: PodTemplate, to: PodTemplate): boolean {
  const namesOf = (template: PodTemplate) => template.spec.containers.map(({ name }) => name);
  return sameJson(namesOf(from), namesOf(to)) && sameJson(withoutImages(from), withoutImages(to));
}

function withoutImages({ spec }: PodTemplate): unknown {
  return { ...spec, containers: spec.containers.map((container) => ({ ...container, image: '' })) };
}

/** Closes the gate, moves labels and images, and remembers what ran, so that the end can be told. */
export function startInPlace(set: CloneSet, pod: Pod, target: ControllerRevision, now: number): Action[] {
  const to = templateOf(target);
  const graceSeconds = graceOf(set);
  const gate = gateCondition('False', 'StartInPlaceUpdate', now);
  const moved = withMetadata(pod, to, target.metadata.name, now);
  const updated = graceSeconds > 0 ? withGrace(moved, pod, to) : withImages(moved, to);
  // Metadata before status: the second write names the resource version that the first one gave.
  return [
    { do: 'update', resource: PODS, object: updated },
    { do: 'patch', resource: PODS, object: pod, body: { status: { conditions: conditionsWith(pod, gate) } }, subresource: 'status' },
  ];
}

/** Carries an update under way to its end: images after the grace, then the gate, once every imageID is new. */
export function continueInPlace(set: CloneSet, pod: Pod, now: number): InPlaceStep | undefined {
  const state = stateOf(pod);
  if (state === undefined) return openGate(pod, now);
  const pending = pod.metadata.annotations?.[UPDATE_GRACE];
  if (pending !== undefined) return afterGrace(set, pod, pending, now);
  if (isTrue(pod.status?.conditions, IN_PLACE_GATE) && pod.metadata.labels?.[LIFECYCLE_STATE] !== 'Updating') return undefined;
  if (!hasNewImages(pod, state)) return undefined;
  const labels = { [LIFECYCLE_STATE]: 'Normal' };
  return {
    actions: [
      {
        do: 'patch',
        resource: PODS,
        object: pod,
        body: { status: { conditions: conditionsWith(pod, gateCondition('True', undefined, now)) } },
        subresource: 'status',
      },
      { do: 'patch', resource: PODS, object: pod, body: { metadata: { labels } } },
    ],
  };
}

/** A pod that has the gate and nobody's condition for it yet. */
function openGate(pod: Pod, now: number): InPlaceStep | undefined {
  const hasGate = (pod.spec.readinessGates ?? []).some(({ conditionType }) => conditionType === IN_PLACE_GATE);
  if (!hasGate || conditionOf(pod.status?.conditions, IN_PLACE_GATE) !== undefined) return undefined;
  const conditions = conditionsWith(pod, gateCondition('True', undefined, now));
  return { actions: [{ do: 'patch', resource: PODS, object: pod, body: { status: { conditions } }, subresource: 'status' }] };
}

function afterGrace(set: CloneSet, pod: Pod, pending: string, now: number): InPlaceStep {
  const graceSeconds = graceOf(set);
  const since = Date.parse(stateOf(pod)?.updateTimestamp ?? '') || now;
  const left = since + graceSeconds * 1000 - now;
  if (left > 0) return { actions: [], lookAgainInMs: left };
  const images = JSON.parse(pending) as Record<string, string>;
  const { [UPDATE_GRACE]: _, ...annotations } = pod.metadata.annotations ?? {};
  const containers = pod.spec.containers.map((container) => ({ ...container, image: images[container.name] ?? container.image }));
  return {
    actions: [
      { do: 'update', resource: PODS, object: { ...pod, metadata: { ...pod.metadata, annotations }, spec: { ...pod.spec, containers } } },
    ],
  };
}

function graceOf({ spec }: CloneSet): number {
  return spec.updateStrategy?.inPlaceUpdateStrategy?.gracePeriodSeconds ?? 0;
}

function stateOf(pod: Pod): UpdateState | undefined {
  const text = pod.metadata.annotations?.[UPDATE_STATE];
  return text === undefined ? undefined : (JSON.parse(text) as UpdateState);
}

function withMetadata(pod: Pod, to: PodTemplate, revision: string, now: number): Pod {
  const labels = {
    ...pod.metadata.labels,
    ...to.metadata?.labels,
    [REVISION_LABEL]: revision,
    'pod-template-hash': hashOf(revision),
    [LIFECYCLE_STATE]: 'Updating',
  };
  const annotations = {
    ...pod.metadata.annotations,
    ...to.metadata?.annotations,
    [UPDATE_STATE]: JSON.stringify(newState(pod, to, revision, now)),
  };
  return { ...pod, metadata: { ...pod.metadata, labels, annotations } };
}

function newState(pod: Pod, to: PodTemplate, revision: string, now: number): UpdateState {
  const changed = changedImages(pod, to);
  const statuses = pod.status?.containerStatuses ?? [];
  const lastContainerStatuses = Object.fromEntries(
    statuses.filter(({ name }) => name in changed).map(({ name, imageID }) => [name, { imageID }]),
  );
  return { revision, updateTimestamp: timestamp(now), lastContainerStatuses, updateImages: Object.keys(changed).length > 0 };
}

function changedImages(pod: Pod, to: PodTemplate): Record<string, string> {
  const present = new Map(pod.spec.containers.map(({ name, image }) => [name, image]));
  return Object.fromEntries(
    to.spec.containers.filter(({ name, image }) => present.get(name) !== image).map(({ name, image }) => [name, image]),
  );
}

function withImages(pod: Pod, to: PodTemplate): Pod {
  const wanted = new Map(to.spec.containers.map(({ name, image }) => [name, image]));
  const containers = pod.spec.containers.map((container) => ({ ...container, image: wanted.get(container.name) ?? container.image }));
  return { ...pod, spec: { ...pod.spec, containers } };
}

function withGrace(moved: Pod, pod: Pod, to: PodTemplate): Pod {
  const annotations = { ...moved.metadata.annotations, [UPDATE_GRACE]: JSON.stringify(changedImages(pod, to)) };
  return { ...moved, metadata: { ...moved.metadata, annotations } };
}

/** A container whose new image has the old image's id never counts as updated: so it is with the real one. */
function hasNewImages(pod: Pod, { lastContainerStatuses }: UpdateState): boolean {
  const statuses = new Map((pod.status?.containerStatuses ?? []).map((status) => [status.name, status]));
  return Object.entries(lastContainerStatuses).every(([name, { imageID }]) => {
    const present = statuses.get(name);
    return present !== undefined && present.imageID !== '' && present.imageID !== imageID;
  });
}

function gateCondition(status: string, reason: string | undefined, now: number): Condition {
  return { type: IN_PLACE_GATE, status, ...(reason === undefined ? {} : { reason }), lastTransitionTime: timestamp(now) };
}

function conditionsWith(pod: Pod, next: Condition): Condition[] {
  const others = (pod.status?.conditions ?? []).filter(({ type }) => type !== next.type);
  return [...others, next];
}
