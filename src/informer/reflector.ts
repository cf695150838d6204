import { ApiError } from '../kube/api-error.ts';
import type { ApiServer } from '../kube/api-server.ts';
import type { FieldMask } from '../kube/field-mask.ts';
import { batchesOf, type WatchEvent } from '../kube/watch-event.ts';
import { groupResourceOf, type Resource } from '../model/resource.ts';
import type { ResourceVersion } from '../model/resource-version.ts';
import type { Clock } from '../runtime/clock.ts';
import { type Logger, silentLogger } from '../runtime/logger.ts';
import type { Random } from '../runtime/random.ts';
import { failureOf } from './failure.ts';
import { followWatch } from './follow-watch.ts';
import { INTERRUPTED, type Interrupted } from './interruptible.ts';
import { type ListGate, openGate } from './list-gate.ts';
import { type Admission, everybody } from './memory-gate.ts';
import { afterConfirmed, decideAfter, type History, type ListFrom, type Move, NO_HISTORY, type Outcome, POLL } from './next-move.ts';
import { Position } from './position.ts';
import { probe, readList } from './read-list.ts';
import { NoStreamedList, type OpenStream, readStream } from './read-stream.ts';
import type { ReflectorSink } from './reflector-sink.ts';
import { type ReflectorStatus, StatusKeeper } from './reflector-status.ts';
import { REFLECTOR_TUNING, type ReflectorTuning } from './reflector-tuning.ts';

export interface ReflectorOptions {
  readonly apiServer: ApiServer;
  readonly resource: Resource;
  readonly sink: ReflectorSink;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger?: Logger;
  readonly tuning?: Partial<ReflectorTuning>;
  /** Asked before every full list; default: always open. */
  readonly gate?: ListGate;
  /** What is kept of each object: no more is asked for. */
  readonly fields?: FieldMask;
  /** Lists by stream while the server does; default: in pages. */
  readonly listsByStream?: boolean;
  /** The sink holds the state at this version already, true at that time: go on from there. */
  readonly resumeFrom?: { readonly resourceVersion: ResourceVersion; readonly trueAt: number };
  /** Asked before objects are taken; default: everybody. */
  readonly admit?: Admission;
  /** The state or its reason changed. Must not throw. */
  readonly onState?: () => void;
  /** Only counts and times changed. Called for every event: must be cheap and must not throw. */
  readonly onActivity?: () => void;
}

type Batches = AsyncIterable<readonly WatchEvent[]>;

/** After so many failures in a row a list is in pages, however the server likes it. */
const STREAM_FAILURES = 2;

const FIRST_MOVE: Move = { next: 'list', waitMs: 0, reason: 'First' };

/**
 * Keeps a sink equal to one resource of one cluster: lists, watches, recovers. Whatever the server answers, it goes
 * on until `stop`. What to do next is decided in `next-move.ts`; here it is only done.
 */
export class Reflector {
  readonly resource: Resource;
  readonly #options: ReflectorOptions;
  readonly #tuning: ReflectorTuning;
  readonly #logger: Logger;
  readonly #status: StatusKeeper;
  #history: History = NO_HISTORY;
  readonly #position = new Position();
  #pageSize: number;
  #running: Promise<void> | undefined;
  #stopped = false;
  /** What was asked for from outside; done before anything else. */
  #asked: Outcome | undefined;
  /** The step under way. */
  #activity = new AbortController();
  /** The wait before it. */
  #nap = new AbortController();
  #move: Move = FIRST_MOVE;
  #listsByStream: boolean;
  /** A list by stream goes on as the watch. */
  #stream: (OpenStream & { readonly askedMs: number; readonly startedAt: number }) | undefined;
  #streaming = new AbortController();

