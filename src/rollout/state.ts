import type { JsonPatchOperation } from '../kube/api-server.ts';
import type { JsonObject } from '../model/kube-object.ts';
import type { IntOrString } from '../model/object-record.ts';
import type { ResourceVersion } from '../model/resource-version.ts';
import type { UserInfo } from '../model/user.ts';
import type { WorkloadKind } from '../model/workload-record.ts';
import type { Cause } from '../status/cause.ts';
import type { Reason } from './reason.ts';
import type { Refusal } from './refusal.ts';

/**
 * A run, whole: plain JSON, kept in the hub and nowhere else. Immutable: `step` makes a new one and shares
 * what did not change. Instants are milliseconds since 1970.
 */
export interface RolloutState {
  /** Of this layout. A reader that does not know the number leaves the run alone. */
  readonly format: typeof STATE_FORMAT;
  readonly spec: RolloutSpec;
  readonly status: RolloutStatus;
}

export const STATE_FORMAT = 1;

/** Decided at the start; never changes. */
export interface RolloutSpec {
  /** Short and fit for a label: lower-case letters and digits, at most 20. */
  readonly runId: string;
  readonly createdAt: number;
  /** Whose rights the run uses and re-checks before each step. */
  readonly author: UserInfo;
  readonly note?: string;
  readonly requestId?: string;
  readonly target: RolloutTarget;
  /** Id of another run whose label was left on the object and holds nothing: this run takes it over. */
  readonly overtakes?: string;
  readonly method: RolloutMethod;
  readonly original: OriginalWorkload;
  /** spec.template as it shall be. */
  readonly template: JsonObject;
  readonly changes: readonly FieldChange[];
  readonly onFailure: 'HALT' | 'ROLL_BACK';
  readonly patience: Patience;
  readonly planHash: string;
}

