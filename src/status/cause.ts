import type { ObjectRecord } from '../model/object-record.ts';

/** Whom a cause speaks against: the new revision, the cluster, a rule that somebody set, or nobody can say. */
export type CauseSource = 'RELEASE' | 'ENVIRONMENT' | 'POLICY' | 'UNKNOWN';

/** A reason why something does not move. */
export interface Cause {
  readonly code: CauseCode;
  readonly message: string;
  /** Pods concerned. */
  readonly count: number;
  readonly since?: number;
  /** At most five. */
  readonly examples: readonly CauseExample[];
  readonly attributedTo: CauseSource;
}

export type CauseExample = Pick<ObjectRecord, 'cluster' | 'resource' | 'apiVersion' | 'kind' | 'namespace' | 'name' | 'uid'>;

/** From what explains most to what explains least: the order of rank among equals. */
export const CAUSE_CODES = [
  'StatefulSetForcedRollback',
  'ImagePull',
  'ConfigError',
  'CrashLoop',
  'WebhookDenied',
  'WebhookFailed',
  'AdmissionDenied',
  'QuotaExceeded',
  'PodDisruptionBudget',
  'ReplicaFailure',
  'HookBlocked',
  'Unschedulable',
  'SchedulingGated',
  'InPlaceUpdateStalled',
  'NodeDown',
  'TerminatingStuck',
  'NotReady',
  'ProgressDeadlineExceeded',
] as const;
export type CauseCode = (typeof CAUSE_CODES)[number];

export const MAX_EXAMPLES = 5;

export function exampleOf(record: ObjectRecord): CauseExample {
  const { cluster, resource, apiVersion, kind, namespace, name, uid } = record;
  return { cluster, resource, apiVersion, kind, namespace, name, uid };
}
