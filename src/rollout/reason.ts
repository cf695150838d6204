import type { CauseExample } from '../status/cause.ts';

/** Why a run is where it is. Closed: people write rules on these. */
export const REASON_CODES = [
  'Starting',
  'Claiming',
  'CheckingRights',
  'WaitingForHealth',
  'NotObserved',
  'ClusterUnreachable',
  'Throttled',
  'Resolving',
  'Progressing',
  'NodesNotReady',
  'Overshoot',
  'Baking',
  'WaitingForAdvance',
  'Pausing',
  'PausedByUser',
  'Stuck:ImagePull',
  'Stuck:ConfigError',
  'Stuck:CrashLoop',
  'Stuck:NotReady',
  'Stuck:Unschedulable',
  'Stuck:HookBlocked',
  'StepDeadlineExceeded',
  'ForeignEdit',
  'MarkerLost',
  'LockedBy',
  'Forbidden',
  'AuthorRightLost',
  'PatchRejected',
  'RollingBack',
  'RolledBack',
  'RollbackIncomplete',
  'Aborting',
  'AbortedByUser',
  'Finishing',
  'Succeeded',
  'TargetGone',
  'TargetRecreated',
] as const;
export type ReasonCode = (typeof REASON_CODES)[number];

/** Fields of Mutation that may move a run from where it is. */
export type UnblockingMutation =
  | 'rolloutStart'
  | 'rolloutAdvance'
  | 'rolloutPause'
  | 'rolloutResume'
  | 'rolloutAbort'
  | 'rolloutRollback'
  | 'rolloutRetry';

export interface Reason {
  readonly code: ReasonCode;
  /** A sentence for people. */
  readonly message: string;
  /** Milliseconds since 1970, of the moment this reason began. */
  readonly since: number;
  /** At most five objects that it is about. */
  readonly objects: readonly CauseExample[];
  /** What a person can do; empty where nothing need be done, or nothing can. */
  readonly unblock: readonly UnblockingMutation[];
}
