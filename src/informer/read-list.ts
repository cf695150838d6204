import { ApiError, isApiError } from '../kube/api-error.ts';
import type { ApiServer, ListOptions, ListPage } from '../kube/api-server.ts';
import type { FieldMask } from '../kube/field-mask.ts';
import type { Resource } from '../model/resource.ts';
import { compareResourceVersions, type ResourceVersion } from '../model/resource-version.ts';
import type { Clock } from '../runtime/clock.ts';
import { LAGGING } from './failure.ts';
import { INTERRUPTED, type Interrupted, interruptible } from './interruptible.ts';
import type { Admission } from './memory-gate.ts';
import type { ListFrom } from './next-move.ts';
import { checkItem } from './object-check.ts';
import { PieceSize } from './piece-size.ts';
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
  /** The newest state of which anything has been shown, also by a list that was not finished. */
  readonly position: ResourceVersion | undefined;
  /** Objects of the state at `version` are about to be shown. */
  onShown(version: ResourceVersion, newEpoch: boolean): void;
  readonly clock: Clock;
  /** What is kept of each object. */
  readonly fields?: FieldMask;
  readonly admit: Admission;
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

async function readPages(list: ListReading, limit: number | undefined): Promise<ResourceVersion | Interrupted> {
  // What was asked for ahead is of no use when this ends early.
  using ahead = new RequestAhead(list.signal);
  const reading = { ...list, signal: ahead.signal };
  const first = await askFor(reading, { ...versionWanted(reading), ...(limit !== undefined && { limit }) });
  if (first === INTERRUPTED) return INTERRUPTED;
  const newEpoch = goesBack(reading, first.resourceVersion);
  reading.onShown(first.resourceVersion, newEpoch);
  reading.sink.begin({ resourceVersion: first.resourceVersion, newEpoch });
  const progress = new Progress(reading.tuning.emptyPages);
  const pieces = new PieceSize(reading.tuning.eventsPerTurn);
  let listed = 0;
  for (let page: ListPage | undefined = first; page !== undefined; ) {
    progress.check(page);
    const next = ahead.ask(page.continue, (token) => nextPage(reading, limit, token));
    const taken = await takePage(reading, page, { listed, pieces });
    if (taken === INTERRUPTED) return INTERRUPTED;
    listed = taken;
    const answer: ListPage | Interrupted | undefined = await next;
    if (answer === INTERRUPTED) return INTERRUPTED;
    page = answer;
  }
  reading.sink.finish(first.resourceVersion);
  return first.resourceVersion;
}

/** The page after this one is asked for while this one is taken: two at most are held. */
class RequestAhead implements Disposable {
  readonly signal: AbortSignal;
  readonly #end = new AbortController();
  #token: string | undefined;

  constructor(signal: AbortSignal) {
    this.signal = AbortSignal.any([signal, this.#end.signal]);
  }

  /** Undefined: that was the last page. */
  ask(token: string | undefined, ask: (token: string) => Promise<ListPage | Interrupted>): Promise<ListPage | Interrupted> | undefined {
    if (token === undefined || token === '') return undefined;
    if (token === this.#token)
      throw new ApiError('server-error', 'the server hands out the same continue token again', { reason: 'ContinueRepeats' });
    this.#token = token;
    const answer = ask(token);
    // Heard of when it is its turn, or not at all.
    answer.catch(() => {});
    return answer;
  }

  [Symbol.dispose](): void {
    this.#end.abort();
  }
}

/** A list that goes round in circles, or brings nothing, does not end by itself. */
class Progress {
  readonly #mostWithout: number;
  readonly #beginnings = new Set<string>();
  #without = 0;

  constructor(mostWithout: number) {
    this.#mostWithout = mostWithout;
  }

  check({ items }: ListPage): void {
    const beginning = items[0]?.metadata?.uid;
    if (beginning === undefined || this.#beginnings.has(beginning)) this.#without += 1;
    else this.#beginnings.add(beginning);
    if (this.#without > this.#mostWithout)
      throw new ApiError('server-error', 'the list goes on and brings nothing new', { reason: 'EndlessList' });
  }
}

async function nextPage(reading: ListReading, limit: number | undefined, token: string): Promise<ListPage | Interrupted> {
  try {
    return await askFor(reading, { continue: token, ...(limit !== undefined && { limit }) });
  } catch (error) {
    throw isApiError(error, 'gone') && limit !== undefined ? new ContinueExpired() : error;
  }
}

function askFor(reading: ListReading, options: ListOptions): Promise<ListPage | Interrupted> {
  const { apiServer, resource, signal, tuning, fields } = reading;
  const kept = fields === undefined ? {} : { fields };
  return interruptible(apiServer.list(resource, { ...options, ...kept, signal, timeoutMs: tuning.listTimeoutMs }), signal);
}

/** Some objects at a time: a page of large ones must not hold everybody up. Returns how many have been listed. */
async function takePage(
  reading: ListReading,
  page: ListPage,
  before: { readonly listed: number; readonly pieces: PieceSize },
): Promise<number | Interrupted> {
  const { sink, resource, clock, signal, admit, onProgress } = reading;
  const { pieces } = before;
  for (const item of page.items) checkItem(item, resource);
  admit(before.listed + page.items.length + (page.remainingItemCount ?? 0));
  let from = 0;
  do {
    if (from > 0) await clock.yield();
    if (signal.aborted) return INTERRUPTED;
    const startedAt = clock.monotonic();
    const to = from + pieces.size;
    sink.upsert(page.items.slice(from, to));
    pieces.took(clock.monotonic() - startedAt);
    from = to;
  } while (from < page.items.length);
  const listed = before.listed + page.items.length;
  onProgress(listed, page.remainingItemCount);
  return listed;
}

function versionWanted({ from, position, tuning }: ListReading): ListOptions {
  if (position === undefined) return tuning.firstList === 'any' && from === 'last-seen' ? { resourceVersion: '0' } : {};
  return from !== 'last-seen' ? {} : { resourceVersion: position, resourceVersionMatch: 'NotOlderThan' };
}

/** Whether the answer is of a new epoch. Throws when it is merely old. */
function goesBack({ from, position }: Pick<ListReading, 'from' | 'position'>, resourceVersion: ResourceVersion): boolean {
  if (position === undefined) return false;
  if (from === 'afresh') return true;
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
export async function probe(
  reading: Omit<ListReading, 'sink' | 'clock' | 'onProgress' | 'onShown' | 'pageSize' | 'from' | 'admit'>,
): Promise<undefined | Interrupted> {
  const { apiServer, resource, signal, tuning, position } = reading;
  const version: ListOptions = position === undefined ? {} : { resourceVersion: position, resourceVersionMatch: 'NotOlderThan' };
  const page = await interruptible(apiServer.list(resource, { ...version, limit: 1, signal, timeoutMs: tuning.probeTimeoutMs }), signal);
  if (page === INTERRUPTED) return INTERRUPTED;
  goesBack({ from: 'last-seen', position }, page.resourceVersion);
  return undefined;
}
