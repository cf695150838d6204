import { expect, it } from 'vitest';
import { VirtualClock } from '../runtime/virtual-clock.ts';
import { Turns } from './turns.ts';

const LIMITS = { total: 3, perCluster: 2, holdMs: 5_000 };

function bench() {
  const clock = new VirtualClock();
  const turns = new Turns(clock, LIMITS);
  const entered: string[] = [];
  const held = new Map<string, Disposable>();
  const leaving = new AbortController();
  const enter = async (cluster: string, name: string, signal = leaving.signal) => {
    held.set(name, await turns.forCluster(cluster).enter(signal));
    entered.push(name);
  };
  const leave = (name: string) => held.get(name)?.[Symbol.dispose]();
  return { clock, turns, entered, enter, leave, leaving };
}

it('R32 admits so many in all and so many of one cluster, first come first served', async () => {
  const { clock, entered, enter, leave } = bench();
  for (const name of ['a1', 'a2', 'a3']) void enter('a', name);
  for (const name of ['b1', 'b2']) void enter('b', name);
  await clock.settle();
  expect(entered).toEqual(['a1', 'a2', 'b1']);
  leave('b1');
  await clock.settle();
  expect(entered).toEqual(['a1', 'a2', 'b1', 'b2']);
  leave('a1');
  leave('a1');
  await clock.settle();
  expect(entered.at(-1)).toBe('a3');
  expect(entered).toHaveLength(5);
});

it('R32 one that holds its turn for too long no longer keeps others out', async () => {
  const { clock, entered, enter, leave } = bench();
  for (const name of ['a1', 'a2', 'a3']) void enter('a', name);
  await clock.advanceBy(5_000);
  expect(entered).toEqual(['a1', 'a2', 'a3']);
  leave('a1');
  for (const name of ['b1', 'b2', 'b3']) void enter('b', name);
  await clock.settle();
  expect(entered).toHaveLength(5);
});

it('R33 one that gives up waiting leaves no trace', async () => {
  const { clock, turns, enter, entered, leaving, leave } = bench();
  for (const name of ['a1', 'a2', 'a3']) void enter('a', name);
  const other = new AbortController();
  await clock.settle();
  void enter('b', 'b1', other.signal);
  leaving.abort();
  await clock.settle();
  expect(turns.waiting).toBe(0);
  expect(entered).toEqual(['a1', 'a2', 'b1', 'a3']);
  for (const name of entered) leave(name);
  expect(clock.pendingTimers).toBe(0);
});
