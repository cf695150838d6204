import { expect, it } from 'vitest';
import { YieldQueue } from './yield-queue.ts';

/** An event loop of which each turn calls what was deferred before it began. */
class Loop {
  now = 0;
  #deferred: (() => void)[] = [];
  readonly queue = new YieldQueue({ monotonic: () => this.now, defer: (callback) => void this.#deferred.push(callback) });

  async turn(): Promise<void> {
    const callbacks = this.#deferred;
    this.#deferred = [];
    for (const callback of callbacks) {
      callback();
      await Promise.resolve();
      await Promise.resolve();
    }
  }
}

it('lets those who yielded go on for a few milliseconds a turn, each as often as the others', async () => {
  const loop = new Loop();
  const rounds = Array.from({ length: 10 }, () => 0);
  for (const at of rounds.keys()) {
    void (async () => {
      for (;;) {
        await loop.queue.next();
        loop.now += 3;
        rounds[at] = (rounds[at] ?? 0) + 1;
      }
    })();
  }
  for (let turns = 0; turns < 40; turns += 1) {
    const before = loop.now;
    await loop.turn();
    expect(loop.now - before).toBeGreaterThanOrEqual(3);
    expect(loop.now - before).toBeLessThanOrEqual(9);
  }
  expect(Math.min(...rounds)).toBeGreaterThanOrEqual(10);
  expect(Math.max(...rounds) - Math.min(...rounds)).toBeLessThanOrEqual(1);
});

it('lets all who are quick go on in one turn', async () => {
  const loop = new Loop();
  let done = 0;
  for (let at = 0; at < 100; at += 1) void loop.queue.next().then(() => (done += 1));
  expect(done).toBe(0);
  await loop.turn();
  expect(done).toBe(100);
});
