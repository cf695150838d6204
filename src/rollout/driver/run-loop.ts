import { isHubError } from '../../hub/hub-error.ts';
import { isApiError } from '../../kube/api-error.ts';
import type { Logger } from '../../runtime/logger.ts';
import type { AnswerEffect, PatchEffect, RolloutEffect } from '../effects.ts';
import type { RolloutCommand, RolloutEvent, RolloutObservation } from '../events.ts';
import type { RunBook } from '../run-book.ts';
import { type CommandAnswer, NotLeadingError } from '../run-driver.ts';
import { isFinished, type RolloutSpec, type RolloutState, type RolloutTarget } from '../state.ts';
import { step } from '../step.ts';
import type { EventRecorder } from './event-recorder.ts';
import { LookTimers } from './look-timers.ts';
import { eventOfPatch } from './patch-events.ts';
import { PendingCommands } from './pending-commands.ts';
import type { RecordDeps, RecordedRun } from './recorded-run.ts';
import { SteadyClock } from './steady-clock.ts';
import type { TargetCalls } from './target-calls.ts';

export interface LoopDeps extends RecordDeps {
  readonly book: RunBook;
  readonly calls: TargetCalls;
  readonly events: EventRecorder;
  /** What our copy of the cluster shows; undefined where it shows no such object. */
  readonly observe: (spec: RolloutSpec) => RolloutObservation | undefined;
  readonly logger: Logger;
  /** Nothing more will happen without a command, or the run is not ours any more. */
  readonly onOver: (loop: RunLoop) => void;
}

type Work = RolloutEvent | 'look';
type Question = Exclude<RolloutEffect, { readonly do: 'answer' | 'emit' | 'record' }>;

/** After a fault of ours nothing else would wake the run. */
const LOOK_AFTER_FAULT_MS = 30_000;

/**
 * One run, carried out: one event after the other through `step`, each decision recorded before anything follows
 * from it. Requests to the cluster do not hold up the next event; their answers are events. Lives for one term at
 * most, and does nothing once the term is over.
 */
export class RunLoop {
  readonly #deps: LoopDeps;
  readonly #recorded: RecordedRun;
  readonly #commands = new PendingCommands();
  readonly #sending = new Set<Promise<void>>();
  readonly #timers: LookTimers;
  readonly #steady: SteadyClock;
  /** As the next event finds it: also what is not worth a record of its own. */
  #state: RolloutState;
  #queue: Work[] = [];
  #working: Promise<void> | undefined;
  /** Answers to questions from before the state was read anew are answers no more. */
  #readings = 0;
  #hasBegun = false;
  #isDraining = false;
  #isOver = false;

  /** `recorded` is claimed for this term. */
  constructor(recorded: RecordedRun, deps: LoopDeps) {
    this.#deps = deps;
    this.#recorded = recorded;
    this.#state = recorded.state;
    this.#timers = new LookTimers(deps.clock, () => this.#deliver('look'));
    this.#steady = new SteadyClock(deps.clock, recorded.state.status.meter.recordedAt);
  }

  get id(): string {
    return this.#recorded.id;
  }

  get target(): RolloutTarget {
    return this.#state.spec.target;
  }