export interface RolloutTarget {
  /** Registered name of the cluster. */
  readonly cluster: string;
  readonly workloadKind: WorkloadKind;
  readonly apiVersion: string;
  readonly kind: string;
  /** Plural: "clonesets". */
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

export const ROLLOUT_METHODS = ['PARTITION', 'DEPLOYMENT_BRAKE', 'CANARY_WORKLOAD', 'OPERATOR_CANARY', 'NODE_SETS'] as const;
export type RolloutMethod = (typeof ROLLOUT_METHODS)[number];

/** The workload before the run: what a rollback restores, to the letter. */
export interface OriginalWorkload {
  readonly template: JsonObject;
  /** Every strategy field that the run writes. */
  readonly strategy: readonly FieldValue[];
  readonly replicas: number;
  readonly minReadySeconds: number;
  readonly maxUnavailable?: IntOrString;
  /** Name of the revision that the pods were at, where it could be told. */
  readonly revision?: string;
}

/** A field of the object by its JSON pointer; `value` is absent where the field is. */
export interface FieldValue {
  readonly path: string;
  readonly value?: unknown;
}

export interface FieldChange {
  readonly path: string;
  readonly from?: unknown;
  readonly to?: unknown;
}

/** How long the run waits for what. */
export interface Patience {
  /** Without any progress of a step, while it can be observed. */
  readonly stepDeadlineSeconds: number;
  /** Of pods that cannot be pulled, are misconfigured or crash. */
  readonly evidenceSeconds: number;
  /** Of pods that do not get ready although their containers run; absent in older runs: `notReadySeconds`. */
  readonly unreadySeconds?: number;
  /** Of pods that cannot be scheduled, or wait for something else outside. */
  readonly notReadySeconds: number;
  /** How old an observation may be to decide anything. */
  readonly maxStalenessMs: number;
}

/** What changes while it runs. */
export interface RolloutStatus {
  readonly phase: RolloutPhase;
  readonly reason: Reason;
  /** 0-based; the number of steps once all are done. */
  readonly currentStep: number;
  readonly steps: readonly RolloutStep[];
  /** Of the gateway that drives it; every hub write and every marker carries it. */
  readonly epoch: number;
  /** Counts intents; never used twice. */
  readonly sequence: number;
  /** Our label on the object as last known to be there; absent while the object is not ours. */
  readonly marker?: string;
  /** For whom the next patches are sent: the author, or who commanded the rollback, pause or abort. */
  readonly actor: UserInfo;
  /** Writes not known to be over, and those over, newest last; bounded. */
  readonly intents: readonly Intent[];
  /** What our last spec patch made of the object. */
  readonly applied?: AppliedSpec;
  /** Pods that the brake lets be new now; 0 before the first patch. */
  readonly allowed: number;
  /** Pods that it shall let be new next: raised on evidence only. */
  readonly goal: number;
  /** spec.replicas that the targets were computed from. */
  readonly replicas: number;
  /** Pods that are new beyond what the step asks for. */
  readonly overshoot?: number;
  /** Name of the revision that the new template became. */
  readonly revision?: string;
  /** Fields that somebody else changed, as last read. */
  readonly drift?: Drift;
  /** What is wrong, most telling first; also what halted the run. */
  readonly causes: readonly Cause[];
  /** The pods in the middle of a step shall be held still, where the kind can. */
  readonly freeze: boolean;
  /** All is done but giving the object back; the phase that the run ends in. */
  readonly closing?: ClosingPhase;
  /** The end that a rollback took the run out of; until that has written anything. `stands`: it is kept after all. */
  readonly reopened?: { readonly phase: ClosingPhase; readonly finishedAt: number; readonly stands?: true };
  /** The step for which the author's right was last found to hold. */
  readonly rightReviewedFor?: number;
  /** Consecutive refusals of the same write. */
  readonly rejections: number;
  /** Nothing is sent before that moment. */
  readonly notBefore?: number;
  /** Since when the server has no object of that name; another may be made in its place. */
  readonly goneSince?: number;
  /** Evidence from before is not held against the run: its start, or the last retry. */
  readonly patientFrom: number;
  readonly finishedAt?: number;
  readonly timeline: readonly TimelineEntry[];
  /** Commands carried out or refused, newest last; bounded. A command that comes again gets its first answer. */
  readonly commands: readonly CommandOutcome[];
  /** What moves all the time: recorded now and then, good enough from the last record. */
  readonly meter: Meter;
}

export const ROLLOUT_PHASES = [
  'PENDING',
  'PLANNING',
  'RUNNING',
  'WAITING',
  'PAUSING',
  'PAUSED',
  'HALTED',
  'ABORTING',
  'ABORTED',
  'ROLLING_BACK',
  'ROLLED_BACK',
  'ROLLBACK_FAILED',
  'SUCCEEDED',
  'FAILED',
  'SUPERSEDED',
] as const;
export type RolloutPhase = (typeof ROLLOUT_PHASES)[number];

export type ClosingPhase = 'SUCCEEDED' | 'ROLLED_BACK' | 'ABORTED';

export const STEP_STATES = ['PENDING', 'GATING', 'RUNNING', 'BAKING', 'WAITING', 'DONE', 'SKIPPED', 'FAILED'] as const;
export type StepState = (typeof STEP_STATES)[number];

export interface RolloutStep {
  readonly index: number;
  /** As asked: exactly one of the two. */
  readonly pods?: number;
  readonly percent?: number;
  readonly pauseSeconds?: number;
  readonly manual: boolean;
  readonly state: StepState;
  /** Pods at the new revision at its end: frozen when the step starts, a forecast before. */
  readonly target: number;
  readonly startedAt?: number;
  readonly finishedAt?: number;
  /** Milliseconds of the timed wait that passed while all was well. */
  readonly bakedMs: number;
  /** What the step was called done on. */
  readonly citation?: Citation;
}

/** The observation that a decision was made on. */
export interface Citation {
  readonly at: number;
  readonly uid: string;
  readonly resourceVersion: ResourceVersion;
  readonly generation: number;
  readonly observedGeneration: number;
  readonly revision?: string;
  readonly updated: number;
  readonly updatedAvailable: number;
}

export const INTENT_OPS = ['CLAIM', 'START', 'MOVE', 'FREEZE', 'THAW', 'FINISH', 'ROLL_BACK', 'SEAL', 'RELEASE'] as const;
export type IntentOp = (typeof INTENT_OPS)[number];

/** One write to the cluster, described before it is made and recognised by its marker afterwards. */
export interface Intent {
  /** `<runId>.<epoch>.<sequence>`: also the marker that the patch sets (but RELEASE, which removes it). */
  readonly id: string;
  readonly op: IntentOp;
  readonly step: number;
  readonly patch: readonly JsonPatchOperation[];
  readonly patchHash: string;
  readonly epoch: number;
  readonly actor: UserInfo;
  readonly createdAt: number;
  /** The marker that must be there for the patch to take effect; absent for CLAIM, which tests the version. */
  readonly expectedMarker?: string;
  readonly expectedVersion?: ResourceVersion;
  /** What the patch lets be new. */
  readonly allowed?: number;
  /** pending: sent or about to be. unknown: may have happened, may happen yet. */
  readonly outcome: 'pending' | 'applied' | 'refused' | 'unknown';
  readonly applied?: { readonly resourceVersion: ResourceVersion; readonly generation: number; readonly at: number };
  readonly message?: string;
}

export interface AppliedSpec {
  /** Held by the brake, given back its own strategy, or back to what it was. */
  readonly shape: 'HELD' | 'FINISHED' | 'ORIGINAL';
  readonly at: number;
  readonly resourceVersion: ResourceVersion;
  /** The latest generation known to hold nothing but ours and what is not our concern (replicas). */
  readonly generation: number;
  /** spec.replicas that it was computed from. */
  readonly replicas: number;
  /** As the server keeps it, defaults included. */
  readonly template: JsonObject;
  readonly strategy: readonly FieldValue[];
}

export interface Drift {
  readonly fields: readonly FieldChange[];
  /** Field manager that the server names for them, where it does. */
  readonly manager?: string;
  readonly resourceVersion: ResourceVersion;
  readonly seenAt: number;
}

export interface Evidence {
  readonly code: Cause['code'];
  readonly firstAt: number;
  readonly lastAt: number;
}

export interface TimelineEntry {
  readonly at: number;
  /** A user's name, or "fleetgraph" for what the run decided itself. */
  readonly actor: string;
  readonly code: string;
  readonly message: string;
}

export interface CommandOutcome {
  readonly id: string;
  readonly verb: string;
  readonly at: number;
  readonly refusal?: Refusal;
}

export interface Meter {
  readonly progress: RolloutProgress;
  /** Of the last fresh observation. */
  readonly observedAt?: number;
  /** Of the last fresh one in which all was well; absent after any other. */
  readonly healthyAt?: number;
  /** Against the new revision, since it was first seen. */
  readonly evidence: readonly Evidence[];
  /** Milliseconds without progress while it could be observed. */
  readonly stalledMs: number;
  /** A question under way. */
  readonly asked?: { readonly what: 'READ' | 'REVIEW'; readonly id: number; readonly at: number };
  readonly questions: number;
  readonly recordedAt: number;
}

export interface RolloutProgress {
  readonly desired: number;
  readonly target: number;
  readonly updated: number;
  readonly updatedReady: number;
  readonly updatedAvailable: number;
}

const FINISHED: ReadonlySet<RolloutPhase> = new Set(['ABORTED', 'ROLLED_BACK', 'SUCCEEDED', 'FAILED', 'SUPERSEDED']);

/** Nothing more will happen without a new command. */
export function isFinished({ status }: Pick<RolloutState, 'status'>): boolean {
  return FINISHED.has(status.phase);
}
