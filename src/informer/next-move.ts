import type { ResourceSyncState } from '../model/cluster.ts';
import { backoffMs } from '../runtime/backoff.ts';
import { type Failure, type FailureKind, isSilence, LAGGING } from './failure.ts';
import type { ReflectorTuning } from './reflector-tuning.ts';

/**
 * What to do after what happened: the reflector's decisions as data. Nothing here waits, sends or asks the time.
 *
 * `list` reads everything. `watch` follows from the position. `probe` asks for one object not older than the
 * position: it shows that the server answers, that we may read, and that the server has not gone back behind us;
 * a watch from a version that lies in the server's future would be silent instead of failing.
 */
export type Step = 'list' | 'probe' | 'watch';

/** Where a list starts from: at least what we have seen, or the server's present state whatever that is. */
export type ListFrom =
  | 'last-seen'
  | 'latest'
  /** The present state, and what was known of versions and deletions counts for nothing. */
  | 'afresh';

export type Outcome =
  | { readonly type: 'listed' }
  | { readonly type: 'probed' }
  /** The server closed the stream. `events`: those that were news. */
  | { readonly type: 'watch-ended'; readonly livedMs: number; readonly askedMs: number; readonly events: number }
  | { readonly type: 'failed'; readonly step: Step; readonly failure: Failure }
  /** Somebody doubts that the connection still stands. */
  | { readonly type: 'doubted' }
  | { readonly type: 'relist-asked'; readonly from: ListFrom; readonly reason: string };

export interface Move {
  readonly next: Step;
  readonly waitMs: number;
  /** Counted and shown when `next` is a list. */
  readonly reason: string;
  /** What the kind shows from now on; absent: as before. */
  readonly shows?: Shown;
  /** The wait may be cut short when the cluster is known to answer again. */
  readonly endsOnContact?: boolean;
}

export interface Shown {
  readonly state: ResourceSyncState;
  readonly failure: Failure;
}

/** What the past weighs. Times are monotonic milliseconds. */
export interface History {
  /** A complete list was taken: there is a position to follow from. */
  readonly hasSynced: boolean;
  readonly listFrom: ListFrom;
  /** In a row, as are the next four: without two minutes of health between them. */
  readonly failures: number;
  readonly expirations: number;
  readonly unreadable: number;
  readonly refusals: number;
  readonly serverErrorsSince?: number;
  readonly healthySince?: number;
  /** A watch was refused for good, once. */
  readonly unwatchable?: true;
  /** And again after a list: the kind cannot be watched, it is listed every now and then. */
  readonly polls?: true;
}

export const NO_HISTORY: History = { hasSynced: false, listFrom: 'last-seen', failures: 0, expirations: 0, unreadable: 0, refusals: 0 };

export interface Circumstances {
  readonly nowMs: number;
  /** In [0, 1). */
  readonly chance: number;
  readonly tuning: ReflectorTuning;
}

export interface Decision {
  readonly move: Move;
  readonly history: History;
}

export function decideAfter(outcome: Outcome, history: History, at: Circumstances): Decision {
  switch (outcome.type) {
    case 'listed':
      return afterList({ ...listedHistory(history), ...healthySince(history, at) }, at);
    case 'probed':
      return decision({ next: 'watch', waitMs: 0, reason: 'Probed' }, history);
    case 'doubted':
      return decision({ next: history.hasSynced && history.polls !== true ? 'probe' : 'list', waitMs: 0, reason: 'Doubted' }, history);
    case 'relist-asked':
      return decision({ next: 'list', waitMs: 0, reason: outcome.reason }, { ...history, listFrom: outcome.from });
    case 'watch-ended':
      return afterEnd(outcome, history, at);
    case 'failed':
      return AFTER[outcome.failure.kind](outcome, aged(history, at), at);
  }
}

/** A watch brought something, or stood long enough: the copy is live. */
export function afterConfirmed(history: History, nowMs: number): History {
  return { ...history, healthySince: history.healthySince ?? nowMs };
}

function afterList(history: History, at: Circumstances): Decision {
  if (history.polls !== true) return decision({ next: 'watch', waitMs: 0, reason: 'Listed' }, history);
  return decision({ next: 'list', waitMs: spread(at.tuning.pollMs, at.chance), reason: POLL }, history);
}

