import type { ClusterRecord } from '../model/cluster.ts';
import type { EventRecord } from '../model/event-record.ts';
import type { ObjectRecord } from '../model/object-record.ts';
import type { GroupResource } from '../model/resource.ts';
import type { ResourceVersion } from '../model/resource-version.ts';
import type { ResourcePosition } from './commit.ts';

/** What one transaction does to one cluster. The store owns the records and sets handed over with it. */
export interface StoreBatch {
  /** Done in order. */
  readonly operations?: readonly StoreOperation[];
  /** Taken over after the operations. */
  readonly positions?: readonly ResourcePosition[];
  /** The cluster's own record as it now is; its name must be the cluster's. */
  readonly record?: ClusterRecord;
}

export type StoreOperation =
  /** Seen on a watch. Ignored when the store holds the uid at this or a newer version, or has seen it deleted. */
  | { readonly type: 'put'; readonly record: ObjectRecord }
  /**
   * Found in a list of the state at `listVersion`, which is never older than the position of the kind. Overrides
   * what the store holds, unless that is newer than the list and of the same epoch.
   */
  | { readonly type: 'listed'; readonly record: ObjectRecord; readonly listVersion: ResourceVersion; readonly newEpoch: boolean }
  /** Deleted on a watch. Another object of the same name is left alone. */
  | { readonly type: 'remove'; readonly resource: GroupResource; readonly uid: string; readonly resourceVersion: ResourceVersion }
  /** A list is complete: whatever it did not name is gone. */
  | { readonly type: 'sweep'; readonly resource: GroupResource; readonly keep: readonly string[] }
  /** The server's history went back: what was learnt about versions and deletions of this kind is void. */
  | { readonly type: 'forget-history'; readonly resource: GroupResource }
  | { readonly type: 'event'; readonly event: EventRecord }
  | { readonly type: 'clear-events' };
