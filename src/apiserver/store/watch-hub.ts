import type { GroupResource } from '../../model/resource.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Random } from '../../runtime/random.ts';
import type { Change } from './history.ts';
import type { ObjectStore } from './object-store.ts';
import { Watcher, type WatcherOptions } from './watcher.ts';

/** As the real server: about once a minute, and once shortly before the stream is closed. */
const BOOKMARK_EVERY_MS = 60_000;
const BOOKMARK_BEFORE_END_MS = 2_000;
/** Without `timeoutSeconds` a stream lives for one to two of these. Source: --min-request-timeout. */
const MIN_REQUEST_TIMEOUT_MS = 1_800_000;

export interface WatchHubOptions {
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly random: Random;
}

interface Schedule {
  bookmarkAt: number;
  readonly endAt: number;
}

/** All watches of one cluster: hands them changes, bookmarks and, in time, their end. One timer for all. */
export class WatchHub implements Disposable {
  readonly #options: WatchHubOptions;
  readonly #watchers = new Map<GroupResource, Map<Watcher, Schedule>>();
  readonly #subscription: Disposable;
  #timer: { readonly at: number; readonly handle: Disposable } | undefined;

  constructor(options: WatchHubOptions) {
    this.#options = options;
    this.#subscription = options.store.onChange((change) => this.#publish(change));
  }

  /** Watches that are open. */
  get size(): number {
    let size = 0;
    for (const watchers of this.#watchers.values()) size += watchers.size;
    return size;
  }

  /** `timeoutMs` absent: half an hour to an hour. */
  open(options: WatcherOptions, timeoutMs?: number): Watcher {
    const watcher = new Watcher(options, (closed) => this.#forget(closed));
    const now = this.#options.clock.monotonic();
    const endAt = now + (timeoutMs ?? MIN_REQUEST_TIMEOUT_MS * (1 + this.#options.random.next()));
    const schedule = { bookmarkAt: nextBookmark(now, endAt), endAt };
    this.#watchersOf(options.collection).set(watcher, schedule);
    this.#wakeBy(nextWake(watcher, schedule));
    return watcher;
  }

  /** Ends every watch; of one collection if named (its kind is no longer served). */
  closeAll(collection?: GroupResource): void {
    for (const [name, watchers] of [...this.#watchers]) {
      if (collection === undefined || name === collection) for (const watcher of [...watchers.keys()]) watcher.close();
    }
  }

  [Symbol.dispose](): void {
    this.closeAll();
    this.#subscription[Symbol.dispose]();
    this.#timer?.handle[Symbol.dispose]();
    this.#timer = undefined;
  }

  #publish(change: Change): void {
    const watchers = this.#watchers.get(change.collection);
    if (watchers !== undefined) for (const watcher of watchers.keys()) watcher.offer(change);
  }

  #watchersOf(collection: GroupResource): Map<Watcher, Schedule> {
    let watchers = this.#watchers.get(collection);
    if (watchers === undefined) {
      watchers = new Map();
      this.#watchers.set(collection, watchers);
    }
    return watchers;
  }

  #forget(watcher: Watcher): void {
    const { collection } = watcher.options;
    const watchers = this.#watchers.get(collection);
    watchers?.delete(watcher);
    if (watchers?.size === 0) this.#watchers.delete(collection);
    if (this.#watchers.size > 0) return;
    this.#timer?.handle[Symbol.dispose]();
    this.#timer = undefined;
  }

  #wakeBy(at: number): void {
    if (this.#timer !== undefined && this.#timer.at <= at) return;
    this.#timer?.handle[Symbol.dispose]();
    const { clock } = this.#options;
    this.#timer = { at, handle: clock.after(Math.max(0, at - clock.monotonic()), () => this.#tick()) };
  }

  #tick(): void {
    this.#timer = undefined;
    const now = this.#options.clock.monotonic();
    let earliest = Number.POSITIVE_INFINITY;
    for (const watchers of [...this.#watchers.values()]) {
      for (const [watcher, schedule] of [...watchers]) {
        this.#serve(watcher, schedule, now);
        if (watcher.isOpen) earliest = Math.min(earliest, nextWake(watcher, schedule));
      }
    }
    if (earliest !== Number.POSITIVE_INFINITY) this.#wakeBy(earliest);
  }

  #serve(watcher: Watcher, schedule: Schedule, now: number): void {
    if (schedule.endAt <= now) {
      watcher.close();
      return;
    }
    if (schedule.bookmarkAt > now) return;
    if (watcher.options.wantsBookmarks)
      watcher.push({ type: 'bookmark', revision: this.#options.store.revision, endsInitialEvents: false });
    schedule.bookmarkAt = nextBookmark(now, schedule.endAt);
  }
}

function nextWake(watcher: Watcher, { bookmarkAt, endAt }: Schedule): number {
  return watcher.options.wantsBookmarks ? Math.min(bookmarkAt, endAt) : endAt;
}

function nextBookmark(now: number, endAt: number): number {
  const regular = now + BOOKMARK_EVERY_MS;
  const last = endAt - BOOKMARK_BEFORE_END_MS;
  return last > now && last < regular ? last : regular;
}
