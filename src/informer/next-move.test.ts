import { describe, expect, it } from 'vitest';
import { ApiError, type ApiErrorCode, type ApiErrorDetail } from '../kube/api-error.ts';
import { failureOf, LAGGING } from './failure.ts';
import { decideAfter, type History, type Move, NO_HISTORY, type Outcome, type Step } from './next-move.ts';
import { REFLECTOR_TUNING } from './reflector-tuning.ts';

const NOW = 1_000_000;
const SYNCED: History = { ...NO_HISTORY, hasSynced: true };
const HEALTHY: History = { ...SYNCED, healthySince: NOW - 10_000 };

function decide(outcome: Outcome, history: History, chance = 0.5) {
  return decideAfter(outcome, history, { nowMs: NOW, chance, tuning: REFLECTOR_TUNING });
}

function failed(step: Step, code: ApiErrorCode, detail: ApiErrorDetail = {}, message = 'no'): Outcome {
  return { type: 'failed', step, failure: failureOf(new ApiError(code, message, detail)) };
}

const poison: ApiErrorDetail = { reason: 'UnreadableLine' };

interface Row {
  readonly name: string;
  readonly outcome: Outcome;
  readonly history?: History;
  readonly move: Partial<Move>;
  readonly state?: string;
}

const rows: Row[] = [
  { name: 'a complete list is followed by a watch', outcome: { type: 'listed' }, move: { next: 'watch', waitMs: 0 } },
  { name: 'a probe that succeeds is followed by a watch', outcome: { type: 'probed' }, move: { next: 'watch', waitMs: 0 } },
  {
    name: 'R9 a watch that lived as long as asked is opened again at once',
    outcome: { type: 'watch-ended', livedMs: 400_000, askedMs: 400_000, events: 0 },
    move: { next: 'watch', waitMs: 0 },
  },
  {
    name: 'R10 a watch cut early is felt for at once, without a list',
    outcome: { type: 'watch-ended', livedMs: 60_000, askedMs: 400_000, events: 3 },
    move: { next: 'probe', waitMs: 0 },
  },
  {
    name: 'R9 a short and empty watch is a failure, looked into soon the first time',
    outcome: { type: 'watch-ended', livedMs: 10, askedMs: 400_000, events: 0 },
    move: { next: 'probe', waitMs: 100 },
  },
  {
    name: 'R9 a second short and empty watch is backed off',
    outcome: { type: 'watch-ended', livedMs: 10, askedMs: 400_000, events: 0 },
    history: { ...SYNCED, failures: 1 },
    move: { next: 'probe', waitMs: 1_200 },
    state: 'STALE',
  },
  {
    name: 'R10 the first cut of a healthy connection is looked into within 200 ms and not shown',
    outcome: failed('watch', 'unreachable'),
    move: { next: 'probe', waitMs: 100, endsOnContact: true },
  },
  {
    name: 'R17 a connection found dead after a silence is shown at once',
    outcome: failed('watch', 'unreachable', { reason: 'TimedOut' }),
    move: { next: 'probe', waitMs: 600 },
    state: 'STALE',
  },
  {
    name: 'R15 a refused connection is tried again after back-off, not listed',
    outcome: failed('probe', 'unreachable'),
    move: { next: 'probe', waitMs: 600, endsOnContact: true },
    state: 'STALE',
  },
  {
    name: 'R15 before the first list a refused connection means: list later',
    outcome: failed('list', 'unreachable'),
    history: NO_HISTORY,
    move: { next: 'list', waitMs: 600 },
    state: 'CONNECTING',
  },
  {
    name: 'R12 the first 410 is met by a list at once',
    outcome: failed('watch', 'gone', { status: 410 }),
    move: { next: 'list', waitMs: 0 },
    state: 'STALE',
  },
  {
    name: 'R12 the third 410 in a row is backed off',
    outcome: failed('watch', 'gone', { status: 410 }),
    history: { ...SYNCED, expirations: 2 },
    move: { next: 'list', waitMs: 1_200 },
    state: 'STALE',
  },
  {
    name: 'R13 a throttled watch is watched again after back-off, not listed',
    outcome: failed('watch', 'throttled', { status: 429 }),
    move: { next: 'probe', waitMs: 600, endsOnContact: false },
    state: 'STALE',
  },
  {
    name: 'R14 Retry-After is waited for at least, with jitter on top',
    outcome: failed('watch', 'throttled', { status: 429, retryAfterMs: 120_000 }),
    move: { next: 'probe', waitMs: 126_000 },
    state: 'STALE',
  },
  {
    name: 'R14 the back-off counts when it is longer than Retry-After',
    outcome: failed('list', 'throttled', { status: 503, retryAfterMs: 1_000 }),
    history: { ...SYNCED, failures: 5 },
    move: { next: 'list', waitMs: 19_200 },
    state: 'STALE',
  },
  {
    name: 'R13 a 5xx on a watch is watched again',
    outcome: failed('watch', 'server-error', { status: 500 }),
    move: { next: 'probe', waitMs: 600 },
    state: 'STALE',
  },
  {
    name: 'R13 5xx for more than two minutes mean a list',
    outcome: failed('watch', 'server-error', { status: 500 }),
    history: { ...SYNCED, failures: 6, serverErrorsSince: NOW - 120_001 },
    move: { next: 'list' },
    state: 'STALE',
  },
  {
    name: 'R11 a poison line means a list',
    outcome: failed('watch', 'server-error', poison),
    move: { next: 'list', waitMs: 600, reason: 'UnreadableLine' },
    state: 'STALE',
  },
  {
    name: 'R11 the third poison line in a row makes the kind degraded',
    outcome: failed('watch', 'server-error', poison),
    history: { ...SYNCED, unreadable: 2, failures: 2 },
    move: { next: 'list' },
    state: 'DEGRADED',
  },
  {
    name: 'R6 an event that could not be applied means a list',
    outcome: { type: 'failed', step: 'watch', failure: failureOf(new TypeError('x')) },
    move: { next: 'list', reason: 'NotApplied' },
    state: 'STALE',
  },
  {
    name: 'R20 refused credentials are tried again with a longer back-off',
    outcome: failed('watch', 'unauthorized', { status: 401 }),
    move: { next: 'probe', waitMs: 1_200 },
    state: 'UNAUTHORIZED',
  },
  {
    name: 'R21 a kind that is forbidden from the start says so and is tried again soon, in case the server has just started',
    outcome: failed('list', 'forbidden', { status: 403 }),
    history: NO_HISTORY,
    move: { next: 'list', waitMs: 750 },
    state: 'FORBIDDEN',
  },
  {
    name: 'R21 a kind that stays forbidden is tried again after minutes',
    outcome: failed('probe', 'forbidden', { status: 403 }),
    history: { ...SYNCED, failures: 6, refusals: 6 },
    move: { next: 'probe', waitMs: 135_000 },
    state: 'FORBIDDEN',
  },
  {
    name: 'R21 the first refusal of a kind that was read is looked into before it is shown',
    outcome: failed('watch', 'forbidden', { status: 403 }),
    move: { next: 'probe', waitMs: 750 },
  },
  {
    name: 'R21 a server that comes back and refuses everybody for a moment is still shown as it was',
    outcome: failed('probe', 'forbidden', { status: 403 }),
    history: { ...SYNCED, failures: 5, refusals: 1 },
    move: { next: 'probe', waitMs: 2_250 },
  },
  {
    name: 'R21 the second refusal in a row is shown',
    outcome: failed('probe', 'forbidden', { status: 403 }),
    history: { ...SYNCED, failures: 1, refusals: 1 },
    move: { next: 'probe', waitMs: 2_250 },
    state: 'FORBIDDEN',
  },
  {
    name: 'R21 a kind that is not served waits for discovery',
    outcome: failed('watch', 'not-found', { status: 404 }),
    move: { next: 'probe', waitMs: 300_000 },
    state: 'GONE',
  },
  {
    name: 'R4 a server that says it is behind us is asked for its present state',
    outcome: failed('probe', 'server-error', { status: 504 }, 'Too large resource version: 200, current: 60'),
    move: { next: 'list', waitMs: 0 },
    state: 'STALE',
  },
  {
    name: 'R4 the same, said by a cause',
    outcome: failed('list', 'throttled', { status: 504, causes: [{ field: '', reason: 'ResourceVersionTooLarge', message: '' }] }),
    move: { next: 'list', waitMs: 0 },
    state: 'STALE',
  },
  {
    name: 'R4 an old answer that is not admitted to be old is not believed: what we hold stays until it catches up',
    outcome: failed('list', 'server-error', { reason: LAGGING }),
    move: { next: 'list', waitMs: 600 },
    state: 'STALE',
  },
  {
    name: 'a list asked for from outside begins at once',
    outcome: { type: 'relist-asked', from: 'latest', reason: 'Audit' },
    move: { next: 'list', waitMs: 0, reason: 'Audit' },
  },
  { name: 'a doubted connection is felt for at once', outcome: { type: 'doubted' }, move: { next: 'probe', waitMs: 0 } },
];

