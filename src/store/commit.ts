import type { EventRecord } from '../model/event-record.ts';
import type { ObjectRecord } from '../model/object-record.ts';
import type { GroupResource } from '../model/resource.ts';

/** What one transaction changed, announced after it is readable. */
export interface Commit {
  readonly revision: number;
  readonly cluster: string;
  /** An object occurs at most once. Absent when only the cluster's own record changed. */
  readonly changes: readonly Change[];
  /** The cluster's record (state, freshness, version, labels) changed. */
  readonly clusterChanged: boolean;
}

/** `before` absent: added; `after` absent: removed. The same name with another uid is a removal and an addition. */
export type Change =
  | { readonly resource: GroupResource; readonly before?: ObjectRecord; readonly after?: ObjectRecord }
  | { readonly resource: 'events'; readonly event: EventRecord };
