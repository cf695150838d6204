import { isHubError } from '../hub/hub-error.ts';
import type { OperationEntry } from '../hub/operation-entry.ts';
import type { Begun } from '../hub/operation-ledger.ts';
import type { JsonObject } from '../model/kube-object.ts';
import { answerFromJson, type Keeping } from './answer.ts';
import { blocked } from './command-error.ts';
import type { CommandError } from './commands.ts';
import { hubRefusal } from './hub-refusal.ts';
import { recordOf } from './operation-book.ts';
import { type Kept, type Request, type RequestDeskDeps, Sitting } from './sitting.ts';

/** How long a repetition waits for the first answer. */
const WAIT_MS = 20_000;
const LOOK_AGAIN_MS = 200;

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

function replayOf<T>(entry: OperationEntry, kept: JsonObject, keeping: Keeping<T>): Kept<T> {
  const operation = recordOf(entry);
  return { operation, replayed: true, answer: answerFromJson(operation.outcome, kept, keeping) };
}

function refusedAs<T>(error: CommandError): Kept<T> {
  return { replayed: false, answer: { outcome: 'REFUSED', errors: [error] } };
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
