import type { UserInfo } from '../model/user.ts';
import type { RolloutPlan } from './plan.ts';
import { type RolloutSpec, type RolloutState, type RolloutStep, STATE_FORMAT } from './state.ts';

export interface Request {
  /** Lower-case letters and digits, at most 20: it goes into a label. */
  readonly runId: string;
  readonly createdAt: number;
  readonly author: UserInfo;
  readonly note?: string;
  readonly requestId?: string;
  /** Of the gateway that leads. */
  readonly epoch: number;
}

/** The run that carries the plan out. */
export function runOf(plan: RolloutPlan, { epoch, ...asked }: Request): RolloutState {
  const { target, method, original, template, changes, onFailure, patience, steps, hash, overtakes } = plan;
  const decided = { target, method, original, template, changes, onFailure, patience, planHash: hash };
  return newRun({ ...asked, ...decided, ...(overtakes !== undefined && { overtakes }) }, steps, epoch);
}

/** A run that has been accepted and has done nothing yet. Its first event moves it. */
function newRun(spec: RolloutSpec, steps: readonly RolloutStep[], epoch: number): RolloutState {
  const { createdAt, original, author } = spec;
  return {
    format: STATE_FORMAT,
    spec,
    status: {
      phase: 'PENDING',
      reason: {
        code: 'Starting',
        message: 'The run is accepted and about to begin.',
        since: createdAt,
        objects: [],
        unblock: ['rolloutAbort'],
      },
      currentStep: 0,
      steps: steps.map((step, index) => (index === 0 ? { ...step, state: 'GATING' } : step)),
      epoch,
      sequence: 0,
      actor: author,
      intents: [],
      allowed: 0,
      goal: 0,
      replicas: original.replicas,
      causes: [],
      freeze: false,
      rejections: 0,
      patientFrom: createdAt,
      timeline: [{ at: createdAt, actor: author.username, code: 'Accepted', message: spec.note ?? 'The run was asked for.' }],
      commands: [],
      meter: {
        progress: {
          desired: original.replicas,
          target: steps[0]?.target ?? original.replicas,
          updated: 0,
          updatedReady: 0,
          updatedAvailable: 0,
        },
        evidence: [],
        stalledMs: 0,
        questions: 0,
        recordedAt: createdAt,
      },
    },
  };
}
