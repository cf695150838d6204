import { ApiError } from '../kube/api-error.ts';
import type { WatchEvent } from '../kube/watch-event.ts';
import type { Resource } from '../model/resource.ts';
import type { ResourceVersion } from '../model/resource-version.ts';
import type { Clock } from '../runtime/clock.ts';
import { untilAborted } from './interruptible.ts';
import { checkEventObject } from './object-check.ts';
import { newest, type Position } from './position.ts';
import type { ObjectEvent, ReflectorSink } from './reflector-sink.ts';
import type { ReflectorTuning } from './reflector-tuning.ts';

export interface FollowOptions {
  readonly batches: AsyncIterable<readonly WatchEvent[]>;
  /** What came with the end of a list by stream: taken first. */
  readonly rest: readonly WatchEvent[];
  readonly resource: Resource;
  /** Moves on with each event, after the sink has it. */
  readonly position: Position;
  readonly sink: ReflectorSink;
  readonly clock: Clock;
  readonly tuning: ReflectorTuning;
  /** After every event and every bookmark. */
  readonly onEvent: () => void;
  readonly signal: AbortSignal;
}

/** Takes what a watch brings until it ends; returns how many events were news. Throws what broke it off. */
export function followWatch(options: FollowOptions): Promise<number> {
  return new WatchFollower(options).follow();
}

class WatchFollower {
  readonly #options: FollowOptions;
  /** The position when the watch was opened: it owes us what is newer. */
  readonly #openedAt: ResourceVersion | undefined;
  #taken = 0;
  #news = 0;

  constructor(options: FollowOptions) {
    this.#options = options;
    this.#openedAt = options.position.current;
  }

  async follow(): Promise<number> {
    const { batches, rest, signal } = this.#options;
    await this.#takeBatch(rest);
    for await (const batch of untilAborted(batches, signal)) await this.#takeBatch(batch);
    return this.#news;
  }

  async #takeBatch(batch: readonly WatchEvent[]): Promise<void> {
    const { clock, tuning, signal } = this.#options;
    for (const event of batch) {
      if (signal.aborted) return;
      this.#take(event);
      if (event.type === 'bookmark') continue;
      this.#taken += 1;
      if (this.#taken % tuning.eventsPerTurn === 0) await clock.yield();
    }
  }

  #take(event: WatchEvent): void {
    switch (event.type) {
      case 'bookmark':
        this.#moveTo(event.resourceVersion);
        break;
      case 'added':
      case 'modified':
      case 'deleted':
        this.#apply(event);
        break;
      default:
        throw new ApiError('server-error', 'an event of an unknown type', { reason: 'UnreadableEvent' });
    }
    this.#options.onEvent();
  }

  #apply(event: ObjectEvent): void {
    const { position, resource, sink } = this.#options;
    const version = checkEventObject(event.object, resource);
    // Told again from before this watch: the copy knows it, or knows that the object is gone. Some servers give the
    // deletion of an object the object's last version, so deletions are always news.
    if (event.type !== 'deleted' && newest(this.#openedAt, version) === this.#openedAt) return;
    const next = newest(position.current, version);
    if (next !== position.current) this.#news += 1;
    sink.apply(event, next);
    position.moveTo(next);
  }

  #moveTo(resourceVersion: ResourceVersion): void {
    const { position, sink } = this.#options;
    const next = newest(position.current, resourceVersion);
    if (next === position.current) return;
    sink.moveTo(next);
    position.moveTo(next);
  }
}