  /** It takes nothing any more: whoever wants something of the run loads it again. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Tells of the run and takes the first decision. Once. */
  begin(): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    this.#show();
    this.#deliver({ type: 'leadership', epoch: this.#deps.term.epoch });
  }

  command(command: RolloutCommand): Promise<CommandAnswer> {
    if (!this.#isRunning || this.#isDraining) return Promise.reject(new NotLeadingError(''));
    this.begin();
    const answer = this.#commands.wait(command.id);
    this.#deliver({ type: 'command', command });
    return answer;
  }

  /** Something of the workload has changed. */
  look(): void {
    if (this.#isRunning && !this.#isDraining && !isFinished(this.#state)) this.#timers.soon();
  }

  /** Lets what was sent be answered, and the answers be recorded. Begins nothing new. */
  async drain(): Promise<void> {
    this.#isDraining = true;
    this.#timers[Symbol.dispose]();
    this.#queue = this.#queue.filter((work) => work !== 'look' && work.type === 'patched');
    while (this.#sending.size > 0 || this.#working !== undefined) await Promise.all([...this.#sending, this.#working]);
  }

  /** At once, whatever is under way: from here on nothing follows from it. */
  stop(): void {
    this.#isOver = true;
    this.#queue = [];
    this.#timers[Symbol.dispose]();
    this.#commands.fail(new NotLeadingError(''));
  }

  get #isRunning(): boolean {
    return !this.#isOver && this.#deps.term.isValid;
  }

  #deliver(work: Work): void {
    if (this.#isOver || (work === 'look' && this.#queue.includes('look'))) return;
    if (this.#isDraining && (work === 'look' || work.type !== 'patched')) return;
    this.#queue.push(work);
    this.#working ??= this.#workThrough();
  }

  async #workThrough(): Promise<void> {
    // Whoever delivers goes on first.
    await Promise.resolve();
    while (this.#queue.length > 0 && this.#isRunning)
      await this.#take(this.#queue.shift() as Work).catch((error) => this.#noteFault(error));
    this.#working = undefined;
    if (isFinished(this.#state) && this.#sending.size === 0 && this.#commands.size === 0) this.#end();
  }

  async #take(work: Work): Promise<void> {
    const event = work === 'look' ? this.#observation() : work;
    const { state, effects } = step(this.#state, event, this.#steady.now());
    if (effects[0]?.do === 'record' && !(await this.#record(state, event))) return;
    this.#state = state;
    this.#show();
    for (const effect of effects) {
      if (!this.#isRunning) return;
      this.#carryOut(effect);
    }
    // What a person or a reviewer said is weighed against the workload at once, not when its next change or look comes.
    if (event.type === 'command' || event.type === 'review') this.look();
  }

  #observation(): RolloutEvent {
    this.#timers.looked();
    const observation = this.#deps.observe(this.#state.spec);
    return observation === undefined ? { type: 'timer' } : { type: 'observation', observation };
  }

  /** False: the hub does not have it, and the run goes on from what the hub has. */
  async #record(state: RolloutState, event: RolloutEvent): Promise<boolean> {
    try {
      await this.#recorded.write(state);
      return true;
    } catch (error) {
      if (!this.#isRunning) return false;
      if (!isHubError(error) && !isApiError(error)) throw error;
      this.#deps.logger.warn('a decision could not be recorded and is dropped', { run: this.id, reason: error.code });
      if (isHubError(error, 'superseded', 'absent')) this.#letGo(error.code);
      else await this.#goOnFromHub(error, event);
      return false;
    }
  }

  async #goOnFromHub(error: Error, event: RolloutEvent): Promise<void> {
    // Whether a command was decided is not known then: whoever asked looks, or asks again under the same id.
    const isCertain = isHubError(error, 'conflict');
    if (event.type === 'command' && !isCertain) this.#commands.failOne(event.command.id, error);
    const isRepeated = event.type === 'patched' || (event.type === 'command' && isCertain);
    if (!(await this.#readAnew(!isCertain))) return;
    this.#readings += 1;
    this.#state = this.#recorded.state;
    this.#show();
    const later = this.#queue.filter((work) => work !== 'look' && work.type !== 'read' && work.type !== 'review');
    this.#queue = [{ type: 'leadership', epoch: this.#deps.term.epoch }, ...(isRepeated ? [event] : []), ...later];
  }

  async #readAnew(waitFirst: boolean): Promise<boolean> {
    try {
      return (await this.#recorded.readAnew({ waitFirst })) && this.#isRunning;
    } catch (error) {
      if (!isHubError(error)) throw error;
      this.#letGo(error.code);
      return false;
    }
  }

  #carryOut(effect: RolloutEffect): void {
    if (effect.do === 'answer') this.#answer(effect);
    else if (effect.do === 'emit') this.#deps.events.record(this.#state, effect);
    else if (effect.do !== 'record' && !this.#isDraining) this.#ask(effect);
  }

  #ask(effect: Question): void {
    const { calls, term } = this.#deps;
    const { signal } = term;
    switch (effect.do) {
      case 'patch':
        this.#send(effect);
        return;
      case 'read':
        this.#answered(calls.read(effect.target, signal).then((result) => ({ type: 'read', id: effect.id, result })));
        return;
      case 'review':
        this.#answered(calls.review(effect.target, effect.actor, signal).then((result) => ({ type: 'review', id: effect.id, result })));
        return;
      case 'wait':
        this.#timers.after(effect.until - this.#steady.now());
    }
  }

  #send(effect: PatchEffect): void {
    const { intentId } = effect;
    const sending = this.#deps.calls.patch(effect, this.#deps.term.signal).then((result) => {
      this.#sending.delete(sending);
      if (!this.#isRunning) return;
      const said = result.outcome === 'ok' ? eventOfPatch(this.#state, intentId) : undefined;
      if (said !== undefined) this.#deps.events.record(this.#state, said);
      this.#deliver({ type: 'patched', intentId, result });
    });
    this.#sending.add(sending);
  }

  #answered(answer: Promise<RolloutEvent>): void {
    const asked = this.#readings;
    void answer.then((event) => {
      if (asked === this.#readings && this.#isRunning) this.#deliver(event);
    });
  }

  #answer({ commandId, refusal, replayed }: AnswerEffect): void {
    this.#commands.answer(commandId, { run: this.#show(), replayed, ...(refusal !== undefined && { refusal }) });
  }

  #show() {
    return this.#deps.book.put(this.#state, this.#recorded.version);
  }

  /** The run is somebody else's, or nobody's. */
  #letGo(reason: string): void {
    this.#deps.logger.warn('a run is let go', { run: this.id, reason });
    if (reason === 'absent') this.#deps.book.remove(this.id);
    this.#end();
  }

  #end(): void {
    if (this.#isOver) return;
    this.stop();
    this.#deps.onOver(this);
  }

  /** A mistake of ours must not take the other runs with it. */
  #noteFault(error: unknown): void {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#deps.logger.error('a run could not take a step', { run: this.id, error: stack.slice(0, 2_000) });
    this.#commands.fail(error);
    if (this.#isRunning) this.#timers.after(LOOK_AFTER_FAULT_MS);
  }
}
