import { type HubError, isHubError } from '../hub/hub-error.ts';
import type { Operation, OperationEntry } from '../hub/operation-entry.ts';
import type { Begun, OperationLedger } from '../hub/operation-ledger.ts';
import { type ApiError, isApiError } from '../kube/api-error.ts';
import type { JsonObject } from '../model/kube-object.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import { type Answer, answerFromJson, answerToJson, type Keeping } from './answer.ts';
import { blocked } from './command-error.ts';
import type { CommandError } from './commands.ts';
import type { OperationRecord } from './operation.ts';
import { type OperationBook, recordOf } from './operation-book.ts';

export interface RequestDeskDeps {
  readonly ledger: OperationLedger;
  readonly operations: OperationBook;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** One request to carry out at most once. */
export interface Request<T> {
  readonly operation: Operation;
  /** Whose request ids these are: the user's name. */
  readonly viewer: string;
  /** Everything that the answer depends on, without the request id. */
  readonly question: unknown;
  readonly keeping: Keeping<T>;
  carryOut(attempt: Attempt): Promise<Answer<T>>;
}

/** One try, with the operation as it is on record. */
export interface Attempt {
  readonly operation: OperationRecord;
  /** An earlier attempt ended in the middle: how far it came has to be found out. */
  readonly isRepeated: boolean;
  /** How the earlier attempt was about to do it, where it had come so far. */
  readonly noted?: JsonObject;
  /** Notes how it is about to be done; durable when it resolves. Nothing to do where nobody can repeat the request. */
  note(how: JsonObject): Promise<void>;
}

export interface Kept<T> {
  readonly operation?: OperationRecord;
  readonly answer: Answer<T>;
  readonly replayed: boolean;
}

/** How long a repetition waits for the first answer. */
const WAIT_MS = 20_000;
const LOOK_AGAIN_MS = 200;
const SAVE_AGAIN_MS = 2_000;
const SAVE_ATTEMPTS = 150;

/**
 * Puts what is asked for on record before it is done and its answer after, and gives a repetition the first answer.
 * A hub that does not answer refuses what is not begun; an answer that it does not take is kept here and saved later.
 */
export class RequestDesk {
  readonly #deps: RequestDeskDeps;
  /** Answers that are on their way, by the name of the ledger's object. */
  readonly #running = new Map<string, Promise<Kept<unknown>>>();

  constructor(deps: RequestDeskDeps) {
    this.#deps = deps;
  }

  async handle<T>(request: Request<T>): Promise<Kept<T>> {
    try {
      return request.operation.requestId === undefined ? await this.#once(request) : await this.#atMostOnce(request);
    } catch (error) {
      const refusal = hubRefusal(error);
      if (refusal === undefined) throw error;
      this.#deps.logger.warn('the hub takes no operation', { mutation: request.operation.mutation, error: String(error).slice(0, 200) });
      return { replayed: false, answer: { outcome: 'REFUSED', errors: [refusal] } };
    }
  }

  /** Nobody can ask for it again. */
  async #once<T>(request: Request<T>): Promise<Kept<T>> {
    return this.#run(request, await this.#deps.ledger.record(request.operation), { isRepeated: false });
  }

  async #atMostOnce<T>(request: Request<T>): Promise<Kept<T>> {
    const { clock } = this.#deps;
    const deadline = clock.monotonic() + WAIT_MS;
    for (;;) {
      const kept = await this.#tryOnce(request, await this.#begin(request), deadline);
      if (kept !== undefined) return kept;
      if (clock.monotonic() >= deadline) return refusedAs(stillUnderWay());
      await clock.sleep(LOOK_AGAIN_MS);
    }
  }

  #begin<T>({ operation, viewer, question }: Request<T>): Promise<Begun> {
    const { mutation, requestId = '' } = operation;
    return this.#deps.ledger.begin({ viewer, mutation, requestId }, question, operation);
  }

  /** Undefined: somebody else is at it, look again. */
  async #tryOnce<T>(request: Request<T>, begun: Begun, deadline: number): Promise<Kept<T> | undefined> {
    switch (begun.kind) {
      case 'new':
        return this.#run(request, begun.entry, { isRepeated: false });
      case 'reused':
        return refusedAs(reusedRequestId(request.operation.requestId ?? ''));
      case 'replay':
        return replayOf(begun.entry, begun.result.answer, request.keeping);
      case 'in-progress':
        return this.#join(request, begun, deadline);
    }
  }

  async #join<T>(request: Request<T>, { entry, isAbandoned }: InProgress, deadline: number): Promise<Kept<T> | undefined> {
    const running = this.#running.get(entry.name) as Promise<Kept<T>> | undefined;
    if (running !== undefined) return this.#awaited(running, deadline);
    if (!isAbandoned) return undefined;
    try {
      const taken = await this.#deps.ledger.takeOver(entry);
      this.#deps.logger.info('an operation that was left in the middle is taken up again', { mutation: entry.mutation, id: entry.id });
      return this.#run(request, taken, { isRepeated: true });
    } catch (error) {
      if (isHubError(error, 'conflict', 'absent')) return undefined;
      throw error;
    }
  }

  async #awaited<T>(running: Promise<Kept<T>>, deadline: number): Promise<Kept<T>> {
    const { clock } = this.#deps;
    const over = new AbortController();
    const late = clock.sleep(Math.max(0, deadline - clock.monotonic()), over.signal).then(() => undefined);
    const kept = await Promise.race([running, late]);
    over.abort();
    return kept === undefined ? refusedAs(stillUnderWay()) : { ...kept, replayed: true };
  }

  #run<T>(request: Request<T>, entry: OperationEntry, { isRepeated }: { readonly isRepeated: boolean }): Promise<Kept<T>> {
    const run = new Sitting(request, entry, this.#deps).run(isRepeated, (saved) => this.#whenSaved(entry.name, saved));
    this.#running.set(entry.name, run);
    run.catch(() => this.#running.delete(entry.name));
    return run;
  }

  #whenSaved(name: string, saved: Promise<void>): void {
    void saved.finally(() => this.#running.delete(name));
  }
}

