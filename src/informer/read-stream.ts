import { ApiError } from '../kube/api-error.ts';
import type { ApiServer, WatchOptions } from '../kube/api-server.ts';
import { batchesOf, type WatchEvent } from '../kube/watch-event.ts';
import type { KubeObject } from '../model/kube-object.ts';
import type { Resource } from '../model/resource.ts';
import { compareResourceVersions, type ResourceVersion } from '../model/resource-version.ts';
import type { Clock } from '../runtime/clock.ts';
import { LAGGING } from './failure.ts';
import { untilAborted } from './interruptible.ts';
import type { Admission } from './memory-gate.ts';
import { checkItem } from './object-check.ts';
import type { ReflectorSink } from './reflector-sink.ts';
import type { ReflectorTuning } from './reflector-tuning.ts';

export interface StreamReading {
  readonly apiServer: ApiServer;
  readonly resource: Resource;
  readonly sink: ReflectorSink;
  readonly clock: Clock;
  readonly tuning: ReflectorTuning;
  readonly options: Omit<WatchOptions, 'resourceVersion' | 'signal'>;
  readonly signal: AbortSignal;
  /** The newest state of which anything has been shown, also by a list that was not finished. */
  readonly position: ResourceVersion | undefined;
  /** An object of this version is about to be shown. */
  onShown(version: ResourceVersion): void;
  readonly admit: Admission;
  onProgress(listed: number): void;
}

/** A watch whose initial events have been read: what follows is news. */
export interface OpenStream {
  readonly resourceVersion: ResourceVersion;
  readonly events: Batches;
  /** What came together with the end of the list. */
  readonly rest: readonly WatchEvent[];
}

type Batches = AsyncGenerator<readonly WatchEvent[], void, undefined>;

/** The server does not list by stream, or not to the end: list in pages, and remember it. */
export class NoStreamedList extends Error {}

/**
 * A list as the beginning of a watch. Nothing disappears, and the position does not move, before the bookmark that
 * ends it. Undefined when `signal` fired. Throws `ApiError`, or `NoStreamedList` when the server refuses, or tells
 * hardly anything for `tuning.streamStallMs` without having ended it.
 */
export async function readStream(reading: StreamReading): Promise<OpenStream | undefined> {
  const { clock, tuning, signal } = reading;
  const stall = new AbortController();
  using stalls = new StallCheck(clock, tuning.streamStallMs, () => stall.abort());
  const until = AbortSignal.any([signal, stall.signal]);
  const events = untilAborted(openStream(reading, until), until);
  let stream: OpenStream | undefined;
  try {
    const list = await takeInitialEvents(reading, { events, until }, stalls);
    if (signal.aborted) return undefined;
    if (stall.signal.aborted) throw new NoStreamedList();
    if (list === undefined) throw new ApiError('unreachable', 'the list ended before its end', { reason: 'ListCut' });
    stream = { ...list, events };
    return stream;
  } finally {
    // Also one that waits to be asked for more lets go of its connection.
    if (stream === undefined) void events.return();
  }
}

/** The version that the list shows, and what came behind it; undefined when the stream ended before the list did. */
async function takeInitialEvents(
  reading: StreamReading,
  { events, until }: { readonly events: Batches; readonly until: AbortSignal },
  stalls: StallCheck,
): Promise<Pick<OpenStream, 'resourceVersion' | 'rest'> | undefined> {
  const page = new GatheredPage(reading);
  reading.sink.begin({ newEpoch: false });
  for (let batch = await nextBatch(events); batch !== undefined; batch = await nextBatch(events)) {
    for (const [at, event] of batch.entries()) {
      if (until.aborted) return undefined;
      if (event.type !== 'bookmark') {
        stalls.progress(event);
        page.take(event);
      } else if (event.endsInitialEvents === true) {
        page.flush();
        checkNotOlder(event.resourceVersion, reading.position);
        reading.sink.finish(event.resourceVersion);
        return { resourceVersion: event.resourceVersion, rest: batch.slice(at + 1) };
      }
    }
  }
  return undefined;
}

function openStream(
  { apiServer, resource, tuning, options, position }: StreamReading,
  signal: AbortSignal,
): AsyncIterable<readonly WatchEvent[]> {
  const resourceVersion = position ?? (tuning.firstList === 'any' ? '0' : '');
  return batchesOf(apiServer.watch(resource, { ...options, resourceVersion, sendInitialEvents: true, signal }));
}

async function nextBatch(events: Batches): Promise<readonly WatchEvent[] | undefined> {
  try {
    const next = await events.next();
    return next.done === true ? undefined : next.value;
  } catch (error) {
    if (error instanceof ApiError && error.code === 'invalid') throw new NoStreamedList();
    throw error;
  }
}

function checkNotOlder(resourceVersion: ResourceVersion, position: ResourceVersion | undefined): void {
  const order = position === undefined ? 0 : compareResourceVersions(resourceVersion, position);
  if (order === undefined || order >= 0) return;
  throw new ApiError('server-error', `asked for a state not older than ${position}, got ${resourceVersion}`, { reason: LAGGING });
}

/** Gathers what the stream tells until it is as much as a page. */
class GatheredPage {
  readonly #reading: StreamReading;
  #objects: KubeObject[] = [];
  #listed = 0;

  constructor(reading: StreamReading) {
    this.#reading = reading;
  }

  take(event: Exclude<WatchEvent, { readonly type: 'bookmark' }>): void {
    checkItem(event.object, this.#reading.resource);
    if (event.type === 'deleted') {
      this.flush();
      this.#reading.sink.drop(event.object.metadata.uid ?? '');
      return;
    }
    this.#objects.push(event.object);
    if (this.#objects.length >= this.#reading.tuning.pageSize) this.flush();
  }

  flush(): void {
    if (this.#objects.length === 0) return;
    this.#listed += this.#objects.length;
    this.#reading.admit(this.#listed);
    for (const { metadata } of this.#objects) if (metadata.resourceVersion !== undefined) this.#reading.onShown(metadata.resourceVersion);
    this.#reading.sink.upsert(this.#objects);
    this.#objects = [];
    this.#reading.onProgress(this.#listed);
  }
}

/** Fewer objects in the time of a stall are no list under way, but what happens in the cluster meanwhile. */
const LEAST_PROGRESS = 100;

/** Calls once when there was hardly any progress for `ms`; looks that often instead of setting a timer for every event. */
class StallCheck implements Disposable {
  readonly #clock: Clock;
  readonly #ms: number;
  readonly #onStall: () => void;
  #progress = 0;
  #timer: Disposable;

  constructor(clock: Clock, ms: number, onStall: () => void) {
    this.#clock = clock;
    this.#ms = ms;
    this.#onStall = onStall;
    this.#timer = this.#look();
  }

  /** What changes meanwhile is none. */
  progress({ type }: WatchEvent): void {
    if (type === 'added') this.#progress += 1;
  }

  [Symbol.dispose](): void {
    this.#timer[Symbol.dispose]();
  }

  #look(): Disposable {
    return this.#clock.after(this.#ms, () => {
      if (this.#progress < LEAST_PROGRESS) return this.#onStall();
      this.#progress = 0;
      this.#timer = this.#look();
    });
  }
}