  constructor(options: ReflectorOptions) {
    this.#options = options;
    this.resource = options.resource;
    this.#tuning = { ...REFLECTOR_TUNING, ...options.tuning };
    this.#pageSize = this.#tuning.pageSize;
    this.#logger = (options.logger ?? silentLogger).child({ resource: groupResourceOf(options.resource) });
    this.#status = new StatusKeeper(
      () => options.clock.now(),
      () => this.#onState(),
    );
    this.#listsByStream = options.listsByStream ?? false;
    if (options.resumeFrom !== undefined) this.#resumeFrom(options.resumeFrom);
  }

  #resumeFrom({ resourceVersion, trueAt }: NonNullable<ReflectorOptions['resumeFrom']>): void {
    this.#position.listed(resourceVersion);
    this.#history = { ...NO_HISTORY, hasSynced: true };
    this.#move = { next: 'probe', waitMs: 0, reason: 'Resumed' };
    this.#status.resumed(trueAt);
  }

  get status(): ReflectorStatus {
    return this.#status.snapshot(this.#position.current);
  }

  /** Throws when it was started or stopped before. */
  start(): void {
    if (this.#running !== undefined || this.#stopped) throw new Error('a reflector starts once');
    this.#running = this.#run();
  }

  /** Nothing reaches the sink after this call; resolves when nothing is open any more. */
  stop(): Promise<void> {
    this.#stopped = true;
    this.#interrupt();
    return this.#running ?? Promise.resolve();
  }

  /** Lists anew, whatever it is doing. `latest` accepts that the server's history went back. */
  relist(from: ListFrom, reason: string): void {
    this.#ask({ type: 'relist-asked', from, reason });
  }

  /** A watch is ended to make sure that the server still answers: a connection may hang without failing. */
  doubt(): void {
    // A list must not be given up for a watch from before it: it may be there to repair the copy.
    if (this.#move.next === 'watch' && this.#asked === undefined) this.#ask({ type: 'doubted' });
  }

  /** What the sink held is given up, for want of room; it is tried again after minutes. */
  shed(message: string): void {
    this.#ask({ type: 'failed', step: 'list', failure: { kind: 'budget', reason: 'MemoryBudget', message } });
  }

  /** The cluster answers (again): no need to wait out a back-off that was due to the connection. */
  contact(): void {
    if (this.#move.endsOnContact === true) this.#nap.abort();
  }

  /** No need to wait any longer, whatever the reason was: somebody knows that it is gone. */
  resume(): void {
    this.#nap.abort();
  }

  #ask(outcome: Outcome): void {
    if (this.#stopped) return;
    this.#asked = outcome;
    this.#interrupt();
  }

  #interrupt(): void {
    this.#nap.abort();
    this.#activity.abort();
    this.#closeStream();
  }

  #closeStream(): void {
    this.#streaming.abort();
    void this.#stream?.events.return();
    this.#stream = undefined;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      await this.#wait(this.#move.waitMs);
      const outcome = this.#takeAsked() ?? (await this.#perform(this.#move));
      if (outcome !== INTERRUPTED) this.#decide(outcome);
    }
  }

  async #wait(ms: number): Promise<void> {
    this.#activity = new AbortController();
    this.#nap = new AbortController();
    if (this.#stopped || this.#asked !== undefined || ms <= 0) return;
    const { clock, random } = this.#options;
    await clock.sleep(Math.ceil(ms), this.#nap.signal);
    if (this.#stopped || this.#asked !== undefined || !this.#nap.signal.aborted) return;
    // Woken early, as all the others of this cluster are: not all at the same moment.
    await clock.sleep(Math.ceil(random.next() * this.#tuning.firstRetryMs), this.#activity.signal);
  }

  #takeAsked(): Outcome | Interrupted | undefined {
    if (this.#stopped) return INTERRUPTED;
    const asked = this.#asked;
    this.#asked = undefined;
    return asked;
  }

  async #perform(move: Move): Promise<Outcome | Interrupted> {
    try {
      return await this.#step(move, this.#activity.signal);
    } catch (error) {
      if (this.#activity.signal.aborted) return INTERRUPTED;
      return { type: 'failed', step: move.next, failure: failureOf(error) };
    }
  }

  #step(move: Move, signal: AbortSignal): Promise<Outcome | Interrupted> {
    switch (move.next) {
      case 'list':
        return this.#list(move.reason, signal);
      case 'probe':
        return this.#probe(signal);
      case 'watch':
        return this.#watch(move.reason, signal);
    }
  }

  #decide(outcome: Outcome): void {
    const { clock, random } = this.#options;
    if (outcome.type === 'failed') this.#noteFailure(outcome);
    if (outcome.type === 'watch-ended') this.#status.lost();
    const { move, history } = decideAfter(outcome, this.#history, {
      nowMs: clock.monotonic(),
      chance: random.next(),
      tuning: this.#tuning,
    });
    this.#history = history;
    this.#move = move;
    if (move.next !== 'watch') this.#closeStream();
    if (outcome.type === 'listed') this.#live();
    if (move.shows !== undefined) this.#status.show(move.shows.state, move.shows.failure);
  }

  #noteFailure({ step, failure }: Extract<Outcome, { type: 'failed' }>): void {
    this.#status.failed(failure);
    if (failure.kind === 'budget') this.#forget();
    if (step === 'list' && failure.reason === 'AnswerTooLarge') this.#pageSize = Math.max(1, Math.floor(this.#pageSize / 2));
    this.#logger.debug('a step failed', { step, reason: failure.reason, failures: this.#history.failures });
  }

  #forget(): void {
    this.#position.forget();
    this.#status.forget();
  }

  async #list(reason: string, signal: AbortSignal): Promise<Outcome | Interrupted> {
    using _turn = await (this.#options.gate ?? openGate).enter(signal);
    if (signal.aborted) return INTERRUPTED;
    this.#status.listBegins(reason, this.#history.hasSynced && reason !== POLL);
    const isStreamed = this.#listsByStream && this.#history.listFrom === 'last-seen' && this.#history.failures < STREAM_FAILURES;
    const version = (isStreamed ? await this.#listByStream(signal) : undefined) ?? (await this.#listInPages(reason, signal));
    if (version === INTERRUPTED || signal.aborted) return INTERRUPTED;
    this.#position.listed(version);
    return { type: 'listed' };
  }

  #listInPages(reason: string, signal: AbortSignal): Promise<ResourceVersion | Interrupted> {
    const { apiServer, sink, clock, fields, admit = everybody } = this.#options;
    return readList({
      ...{ apiServer, sink, clock, signal, admit, resource: this.resource, tuning: this.#tuning },
      ...{ pageSize: this.#pageSize, from: this.#history.listFrom, position: this.#position.newestShown },
      onShown: (version, newEpoch) => {
        // An epoch has begun when its list is complete: until then the next list opens it again.
        if (!newEpoch) this.#position.show(version);
      },
      ...(fields !== undefined && { fields }),
      onProgress: (listed, remaining) => this.#status.listProgressed(listed, remaining, reason === POLL),
    });
  }

  /** Undefined when this server does not list by stream: then it is not asked to again. */
  async #listByStream(signal: AbortSignal): Promise<ResourceVersion | Interrupted | undefined> {
    const { apiServer, sink, clock, fields, admit = everybody } = this.#options;
    const [askedMs, startedAt] = [this.#watchMs(), clock.monotonic()];
    this.#streaming = new AbortController();
    try {
      const stream = await readStream({
        ...{ apiServer, sink, clock, admit, resource: this.resource, tuning: this.#tuning, position: this.#position.newestShown },
        onShown: (version) => this.#position.show(version),
        options: { timeoutSeconds: askedMs / 1_000, allowWatchBookmarks: true, ...(fields !== undefined && { fields }) },
        signal: AbortSignal.any([signal, this.#streaming.signal]),
        onProgress: (listed) => this.#status.listProgressed(listed, undefined),
      });
      if (stream === undefined) return INTERRUPTED;
      this.#stream = { ...stream, askedMs, startedAt };
      return stream.resourceVersion;
    } catch (error) {
      this.#closeStream();
      if (!(error instanceof NoStreamedList)) throw error;
      this.#listsByStream = false;
      return undefined;
    }
  }

  async #probe(signal: AbortSignal): Promise<Outcome | Interrupted> {
    const { apiServer } = this.#options;
    const answer = await probe({ apiServer, signal, resource: this.resource, tuning: this.#tuning, position: this.#position.current });
    if (answer === INTERRUPTED) return INTERRUPTED;
    this.#status.signCame();
    return { type: 'probed' };
  }

  async #watch(reason: string, signal: AbortSignal): Promise<Outcome | Interrupted> {
    const { clock, sink } = this.#options;
    const stream = this.#stream;
    this.#stream = undefined;
    const askedMs = stream?.askedMs ?? this.#watchMs();
    if (reason !== 'Listed' && reason !== 'WatchEnded') this.#status.reconnected();
    const startedAt = stream?.startedAt ?? clock.monotonic();
    const deadline = new AbortController();
    using _deadline = clock.after(startedAt + askedMs + this.#tuning.watchGraceMs - clock.monotonic(), () => deadline.abort());
    using _confirmation = this.#confirmLater();
    const until = AbortSignal.any([signal, deadline.signal]);
    const { events: batches, rest } = stream ?? { events: this.#openWatch(askedMs / 1_000, until), rest: [] };
    const events = await followWatch({
      ...{ batches, rest, clock, sink, resource: this.resource, position: this.#position, tuning: this.#tuning, signal: until },
      onEvent: () => this.#eventCame(),
    });
    if (signal.aborted) return INTERRUPTED;
    if (deadline.signal.aborted)
      throw new ApiError('unreachable', 'the server did not end the watch when it should have', { reason: 'WatchDeadline' });
    return { type: 'watch-ended', livedMs: clock.monotonic() - startedAt, askedMs, events };
  }

  #openWatch(timeoutSeconds: number, signal: AbortSignal): Batches {
    const { apiServer, fields } = this.#options;
    const options = { resourceVersion: this.#position.current ?? '0', timeoutSeconds, allowWatchBookmarks: true, signal };
    return batchesOf(apiServer.watch(this.resource, { ...options, ...(fields !== undefined && { fields }) }));
  }

  #eventCame(): void {
    this.#status.eventCame();
    if (this.#status.state !== 'LIVE') this.#confirm();
    this.#options.onActivity?.();
  }

  #watchMs(): number {
    const { least, most } = this.#tuning.watchMs;
    return Math.round((least + this.#options.random.next() * (most - least)) / 1_000) * 1_000;
  }

  /** After trouble a watch is believed once it stands; a degraded kind once it has been well for long. */
  #confirmLater(): Disposable {
    const { clock } = this.#options;
    const isDegraded = this.#status.state === 'DEGRADED';
    return clock.after(isDegraded ? this.#tuning.healthyAfterMs : this.#tuning.settleMs, () =>
      isDegraded ? this.#recover() : this.#confirm(),
    );
  }

  #confirm(): void {
    this.#history = afterConfirmed(this.#history, this.#options.clock.monotonic());
    this.#live();
  }

  #recover(): void {
    this.#history = { ...this.#history, unreadable: 0 };
    this.#live();
  }

  #live(): void {
    this.#status.signCame();
    const isDegraded = this.#history.polls === true || this.#history.unreadable >= this.#tuning.degradedAfter;
    this.#status.live(isDegraded ? 'DEGRADED' : 'LIVE');
  }

  #onState(): void {
    this.#logger.debug('state changed', { state: this.#status.state });
    this.#options.onState?.();
  }
}
