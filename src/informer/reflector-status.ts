import type { ResourceSyncState } from '../model/cluster.ts';
import type { ResourceVersion } from '../model/resource-version.ts';
import { type Failure, isSilence } from './failure.ts';

/** How one kind of one cluster is doing. Instants in milliseconds since 1970. */
export interface ReflectorStatus {
  readonly state: ResourceSyncState;
  readonly since: number;
  /** When the state or its reason last changed. */
  readonly changedAt: number;
  /** What is, or was last, wrong; absent once the copy is live again. */
  readonly failure?: Failure;
  /** The last failure ever. */
  readonly lastError?: string;
  /** A complete list was taken: the copy has been true. */
  readonly hasSynced: boolean;
  /** When the copy was last known to be true; absent while live and before the first list. */
  readonly staleSince?: number;
  /** The last event or bookmark. */
  readonly lastEventAt?: number;
  /** The last sign of life of the server about this kind, of any sort. */
  readonly lastSignAt?: number;
  readonly position?: ResourceVersion;
  /** Of the list under way, or of the last one. */
  readonly listed: number;
  /** Objects that the list under way will come to, where the server says. */
  readonly expected?: number;
  /** Lists begun after the first complete one. */
  readonly relists: number;
  /** How many of them for which reason; `Other` for those that would be too many to tell apart. */
  readonly relistReasons: ReadonlyMap<string, number>;
  /** Watches opened again after anything but their regular end. */
  readonly reconnects: number;
  /** Lines or objects that made no sense, and events that could not be applied. */
  readonly unreadable: number;
}

/** CamelCase. */
const REASON = /^[A-Z][A-Za-z0-9]{0,39}$/;
const MAX_REASONS = 16;

/** Keeps a `ReflectorStatus`: cheap to change with every event, made an object only when somebody looks. */
export class StatusKeeper {
  #status: ReflectorStatus;
  readonly #now: () => number;
  readonly #onState: () => void;
  readonly #relistReasons = new Map<string, number>();
  #lastEventAt: number | undefined;
  #lastSignAt: number | undefined;
  #lostAt: number | undefined;

  constructor(now: () => number, onState: () => void) {
    this.#now = now;
    this.#onState = onState;
    this.#status = {
      state: 'CONNECTING',
      since: now(),
      changedAt: now(),
      hasSynced: false,
      listed: 0,
      relists: 0,
      relistReasons: this.#relistReasons,
      reconnects: 0,
      unreadable: 0,
    };
  }

  snapshot(position: ResourceVersion | undefined): ReflectorStatus {
    return {
      ...this.#status,
      relistReasons: new Map(this.#relistReasons),
      ...(position !== undefined && { position }),
      ...(this.#lastEventAt !== undefined && { lastEventAt: this.#lastEventAt }),
      ...(this.#lastSignAt !== undefined && { lastSignAt: this.#lastSignAt }),
    };
  }

  get state(): ResourceSyncState {
    return this.#status.state;
  }

  eventCame(): void {
    this.#lastEventAt = this.#now();
    this.#lastSignAt = this.#lastEventAt;
  }

  signCame(): void {
    this.#lastSignAt = this.#now();
  }

  /** Nothing feeds the copy from now on, until it is live again. */
  lost(): void {
    this.#lostAt ??= this.#now();
  }

  /** Something failed. Not shown by itself: `show` says whether it is. */
  failed(failure: Failure): void {
    const { unreadable } = this.#status;
    this.#lostAt ??= isSilence(failure) ? (this.#lastSignAt ?? this.#now()) : this.#now();
    this.#status = {
      ...this.#status,
      lastError: `${failure.reason}: ${failure.message}`,
      unreadable: failure.kind === 'unreadable' ? unreadable + 1 : unreadable,
    };
  }

  show(state: ResourceSyncState, failure: Failure | undefined = this.#status.failure): void {
    const { failure: failureBefore, staleSince: staleBefore, ...rest } = this.#status;
    const isTrue = state === 'LIVE' || state === 'DEGRADED';
    const staleSince = isTrue || !rest.hasSynced ? undefined : (staleBefore ?? this.#lostAt ?? this.#now());
    const entered = rest.state !== state;
    const changed = entered || failure?.reason !== failureBefore?.reason;
    this.#status = {
      ...rest,
      state,
      since: entered ? this.#now() : rest.since,
      changedAt: changed ? this.#now() : rest.changedAt,
      ...(failure !== undefined && state !== 'LIVE' && { failure }),
      ...(staleSince !== undefined && { staleSince }),
    };
    if (changed) this.#onState();
  }

  listBegins(reason: string, isRelist: boolean): void {
    if (!isRelist) return;
    const counted = this.#countedAs(reason);
    this.#relistReasons.set(counted, (this.#relistReasons.get(counted) ?? 0) + 1);
    this.#status = { ...this.#status, relists: this.#status.relists + 1 };
  }

  /** Reasons may be a server's own words: no server shall make us keep ever more of them. */
  #countedAs(reason: string): string {
    if (this.#relistReasons.has(reason)) return reason;
    return REASON.test(reason) && this.#relistReasons.size < MAX_REASONS ? reason : 'Other';
  }

  /** A list in place of a watch is the usual thing and no state of its own. */
  listProgressed(listed: number, remaining: number | undefined, isPoll = false): void {
    const { expected: _, ...rest } = this.#status;
    this.#status = { ...rest, listed, ...(remaining !== undefined && { expected: listed + remaining }) };
    this.signCame();
    if (!isPoll) this.show('LISTING');
  }

  /** What was held is given up: the copy is no copy any more. */
  forget(): void {
    const { staleSince: _, ...rest } = this.#status;
    this.#status = { ...rest, hasSynced: false };
  }

  /** An earlier life of this process has taken a complete list. */
  resumed(staleSince: number): void {
    this.#lostAt = staleSince;
    this.#status = { ...this.#status, hasSynced: true };
    this.show('STALE');
  }

  /** The copy is true. `state` is DEGRADED where it may not stay so. */
  live(state: 'LIVE' | 'DEGRADED'): void {
    this.#lostAt = undefined;
    this.#status = { ...this.#status, hasSynced: true };
    this.show(state);
  }

  reconnected(): void {
    this.#status = { ...this.#status, reconnects: this.#status.reconnects + 1 };
  }
}
