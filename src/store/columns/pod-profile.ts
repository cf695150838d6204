import type { ContainerImage } from '../../model/object-record.ts';
import type { ContainerRecord, PodRecord } from '../../model/pod-record.ts';
import { MAX_TUPLE_NUMBER, type TupleDraft, type TupleTable } from './tuple-table.ts';

/**
 * The condition that a pod is in, shared by all pods that are in the same: phase, printed status, images, and of its
 * containers everything but times and restarts. As a tuple: the texts and numbers below, then container and image for
 * each image, then six words for each container.
 */
const API_VERSION = 0;
const KIND = 1;
const PHASE = 2;
const STATUS = 3;
const LIFECYCLE = 4;
const READY = 5;
const READY_CONTAINERS = 6;
const TOTAL_CONTAINERS = 7;
const IMAGES = 8;
const PARTS = 9;
const CONTAINER_WORDS = 6;

const INIT = 1;
const CONTAINER_READY = 2;
const SIDECAR = 4;
const NOT_SIDECAR = 8;

/** A container without its times and restarts. */
export type ContainerShape = Omit<ContainerRecord, 'restarts' | 'startedAt' | 'message' | 'lastTermination'>;

export interface PodProfile {
  readonly apiVersion: string;
  readonly kind: string;
  readonly phase: string;
  readonly status: string;
  readonly lifecycleState: string | undefined;
  readonly ready: boolean;
  readonly readyContainers: number;
  readonly totalContainers: number;
  readonly images: readonly ContainerImage[];
  readonly containers: readonly ContainerShape[];
}

export function draftProfile(draft: TupleDraft, record: PodRecord): TupleDraft {
  draft.begin().text(record.apiVersion).text(record.kind).text(record.phase).text(record.status).text(record.lifecycleState);
  draft
    .number(record.ready ? 1 : 0)
    .number(smallCount(record.readyContainers))
    .number(smallCount(record.totalContainers));
  draft.number(record.images.length);
  for (const { container, image } of record.images) draft.text(container).text(image);
  for (const container of record.containers) draftContainer(draft, container);
  return draft;
}

export function readProfile(tuples: TupleTable, id: number): PodProfile {
  const containersAt = PARTS + tuples.numberAt(id, IMAGES) * 2;
  return {
    apiVersion: textOf(tuples, id, API_VERSION),
    kind: textOf(tuples, id, KIND),
    phase: textOf(tuples, id, PHASE),
    status: textOf(tuples, id, STATUS),
    lifecycleState: tuples.textAt(id, LIFECYCLE),
    ready: tuples.numberAt(id, READY) === 1,
    readyContainers: tuples.numberAt(id, READY_CONTAINERS),
    totalContainers: tuples.numberAt(id, TOTAL_CONTAINERS),
    images: imagesAt(tuples, id),
    containers: Array.from({ length: (tuples.length(id) - containersAt) / CONTAINER_WORDS }, (_, index) =>
      containerAt(tuples, id, containersAt + index * CONTAINER_WORDS),
    ),
  };
}

/** Whether the record is in this condition, as far as can be told at a glance: `false` means "look closer". */
export function isSurelyIn(profile: PodProfile, record: PodRecord): boolean {
  const { containers } = record;
  if (containers.length !== profile.containers.length || !isAlike(profile, record)) return false;
  for (let at = 0; at < containers.length; at += 1) {
    if (!isOfShape(profile.containers[at] as ContainerShape, containers[at] as ContainerRecord)) return false;
  }
  return haveSameImages(profile.images, record.images);
}

// Member by member and not in a loop over names: this is done for every event.

function isAlike(profile: PodProfile, record: PodRecord): boolean {
  return (
    profile.status === record.status &&
    profile.phase === record.phase &&
    profile.ready === record.ready &&
    profile.readyContainers === record.readyContainers &&
    profile.totalContainers === record.totalContainers &&
    profile.lifecycleState === record.lifecycleState &&
    profile.kind === record.kind &&
    profile.apiVersion === record.apiVersion
  );
}

function isOfShape(shape: ContainerShape, container: ContainerRecord): boolean {
  return (
    shape.name === container.name &&
    shape.state === container.state &&
    shape.reason === container.reason &&
    shape.ready === container.ready &&
    shape.image === container.image &&
    shape.imageId === container.imageId &&
    shape.init === container.init &&
    shape.sidecar === container.sidecar
  );
}

function haveSameImages(some: readonly ContainerImage[], others: readonly ContainerImage[]): boolean {
  if (some === others) return true;
  if (some.length !== others.length) return false;
  for (let at = 0; at < some.length; at += 1) {
    const one = some[at] as ContainerImage;
    const other = others[at] as ContainerImage;
    if (one.image !== other.image || one.container !== other.container) return false;
  }
  return true;
}

/** The word of the printed status: what pods are found by. */
export function statusWord(tuples: TupleTable, id: number): number {
  return tuples.word(id, STATUS);
}

export function isSmallCount(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= MAX_TUPLE_NUMBER && !Object.is(value, -0);
}

function smallCount(value: number): number {
  return isSmallCount(value) ? value : 0;
}

function draftContainer(draft: TupleDraft, container: ContainerRecord): void {
  const { init, ready, sidecar } = container;
  const flags = (init ? INIT : 0) | (ready ? CONTAINER_READY : 0) | (sidecar === true ? SIDECAR : sidecar === false ? NOT_SIDECAR : 0);
  draft.text(container.name).text(container.image).text(container.imageId).text(container.state).text(container.reason).number(flags);
}

function containerAt(tuples: TupleTable, id: number, at: number): ContainerShape {
  const imageId = tuples.textAt(id, at + 2);
  const reason = tuples.textAt(id, at + 4);
  const flags = tuples.numberAt(id, at + 5);
  return {
    name: textOf(tuples, id, at),
    init: (flags & INIT) !== 0,
    ...((flags & (SIDECAR | NOT_SIDECAR)) !== 0 && { sidecar: (flags & SIDECAR) !== 0 }),
    image: textOf(tuples, id, at + 1),
    ...(imageId !== undefined && { imageId }),
    ready: (flags & CONTAINER_READY) !== 0,
    state: textOf(tuples, id, at + 3),
    ...(reason !== undefined && { reason }),
  };
}

function imagesAt(tuples: TupleTable, id: number): readonly ContainerImage[] {
  return Array.from({ length: tuples.numberAt(id, IMAGES) }, (_, index) => ({
    container: textOf(tuples, id, PARTS + index * 2),
    image: textOf(tuples, id, PARTS + index * 2 + 1),
  }));
}

function textOf(tuples: TupleTable, id: number, at: number): string {
  return tuples.textAt(id, at) ?? '';
}
