import type { EventRecord } from '../model/event-record.ts';
import { compareResourceVersions } from '../model/resource-version.ts';
import type { EventRing } from './graph-store.ts';
import { equalData } from './records-equal.ts';
import { UidIndex } from './uid-index.ts';

export interface EventLimits {
  readonly maxEvents: number;
  readonly maxAgeMs: number;
}

const EVENT_LIMITS: EventLimits = { maxEvents: 1_000, maxAgeMs: 3_600_000 };

/** The newest events of one cluster, by the time they were last seen. An event that repeats moves to the front. */
export class RecordEventRing implements EventRing {
  readonly #now: () => number;
  readonly #limits: EventLimits;
  /** Oldest first. */
  readonly #events: EventRecord[] = [];
  readonly #byUid = new Map<string, EventRecord>();
  readonly #byRegarding = new UidIndex();

  constructor(now: () => number, limits: EventLimits = EVENT_LIMITS) {
    this.#now = now;
    this.#limits = limits;
  }

  get size(): number {
    this.#expire();
    return this.#events.length;
  }

  *all(): Iterable<EventRecord> {
    this.#expire();
    for (let at = this.#events.length - 1; at >= 0; at -= 1) yield this.#events[at] as EventRecord;
  }

  regarding(uid: string): Iterable<EventRecord> {
    this.#expire();
    const found: EventRecord[] = [];
    for (const eventUid of this.#byRegarding.uids(uid)) {
      const event = this.#byUid.get(eventUid);
      if (event !== undefined) found.push(event);
    }
    return found.sort((a, b) => this.#seenAt(b) - this.#seenAt(a));
  }

  /** Returns whether readers see something new. */
  put(event: EventRecord): boolean {
    const before = this.#byUid.get(event.uid);
    if (before !== undefined && (isOlder(event, before) || sameContent(event, before))) return false;
    if (this.#seenAt(event) < this.#now() - this.#limits.maxAgeMs) return false;
    if (before !== undefined) this.#remove(this.#events.indexOf(before));
    this.#insert(event);
    this.#expire();
    while (this.#events.length > this.#limits.maxEvents) this.#remove(0);
    return this.#byUid.get(event.uid) === event;
  }

  clear(): void {
    while (this.#events.length > 0) this.#remove(this.#events.length - 1);
  }

  #insert(event: EventRecord): void {
    let at = this.#events.length;
    while (at > 0 && this.#seenAt(this.#events[at - 1] as EventRecord) > this.#seenAt(event)) at -= 1;
    this.#events.splice(at, 0, event);
    this.#byUid.set(event.uid, event);
    this.#byRegarding.add(event.regarding.uid, event.uid);
  }

  #remove(at: number): void {
    const [event] = this.#events.splice(at, 1);
    if (event === undefined) return;
    this.#byUid.delete(event.uid);
    this.#byRegarding.remove(event.regarding.uid, event.uid);
  }

  #expire(): void {
    const oldestKept = this.#now() - this.#limits.maxAgeMs;
    for (let oldest = this.#events[0]; oldest !== undefined && this.#seenAt(oldest) < oldestKept; oldest = this.#events[0]) this.#remove(0);
  }

  /** An event that does not say when it was seen is as old as we are now: it leaves by number, not by age. */
  #seenAt(event: EventRecord): number {
    return event.lastSeenAt ?? event.firstSeenAt ?? this.#now();
  }
}

function isOlder(event: EventRecord, other: EventRecord): boolean {
  const order = compareResourceVersions(event.resourceVersion, other.resourceVersion);
  return order !== undefined && order < 0;
}

function sameContent(event: EventRecord, other: EventRecord): boolean {
  return equalData({ ...event, resourceVersion: '' }, { ...other, resourceVersion: '' });
}
