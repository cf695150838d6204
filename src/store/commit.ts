import type { EventRecord } from '../model/event-record.ts';
import type { ObjectRecord } from '../model/object-record.ts';
import type { GroupResource } from '../model/resource.ts';
import type { ResourceVersion } from '../model/resource-version.ts';

/** What one transaction changed, announced after it is readable. */
export interface Commit {
  readonly revision: number;
  readonly cluster: string;
  /** An object occurs at most once. Empty when only the cluster's own record changed. */
  readonly changes: readonly Change[];
  /**
   * The cluster's record (state, freshness, version, labels) changed, or the cluster came or left: then the
   * store no longer knows its name.
   */
  readonly clusterChanged: boolean;
  /**
   * Up to where in the server's own history the kinds touched by this transaction are now known: the parts of a
   * resume position. A kind that is being listed keeps its old position until the list is complete.
   */
  readonly positions: readonly ResourcePosition[];
}

/** `before` absent: added; `after` absent: removed. The same name with another uid is a removal and an addition. */
export type Change =
  | {
      readonly resource: GroupResource;
      readonly before?: ObjectRecord;
      readonly after?: ObjectRecord;
      /** A removal that the server did not announce: the object was missing from a list, so `before` may not be its last state. */
      readonly finalStateUnknown?: true;
    }
  | { readonly resource: 'events'; readonly event: EventRecord };

/** Versions of different kinds, or of different epochs of one kind, are not to be compared. */
export interface ResourcePosition {
  readonly resource: GroupResource;
  readonly resourceVersion: ResourceVersion;
  /** Grows when the server's history went back (a restored backup, a rebuilt cluster). Counted by this process. */
  readonly epoch: number;
}
