import { Alarm } from '../feed/alarm.ts';

import type { ChangeLog, LogEntry } from '../feed/change-log.ts';
import type { GraphContext } from './context.ts';
import { graphError } from './errors.ts';
import type { MaybePromise } from './maybe-promise.ts';
import { RIGHTS_MS } from './streams.ts';

/** Something that is looked at whenever it may have changed, until there is nothing more to tell of it. */
export interface Watched<T> {
  readonly log: ChangeLog;
  /** Whether a commit may have changed what is looked at. */
  readonly concerns: (entry: LogEntry) => boolean;
  /**
   * What to tell now; undefined: nothing, look again later; "blind": nobody can say just now whether the reader may
   * see it, ask again soon. A throw ends the stream with that error.
   */
  readonly look: () => MaybePromise<Told<T> | 'blind' | undefined>;
  /** Monotonic milliseconds after which it must be looked at again; Infinity: a change will tell. */
  readonly lookAgainAt?: () => number;
}

export interface Told<T> {
  readonly value: T;
  /** The stream completes after it. */
  readonly last: boolean;
}

/**
 * Tells what `look` finds, each time that the reader asks for more: what a slow reader did not fetch is merged into the
 * next. Rights are forgotten, and so asked anew, at least every 5 s. When the gateway stops, it ends with UNAVAILABLE.
 */
export function watch<T>(ctx: GraphContext, watched: Watched<T>): AsyncIterableIterator<T> {
  const watcher = new Watcher(ctx, watched);
  return {
    next: () => watcher.next(),
    // No generator: one that waits would hear of its end only when it wakes.
    return() {
      watcher.stop();
      return Promise.resolve({ done: true, value: undefined });
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** A busy cluster is looked at so often at most. */
const CALM_MS = 50;
/** Who could not be answered about rights asks again after so long. */
const BLIND_MS = 1_000;

class Watcher<T> {
  readonly #ctx: GraphContext;
  readonly #watched: Watched<T>;
  readonly #alarm: Alarm;
  #following: Disposable | undefined;
  #renewedAt: number;
  #stopped = false;

  constructor(ctx: GraphContext, watched: Watched<T>) {
    this.#ctx = ctx;
    this.#watched = watched;
    this.#alarm = new Alarm(ctx.clock);
    this.#renewedAt = ctx.clock.monotonic();
  }

  async next(): Promise<IteratorResult<T, undefined>> {
    if (this.#stopped) return { done: true, value: undefined };
    this.#follow();
    try {
      const told = await this.#told();
      if (told === undefined || told.last) this.stop();
      return told === undefined ? { done: true, value: undefined } : { done: false, value: told.value };
    } catch (error) {
      this.stop();
      throw error;
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#following?.[Symbol.dispose]();
    this.#following = undefined;
    this.#alarm.ring();
  }

  async #told(): Promise<Told<T> | undefined> {
    const { clock, signal, closing } = this.#ctx;
    while (!this.#stopped && !signal.aborted) {
      if (closing?.aborted) throw graphError('UNAVAILABLE', 'the gateway is stopping; subscribe again, perhaps at another replica');
      this.#renew();
      const told = await this.#watched.look();
      if (told === 'blind') this.#renewedAt = clock.monotonic() + BLIND_MS - RIGHTS_MS;
      else if (told !== undefined) return this.#stopped ? undefined : told;
      await this.#alarm.wait(this.#restMs());
      await clock.sleep(CALM_MS, signal);
    }
    return undefined;
  }

  #follow(): void {
    if (this.#following !== undefined) return;
    const { signal, closing } = this.#ctx;
    const ring = () => this.#alarm.ring();
    const { log, concerns } = this.#watched;
    const listening = log.follow((entry) => {
      if (concerns(entry)) ring();
    });
    signal.addEventListener('abort', ring);
    closing?.addEventListener('abort', ring);
    this.#following = {
      [Symbol.dispose]: () => {
        listening[Symbol.dispose]();
        signal.removeEventListener('abort', ring);
        closing?.removeEventListener('abort', ring);
      },
    };
  }

  #renew(): void {
    const now = this.#ctx.clock.monotonic();
    if (now - this.#renewedAt < RIGHTS_MS) return;
    this.#renewedAt = now;
    this.#ctx.visible.renew();
  }

  #restMs(): number {
    const now = this.#ctx.clock.monotonic();
    const at = Math.min(this.#renewedAt + RIGHTS_MS, this.#watched.lookAgainAt?.() ?? Number.POSITIVE_INFINITY);
    return Math.max(0, at - now);
  }
}
