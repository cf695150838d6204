import { createHash } from 'node:crypto';
import type { Principal } from '../auth/principal.ts';
import { Slots } from '../auth/slots.ts';
import { isHubError } from '../hub/hub-error.ts';
import type { Operation, OperationEntry } from '../hub/operation-entry.ts';
import { isApiError } from '../kube/api-error.ts';
import type { JsonObject } from '../model/kube-object.ts';
import type { Run } from '../rollout/run.ts';
import { type Answer, answerFromJson, answerToJson, type Keeping, keptRun } from './answer.ts';
import { blocked, invalid, targetOfRun } from './command-error.ts';
import { type CommandDeps, newOperation, runCommand } from './command-runner.ts';
import type { CommandError, CommandResult, RunsCommand, RunsResult } from './commands.ts';
import { hubRefusal } from './hub-refusal.ts';
import type { OperationRecord } from './operation.ts';
import { recordOf } from './operation-book.ts';
import { commandRun, noSuchRun, refusedBeforehand } from './run-commands.ts';
import type { Attempt } from './sitting.ts';

type Result = CommandResult<Run>;

const MUTATION = 'rolloutsCommand';
const MAX_RUNS = 1_000;
/** So many are told at once; the driver decides for each run by itself. */
const AT_ONCE = 16;

/** One verb for many runs: one result each, in their order. What is dead or gone is a result and no error. */
export async function rolloutsCommand(principal: Principal, input: RunsCommand, deps: CommandDeps): Promise<RunsResult> {
  const { requestId: _id, dryRun: _dryRun, runs, ...rest } = input;
  const kept = await runCommand<readonly Result[]>(
    {
      ...{ mutation: MUTATION, principal, options: input, keeping: keptResults(deps) },
      // JSON has no undefined in lists.
      question: { ...rest, runs: runs.map((run) => run ?? null) },
      validate: () => invalidInput(input),
      act: (attempt) => new Fleetwide(principal, input, { attempt, deps }).answer(),
    },
    deps,
  );
  return { results: kept.object ?? [], replayed: kept.replayed, errors: kept.errors };
}

function invalidInput({ runs, stopAfterFailures }: RunsCommand): CommandError | undefined {
  if (runs.length > MAX_RUNS) return invalid(['input', 'rollouts'], `there are ${runs.length} runs; at most ${MAX_RUNS} at a time`);
  if (stopAfterFailures !== undefined && (!Number.isSafeInteger(stopAfterFailures) || stopAfterFailures < 1)) {
    return invalid(['input', 'stopAfterFailures'], 'stopAfterFailures is a whole number from 1 on');
  }
  return undefined;
}

interface Around {
  readonly attempt: Attempt;
  readonly deps: CommandDeps;
}

class Fleetwide {
  readonly #principal: Principal;
  readonly #input: RunsCommand;
  readonly #attempt: Attempt;
  readonly #deps: CommandDeps;
  readonly #slots: Slots;
  /** The same run named twice is told once. */
  readonly #told = new Map<string, Promise<Result>>();
  #failures = 0;
  #isOpen = false;

  constructor(principal: Principal, input: RunsCommand, { attempt, deps }: Around) {
    this.#principal = principal;
    this.#input = input;
    this.#attempt = attempt;
    this.#deps = deps;
    // Who wants to stop after failures wants them one by one.
    this.#slots = new Slots(input.stopAfterFailures === undefined ? AT_ONCE : 1);
  }

  /** As long as it is not known what became of one of them the whole is not over: a repetition finds out. */
  async answer(): Promise<Answer<readonly Result[]>> {
    const refusal = refusedBeforehand(this.#deps);
    if (refusal !== undefined) return { outcome: this.#attempt.isRepeated ? 'UNKNOWN' : 'REFUSED', errors: [refusal] };
    const object = await this.#results();
    return { outcome: this.#isOpen ? 'UNKNOWN' : 'APPLIED', errors: [], object };
  }

  async #results(): Promise<readonly Result[]> {
    const never = new AbortController().signal;
    const results = this.#input.runs.map((run, at) => this.#slots.run(never, () => this.#resultOnce(run, at)));
    return (await Promise.all(results)).flatMap((result) => (result === undefined ? [] : [result]));
  }

  #resultOnce(run: string | undefined, at: number): Promise<Result> {
    const told = run === undefined ? undefined : this.#told.get(run);
    if (told !== undefined) return told;
    const result = this.#result(run, at);
    if (run !== undefined) this.#told.set(run, result);
    return result;
  }

  async #result(id: string | undefined, at: number): Promise<Result> {
    const path = ['input', 'rollouts', String(at)];
    const { stopAfterFailures } = this.#input;
    const isStopped = stopAfterFailures !== undefined && this.#failures >= stopAfterFailures;
    const run = id === undefined ? undefined : this.#deps.runs.get(id);
    if (run === undefined) {
      this.#failures += 1;
      return { replayed: false, errors: [isStopped ? stopped(path) : noSuchRun(path)] };
    }
    const result = await this.#recorded(run, path, isStopped);
    if (result.errors.length > 0) this.#failures += 1;
    return result;
  }

