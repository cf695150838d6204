import { describe, expect, it } from 'vitest';
import type { EventRecord } from '../model/event-record.ts';
import { RecordEventRing } from './record-event-ring.ts';

const HOUR = 3_600_000;

function anEvent(uid: string, lastSeenAt: number, change: Partial<EventRecord> = {}): EventRecord {
  const regarding = { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'web', uid: 'pod-1' };
  return {
    ...{ cluster: 'dev', namespace: 'shop', name: uid, uid, resourceVersion: String(lastSeenAt), type: 'Normal', reason: 'Started' },
    ...{ message: 'Started container', count: 1, lastSeenAt, regarding },
    ...change,
  };
}

function ringAt(now: number): { ring: RecordEventRing; time: { now: number } } {
  const time = { now };
  return { ring: new RecordEventRing(() => time.now), time };
}

const uids = (events: Iterable<EventRecord>) => [...events].map(({ uid }) => uid);

describe('the ring of events', () => {
  it('shows the newest first, in whatever order they came', () => {
    const { ring } = ringAt(HOUR);
    for (const at of [5, 2, 9, 7]) ring.put(anEvent(`e${at}`, at));
    expect(uids(ring.all())).toEqual(['e9', 'e7', 'e5', 'e2']);
  });

  it('keeps the newest 1,000', () => {
    const { ring } = ringAt(HOUR);
    for (let at = 0; at < 1_500; at += 1) ring.put(anEvent(`e${at}`, at));
    expect(ring.size).toBe(1_000);
    expect(uids(ring.all()).at(-1)).toBe('e500');
    expect(ring.put(anEvent('too-old', 3))).toBe(false);
  });

  it('drops what is older than an hour, without anything having to come', () => {
    const { ring, time } = ringAt(HOUR);
    ring.put(anEvent('old', HOUR - 1_000));
    ring.put(anEvent('new', HOUR));
    time.now = 2 * HOUR;
    expect(uids(ring.all())).toEqual(['new']);
    expect(uids(ring.regarding('pod-1'))).toEqual(['new']);
    time.now = 2 * HOUR + 1;
    expect(ring.size).toBe(0);
  });

  it('moves an event that repeats to the front', () => {
    const { ring } = ringAt(HOUR);
    ring.put(anEvent('a', 1));
    ring.put(anEvent('b', 2));
    expect(ring.put(anEvent('a', 3, { count: 2 }))).toBe(true);
    expect(uids(ring.all())).toEqual(['a', 'b']);
    expect(ring.size).toBe(2);
  });

  it('R25 is not impressed by what it knows', () => {
    const { ring } = ringAt(HOUR);
    ring.put(anEvent('a', 5));
    expect(ring.put(anEvent('a', 5))).toBe(false);
    expect(ring.put(anEvent('a', 5, { resourceVersion: '9' }))).toBe(false);
    expect(ring.put(anEvent('a', 4, { count: 7 }))).toBe(false);
  });

  it('finds events by what they regard', () => {
    const { ring } = ringAt(HOUR);
    ring.put(anEvent('a', 1));
    ring.put(anEvent('b', 2, { regarding: { ...anEvent('b', 2).regarding, uid: 'pod-2' } }));
    ring.put(anEvent('c', 3));
    expect(uids(ring.regarding('pod-1'))).toEqual(['c', 'a']);
    expect(uids(ring.regarding('nobody'))).toEqual([]);
  });
});
