import type { ObjectRecord } from '../model/object-record.ts';

export type StreamPhase = 'SNAPSHOT' | 'SYNCED' | 'CHANGES' | 'RESYNC' | 'FRESHNESS' | 'CLOSING';
export type ChangeType = 'ADDED' | 'MODIFIED' | 'REMOVED';

/** `record` is absent on REMOVED. `key` identifies the object within the stream (cluster, kind, namespace, name, uid). */
export interface StreamChange<R> {
  readonly type: ChangeType;
  readonly cluster: string;
  readonly identity: ObjectIdentity;
  readonly record?: R;
}

export type ObjectIdentity = Pick<ObjectRecord, 'cluster' | 'resource' | 'namespace' | 'name' | 'uid'>;

/** One message of a stream of objects; its life is described in the schema (type Subscription). */
export interface StreamMessage<R> {
  readonly phase: StreamPhase;
  readonly changes: readonly StreamChange<R>[];
  /** On SYNCED and CLOSING, and at most once a second with CHANGES. */
  readonly resumeToken?: string;
  /** Updates merged away since the last message because the reader was slow. */
  readonly conflated: number;
  /** On SYNCED and FRESHNESS: names of all clusters in scope that are not live. Absent: unchanged. */
  readonly staleClusters?: readonly string[];
  /** On RESYNC: the clusters that lost continuity; absent: all. */
  readonly resyncClusters?: readonly string[];
}