  /** Each with an operation of its own, whose id follows from that of the whole. */
  async #recorded(run: Run, path: readonly string[], isStopped: boolean): Promise<Result> {
    const operation = this.#operationFor(run);
    if (operation.dryRun) return this.#answered(run, { operation: recordOf(unsaved(operation)), path, isStopped });
    try {
      const entry = await this.#entryFor(operation);
      if (entry.result !== undefined)
        return resultOf(recordOf(entry), answerFromJson(recordOf(entry).outcome, entry.result.answer, keptRun(this.#deps.runs)));
      const result = await this.#answered(run, { operation: recordOf(entry), path, isStopped });
      await this.#finish(entry, result);
      return result;
    } catch (error) {
      const refusal = hubRefusal(error);
      if (refusal === undefined) throw error;
      this.#isOpen = true;
      return { replayed: false, errors: [{ ...refusal, path }] };
    }
  }

  async #answered(run: Run, { operation, path, isStopped }: Told): Promise<Result> {
    this.#deps.operations.put(operation);
    const { verb, reason } = this.#input;
    const input = { run: run.uid, ...(reason !== undefined && { reason }) };
    const asked = { principal: this.#principal, verb, input, path };
    const answer: Answer<Run> = isStopped
      ? { outcome: 'SKIPPED', object: run, errors: [stopped(path)] }
      : await commandRun(asked, { operation, isRepeated: this.#attempt.isRepeated }, this.#deps);
    if (answer.outcome === 'UNKNOWN') this.#isOpen = true;
    const finished = { ...operation, outcome: answer.outcome, finishedAt: this.#deps.clock.now() };
    return resultOf(this.#deps.operations.put(finished), answer);
  }

  #operationFor(run: Run): Operation {
    const { requestId: _, ...options } = this.#input;
    const { id, at } = this.#attempt.operation;
    const operation = newOperation(
      { mutation: MUTATION, principal: this.#principal, options, target: targetOfRun(run), run: run.uid },
      this.#deps,
    );
    return { ...operation, id: operationIdFor(id, run.uid), at };
  }

  /** After a restart it may be there already. */
  async #entryFor(operation: Operation): Promise<OperationEntry> {
    const { ledger } = this.#deps;
    const known = this.#attempt.isRepeated ? await ledger.recorded(operation.id) : undefined;
    if (known === undefined) return ledger.record(operation);
    return known.result === undefined ? ledger.takeOver(known) : known;
  }

  async #finish(entry: OperationEntry, { object, operation, errors }: Result): Promise<void> {
    const outcome = operation?.outcome ?? 'UNKNOWN';
    const answer = answerToJson({ outcome, errors, ...(object !== undefined && { object }) }, keptRun(this.#deps.runs));
    try {
      if (outcome === 'UNKNOWN') await this.#deps.ledger.leaveOpen(entry);
      else await this.#deps.ledger.finish(entry, { outcome, answer });
    } catch (error) {
      // What was decided is durable with the run; the answer of the whole is kept with the whole.
      if (!isHubError(error) && !isApiError(error)) throw error;
      this.#deps.logger.warn('the answer for one of many runs is not on record', { id: entry.id, error: String(error).slice(0, 200) });
    }
  }
}

interface Told {
  readonly operation: OperationRecord;
  readonly path: readonly string[];
  readonly isStopped: boolean;
}

function operationIdFor(whole: string, run: string): string {
  return createHash('sha256').update(`${whole}/${run}`).digest('hex').slice(0, 32);
}

function unsaved(operation: Operation): OperationEntry {
  const unused = { name: '', questionDigest: '', attempt: 0, holder: '', version: '', outcome: 'ACCEPTED' };
  return { ...operation, ...unused, heldSince: operation.at, expiresAt: operation.at };
}

function resultOf(operation: OperationRecord, { object, errors }: Answer<Run>): Result {
  return { operation, replayed: false, errors, ...(object !== undefined && { object }) };
}

function stopped(path: readonly string[]): CommandError {
  return blocked('STOPPED_AFTER_FAILURES', 'so many others failed that this one was left alone, as asked', path);
}

function keptResults({ runs }: CommandDeps): Keeping<readonly Result[]> {
  const one = keptRun(runs);
  return {
    toJson: (results) => ({
      results: results.map(({ operation, object, errors }) => ({
        operation,
        errors,
        ...(object !== undefined && { object: one.toJson(object) }),
      })),
    }),
    fromJson: ({ results }) => (Array.isArray(results) ? results : []).map((kept: JsonObject) => keptResult(kept, one)),
  };
}

function keptResult({ operation, errors, object }: JsonObject, one: Keeping<Run>): Result {
  const run = object === undefined ? undefined : one.fromJson(object as JsonObject);
  return {
    replayed: true,
    errors: errors as readonly CommandError[],
    ...(operation !== undefined && { operation: operation as OperationRecord }),
    ...(run !== undefined && { object: run }),
  };
}
