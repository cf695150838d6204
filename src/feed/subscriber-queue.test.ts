import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_POSITIONS } from './position.ts';
import { SubscriberQueue } from './subscriber-queue.ts';

const at = (version: string) => new Map([['pods', { version, commits: 1 }]]);

describe("a subscriber's queue", () => {
  it('holds a key once, in the order of its first naming, and counts merges that the reader missed', () => {
    const queue = new SubscriberQueue(10);
    for (const key of ['a', 'b', 'a', 'b', 'a']) queue.put('c1', key, { since: NO_POSITIONS, away: true });
    queue.put('c1', 'a', { since: NO_POSITIONS, away: false });
    expect(queue.take('c1')).toEqual(['a', 'b']);
    expect([queue.takeConflated(), queue.takeConflated()]).toEqual([3, 0]);
    expect(queue.take('c1')).toEqual([]);
  });

  it('knows up to where a cluster is told', () => {
    const queue = new SubscriberQueue(10);
    expect(queue.since('c1')).toBeUndefined();
    queue.put('c1', 'a', { since: at('5'), away: false });
    queue.put('c1', 'b', { since: at('6'), away: false });
    expect(queue.since('c1')).toEqual(at('5'));
    queue.take('c1');
    expect(queue.since('c1')).toBeUndefined();
  });

  it('loses the cluster with most keys when it is full, as a whole, and keeps the rest', () => {
    const queue = new SubscriberQueue(5);
    queue.put('c2', 'x', { since: NO_POSITIONS, away: true });
    for (const key of ['a', 'b', 'c', 'd', 'e']) queue.put('c1', key, { since: at('5'), away: true });
    expect([...queue.lost()]).toEqual([['c1', { since: at('5'), slow: false }]]);
    expect([queue.take('c1'), queue.take('c2'), queue.since('c1')]).toEqual([[], ['x'], at('5')]);
    queue.put('c1', 'f', { since: at('9'), away: true });
    expect(queue.size).toBe(0);
    queue.blameReader();
    expect(queue.lost().get('c1')?.slow).toBe(true);
    queue.clear('c1');
    expect(queue.lost().size).toBe(0);
  });

  it('never holds more than its bound', () => {
    const put = fc.record({
      cluster: fc.constantFrom('c1', 'c2', 'c3'),
      key: fc.nat(30).map(String),
      take: fc.boolean(),
      forget: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(put, { maxLength: 200 }), (puts) => {
        const queue = new SubscriberQueue(12);
        for (const { cluster, key, take, forget } of puts) {
          queue.put(cluster, key, { since: NO_POSITIONS, away: true });
          if (forget) queue.forget(cluster, key);
          else if (take && key.length === 2) queue.take(cluster);
          expect(queue.size).toBeLessThanOrEqual(12);
          expect(queue.size).toBeGreaterThanOrEqual(0);
        }
        const held = ['c1', 'c2', 'c3'].reduce((sum, name) => sum + queue.take(name).length, 0);
        expect(queue.size).toBe(0);
        expect(held).toBeLessThanOrEqual(12);
      }),
    );
  });
});