type InProgress = Extract<Begun, { readonly kind: 'in-progress' }>;

/** One operation from its entry to its answer. */
class Sitting<T> {
  readonly #request: Request<T>;
  readonly #deps: RequestDeskDeps;
  #entry: OperationEntry;

  constructor(request: Request<T>, entry: OperationEntry, deps: RequestDeskDeps) {
    this.#request = request;
    this.#entry = entry;
    this.#deps = deps;
  }

  async run(isRepeated: boolean, whenSaved: (saved: Promise<void>) => void): Promise<Kept<T>> {
    const operation = this.#deps.operations.put(recordOf(this.#entry));
    const answer = await this.#answer(operation, isRepeated);
    const finished = { ...operation, outcome: answer.outcome, finishedAt: this.#deps.clock.now() };
    this.#deps.operations.put(finished);
    const kept: Kept<T> = { operation: finished, answer, replayed: false };
    const isSaved = await this.#save(answer);
    whenSaved(isSaved ? Promise.resolve() : this.#saveLater(answer));
    return kept;
  }

  async #answer(operation: OperationRecord, isRepeated: boolean): Promise<Answer<T>> {
    const { command: noted } = this.#entry;
    try {
      return await this.#request.carryOut({
        operation,
        isRepeated,
        ...(isRepeated && noted !== undefined && { noted }),
        note: (how) => this.#note(how),
      });
    } catch (error) {
      const refusal = error instanceof NotNoted ? hubRefusal(error.cause) : undefined;
      if (refusal !== undefined) return { outcome: 'FAILED', errors: [refusal] };
      // A fault of ours: what it did nobody knows.
      this.#deps.operations.put({ ...operation, outcome: 'UNKNOWN' });
      await this.#save({ outcome: 'UNKNOWN', errors: [] });
      throw error;
    }
  }

  async #note(how: JsonObject): Promise<void> {
    if (this.#entry.requestId === undefined) return;
    try {
      this.#entry = await this.#deps.ledger.note(this.#entry, how);
    } catch (error) {
      throw new NotNoted(error);
    }
  }

  /** What was not done may be asked for again; of what nobody knows the next one who asks finds out. */
  async #save(answer: Answer<T>): Promise<boolean> {
    const { ledger } = this.#deps;
    const { outcome } = answer;
    const isOpen = outcome === 'UNKNOWN' && this.#entry.requestId !== undefined;
    const isReusable = outcome === 'REFUSED' || outcome === 'FAILED';
    try {
      if (isOpen) await ledger.leaveOpen(this.#entry);
      else await ledger.finish(this.#entry, { outcome, isReusable, answer: answerToJson(answer, this.#request.keeping) });
      return true;
    } catch (error) {
      return this.#isHopeless(error, outcome);
    }
  }

  /** True where saving it again would not help. */
  #isHopeless(error: unknown, outcome: string): boolean {
    if (!isHubError(error) && !isApiError(error)) throw error;
    const { mutation, id } = this.#entry;
    this.#deps.logger.error('the answer of an operation is not on record', { mutation, id, outcome, error: String(error).slice(0, 200) });
    return isHubError(error);
  }

  async #saveLater(answer: Answer<T>): Promise<void> {
    for (let attempt = 0; attempt < SAVE_ATTEMPTS; attempt += 1) {
      await new Promise<void>((resolve) => this.#deps.clock.after(SAVE_AGAIN_MS, resolve));
      if (await this.#save(answer)) return;
    }
  }
}

/** How it was about to be done could not be noted, so it was not done. */
class NotNoted extends Error {
  constructor(cause: unknown) {
    super('not noted', { cause });
  }
}

function replayOf<T>(entry: OperationEntry, kept: JsonObject, keeping: Keeping<T>): Kept<T> {
  const operation = recordOf(entry);
  return { operation, replayed: true, answer: answerFromJson(operation.outcome, kept, keeping) };
}

function refusedAs<T>(error: CommandError): Kept<T> {
  return { replayed: false, answer: { outcome: 'REFUSED', errors: [error] } };
}

/** Undefined for what is no trouble of the hub. */
export function hubRefusal(error: unknown): CommandError | undefined {
  if (isHubError(error, 'too-large')) {
    return { type: 'ValidationError', code: 'TOO_LARGE', message: `too much to be kept: ${error.message}`, path: ['input'], unblock: [] };
  }
  if (!isHubError(error) && !isApiError(error)) return undefined;
  return blocked('HUB_UNAVAILABLE', `nothing was done, because it could not be put on record: ${hubMessage(error)}`);
}

function hubMessage(error: HubError | ApiError): string {
  return error.message.slice(0, 300);
}

function stillUnderWay(): CommandError {
  return blocked('STILL_UNDER_WAY', 'this request is still being carried out; repeat it with the same requestId to get its answer', [
    'input',
    'requestId',
  ]);
}

function reusedRequestId(requestId: string): CommandError {
  return {
    type: 'RequestIdReusedError',
    code: 'REQUEST_ID_REUSED',
    message: `requestId ${requestId} was used before with other arguments; take a new one for a new request`,
    path: ['input', 'requestId'],
    unblock: [],
  };
}
