import type { Principal } from '../auth/principal.ts';
import type { IntOrString, ObjectRecord } from '../model/object-record.ts';
import type { PodRecord } from '../model/pod-record.ts';
import type { WorkloadKind, WorkloadRecord } from '../model/workload-record.ts';
import type { RolloutChange } from '../rollout/change.ts';
import type { RolloutVerb } from '../rollout/events.ts';
import type { RolloutPlan } from '../rollout/plan.ts';
import type { StepRequest } from '../rollout/planned-steps.ts';
import type { Run } from '../rollout/run.ts';
import type { RolloutMethod, RolloutPhase } from '../rollout/state.ts';
import type { OperationRecord, OperationTarget } from './operation.ts';

/**
 * The door: everything a person may ask for. Each command authorises, validates, acts and audits, in this
 * order. A refusal is an answer (`errors`), not a rejection; a rejection is a fault of ours.
 */
export interface Commands {
  podDelete(principal: Principal, input: PodCommand): Promise<CommandResult<PodRecord>>;
  podEvict(principal: Principal, input: PodCommand): Promise<CommandResult<PodRecord>>;

  rolloutStart(principal: Principal, input: RolloutStart): Promise<RolloutStartResult>;
  /** One verb for one run; `verb` names the Mutation field as well. */
  rolloutCommand(principal: Principal, verb: RolloutVerb, input: RunCommand): Promise<CommandResult<Run>>;
  rolloutsCommand(principal: Principal, input: RunsCommand): Promise<RunsResult>;

  workloadScale(principal: Principal, input: WorkloadScale): Promise<CommandResult<WorkloadRecord>>;
  workloadRestart(principal: Principal, input: WorkloadCommand): Promise<CommandResult<WorkloadRecord>>;
  workloadPause(principal: Principal, input: WorkloadCommand): Promise<CommandResult<WorkloadRecord>>;
  workloadResume(principal: Principal, input: WorkloadCommand): Promise<CommandResult<WorkloadRecord>>;
  workloadSetPartition(principal: Principal, input: WorkloadSetPartition): Promise<CommandResult<WorkloadRecord>>;
  workloadUndo(principal: Principal, input: WorkloadUndo): Promise<CommandResult<WorkloadRecord>>;

  /** What would not be refused for what is known now. Never waits for a dead cluster. */
  workloadCapabilities(principal: Principal, workload: WorkloadRecord): WorkloadCapabilities | Promise<WorkloadCapabilities>;
  rolloutCapabilities(principal: Principal, run: Run): RunCapabilities | Promise<RunCapabilities>;
}

export interface Capability {
  readonly allowed: boolean;
  /** Absent when allowed. */
  readonly reason?: string;
}

export const WORKLOAD_VERBS = ['startRollout', 'scale', 'restart', 'pause', 'resume', 'setPartition', 'undo'] as const;
export type WorkloadVerb = (typeof WORKLOAD_VERBS)[number];
export type WorkloadCapabilities = Readonly<Record<WorkloadVerb, Capability>>;
export type RunCapabilities = Readonly<Record<RolloutVerb, Capability>>;

/** What every command may be told. */
export interface CommandOptions {
  /** 1 to 128 printable characters, scoped to the principal and the command. Repeated: the first answer again. */
  readonly requestId?: string;
  /** Everything but the effect, the API server's own dry run included. */
  readonly dryRun: boolean;
  /** Kept in the audit record, read back as `note`. */
  readonly reason?: string;
}

export interface PodCommand extends CommandOptions {
  readonly pod: Pick<ObjectRecord, 'cluster' | 'namespace' | 'name' | 'uid'>;
  /** Refuse with a ConflictError unless the pod has this uid. */
  readonly expectedUid?: string;
}

/** A workload by name; `uid` where the caller named one object and no other of its name will do. */
export interface WorkloadTarget {
  readonly cluster: string;
  readonly workloadKind: WorkloadKind;
  readonly namespace: string;
  readonly name: string;
  readonly uid?: string;
}

export interface WorkloadCommand extends CommandOptions {
  readonly workload: WorkloadTarget;
  /** Refuse with a ConflictError unless the workload has this generation. */
  readonly expectedGeneration?: number;
}

export interface WorkloadScale extends WorkloadCommand {
  readonly replicas: number;
}

export interface WorkloadSetPartition extends WorkloadCommand {
  readonly partition: IntOrString;
}

export interface WorkloadUndo extends WorkloadCommand {
  /** Name, hash or number; absent: the one before the present. */
  readonly toRevision?: string;
}

export interface RolloutStart extends WorkloadCommand {
  readonly change: RolloutChange;
  /** Empty: one step of 100%. */
  readonly steps: readonly StepRequest[];
  readonly method?: RolloutMethod;
  readonly hasNodeSets: boolean;
  readonly prePull: boolean;
  readonly stepDeadlineSeconds?: number;
  readonly onFailure: 'HALT' | 'ROLL_BACK';
  readonly expectedPlanHash?: string;
}

export interface RolloutStartResult extends CommandResult<Run> {
  /** Also on a dry run, and when only the hash did not agree. */
  readonly plan?: RolloutPlan;
}

export interface RunCommand extends CommandOptions {
  /** Id of the run. */
  readonly run: string;
  readonly expectedPhase?: RolloutPhase;
  /** advance only. */
  readonly expectedStep?: number;
  readonly toStep?: number;
  readonly target?: IntOrString;
}

export interface RunsCommand extends CommandOptions {
  /** Ids of runs, in the order of the results. Undefined: what is named there is no run that the caller may see. */
  readonly runs: readonly (string | undefined)[];
  readonly verb: Exclude<RolloutVerb, 'advance'>;
  /** After so many refusals or failures the rest is SKIPPED. */
  readonly stopAfterFailures?: number;
}

export interface RunsResult {
  readonly results: readonly CommandResult<Run>[];
  readonly replayed: boolean;
  /** The command as a whole was refused. */
  readonly errors: readonly CommandError[];
}

export interface CommandResult<T> {
  /** From the write's own response; absent when there is none (gone, refused, not visible). */
  readonly object?: T;
  readonly operation?: OperationRecord;
  /** The answer of an earlier command with the same request id: nothing was done now. */
  readonly replayed: boolean;
  readonly errors: readonly CommandError[];
}

interface CommandErrorShape {
  /** Machine-readable, UPPER_SNAKE; finer than the type. */
  readonly code: string;
  readonly message: string;
  /** From the mutation's arguments to the value at fault, e.g. ["input", "pod"]. */
  readonly path: readonly string[];
  /** Names of Mutation fields that would remove the obstacle. */
  readonly unblock: readonly string[];
}

/** A refusal as data; `type` is the name of its GraphQL type. */
export type CommandError =
  | (CommandErrorShape & {
      readonly type: 'ValidationError' | 'NotFoundError' | 'ForbiddenError' | 'UnsupportedError' | 'RequestIdReusedError';
    })
  | (CommandErrorShape & {
      readonly type: 'ConflictError';
      readonly currentGeneration?: number;
      readonly currentPhase?: RolloutPhase;
      readonly currentStep?: number;
    })
  | (CommandErrorShape & {
      readonly type: 'BlockedError';
      readonly by?: OperationTarget;
      /** Id of the run that stands in the way. */
      readonly run?: string;
    })
  | (CommandErrorShape & { readonly type: 'ClusterUnreachableError'; readonly cluster: string });