/** The reason of a list in place of a watch. */
export const POLL = 'Poll';

function afterEnd(outcome: Extract<Outcome, { type: 'watch-ended' }>, history: History, at: Circumstances): Decision {
  if (outcome.livedMs >= outcome.askedMs - 1_000) return decision({ next: 'watch', waitMs: 0, reason: 'WatchEnded' }, history);
  const isShort = outcome.livedMs < at.tuning.shortWatchMs && outcome.events === 0;
  if (!isShort) return decision({ next: 'probe', waitMs: 0, reason: 'WatchCut' }, history);
  const failure: Failure = {
    kind: 'connection',
    reason: 'WatchClosedAtOnce',
    message: 'the server closes the watch as soon as it is open',
  };
  return afterConnection({ type: 'failed', step: 'watch', failure }, aged(history, at), at);
}

type FailedOutcome = Extract<Outcome, { type: 'failed' }>;
type Rule = (outcome: FailedOutcome, history: History, at: Circumstances) => Decision;

const AFTER: Readonly<Record<FailureKind, Rule>> = {
  connection: afterConnection,
  throttled: (outcome, history, at) => retry(outcome, failedOnce(history), at),
  server: afterServerError,
  expired: listFromLatest,
  behind: afterBehind,
  credentials: (outcome, history, at) => {
    const failed = failedOnce(history);
    const waitMs = backoffMs(at.tuning.unauthorizedBackoff, failed.failures - 1, at.chance);
    return decision({ ...again(outcome, failed), waitMs, shows: { state: 'UNAUTHORIZED', failure: outcome.failure } }, failed);
  },
  rights: afterForbidden,
  'not-served': (outcome, history, at) => {
    const failed = failedOnce(history);
    const waitMs = spread(at.tuning.goneRetryMs, at.chance);
    return decision({ ...again(outcome, failed), waitMs, shows: { state: 'GONE', failure: outcome.failure } }, failed);
  },
  unreadable: afterUnreadable,
  unwatchable: afterUnwatchable,
  // What was held of it is no more.
  budget: (outcome, history, at) => {
    const move: Move = { next: 'list', waitMs: spread(at.tuning.budgetRetryMs, at.chance), reason: outcome.failure.reason };
    return decision({ ...move, shows: { state: 'CONNECTING', failure: outcome.failure } }, { ...failedOnce(history), hasSynced: false });
  },
};

/** The first cut of a healthy watch is looked into at once and not shown; trouble that stays, or has lasted unnoticed, is. */
function afterConnection(outcome: FailedOutcome, history: History, at: Circumstances): Decision {
  const failed = failedOnce(history);
  if (outcome.step !== 'watch' || failed.failures > 1 || isSilence(outcome.failure)) return retry(outcome, failed, at);
  return decision(
    { next: 'probe', waitMs: at.chance * at.tuning.firstRetryMs, reason: outcome.failure.reason, endsOnContact: true },
    failed,
  );
}

function afterServerError(outcome: FailedOutcome, history: History, at: Circumstances): Decision {
  const since = history.serverErrorsSince ?? at.nowMs;
  const failed = failedOnce({ ...history, serverErrorsSince: since });
  if (outcome.step === 'list' || at.nowMs - since <= at.tuning.serverErrorsMs) return retry(outcome, failed, at);
  return relist(outcome, { ...failed, listFrom: 'last-seen' }, at);
}

/** At once the first time, then backed off: a server that expires everything must not be listed in a loop. */
function listFromLatest(outcome: FailedOutcome, history: History, at: Circumstances): Decision {
  const { expirations } = history;
  const waitMs = expirations === 0 ? 0 : backoffMs(at.tuning.backoff, expirations - 1, at.chance);
  const move: Move = { next: 'list', waitMs, reason: outcome.failure.reason, shows: { state: stale(history), failure: outcome.failure } };
  return decision(move, { ...history, expirations: expirations + 1, listFrom: 'latest' });
}

/**
 * The server says so itself: only its present state can tell a lagging replica from a restored backup, so that is
 * asked for. Without its saying so (an answer older than asked for) we hold what we have until it catches up.
 */
