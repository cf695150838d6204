import type { ContainerRecord, PodRecord } from '../../model/pod-record.ts';
import type { ContainerShape } from './pod-profile.ts';

type Draft<T> = { -readonly [K in keyof T]: T[K] };

/** Whether two records of one pod that are of one group and profile, and have no rest, say the same of the pod's own. */
export function hasSameCells(before: PodRecord, record: PodRecord): boolean {
  return (
    before.restarts === record.restarts &&
    before.readySince === record.readySince &&
    before.nodeName === record.nodeName &&
    before.ip === record.ip &&
    before.startedAt === record.startedAt &&
    before.createdAt === record.createdAt &&
    haveSameTimes(before.containers, record.containers)
  );
}

/**
 * Gives `record` the texts of `before`, of the same uid and name, where they are equal: what a reader or a log keeps of
 * both is kept once, and the new copies, fresh from the wire, die young.
 */
export function takeOverTexts(record: Draft<PodRecord>, before: PodRecord): void {
  record.uid = before.uid;
  record.name = before.name;
  record.namespace = before.namespace;
  if (record.status === before.status) record.status = before.status;
  if (record.phase === before.phase) record.phase = before.phase;
  if (record.ip !== undefined && record.ip === before.ip) record.ip = before.ip;
  if (record.nodeName !== undefined && record.nodeName === before.nodeName) record.nodeName = before.nodeName;
}

/** Gives containers the texts of the shapes that they have. */
export function shareContainerTexts(containers: readonly ContainerRecord[], shapes: readonly ContainerShape[]): void {
  for (let at = 0; at < shapes.length; at += 1) {
    const container = containers[at] as Draft<ContainerRecord>;
    const shape = shapes[at] as ContainerShape;
    if (Object.isFrozen(container)) continue;
    container.name = shape.name;
    container.image = shape.image;
    container.state = shape.state;
    if (shape.imageId !== undefined) container.imageId = shape.imageId;
    if (shape.reason !== undefined) container.reason = shape.reason;
  }
}

function haveSameTimes(before: readonly ContainerRecord[], containers: readonly ContainerRecord[]): boolean {
  for (let at = 0; at < containers.length; at += 1) {
    const past = before[at] as ContainerRecord;
    const present = containers[at] as ContainerRecord;
    if (past.restarts !== present.restarts || past.startedAt !== present.startedAt) return false;
  }
  return true;
}
