import type { PatchEffect, RolloutEffect } from '../../../src/rollout/effects.ts';
import type { PatchResult, RolloutEvent, RolloutObservation, RolloutVerb } from '../../../src/rollout/events.ts';
import type { Refusal } from '../../../src/rollout/refusal.ts';
import type { IntentOp, RolloutState } from '../../../src/rollout/state.ts';
import { step } from '../../../src/rollout/step.ts';
import type { ModelCluster } from './model-cluster.ts';

export type CrashPoint = 'before-record' | 'after-record' | 'before-send' | 'after-send';
export type PatchFault = 'lost-before' | 'lost-after' | 'delayed' | 'forbidden' | 'throttled' | 'unreachable' | 'conflict';

export interface SentPatch {
  readonly at: number;
  readonly operations: PatchEffect['operations'];
  readonly intentId: string;
  readonly isRecorded: boolean;
}

/** Carries effects out against the model cluster as the gateway's executor would, and fails when told to. */
export class Driver {
  state: RolloutState;
  /** What the hub holds. */
  hub: string;
  wakeAt = 0;
  readonly sent: SentPatch[] = [];
  readonly delayed: SentPatch[] = [];
  readonly phases: { readonly at: number; readonly phase: string; readonly text: string }[] = [];
  readonly accepted: { readonly at: number; readonly verb: RolloutVerb; readonly step: number }[] = [];
  readonly answers = new Map<string, Refusal | undefined>();
  crashAt: CrashPoint | undefined;
  patchFault: PatchFault | undefined;
  recordFails = 0;
  readFails = 0;
  /** The next patch, of that kind where it is named, takes effect at once and is answered when somebody lets it. */
  slowAnswer: IntentOp | 'any' | undefined;
  /** Reads that fail after a patch went astray. */
  deafAfterDelay = 0;
  duplicates = false;
  hasRight = true;
  readonly #cluster: ModelCluster;
  #queue: RolloutEvent[] = [];
  #unheard: RolloutEvent[] = [];
  #epoch: number;

  constructor(state: RolloutState, cluster: ModelCluster) {
    this.state = state;
    this.hub = JSON.stringify(state);
    this.#cluster = cluster;
    this.#epoch = state.status.epoch;
  }

  deliver(event: RolloutEvent): void {
    this.#queue.push(event);
    if (this.duplicates) this.#queue.push(event);
    for (let turns = 0; this.#queue.length > 0; turns += 1) {
      if (turns > 200) throw new Error(`effects without end: ${JSON.stringify(this.state.status.reason)}`);
      const next = this.#queue.shift();
      if (next !== undefined) this.#take(next);
    }
  }

  observe(observation: RolloutObservation | undefined): void {
    this.deliver(observation === undefined ? { type: 'timer' } : { type: 'observation', observation });
  }

  crash(): void {
    this.crashAt = undefined;
    this.#queue = [];
    this.#unheard = [];
    this.state = JSON.parse(this.hub) as RolloutState;
    this.#epoch += 1;
    this.#queue.push({ type: 'leadership', epoch: this.#epoch });
  }

  /** Answers that were slow come in. */
  hear(): void {
    for (const event of this.#unheard.splice(0)) this.deliver(event);
  }

  /** A patch of the past arrives. */
  arrive(): void {
    const late = this.delayed.shift();
    if (late !== undefined) this.#cluster.patch(late.operations, 'gateway');
  }

  #take(event: RolloutEvent): void {
    const { state, effects } = step(this.state, event, this.#cluster.now);
    const isRecord = effects[0]?.do === 'record';
    if (isRecord && this.#isCrashing('before-record')) {
      this.crash();
      return;
    }
    if (isRecord && this.recordFails > 0) {
      this.recordFails -= 1;
      return;
    }
    if (isRecord) this.hub = JSON.stringify(state);
    this.#follow(state);
    if (isRecord && this.#isCrashing('after-record')) {
      this.crash();
      return;
    }
    this.state = state;
    for (const effect of effects) if (!this.#carryOut(effect)) return;
  }

  #follow(state: RolloutState): void {
    const { phase, reason } = state.status;
    if (phase !== this.state.status.phase) this.phases.push({ at: this.#cluster.now, phase, text: `${reason.code}: ${reason.message}` });
    const known = this.state.status.commands.length;
    for (const { verb, refusal } of state.status.commands.slice(known)) {
      if (refusal === undefined)
        this.accepted.push({ at: this.#cluster.now, verb: verb as RolloutVerb, step: this.state.status.currentStep });
    }
  }

  #carryOut(effect: RolloutEffect): boolean {
    switch (effect.do) {
      case 'patch':
        return this.#send(effect);
      case 'read':
        this.#answer({ type: 'read', id: effect.id, result: this.#read() });
        return true;
      case 'review':
        this.#answer({ type: 'review', id: effect.id, result: { allowed: this.hasRight } });
        return true;
      case 'wait':
        this.wakeAt = effect.until;
        return true;
      case 'answer':
        this.answers.set(effect.commandId, effect.refusal);
        return true;
      default:
        return true;
    }
  }

  #read(): Extract<RolloutEvent, { type: 'read' }>['result'] {
    if (this.readFails > 0) {
      this.readFails -= 1;
      return { error: 'unreachable' };
    }
    const object = this.#cluster.read();
    return object === undefined ? { error: 'not-found' } : { object };
  }

  #send(effect: PatchEffect): boolean {
    const { intentId, operations } = effect;
    const isRecorded = (JSON.parse(this.hub) as RolloutState).status.intents.some(
      ({ id, patch }) => id === intentId && JSON.stringify(patch) === JSON.stringify(operations),
    );
    const patch = { at: this.#cluster.now, operations, intentId, isRecorded };
    this.sent.push(patch);
    const fault = this.patchFault;
    this.patchFault = undefined;
    if (this.#isCrashing('before-send')) {
      // The process is dead or deposed; what it was about to send may still go out.
      if (fault !== undefined) this.delayed.push(patch);
      this.crash();
      return false;
    }
    const result = this.#request(patch, fault);
    if (this.#isCrashing('after-send')) {
      this.crash();
      return false;
    }
    const answer: RolloutEvent = { type: 'patched', intentId, result };
    const op = this.state.status.intents.find(({ id }) => id === intentId)?.op;
    if (this.slowAnswer === 'any' || (op !== undefined && this.slowAnswer === op)) {
      this.slowAnswer = undefined;
      this.#unheard.push(answer);
    } else this.#answer(answer);
    return true;
  }

  #request(patch: SentPatch, fault: PatchFault | undefined): PatchResult {
    switch (fault) {
      case 'lost-before':
        return { outcome: 'unknown' };
      case 'delayed':
        this.delayed.push(patch);
        this.readFails = this.deafAfterDelay;
        return { outcome: 'unknown' };
      case 'forbidden':
      case 'throttled':
      case 'unreachable':
      case 'conflict':
        return { outcome: fault, message: fault };
      default: {
        const answer = this.#cluster.patch(patch.operations, 'gateway');
        if (fault === 'lost-after') return { outcome: 'unknown' };
        return answer.ok ? { outcome: 'ok', object: answer.object } : { outcome: answer.refusal, message: answer.refusal };
      }
    }
  }

  #answer(event: RolloutEvent): void {
    this.#queue.push(event);
    if (this.duplicates) this.#queue.push(event);
  }

  #isCrashing(at: CrashPoint): boolean {
    return this.crashAt === at;
  }
}