function afterBehind(outcome: FailedOutcome, history: History, at: Circumstances): Decision {
  return outcome.failure.reason === LAGGING ? retry(outcome, failedOnce(history), at) : listFromLatest(outcome, history, at);
}

/** True when it was read, and never younger than the last reading: that is said for as long as it lasts. */
function afterUnwatchable(outcome: FailedOutcome, history: History, at: Circumstances): Decision {
  if (outcome.step !== 'watch' || history.unwatchable !== true) return afterUnreadable(outcome, { ...history, unwatchable: true }, at);
  const failure: Failure = {
    ...outcome.failure,
    reason: 'NotWatchable',
    message: 'this kind cannot be watched: it is read every now and then',
  };
  const { move } = afterList({ ...history, polls: true }, at);
  return decision({ ...move, shows: { state: 'DEGRADED', failure } }, { ...history, polls: true });
}

function afterUnreadable(outcome: FailedOutcome, history: History, at: Circumstances): Decision {
  const failed = failedOnce({ ...history, unreadable: history.unreadable + 1 });
  const { move, history: next } = relist(outcome, failed, at);
  const state = next.unreadable >= at.tuning.degradedAfter ? 'DEGRADED' : stale(history);
  return decision({ ...move, shows: { state, failure: outcome.failure } }, next);
}

function retry(outcome: FailedOutcome, history: History, at: Circumstances): Decision {
  const { failure } = outcome;
  const asked = (failure.retryAfterMs ?? 0) * (1 + at.chance / 10);
  const waitMs = Math.max(asked, backoffMs(at.tuning.backoff, history.failures - 1, at.chance));
  const endsOnContact = failure.kind === 'connection';
  return decision({ ...again(outcome, history), waitMs, endsOnContact, shows: { state: stale(history), failure } }, history);
}

function relist(outcome: FailedOutcome, history: History, at: Circumstances): Decision {
  const { move } = retry(outcome, history, at);
  return decision({ ...move, next: 'list' }, history);
}

/** Soon at first, then every few minutes. A refusal among other troubles of a server that comes back is not shown before it is repeated. */
function afterForbidden(outcome: FailedOutcome, history: History, at: Circumstances): Decision {
  const refusals = history.refusals + 1;
  const otherFailures = history.failures - history.refusals;
  const isShown = !history.hasSynced || refusals > (otherFailures > 0 ? 2 : 1);
  const failed = failedOnce({ ...history, refusals });
  const waitMs = backoffMs(at.tuning.forbiddenBackoff, refusals - 1, at.chance);
  const move: Move = { ...again(outcome, failed), waitMs };
  return decision(isShown ? { ...move, shows: { state: 'FORBIDDEN', failure: outcome.failure } } : move, failed);
}

/** A list that failed is listed again; anything else is felt for before it is watched again. */
function again(outcome: FailedOutcome, history: History): Pick<Move, 'next' | 'reason'> {
  const next = outcome.step === 'list' || !history.hasSynced || history.polls === true ? 'list' : 'probe';
  return { next, reason: outcome.failure.reason };
}

function stale(history: History): ResourceSyncState {
  return history.hasSynced ? 'STALE' : 'CONNECTING';
}

function failedOnce(history: History): History {
  return { ...history, failures: history.failures + 1 };
}

/** Two minutes of health wipe the slate; any failure ends the health. */
function aged(history: History, at: Circumstances): History {
  const { healthySince: since, serverErrorsSince, unwatchable, ...rest } = history;
  if (since !== undefined && at.nowMs - since >= at.tuning.healthyAfterMs)
    return { ...rest, failures: 0, expirations: 0, unreadable: 0, refusals: 0 };
  return { ...rest, ...(serverErrorsSince !== undefined && { serverErrorsSince }), ...(unwatchable && { unwatchable }) };
}

function listedHistory({ serverErrorsSince: _, ...history }: History): History {
  return { ...history, hasSynced: true, listFrom: 'last-seen' };
}

function healthySince(history: History, at: Circumstances): Pick<History, 'healthySince'> {
  return { healthySince: history.healthySince ?? at.nowMs };
}

function spread(ms: number, chance: number): number {
  return ms * (0.75 + chance / 2);
}

function decision(move: Move, history: History): Decision {
  return { move, history };
}
