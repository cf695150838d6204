import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../runtime/virtual-clock.ts';
import { type Credential, RefreshedCredentials } from './credentials.ts';
import { deferred } from './deferred.ts';

const MAX_AGE_MS = 60_000;

function given(fetch: (renewed: boolean, run: number) => Promise<Credential> | Credential) {
  const clock = new VirtualClock();
  const runs: boolean[] = [];
  const credentials = new RefreshedCredentials({
    clock,
    maxAgeMs: MAX_AGE_MS,
    fetch: async (renewed) => {
      runs.push(renewed);
      return fetch(renewed, runs.length);
    },
  });
  return { clock, runs, credentials };
}

const token = (text: string | number): Credential => ({ authorization: `Bearer ${text}` });

describe('RefreshedCredentials', () => {
  it('fetches once for all who wait, and again when it is old', async () => {
    const slow = deferred<Credential>();
    const { clock, runs, credentials } = given((_renewed, run) => (run === 1 ? slow.promise : token(run)));
    const waiting = Promise.all(Array.from({ length: 40 }, () => credentials.current()));
    slow.resolve(token(1));
    expect(new Set(await waiting)).toEqual(new Set([token(1)]));
    await clock.advanceBy(MAX_AGE_MS - 1);
    expect(await credentials.current()).toEqual(token(1));
    await clock.advanceBy(1);
    expect(await credentials.current()).toEqual(token(2));
    expect(runs).toEqual([false, false]);
  });

  it('fetches anew, with nothing remembered, what was refused; once for all whom it was refused to', async () => {
    const { runs, credentials } = given((_renewed, run) => token(run));
    const refused = await credentials.current();
    for (let at = 0; at < 40; at += 1) credentials.invalidate(refused);
    expect(await credentials.current()).toEqual(token(2));
    for (let at = 0; at < 40; at += 1) credentials.invalidate(refused);
    expect(await credentials.current()).toEqual(token(2));
    expect(runs).toEqual([false, true]);
  });

  it('does not fetch at every attempt what is refused although it is new', async () => {
    const { clock, runs, credentials } = given(() => token('dead'));
    for (let second = 0; second < 20; second += 1) {
      credentials.invalidate(await credentials.current());
      await clock.advanceBy(1_000);
    }
    expect(runs.length).toBeLessThanOrEqual(6);
  });

  it('goes on with what it has when fetching fails, unless that was refused', async () => {
    const { clock, credentials } = given((_renewed, run) => (run === 1 ? token(1) : Promise.reject(new Error('no plugin'))));
    const first = await credentials.current();
    await clock.advanceBy(MAX_AGE_MS);
    expect(await credentials.current()).toEqual(token(1));
    credentials.invalidate(first);
    await expect(credentials.current()).rejects.toThrow('no plugin');
  });
});
