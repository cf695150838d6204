import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../runtime/virtual-clock.ts';
import { watchLiveness } from './liveness.ts';

const TIMING = { readIdleMs: 30_000, pingTimeoutMs: 15_000 };

function watched() {
  const clock = new VirtualClock();
  const connection = { read: 0, isBehind: false, answersPings: false, pings: [] as number[], goneAt: undefined as number | undefined };
  const startedAt = clock.monotonic();
  const watch = watchLiveness(
    {
      bytesRead: () => connection.read,
      isBehind: () => connection.isBehind,
      ping: () => {
        connection.pings.push(clock.monotonic() - startedAt);
        if (connection.answersPings) connection.read += 17;
      },
      giveUp: () => {
        connection.goneAt = clock.monotonic() - startedAt;
      },
    },
    clock,
    TIMING,
  );
  return { clock, connection, watch };
}

describe('R17 whether a connection lives', () => {
  it('asks after 30 s of silence, and gives up when nothing has come 15 s later', async () => {
    const { clock, connection } = watched();
    await clock.advanceBy(60_000);
    expect(connection).toMatchObject({ pings: [30_000], goneAt: 45_000 });
  });

  it('gives up 45 s after the last byte at the latest, whenever that came', async () => {
    for (let at = 500; at < 10_000; at += 500) {
      const { clock, connection } = watched();
      await clock.advanceBy(at);
      connection.read += 1;
      await clock.advanceBy(60_000);
      const silentMs = (connection.goneAt ?? 0) - at;
      expect(silentMs).toBeGreaterThan(41_000);
      expect(silentMs).toBeLessThanOrEqual(45_000);
      expect((connection.goneAt ?? 0) - (connection.pings[0] ?? 0)).toBe(15_000);
    }
  });

  it('leaves one alone that answers, however quiet it is', async () => {
    const { clock, connection } = watched();
    connection.answersPings = true;
    await clock.advanceBy(600_000);
    expect(connection.goneAt).toBeUndefined();
    expect(connection.pings.length).toBeGreaterThanOrEqual(15);
  });

  it('gives up within 9 s one that takes nothing and brings nothing', async () => {
    const { clock, connection } = watched();
    await clock.advanceBy(13_000);
    connection.read += 1;
    connection.isBehind = true;
    const since = clock.monotonic();
    await clock.advanceBy(9_000);
    expect(connection.goneAt).toBeDefined();
    expect(clock.monotonic() - since).toBeLessThanOrEqual(9_000);
  });

  it('leaves one alone that is behind and brings something, or was behind for a moment', async () => {
    const { clock, connection } = watched();
    for (let second = 0; second < 60; second += 1) {
      connection.read += 1;
      connection.isBehind = true;
      await clock.advanceBy(1_000);
    }
    connection.answersPings = true;
    for (let turn = 0; turn < 20; turn += 1) {
      connection.isBehind = turn % 2 === 0;
      await clock.advanceBy(3_000);
    }
    expect(connection.goneAt).toBeUndefined();
  });

  it('looks no more when it is disposed', async () => {
    const { clock, connection, watch } = watched();
    watch[Symbol.dispose]();
    await clock.advanceBy(120_000);
    expect(connection).toMatchObject({ pings: [], goneAt: undefined });
  });
});
