import type { RolloutEffect } from './effects.ts';
import type { Reason, ReasonCode, UnblockingMutation } from './reason.ts';
import {
  isFinished,
  type Meter,
  type RolloutPhase,
  type RolloutSpec,
  type RolloutState,
  type RolloutStatus,
  type RolloutStep,
} from './state.ts';

type StatusChange = { readonly [K in keyof RolloutStatus]?: RolloutStatus[K] | undefined };
type MeterChange = { readonly [K in keyof Meter]?: Meter[K] | undefined };

export interface ReasonDetail {
  readonly unblock?: readonly UnblockingMutation[];
  readonly objects?: Reason['objects'];
}

export interface StepResult {
  readonly state: RolloutState;
  readonly effects: readonly RolloutEffect[];
}

/** One call of `step`: the state as it becomes, and the effects as they gather. Lives no longer than the call. */
export class Turn {
  readonly now: number;
  readonly #before: RolloutState;
  #status: RolloutStatus;
  #effects: RolloutEffect[] = [];

  constructor(state: RolloutState, now: number) {
    this.#before = state;
    this.#status = state.status;
    this.now = now;
  }

  get spec(): RolloutSpec {
    return this.#before.spec;
  }

  get status(): RolloutStatus {
    return this.#status;
  }

  get state(): RolloutState {
    return this.#status === this.#before.status ? this.#before : { ...this.#before, status: this.#status };
  }

  /** The step that the run is in; undefined once all are done. */
  get current(): RolloutStep | undefined {
    return this.#status.steps[this.#status.currentStep];
  }

  set(change: StatusChange): void {
    this.#status = merged(this.#status, change);
  }

  meter(change: MeterChange): void {
    this.#status = { ...this.#status, meter: merged(this.#status.meter, change) };
  }

  setStep(index: number, change: { readonly [K in keyof RolloutStep]?: RolloutStep[K] | undefined }): void {
    this.set({ steps: this.#status.steps.map((step) => (step.index === index ? merged(step, change) : step)) });
  }

  emit(effect: RolloutEffect): void {
    this.#effects.push(effect);
  }

  note(code: string, message: string, actor = MACHINE): void {
    this.set({ timeline: [...this.#status.timeline, { at: this.now, actor, code, message }].slice(-MAX_TIMELINE) });
  }

  /** Keeps the moment a reason began as long as its code stays. */
  reason(code: ReasonCode, message: string, { unblock = [], objects = [] }: ReasonDetail = {}): void {
    const { reason } = this.#status;
    const same = reason.code === code;
    if (same && reason.message === message && reason.unblock.join() === unblock.join()) return;
    this.set({ reason: { code, message, since: same ? reason.since : this.now, objects, unblock } });
  }

  phase(phase: RolloutPhase): void {
    if (phase === this.#status.phase) return;
    this.set({ phase });
    if (isFinished(this.state)) this.set({ finishedAt: this.now });
  }

  finish(): StepResult {
    const isWorthRecording = this.#isMaterial() || this.#isMeterDue();
    if (isWorthRecording) this.meter({ recordedAt: this.now });
    return { state: this.state, effects: isWorthRecording ? [{ do: 'record' }, ...this.#effects] : this.#effects };
  }

  #isMaterial(): boolean {
    const keys = new Set([...Object.keys(this.#before.status), ...Object.keys(this.#status)]) as Set<keyof RolloutStatus>;
    keys.delete('meter');
    keys.delete('steps');
    for (const key of keys) if (this.#status[key] !== this.#before.status[key]) return true;
    return this.#status.steps.some((step, at) => differs(step, this.#before.status.steps[at]));
  }

  /** Counts and clocks are recorded now and then: at most so much of a timed wait is lost with the process. */
  #isMeterDue(): boolean {
    if (this.now - this.#before.status.meter.recordedAt < RECORD_METER_MS) return false;
    const [before, after] = [this.#before.status, this.#status];
    return after.steps !== before.steps || JSON.stringify(after.meter.progress) !== JSON.stringify(before.meter.progress);
  }
}

const MACHINE = 'fleetgraph';
const MAX_TIMELINE = 200;
const RECORD_METER_MS = 5_000;

/** All but how long it has baked, which moves all the time. */
function differs(step: RolloutStep, before: RolloutStep | undefined): boolean {
  if (step === before) return false;
  if (before === undefined) return true;
  const keys = new Set([...Object.keys(step), ...Object.keys(before)]) as Set<keyof RolloutStep>;
  keys.delete('bakedMs');
  for (const key of keys) if (step[key] !== before[key]) return true;
  return false;
}

function merged<T extends object>(base: T, change: { readonly [K in keyof T]?: T[K] | undefined }): T {
  const next: Record<string, unknown> = { ...base, ...change };
  for (const key of Object.keys(change)) if (next[key] === undefined) delete next[key];
  return next as T;
}