describe('what to do after what happened', () => {
  it.each(rows)('$name', ({ outcome, history = HEALTHY, move, state }) => {
    const decided = decide(outcome, history);
    expect(decided.move).toMatchObject(move);
    expect(decided.move.shows?.state).toBe(state);
  });

  it('R4 only a 410 or a server that is behind us opens the way back; then every list does, until one succeeds', () => {
    const gone = decide(failed('watch', 'gone', { status: 410 }), HEALTHY).history;
    expect(gone.listFrom).toBe('latest');
    const refused = decide(failed('list', 'unreachable'), gone).history;
    expect(refused.listFrom).toBe('latest');
    expect(decide({ type: 'listed' }, refused).history.listFrom).toBe('last-seen');
    expect(decide(failed('watch', 'server-error', poison), HEALTHY).history.listFrom).toBe('last-seen');
  });

  it('R15 waits grow from 0.8 s by twos to 30 s and spread over half of it', () => {
    const waits = (chance: number) => {
      const seen: number[] = [];
      let history = SYNCED;
      for (let attempt = 0; attempt < 8; attempt += 1) {
        const decided = decide(failed('probe', 'unreachable'), history, chance);
        seen.push(Math.round(decided.move.waitMs));
        history = decided.history;
      }
      return seen;
    };
    expect(waits(0)).toEqual([400, 800, 1_600, 3_200, 6_400, 12_800, 15_000, 15_000]);
    expect(waits(1)).toEqual([800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000, 30_000]);
  });

  it('R15 two minutes of health wipe the slate, less does not', () => {
    const troubled: History = { ...SYNCED, failures: 6, expirations: 3, unreadable: 4 };
    const next = (healthyMs: number) => decide(failed('probe', 'unreachable'), { ...troubled, healthySince: NOW - healthyMs }).history;
    expect(next(120_000)).toMatchObject({ failures: 1, expirations: 0, unreadable: 0 });
    expect(next(119_999)).toMatchObject({ failures: 7, expirations: 3, unreadable: 4 });
  });

  it('no outcome, no history ever leads to a stop or a wait without end', () => {
    const codes: ApiErrorCode[] = [
      'not-found',
      'conflict',
      'invalid',
      'gone',
      'forbidden',
      'unauthorized',
      'unsupported',
      'throttled',
      'unreachable',
      'outcome-unknown',
      'server-error',
    ];
    for (const step of ['list', 'probe', 'watch'] as const) {
      for (const code of codes) {
        let history = NO_HISTORY;
        for (let round = 0; round < 50; round += 1) {
          const decided = decide(failed(step, code), history, 0.999);
          expect(decided.move.waitMs).toBeLessThanOrEqual(400_000);
          expect(Number.isFinite(decided.move.waitMs)).toBe(true);
          history = decided.history;
        }
      }
    }
  });
});
