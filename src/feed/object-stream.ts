import { Alarm } from './alarm.ts';
import { StreamClusters } from './stream-clusters.ts';
import type { StreamHistory } from './stream-journal.ts';
import type { StreamMessage, StreamPhase } from './stream-message.ts';
import { StreamOpening } from './stream-opening.ts';
import { DEFAULT_LIMITS, type ObjectStreamOptions, type StreamLimits } from './stream-options.ts';

/**
 * A stream of objects, as the schema describes its life (type Subscription). Nothing is produced, and nothing
 * but a bounded set of keys is kept, while the reader does not pull. Throws `BAD_RESUME_TOKEN` at once; ends
 * with `FORBIDDEN` when no right to anything in it is left.
 */
export function openObjectStream<R>(options: ObjectStreamOptions<R>): AsyncIterableIterator<StreamMessage<R>> {
  const stream = new ObjectStream(options);
  const messages = stream.messages();
  return {
    next: () => messages.next(),
    // A generator that waits would hear of its end only when it wakes.
    async return() {
      stream.stop();
      return messages.return(undefined);
    },
    async throw(error) {
      stream.stop();
      return messages.throw(error);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

class ObjectStream<R> {
  readonly #options: ObjectStreamOptions<R>;
  readonly #limits: StreamLimits;
  readonly #alarm: Alarm;
  readonly #clusters: StreamClusters<R>;
  readonly #opening: StreamOpening<R>;
  readonly #history: StreamHistory;
  #synced = false;
  #stopped = false;
  #handedAt: number;
  #tokenAt = 0;
  #reevaluateAt: number;
  #stale: readonly string[] = [];

  constructor(options: ObjectStreamOptions<R>) {
    const { clock, tokens, binding, resume, reevaluate } = options;
    const token = resume === undefined ? undefined : tokens.open(binding, resume);
    const remembered = token?.from === 'this-process' ? tokens.journal.find(token.content.stream) : undefined;
    this.#history = remembered ?? tokens.journal.begin();
    this.#options = options;
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#alarm = new Alarm(clock);
    const shared = { stream: options, limits: this.#limits, history: this.#history };
    this.#clusters = new StreamClusters({
      ...shared,
      alarm: this.#alarm,
      entrance: () => (this.#synced ? 'arrival' : this.#opening.entrance()),
    });
    this.#opening = new StreamOpening({ ...shared, clusters: this.#clusters, token, remembered: remembered !== undefined });
    this.#handedAt = clock.monotonic();
    this.#reevaluateAt = this.#handedAt + (reevaluate?.everyMs ?? Number.POSITIVE_INFINITY);
  }

  stop(): void {
    this.#stopped = true;
    this.#alarm.ring();
  }

  async *messages(): AsyncGenerator<StreamMessage<R>, undefined> {
    const { log, signal, closing, tokens } = this.#options;
    const ring = () => this.#alarm.ring();
    tokens.journal.open(this.#history);
    using _ = log.follow((entry) => this.#clusters.hear(entry));
    signal?.addEventListener('abort', ring);
    closing?.addEventListener('abort', ring);
    try {
      for (;;) {
        const message = await this.#pulled();
        if (message === undefined) return undefined;
        yield message;
        if (message.phase === 'CLOSING') return undefined;
      }
    } finally {
      tokens.journal.end(this.#history);
      signal?.removeEventListener('abort', ring);
      closing?.removeEventListener('abort', ring);
    }
  }

  async #pulled(): Promise<StreamMessage<R> | undefined> {
    const { clock } = this.#options;
    if (clock.monotonic() - this.#handedAt > this.#limits.slowAfterMs) this.#clusters.queue.blameReader();
    this.#clusters.reading = true;
    try {
      return await this.#next();
    } finally {
      this.#clusters.reading = false;
      this.#handedAt = clock.monotonic();
    }
  }

  async #next(): Promise<StreamMessage<R> | undefined> {
    const { signal, closing, clock } = this.#options;
    for (;;) {
      if (this.#stopped || signal?.aborted) return undefined;
      if (this.#clusters.failure !== undefined) throw this.#clusters.failure.error;
      this.#clusters.review();
      if (closing?.aborted) return this.#message('CLOSING', { resumeToken: this.#seal() });
      const step = this.#synced ? this.#follow() : this.#open();
      if (step === 'busy') await clock.yield();
      else if (step === 'idle') await this.#alarm.wait(this.#restMs());
      else return step;
    }
  }

  #open(): StreamMessage<R> | 'busy' | 'idle' {
    const step = this.#opening.step();
    if (step === 'busy' || step === 'idle') return step;
    if (step !== 'done') return this.#message(step.phase, step);
    this.#synced = true;
    this.#stale = this.#clusters.stale([]);
    // What was committed during the snapshot waits to be told.
    this.#clusters.flushIn(0);
    return this.#message('SYNCED', { resumeToken: this.#seal(), staleClusters: this.#stale });
  }

  #follow(): StreamMessage<R> | 'busy' | 'idle' {
    this.#letIn();
    const slow = this.#clusters.overflowed(() => true);
    if (slow.length > 0) {
      this.#opening.again(slow);
      this.#synced = false;
      return 'busy';
    }
    this.#reevaluate();
    const changes = this.#clusters.changes(() => true);
    if (changes.length > 0) return this.#message('CHANGES', { changes, ...this.#tokenNowAndThen() });
    return this.#freshness() ?? ([...this.#clusters.inScope()].some((follower) => this.#busy(follower)) ? 'busy' : 'idle');
  }

  /** Clusters that came into scope: their rows are additions. */
  #letIn(): void {
    for (const follower of this.#clusters.inScope()) {
      if (follower.following || this.#clusters.rightsOf(follower) === undefined) continue;
      follower.following = true;
      follower.entrance = 'followed';
      if (follower.rights?.any) follower.walkAll({ partial: true });
    }
  }

  #busy(follower: Parameters<StreamClusters<R>['rightsOf']>[0]): boolean {
    return follower.walking && this.#clusters.rightsOf(follower) !== undefined;
  }

  #reevaluate(): void {
    const { clock, reevaluate } = this.#options;
    if (reevaluate === undefined || clock.monotonic() < this.#reevaluateAt) return;
    this.#reevaluateAt = clock.monotonic() + reevaluate.everyMs;
    for (const follower of this.#clusters.inScope()) if (!follower.walking) follower.walkAgain(reevaluate.changes ?? (() => true));
  }

  #freshness(): StreamMessage<R> | undefined {
    const stale = this.#clusters.stale(this.#stale);
    if (stale.join() === this.#stale.join()) return undefined;
    this.#stale = stale;
    return this.#message('FRESHNESS', { staleClusters: stale });
  }

  #restMs(): number {
    const at = Math.min(this.#clusters.nextAt, this.#synced ? this.#reevaluateAt : this.#opening.nextAt);
    const ms = at - this.#options.clock.monotonic();
    return Math.max(0, Math.min(ms, this.#limits.tickMs));
  }

  #tokenNowAndThen(): { readonly resumeToken?: string } {
    if (this.#options.clock.monotonic() < this.#tokenAt + this.#limits.tokenMs) return {};
    return { resumeToken: this.#seal() };
  }

  #seal(): string {
    this.#tokenAt = this.#options.clock.monotonic();
    return this.#options.tokens.seal(this.#options.binding, { stream: this.#history.id, clusters: this.#clusters.positions() });
  }

  #message(phase: StreamPhase, content: Partial<StreamMessage<R>>): StreamMessage<R> {
    return { changes: [], ...content, phase, conflated: this.#clusters.queue.takeConflated() };
  }
}
