import { isHubError } from '../hub/hub-error.ts';
import type { Operation, OperationEntry } from '../hub/operation-entry.ts';
import type { OperationLedger } from '../hub/operation-ledger.ts';
import { isApiError } from '../kube/api-error.ts';
import type { JsonObject } from '../model/kube-object.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import { type Answer, answerToJson, type Keeping } from './answer.ts';
import { hubRefusal } from './hub-refusal.ts';
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

const SAVE_AGAIN_MS = 2_000;
const SAVE_ATTEMPTS = 150;

/** One operation from its entry to its answer. */
export class Sitting<T> {
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
      // Not as itself: it would look like the hub's refusal to take the operation.
      throw isHubError(error) || isApiError(error) ? new Error(`unforeseen: ${error.message}`, { cause: error }) : error;
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
