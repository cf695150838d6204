import { describe, expect, it } from 'vitest';
import { openLane } from '../../runtime/pump.ts';
import { VirtualClock } from '../../runtime/virtual-clock.ts';
import type { WatchEvent } from '../watch-event.ts';
import { CallScope } from './call-scope.ts';
import { deferred } from './deferred.ts';
import { ObjectDecoder } from './object-decoder.ts';
import { bytes } from './testing/fake-transport.ts';
import { JsonLines, type WatchReading, watchBatches } from './watch-stream.ts';

function pod(name: string, resourceVersion: string) {
  return { kind: 'Pod', apiVersion: 'v1', metadata: { name, resourceVersion } };
}

function line(type: string, object: unknown): string {
  return `${JSON.stringify({ type, object })}\n`;
}

const GOOD =
  line('ADDED', pod('a', '1')) + line('MODIFIED', pod('a', '2')) + line('BOOKMARK', pod('', '3')) + line('DELETED', pod('a', '4'));

function readingWith(clock: VirtualClock): WatchReading {
  return { form: new JsonLines(new ObjectDecoder(undefined, () => {})), lane: openLane, clock };
}

async function eventsOf(body: AsyncIterable<Uint8Array>): Promise<{ events: WatchEvent[]; error: unknown }> {
  const clock = new VirtualClock();
  using scope = new CallScope(clock, undefined);
  const events: WatchEvent[] = [];
  try {
    for await (const batch of watchBatches(body, scope, readingWith(clock))) events.push(...batch);
    return { events, error: undefined };
  } catch (error) {
    return { events, error };
  }
}

