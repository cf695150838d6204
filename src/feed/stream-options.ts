import type { ClusterRecord } from '../model/cluster.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Random } from '../runtime/random.ts';
import type { GraphStore } from '../store/graph-store.ts';
import type { ChangeLog } from './change-log.ts';
import type { Freshness } from './freshness.ts';
import type { ResumeTokens } from './resume-token.ts';
import type { StreamAccess } from './stream-access.ts';
import type { StreamSource } from './stream-source.ts';

/** What every stream of this process shares. */
export interface StreamDeps {
  readonly store: GraphStore;
  readonly log: ChangeLog;
  readonly tokens: ResumeTokens;
  readonly clock: Clock;
  readonly random: Random;
  /** Fires when the process ends: streams hand out a last token and complete. */
  readonly closing?: AbortSignal;
}

export interface ObjectStreamOptions<R> extends StreamDeps {
  readonly source: StreamSource<R>;
  readonly access: StreamAccess;
  /** Asked again and again: clusters may join and leave. Names that the store does not know are ignored. */
  readonly clustersInScope: () => Iterable<string>;
  /** Clusters in scope are named to the reader only once it may see something there. Default: being in scope is no secret. */
  readonly secretScope?: boolean;
  /** Only rows of this namespace. */
  readonly namespace?: string;
  /** Selector and filter, over the present store. Synchronous; a throw ends this stream. */
  readonly matches: (row: R) => boolean;
  /** The content that the reader can see; a row is sent again only when it changed. Default: the row itself. */
  readonly fingerprint?: (row: R) => unknown;
  /** Content that by itself makes no change more often than `everyMs`: counts and times. */
  readonly background?: { readonly fingerprint: (row: R) => unknown; readonly everyMs: number };
  /** For rows whose content depends on time: those for which `changes` holds (default: all) are looked at again so often. */
  readonly reevaluate?: { readonly everyMs: number; readonly changes?: (row: R) => boolean };
  /** What a resume token is bound to: root field, selectors and filter in one canonical text. Not the selection, not the reader. */
  readonly binding: string;
  readonly resume?: string;
  /** Default true. */
  readonly snapshot?: boolean;
  /** How true the copy of a cluster is for this stream. Default: `freshnessOf` over the kinds of the source. */
  readonly freshness?: (cluster: ClusterRecord) => Freshness;
  /** The reader went away. */
  readonly signal?: AbortSignal;
  readonly limits?: Partial<StreamLimits>;
}

/** Times in milliseconds. */
export interface StreamLimits {
  /** Changes that come within this window leave together. */
  readonly flushMs: number;
  /** Rows in one SNAPSHOT message, and in one message of a rescan. */
  readonly pageRows: number;
  /** Rows waiting for one reader; beyond, the cluster with most of them is read anew. */
  readonly maxPending: number;
  /** A reader that did not come back for so long when its queue overflowed gets a RESYNC. */
  readonly slowAfterMs: number;
  /** How long SYNCED waits for clusters that have neither arrived nor failed. */
  readonly syncWaitMs: number;
  /** Rights are asked again after this long at the latest. */
  readonly rightsMs: number;
  /** How often an idle stream looks at scope, rights and freshness. */
  readonly tickMs: number;
  /** After a change of a cluster's record they are looked at so soon. */
  readonly clusterTickMs: number;
  /** Between two tokens on CHANGES. */
  readonly tokenMs: number;
}

export const DEFAULT_LIMITS: StreamLimits = {
  flushMs: 20,
  pageRows: 500,
  maxPending: 10_000,
  slowAfterMs: 1_000,
  syncWaitMs: 10_000,
  rightsMs: 5_000,
  tickMs: 1_000,
  clusterTickMs: 100,
  tokenMs: 1_000,
};
