import type { Backoff } from '../runtime/backoff.ts';
import { REFLECTOR_BACKOFF } from '../runtime/backoff.ts';

/** Times in milliseconds. The defaults are client-go's where it has the like. */
export interface ReflectorTuning {
  /** Objects a page. 500 pods are about 3 MB of JSON, 10 ms of parsing. */
  readonly pageSize: number;
  /** The first list: the most recent state, or whatever the server's cache holds. */
  readonly firstList: 'latest' | 'any';
  readonly backoff: Backoff;
  /** Connection trouble and refusals are forgotten after this long without any. */
  readonly healthyAfterMs: number;
  /** A watch that ends sooner than this and brought nothing is a failure. */
  readonly shortWatchMs: number;
  /** After trouble a watch must stand this long, or bring something, before the copy counts as live. */
  readonly settleMs: number;
  /** The first retry after a cut comes within this time: a cut alone is not worth showing. */
  readonly firstRetryMs: number;
  /** How long a server may fail with 5xx before we list again instead of watching again. */
  readonly serverErrorsMs: number;
  /** The least and the most a watch is asked to last, so that watches do not end together. */
  readonly watchMs: { readonly least: number; readonly most: number };
  /** How much longer than asked for a watch may last before we end it ourselves. */
  readonly watchGraceMs: number;
  readonly listTimeoutMs: number;
  readonly probeTimeoutMs: number;
  /**
   * Between tries of a kind that we may not read. Soon at first: a server that has just started refuses everybody
   * until it has read its roles.
   */
  readonly forbiddenBackoff: Backoff;
  /** Between tries of a kind that is not served, if nobody resumes the reflector earlier. */
  readonly goneRetryMs: number;
  readonly unauthorizedBackoff: Backoff;
  /** Lists restarted because their continue token expired, before one full list without pages. */
  readonly listRestarts: number;
  /** Unreadable answers in a row that make a kind DEGRADED. */
  readonly degradedAfter: number;
  /** A list by stream that tells nothing for this long is given up for one in pages. */
  readonly streamStallMs: number;
  /** Between two lists of a kind that cannot be watched, give or take a quarter. */
  readonly pollMs: number;
  /** Until a kind for which there was no room is tried again. */
  readonly budgetRetryMs: number;
  /** Pages without an object, or that begin like an earlier one, before a list is called endless. */
  readonly emptyPages: number;
  /** Events, or objects of a page, applied in one go before others get their turn. */
  readonly eventsPerTurn: number;
}

export const REFLECTOR_TUNING: ReflectorTuning = {
  pageSize: 500,
  firstList: 'latest',
  backoff: REFLECTOR_BACKOFF,
  healthyAfterMs: 120_000,
  shortWatchMs: 5_000,
  settleMs: 500,
  firstRetryMs: 200,
  serverErrorsMs: 120_000,
  watchMs: { least: 300_000, most: 600_000 },
  watchGraceMs: 15_000,
  listTimeoutMs: 30_000,
  probeTimeoutMs: 5_000,
  forbiddenBackoff: { firstMs: 1_000, factor: 3, capMs: 180_000 },
  goneRetryMs: 300_000,
  unauthorizedBackoff: { firstMs: 1_600, factor: 2, capMs: 60_000 },
  listRestarts: 2,
  degradedAfter: 3,
  streamStallMs: 10_000,
  pollMs: 30_000,
  budgetRetryMs: 300_000,
  emptyPages: 10,
  eventsPerTurn: 128,
};
