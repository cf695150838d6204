import { ApiError, isApiError } from '../kube/api-error.ts';
import type { ApiServer, ListOptions, ListPage } from '../kube/api-server.ts';
import type { Resource } from '../model/resource.ts';
import { compareResourceVersions, type ResourceVersion } from '../model/resource-version.ts';
import { LAGGING } from './failure.ts';
import { INTERRUPTED, type Interrupted, interruptible } from './interruptible.ts';
import type { ListFrom } from './next-move.ts';
import { checkItem } from './object-check.ts';
import type { ReflectorSink } from './reflector-sink.ts';
import type { ReflectorTuning } from './reflector-tuning.ts';

export interface ListReading {
  readonly apiServer: ApiServer;
  readonly resource: Resource;
  readonly sink: ReflectorSink;
  readonly tuning: ReflectorTuning;
  readonly pageSize: number;
  readonly signal: AbortSignal;
  readonly from: ListFrom;
  /** Where the copy stands, if anywhere. */
  readonly position: ResourceVersion | undefined;
  onProgress(listed: number, remaining: number | undefined): void;
}

/**
 * Reads the whole kind into the sink, page by page, and returns the version that it now shows.
 * A continue token that expires begins the list again, at most `tuning.listRestarts` times; after that the list
 * is read in one piece. Throws `ApiError`, with reason LAGGING for an answer older than the position.
 */
export async function readList(reading: ListReading): Promise<ResourceVersion | Interrupted> {
  for (let restarts = 0; ; restarts += 1) {
    const inPages = restarts <= reading.tuning.listRestarts;
    try {
      return await readPages(reading, inPages ? reading.pageSize : undefined);
    } catch (error) {
      if (!(error instanceof ContinueExpired)) throw error;
    }
  }
}

/** The expiry of a page after the first: only this is met by beginning again. */
class ContinueExpired extends Error {}

async function readPages(reading: ListReading, limit: number | undefined): Promise<ResourceVersion | Interrupted> {
  const first = await askFor(reading, { ...versionWanted(reading), ...(limit !== undefined && { limit }) });
  if (first === INTERRUPTED) return INTERRUPTED;
  reading.sink.begin({ resourceVersion: first.resourceVersion, newEpoch: goesBack(reading, first.resourceVersion) });
  let listed = takePage(reading, first, 0);
  for (let token = first.continue; token !== undefined && token !== ''; ) {
    const page = await nextPage(reading, limit, token);
    if (page === INTERRUPTED) return INTERRUPTED;
    listed = takePage(reading, page, listed);
    if (page.continue === token)
      throw new ApiError('server-error', 'the server hands out the same continue token again', { reason: 'ContinueRepeats' });
    token = page.continue;
  }
  reading.sink.finish();
  return first.resourceVersion;
}

async function nextPage(reading: ListReading, limit: number | undefined, token: string): Promise<ListPage | Interrupted> {
  try {
    return await askFor(reading, { continue: token, ...(limit !== undefined && { limit }) });
  } catch (error) {
    throw isApiError(error, 'gone') && limit !== undefined ? new ContinueExpired() : error;
  }
}

function askFor(reading: ListReading, options: ListOptions): Promise<ListPage | Interrupted> {
  const { apiServer, resource, signal, tuning } = reading;
  return interruptible(apiServer.list(resource, { ...options, signal, timeoutMs: tuning.listTimeoutMs }), signal);
}

function takePage({ sink, resource, onProgress }: ListReading, page: ListPage, listedBefore: number): number {
  for (const item of page.items) checkItem(item, resource);
  sink.upsert(page.items);
  const listed = listedBefore + page.items.length;
  onProgress(listed, page.remainingItemCount);
  return listed;
}

function versionWanted({ from, position, tuning }: ListReading): ListOptions {
  if (position === undefined) return tuning.firstList === 'any' && from === 'last-seen' ? { resourceVersion: '0' } : {};
  return from === 'latest' ? {} : { resourceVersion: position, resourceVersionMatch: 'NotOlderThan' };
}

/** Whether the answer is of a new epoch. Throws when it is merely old. */
function goesBack({ from, position }: Pick<ListReading, 'from' | 'position'>, resourceVersion: ResourceVersion): boolean {
  if (position === undefined) return false;
  const order = compareResourceVersions(resourceVersion, position);
  if (order === undefined || order >= 0) return false;
  if (from === 'latest') return true;
  throw new ApiError('server-error', `asked for a state not older than ${position}, got ${resourceVersion}`, {
    reason: LAGGING,
  });
}

/**
 * One object, not older than `position`: shows that the server answers, that we may read the kind, and that the
 * server's history has not gone back behind us. Throws `ApiError` when one of these does not hold.
 */
export async function probe(reading: Omit<ListReading, 'sink' | 'onProgress' | 'pageSize' | 'from'>): Promise<undefined | Interrupted> {
  const { apiServer, resource, signal, tuning, position } = reading;
  const version: ListOptions = position === undefined ? {} : { resourceVersion: position, resourceVersionMatch: 'NotOlderThan' };
  const page = await interruptible(apiServer.list(resource, { ...version, limit: 1, signal, timeoutMs: tuning.probeTimeoutMs }), signal);
  if (page === INTERRUPTED) return INTERRUPTED;
  goesBack({ from: 'last-seen', position }, page.resourceVersion);
  return undefined;
}
