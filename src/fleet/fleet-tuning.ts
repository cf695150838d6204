import type { ReflectorTuning } from '../informer/reflector-tuning.ts';
import type { Backoff } from '../runtime/backoff.ts';
import type { TurnLimits } from './turns.ts';

/** Times in milliseconds. */
export interface FleetTuning {
  readonly reflector: Partial<ReflectorTuning>;
  /** Full lists at a time. */
  readonly lists: TurnLimits;
  /** First contacts at a time. */
  readonly contacts: TurnLimits;
  /** Starts are spread over this long for each cluster of the fleet, and never over more than `maxSpreadMs`. */
  readonly spreadPerClusterMs: number;
  readonly maxSpreadMs: number;
  readonly contactTimeoutMs: number;
  readonly contactBackoff: Backoff;
  /** What a cluster serves, which version it is and whether it is still the same one is read again this often. */
  readonly rediscoverMs: number;
  /** How soon after each other kinds that vanished, or definitions that changed, make us look again. */
  readonly rediscoverBackoff: Backoff;
  /** Counts and times alone are published no more often than this. */
  readonly countsEveryMs: number;
  /** Staleness of one kind that is over sooner is not shown for the cluster. */
  readonly holdBackMs: number;
  /** A kind that answers 404 is believed to be gone after this long, if discovery does not name it either. */
  readonly goneAfterMs: number;
  /**
   * A cluster from which nothing came for this long, bookmarks included, is asked whether it still answers: a
   * connection that hangs is noticed within 45 s, whatever carries it.
   */
  readonly quietMs: number;
  readonly quietTimeoutMs: number;
  /** A kind is compared with the server this often. */
  readonly auditEveryMs: number;
  /** What is held is kept on disk about this often, and at the end, for which the whole fleet has `finalCopyMs`. */
  readonly copyEveryMs: number;
  /** The first time sooner, where nothing was kept: the process may not live until the next. */
  readonly firstCopyMs: number;
  readonly finalCopyMs: number;
  /** Copies written or read at a time: some that are whole are worth more than many that are half done. */
  readonly copies: TurnLimits;
  /** Estimated bytes that all copies together may take. */
  readonly memoryBytes: number;
  /** How long `stop` waits for a connection to close. */
  readonly closeTimeoutMs: number;
}

export const FLEET_TUNING: FleetTuning = {
  reflector: {},
  lists: { total: 8, perCluster: 2, holdMs: 5_000 },
  contacts: { total: 32, perCluster: 1, holdMs: 2_000 },
  spreadPerClusterMs: 10,
  maxSpreadMs: 3_000,
  contactTimeoutMs: 10_000,
  contactBackoff: { firstMs: 800, factor: 2, capMs: 30_000 },
  rediscoverMs: 300_000,
  rediscoverBackoff: { firstMs: 2_000, factor: 2, capMs: 300_000 },
  countsEveryMs: 5_000,
  holdBackMs: 2_000,
  goneAfterMs: 5_000,
  quietMs: 30_000,
  quietTimeoutMs: 5_000,
  auditEveryMs: 1_800_000,
  copyEveryMs: 300_000,
  firstCopyMs: 60_000,
  finalCopyMs: 10_000,
  copies: { total: 4, perCluster: 1, holdMs: 5_000 },
  memoryBytes: Number.POSITIVE_INFINITY,
  closeTimeoutMs: 2_000,
};
