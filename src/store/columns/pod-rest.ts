import type { ContainerRecord, PodRecord } from '../../model/pod-record.ts';
import { isWord, packInstant, packVersion } from './packing.ts';
import { isSmallCount } from './pod-profile.ts';

/**
 * What of a pod has no column: fields that few pods have (messages, terminations, conditions that are not met), and
 * values of an odd form (a version with letters, a time between two seconds). Laid over what the columns say, so that
 * a record comes back as it was put in, whatever it was.
 */
export interface PodRest {
  readonly fields?: Readonly<Partial<PodRecord>>;
  /** For each container what it has besides; as many as the pod has containers. */
  readonly containers?: readonly (Readonly<Partial<ContainerRecord>> | undefined)[];
}

/** Kept in columns, whatever their value. */
const IN_COLUMNS: ReadonlySet<string> = new Set([
  ...['cluster', 'resource', 'apiVersion', 'kind', 'namespace', 'name', 'uid', 'resourceVersion', 'createdAt', 'labels', 'phase'],
  ...['status', 'ready', 'readySince', 'readyContainers', 'totalContainers', 'restarts', 'ip', 'nodeName', 'startedAt', 'images'],
  ...['containers', 'owner', 'revisionKey', 'lifecycleState'],
]);
const CONTAINER_IN_COLUMNS: ReadonlySet<string> = new Set([
  ...['name', 'init', 'sidecar', 'image', 'imageId', 'ready', 'restarts', 'state', 'reason', 'startedAt'],
]);

/** Undefined for nearly all pods. */
export function restOf(record: PodRecord): PodRest | undefined {
  const fields = restOfFields(record);
  const someContainer = hasSomeRest(record.containers);
  if (fields === undefined && !someContainer) return undefined;
  const containers = someContainer ? record.containers.map(restOfContainer) : undefined;
  return { ...(fields !== undefined && { fields }), ...(containers !== undefined && { containers }) };
}

function restOfFields(record: PodRecord): Partial<PodRecord> | undefined {
  let rest = membersBeyond(record, IN_COLUMNS);
  const odd = <K extends keyof PodRecord>(name: K) => {
    rest = { ...rest, [name]: record[name] };
  };
  if (packVersion(record.resourceVersion) === undefined) odd('resourceVersion');
  if (record.createdAt !== 0 && packInstant(record.createdAt) === undefined) odd('createdAt');
  if (isOddInstant(record.startedAt)) odd('startedAt');
  if (isOddInstant(record.readySince)) odd('readySince');
  if (!isWord(record.restarts)) odd('restarts');
  if (!isSmallCount(record.readyContainers)) odd('readyContainers');
  if (!isSmallCount(record.totalContainers)) odd('totalContainers');
  return rest;
}

function restOfContainer(container: ContainerRecord): Partial<ContainerRecord> | undefined {
  let rest = membersBeyond(container, CONTAINER_IN_COLUMNS);
  if (!isWord(container.restarts)) rest = { ...rest, restarts: container.restarts };
  if (isOddInstant(container.startedAt)) rest = { ...rest, startedAt: container.startedAt as number };
  return rest;
}

function hasSomeRest(containers: readonly ContainerRecord[]): boolean {
  for (const container of containers) if (restOfContainer(container) !== undefined) return true;
  return false;
}

function isOddInstant(instant: number | undefined): boolean {
  return instant !== undefined && packInstant(instant) === undefined;
}

function membersBeyond<T extends object>(whole: T, columns: ReadonlySet<string>): Partial<T> | undefined {
  let rest: Partial<T> | undefined;
  for (const name in whole) {
    if (columns.has(name) || whole[name] === undefined) continue;
    rest ??= {};
    rest[name] = whole[name];
  }
  return rest;
}