describe('watchEvents', () => {
  it('tells each line as an event', async () => {
    const { events, error } = await eventsOf(bytes([GOOD]));
    expect(error).toBeUndefined();
    expect(events).toEqual([
      { type: 'added', object: pod('a', '1') },
      { type: 'modified', object: pod('a', '2') },
      { type: 'bookmark', resourceVersion: '3' },
      { type: 'deleted', object: pod('a', '4') },
    ]);
  });

  it('tells together what came together, and before what cannot be read all that came before it', async () => {
    const clock = new VirtualClock();
    using scope = new CallScope(clock, undefined);
    const body = bytes([GOOD.slice(0, 9), `${GOOD.slice(9)}${GOOD}nonsense\n${GOOD}`]);
    const batches = watchBatches(body, scope, readingWith(clock));
    expect((await batches.next()).value).toHaveLength(8);
    await expect(batches.next()).rejects.toMatchObject({ reason: 'UnreadableLine' });
    expect((await batches.next()).done).toBe(true);
  });

  it('R10 ends at any byte without an error and without half an event', async () => {
    const whole = Buffer.from(GOOD);
    for (let at = 0; at <= whole.length; at += 1) {
      const { events, error } = await eventsOf(bytes([whole.subarray(0, at)]));
      expect({ error, events: events.length }).toEqual({
        error: undefined,
        events: whole.subarray(0, at).toString().split('\n').length - 1,
      });
    }
  });

  it('passes over empty lines', async () => {
    expect((await eventsOf(bytes(['\n', line('ADDED', pod('a', '1')), '\n']))).events).toHaveLength(1);
  });

  it.each([
    { name: 'is not JSON', text: '{"type":"ADDED","object":{' },
    { name: 'is not an object', text: '7' },
    { name: 'has an unknown type', text: '{"type":"RENAMED","object":{}}' },
    { name: 'carries no object', text: '{"type":"ADDED"}' },
    {
      name: 'carries an object without a name',
      text: '{"type":"ADDED","object":{"kind":"Pod","apiVersion":"v1","metadata":{"resourceVersion":"1"}}}',
    },
    {
      name: 'carries an object without a version',
      text: '{"type":"ADDED","object":{"kind":"Pod","apiVersion":"v1","metadata":{"name":"a"}}}',
    },
    { name: 'is a bookmark without a version', text: '{"type":"BOOKMARK","object":{"metadata":{}}}' },
  ])('never goes on behind a line that $name', async ({ text }) => {
    const { events, error } = await eventsOf(bytes([line('ADDED', pod('a', '1')), `${text}\n`, line('ADDED', pod('b', '9'))]));
    expect(events).toHaveLength(1);
    expect(error).toMatchObject({ name: 'ApiError', code: 'server-error', reason: 'UnreadableLine' });
  });

  it('never quotes what it could not read', async () => {
    const { error } = await eventsOf(bytes(['{"object":"s3cret"\n']));
    expect(JSON.stringify([error, (error as Error).message, (error as Error).cause, (error as Error).stack])).not.toContain('s3cret');
  });

  it("throws an ERROR line as the server's error", async () => {
    const status = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version: 1 (7)' };
    const { events, error } = await eventsOf(bytes([line('ADDED', pod('a', '1')), line('ERROR', status)]));
    expect(events).toHaveLength(1);
    expect(error).toMatchObject({ code: 'gone', reason: 'Expired', status: 410, message: 'too old resource version: 1 (7)' });
  });

  it('R16 I5 refuses a line beyond the cap', async () => {
    const mebibyte = Buffer.alloc(1 << 20, 'x');
    const { error } = await eventsOf(bytes(Array(17).fill(mebibyte)));
    expect(error).toMatchObject({ code: 'server-error', reason: 'UnreadableLine' });
  });

  it('R18 gives up a line that does not end, however often a byte of it comes, and waits for the next line for ever', async () => {
    const clock = new VirtualClock();
    const more = [deferred<string>(), deferred<string>()];
    const scope = new CallScope(clock, undefined);
    async function* drip() {
      yield Buffer.from(line('ADDED', pod('a', '1')));
      for (const next of more) yield Buffer.from(await next.promise);
    }
    const events = watchBatches(drip(), scope, readingWith(clock));
    await events.next();
    const pending = events.next();
    await clock.advanceBy(3_600_000);
    expect(scope.signal.aborted).toBe(false);
    more[0]?.resolve('{"type":');
    await clock.settle();
    await clock.advanceBy(59_000);
    expect(scope.signal.aborted).toBe(false);
    await clock.advanceBy(1_000);
    expect(scope.signal.aborted).toBe(true);
    more[1]?.resolve('"x"');
    await pending;
    expect(clock.pendingTimers).toBe(0);
  });

  it('R18 counts neither the wait for a turn nor what the reader takes as time of a line that has begun', async () => {
    const clock = new VirtualClock();
    using scope = new CallScope(clock, undefined);
    const [second, third] = [deferred<string>(), deferred<string>()];
    const [begin, end] = [line('ADDED', pod('a', '1')).slice(0, 9), line('ADDED', pod('a', '1')).slice(9)];
    async function* body() {
      yield Buffer.from(begin);
      yield Buffer.from(await second.promise);
      yield Buffer.from(await third.promise);
    }
    const slowLane = { turn: (bytes: number) => clock.sleep(120_000).then(() => openLane.turn(bytes)) };
    const events = watchBatches(body(), scope, { ...readingWith(clock), lane: slowLane });
    const first = events.next();
    await clock.advanceBy(150_000);
    second.resolve(`${end}{"ty`);
    await clock.advanceBy(120_000);
    expect((await first).value).toHaveLength(1);
    await clock.advanceBy(120_000);
    expect(scope.signal.aborted).toBe(false);
    const rest = events.next();
    await clock.advanceBy(59_000);
    expect(scope.signal.aborted).toBe(false);
    await clock.advanceBy(1_000);
    expect(scope.signal.aborted).toBe(true);
    third.resolve('');
    await clock.advanceBy(120_000);
    await rest;
    expect(clock.pendingTimers).toBe(0);
  });
});
