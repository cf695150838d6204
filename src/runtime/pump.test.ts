import { describe, expect, it } from 'vitest';
import { type Lane, Pump } from './pump.ts';
import { VirtualClock } from './virtual-clock.ts';

const KIB = 1_024;

/** A connection that has `pieces` of work waiting; notes when each is done. */
async function work(lane: Lane, name: string, pieces: number, log: string[]): Promise<void> {
  for (let piece = 0; piece < pieces; piece += 1) {
    using _turn = await lane.turn(64 * KIB);
    log.push(name);
  }
}

/** How much more there was after each turn of the event loop; each slice of work ends with one. */
async function countTurns(clock: VirtualClock, count: () => number, until: number): Promise<number[]> {
  const grown: number[] = [];
  for (let before = 0; before < until; before = count()) {
    await new Promise<void>((resolve) => setImmediate(resolve));
    grown.push(count() - before);
    if (grown.length > 100) throw new Error('nothing goes on');
  }
  return grown.slice(1).concat(await clock.yield().then(() => 0));
}

describe('R31 the pump', () => {
  it('R31 gives clusters their turns round robin, however many connections one of them has', async () => {
    const pump = new Pump(new VirtualClock());
    const [flood, quiet] = [pump.lane(), pump.lane()];
    const log: string[] = [];
    const floods = Array.from({ length: 400 }, () => work(flood, 'flood', 5, log));
    await Promise.all([work(quiet, 'quiet', 20, log), ...floods]);
    // Never more than two pieces of the other's between two of its own.
    const places = log.flatMap((name, at) => (name === 'quiet' ? [at] : []));
    expect(places.every((place, at) => at === 0 || place - (places[at - 1] ?? 0) <= 3)).toBe(true);
    expect(log).toHaveLength(2_020);
  });

  it('R31 lets the event loop turn after so many bytes', async () => {
    const clock = new VirtualClock();
    const pump = new Pump(clock, { sliceMs: 6, sliceBytes: 10 * 64 * KIB });
    const log: string[] = [];
    const done = Promise.all(Array.from({ length: 40 }, () => work(pump.lane(), 'w', 1, log)));
    const byTurn = await countTurns(clock, () => log.length, 40);
    expect(Math.max(...byTurn)).toBe(10);
    await done;
  });

  it('R31 lets the event loop turn after so many milliseconds', async () => {
    let now = 0;
    const clock = Object.assign(new VirtualClock(), { monotonic: () => now });
    const pump = new Pump(clock);
    let done = 0;
    const all = Array.from({ length: 10 }, async () => {
      using _turn = await pump.lane().turn(1);
      done += 1;
      now += 4;
    });
    expect(Math.max(...(await countTurns(clock, () => done, 10)))).toBe(2);
    await Promise.all(all);
  });

  it('R31 goes on without one that does not give its turn back', async () => {
    const clock = new VirtualClock();
    const pump = new Pump(clock);
    const [stuck, healthy] = [pump.lane(), pump.lane()];
    const kept = await stuck.turn(1);
    const log: string[] = [];
    await work(healthy, 'healthy', 3, log);
    kept[Symbol.dispose]();
    await work(stuck, 'back', 1, log);
    expect(log).toEqual(['healthy', 'healthy', 'healthy', 'back']);
  });
});
