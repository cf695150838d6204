import type { JsonObject } from '../../model/kube-object.ts';
import type { ContainerImage } from '../../model/object-record.ts';
import type { ContainerRecord } from '../../model/pod-record.ts';
import {
  countAt,
  type FlawReport,
  fieldsAt,
  instantAt,
  isFields,
  itemsAt,
  type Mutable,
  messageAt,
  NO_FIELDS,
  NO_ITEMS,
  textAt,
} from './fields.ts';
import { isRestartable } from './kubectl-pod-status.ts';

/** Images of what keeps running: the containers, then the restartable init containers. Other init containers are left out. */
export function imagesOf(podSpec: JsonObject, flaw: FlawReport): readonly ContainerImage[] {
  const images: ContainerImage[] = [];
  for (const container of itemsAt(podSpec, 'containers', flaw)) {
    if (isFields(container)) images.push(imageOf(container, flaw));
    else flaw('containers');
  }
  for (const container of itemsAt(podSpec, 'initContainers', flaw)) {
    if (isFields(container) && isRestartable(container)) images.push(imageOf(container, flaw));
  }
  return images.length === 0 ? NO_ITEMS : images;
}

export function containersOf(spec: JsonObject, status: JsonObject, flaw: FlawReport): readonly ContainerRecord[] {
  const main = withStatuses(itemsAt(spec, 'containers', flaw), itemsAt(status, 'containerStatuses', flaw), false, flaw);
  const initSpecs = itemsAt(spec, 'initContainers', flaw);
  if (initSpecs.length === 0) return main;
  return [...withStatuses(initSpecs, itemsAt(status, 'initContainerStatuses', flaw), true, flaw), ...main];
}

function imageOf(container: JsonObject, flaw: FlawReport): ContainerImage {
  return { container: textAt(container, 'name', flaw) ?? '', image: textAt(container, 'image', flaw) ?? '' };
}

function withStatuses(
  specs: readonly unknown[],
  statuses: readonly unknown[],
  init: boolean,
  flaw: FlawReport,
): readonly ContainerRecord[] {
  if (specs.length === 0) return NO_ITEMS;
  const records: ContainerRecord[] = [];
  for (let i = 0; i < specs.length; i += 1) {
    const spec = specs[i];
    if (isFields(spec)) records.push(containerOf(spec, init, statusFor(spec, i, statuses), flaw));
    else flaw('containers');
  }
  return records;
}

/** Statuses nearly always come in the order of the spec. */
function statusFor(spec: JsonObject, index: number, statuses: readonly unknown[]): JsonObject {
  const likely = statuses[index];
  if (isFields(likely) && likely['name'] === spec['name']) return likely;
  for (const status of statuses) {
    if (isFields(status) && status['name'] === spec['name']) return status;
  }
  return NO_FIELDS;
}

function containerOf(spec: JsonObject, init: boolean, status: JsonObject, flaw: FlawReport): ContainerRecord {
  const state = fieldsAt(status, 'state', flaw);
  const word = stateWord(state);
  const record: Mutable<ContainerRecord> = {
    name: textAt(spec, 'name', flaw) ?? '',
    init,
    image: textAt(spec, 'image', flaw) ?? '',
    ready: status['ready'] === true,
    restarts: countAt(status, 'restartCount', flaw),
    state: word,
  };
  const imageId = textAt(status, 'imageID', flaw);
  if (imageId !== undefined) record.imageId = imageId;
  if (word !== 'unknown') addState(record, fieldsAt(state, word, flaw), flaw);
  const terminated = fieldsAt(status, 'lastState', flaw)['terminated'];
  if (isFields(terminated)) record.lastTermination = terminationOf(terminated, flaw);
  if (init && isRestartable(spec)) record.sidecar = true;
  return record;
}

function stateWord(state: JsonObject): string {
  if (isFields(state['running'])) return 'running';
  if (isFields(state['waiting'])) return 'waiting';
  return isFields(state['terminated']) ? 'terminated' : 'unknown';
}

function addState(record: Mutable<ContainerRecord>, member: JsonObject, flaw: FlawReport): void {
  const reason = textAt(member, 'reason', flaw);
  const message = messageAt(member, 'message', flaw);
  const startedAt = instantAt(member, 'startedAt', flaw);
  if (reason !== undefined) record.reason = reason;
  if (message !== undefined) record.message = message;
  if (startedAt !== undefined) record.startedAt = startedAt;
}

function terminationOf(terminated: JsonObject, flaw: FlawReport): NonNullable<ContainerRecord['lastTermination']> {
  const termination: Mutable<NonNullable<ContainerRecord['lastTermination']>> = { exitCode: exitCodeOf(terminated, flaw) };
  const reason = textAt(terminated, 'reason', flaw);
  const message = messageAt(terminated, 'message', flaw);
  const finishedAt = instantAt(terminated, 'finishedAt', flaw);
  if (reason !== undefined) termination.reason = reason;
  if (message !== undefined) termination.message = message;
  if (finishedAt !== undefined) termination.finishedAt = finishedAt;
  return termination;
}

/** Windows containers end with codes beyond 2^31 or below 0; the schema's Int is 32 bits wide. */
function exitCodeOf(terminated: JsonObject, flaw: FlawReport): number {
  const code = terminated['exitCode'];
  if (typeof code === 'number' && Number.isFinite(code)) return code | 0;
  if (code !== undefined) flaw('exitCode');
  return 0;
}
