import type { RunsCommand } from '../../../commands/commands.ts';
import type { RolloutMethod as Method, RolloutPhase as Phase, StepState } from '../../../rollout/state.ts';
import { builder } from '../../builder.ts';
import { describedEnum } from '../../enum-values.ts';
import { defineEnumFilter } from '../../filters.ts';

export const RolloutPhase = builder.enumType('RolloutPhase', {
  description: 'Where a rollout is. Values may be added; use `finished` and `viewerCan` to decide.',
  values: describedEnum<Phase>({
    PENDING: 'Accepted; nothing has been written to the cluster yet.',
    PLANNING: 'The steps are being worked out.',
    RUNNING: 'Pods are going to the new revision, or the next step is about to begin.',
    WAITING: 'A step is done and waits for `rolloutAdvance`, or for its timer.',
    PAUSING: 'A pause was asked for and is being carried out.',
    PAUSED: 'Stopped by `rolloutPause`; `rolloutResume` moves it again.',
    HALTED: 'Stopped by the machine: `reason` and `causes` say why, `reason.unblock` what would move it.',
    ABORTING: 'Being stopped for good.',
    ABORTED: 'Stopped for good; the pods are left as they were. Finished.',
    ROLLING_BACK: 'Going back to exactly what was there before.',
    ROLLED_BACK: 'Everything is as it was before. Finished.',
    ROLLBACK_FAILED: 'The way back does not go on by itself: `reason` says why.',
    SUCCEEDED: 'All pods are at the new revision and available. Finished.',
    FAILED: 'It cannot go on: the workload is gone. Finished.',
    SUPERSEDED: 'Another object, or another change, has taken the place of what it moved. Finished.',
  }),
});

export const rolloutPhaseFilter = defineEnumFilter('RolloutPhase', RolloutPhase);

export const RolloutMethod = builder.enumType('RolloutMethod', {
  description: 'How a rollout holds pods back. Values may be added.',
  values: describedEnum<Method>({
    PARTITION: 'By the partition of the workload: for kinds of OpenKruise.',
    DEPLOYMENT_BRAKE: 'By a large `minReadySeconds` and a narrow `maxUnavailable`: for Deployments.',
    CANARY_WORKLOAD: 'By a second workload for the new pods. Not offered by this version.',
    OPERATOR_CANARY: 'By a canary that an operator offers. Not offered by this version.',
    NODE_SETS: 'By sets of nodes, one after the other: for DaemonSets. Not offered by this version.',
  }),
});

export const RolloutStepKind = builder.enumType('RolloutStepKind', {
  description: 'What a step does. Values may be added.',
  values: describedEnum<'PODS' | 'CANARY' | 'APPROVAL' | 'CHECK'>({
    PODS: 'Moves pods to the new revision.',
    CANARY: 'Makes a canary beside the workload. Not made by this version.',
    APPROVAL: 'Waits for a person and moves nothing. Not made by this version.',
    CHECK: 'Looks whether all is well and moves nothing. Not made by this version.',
  }),
});

export const RolloutStepState = builder.enumType('RolloutStepState', {
  description: 'Where a step is. Values may be added.',
  values: describedEnum<StepState>({
    PENDING: 'Not begun.',
    GATING: "About to begin: its author's right and the health of the pods are being checked.",
    RUNNING: 'Pods are going to the new revision.',
    BAKING: 'Its pods are new and available, and are watched for `pauseSeconds`.',
    WAITING: 'Its pods are new and available; it waits for `rolloutAdvance`.',
    DONE: 'Done.',
    SKIPPED: 'Passed over by `rolloutAdvance` with `toStep` or `target`.',
    FAILED: 'The rollout halted in it.',
  }),
});

export const RolloutFailurePolicy = builder.enumType('RolloutFailurePolicy', {
  description: 'What to do when the new revision is found to be bad.',
  values: describedEnum<'HALT' | 'ROLL_BACK'>({
    HALT: 'Stop and leave it to people.',
    ROLL_BACK: 'Go back to what was there before, without asking.',
  }),
});

/** Verbs for many rollouts at once, and what the door calls them. */
export const VERBS = {
  PAUSE: 'pause',
  RESUME: 'resume',
  ABORT: 'abort',
  ROLL_BACK: 'rollback',
  RETRY: 'retry',
} as const satisfies Readonly<Record<string, RunsCommand['verb']>>;

export const RolloutVerb = builder.enumType('RolloutVerb', {
  description: 'What to do to many rollouts at once.',
  values: describedEnum<keyof typeof VERBS>({
    PAUSE: 'As `rolloutPause`.',
    RESUME: 'As `rolloutResume`.',
    ABORT: 'As `rolloutAbort`.',
    ROLL_BACK: 'As `rolloutRollback`.',
    RETRY: 'As `rolloutRetry`.',
  }),
});
