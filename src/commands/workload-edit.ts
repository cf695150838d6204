import type { Principal } from '../auth/principal.ts';
import { isApiError } from '../kube/api-error.ts';
import type { JsonPatchOperation, WriteOptions } from '../kube/api-server.ts';
import type { JsonObject, KubeObject } from '../model/kube-object.ts';
import type { WorkloadRecord } from '../model/workload-record.ts';
import { changesTo } from '../rollout/field-changes.ts';
import type { FieldChange } from '../rollout/state.ts';
import type { Answer } from './answer.ts';
import { refusalOf } from './api-refusal.ts';
import { unreachable } from './command-error.ts';
import { type CommandDeps, writeOptions } from './command-runner.ts';
import type { CommandError, WorkloadCommand, WorkloadVerb } from './commands.ts';
import { type FetchedWorkload, fetchWorkload, recordOfObject } from './fetch-workload.ts';
import { refusalOfRight } from './rights.ts';
import type { Attempt } from './sitting.ts';
import { patchFor, type WorkloadChange } from './workload-change.ts';
import { verdictOnWorkload } from './workload-verdict.ts';

/** A verb of one workload, described: what it would make of the object as it is. */
export interface WorkloadEdit<I extends WorkloadCommand> {
  readonly mutation: string;
  readonly verb: WorkloadVerb;
  readonly principal: Principal;
  readonly input: I;
  validate?(): CommandError | undefined;
  /** `at`: of the operation, the same whenever it is repeated. */
  change(fetched: FetchedWorkload, at: number): WorkloadChange | Promise<WorkloadChange>;
}

/** How the edit is about to be done, as the ledger keeps it: enough to find out whether it was. */
interface Noted {
  readonly uid: string;
  readonly generation: number;
  readonly changes: readonly FieldChange[];
  readonly patch: readonly JsonPatchOperation[];
}

const ATTEMPTS = 4;

/** One edit of one object: read, decided, noted, sent; and found out about when an answer was lost. */
export class Editing<I extends WorkloadCommand> {
  readonly #edit: WorkloadEdit<I>;
  readonly #attempt: Attempt;
  readonly #deps: CommandDeps;

  constructor(edit: WorkloadEdit<I>, attempt: Attempt, deps: CommandDeps) {
    this.#edit = edit;
    this.#attempt = attempt;
    this.#deps = deps;
  }

  async answer(): Promise<Answer<WorkloadRecord>> {
    const noted = this.#attempt.noted as Noted | undefined;
    return noted === undefined ? this.#begin() : this.#findOut(noted);
  }

  /** Somebody who writes at the same time makes the guards fail: then it is all looked at again. */
  async #begin(): Promise<Answer<WorkloadRecord>> {
    for (let attempt = 1; ; attempt += 1) {
      const answer = await this.#tryOnce();
      if (answer !== 'changed meanwhile') return answer;
      if (attempt === ATTEMPTS) return refused(busy(this.#edit.input));
    }
  }

  async #tryOnce(): Promise<Answer<WorkloadRecord> | 'changed meanwhile'> {
    const { principal, input, verb } = this.#edit;
    const fetched = await fetchWorkload(principal, input, this.#deps);
    if ('error' in fetched) return refused(fetched.error, fetched.outcome);
    const verdict = verdictOnWorkload(verb, fetched.record, this.#deps.runs);
    if (verdict !== undefined) return this.#refuse(fetched.record, verdict);
    const change = await this.#change(fetched);
    if ('outcome' in change) return change;
    if ('refusal' in change) return this.#refuse(fetched.record, change.refusal);
    if (change.changes.length === 0) return this.#skip(fetched.record);
    const noted = noteOf(fetched.object, change.changes);
    await this.#attempt.note({ ...noted });
    return this.#send(fetched, noted);
  }

  /** Nothing is written that the server could refuse: it is asked instead. */
  async #skip(record: WorkloadRecord): Promise<Answer<WorkloadRecord>> {
    const refusal = await this.#rightMissing(record);
    return refusal === undefined ? { outcome: 'SKIPPED', object: record, errors: [] } : refused(refusal);
  }

  /** How things stand is for who may change them: the others learn that they may not. */
  async #refuse(record: WorkloadRecord, verdict: CommandError): Promise<Answer<WorkloadRecord>> {
    return refused((await this.#rightMissing(record)) ?? verdict);
  }

  async #rightMissing(record: WorkloadRecord): Promise<CommandError | undefined> {
    const { principal } = this.#edit;
    return refusalOfRight(await this.#deps.rights.ask(principal, record), principal, record, PATH);
  }

  async #change(fetched: FetchedWorkload): Promise<WorkloadChange | Answer<WorkloadRecord>> {
    try {
      return await this.#edit.change(fetched, this.#attempt.operation.at);
    } catch (error) {
      const refusal = refusalOf(error, this.#edit.input.workload.cluster, PATH);
      return refused(refusal.error, refusal.outcome);
    }
  }

  async #send(fetched: FetchedWorkload, noted: Noted): Promise<Answer<WorkloadRecord> | 'changed meanwhile'> {
    const { principal, input } = this.#edit;
    try {
      return await this.#patch(fetched, noted, writeOptions(principal, this.#attempt.operation));
    } catch (error) {
      const isLost = isApiError(error, 'outcome-unknown', 'server-error');
      if (isLost && !this.#attempt.operation.dryRun) return this.#findOut(noted, error.message);
      if (isApiError(error, 'invalid', 'conflict') && (await this.#isOtherwise(noted))) return 'changed meanwhile';
      const refusal = refusalOf(error, input.workload.cluster, PATH);
      return refused(refusal.error, refusal.outcome);
    }
  }

  async #patch({ apiServer, resource, record }: FetchedWorkload, { patch }: Noted, options: WriteOptions): Promise<Answer<WorkloadRecord>> {
    const name = { namespace: record.namespace, name: record.name };
    const object = await apiServer.patch(resource, name, { type: 'json', operations: patch }, options);
    return { outcome: 'APPLIED', object: recordOfObject(object, this.#edit.input.workload), errors: [] };
  }

  /** A failed test does not say which: the object does. */
  async #isOtherwise({ uid, generation }: Noted): Promise<boolean> {
    const present = await this.#look();
    return !('error' in present) && (present.record.uid !== uid || present.record.generation !== generation);
  }

  /**
   * It was sent, and whether it arrived nobody knows. The object as it should be is the answer; untouched, it is sent
   * again, word for word, and its guards let only one of them through; anything else cannot be told from here.
   */
  async #findOut(noted: Noted, why = 'an earlier attempt ended in the middle'): Promise<Answer<WorkloadRecord>> {
    for (let attempt = 1; ; attempt += 1) {
      const found = await this.#lookFor(noted, why);
      if (found !== 'untouched') return found;
      if (attempt === ATTEMPTS) return unknown(this.#edit.input, why);
      const again = await this.#sendAgain(noted);
      if (again !== undefined) return again;
    }
  }

  async #lookFor(noted: Noted, why: string): Promise<Answer<WorkloadRecord> | 'untouched'> {
    const present = await this.#look();
    if ('error' in present) return unknown(this.#edit.input, `${why}, and the object cannot be read: ${present.error.message}`);
    const { object, record } = present;
    if (record.uid === noted.uid && isAsWanted(object, noted)) return { outcome: 'APPLIED', object: record, errors: [] };
    if (record.uid === noted.uid && record.generation === noted.generation) return 'untouched';
    return unknown(this.#edit.input, `${why}, and somebody has changed the object since`);
  }

  /** Undefined: look again. A refusal now says nothing about the first time, but that it is not done yet. */
  async #sendAgain(noted: Noted): Promise<Answer<WorkloadRecord> | undefined> {
    const { principal, input } = this.#edit;
    const present = await this.#look();
    if ('error' in present) return undefined;
    try {
      return await this.#patch(present, noted, writeOptions(principal, this.#attempt.operation));
    } catch (error) {
      if (isApiError(error, 'outcome-unknown', 'server-error', 'invalid', 'conflict')) return undefined;
      const refusal = refusalOf(error, input.workload.cluster, PATH);
      return refused(refusal.error, refusal.outcome);
    }
  }

  /** The object now, whatever generation the caller expected before. */
  #look() {
    const { principal, input } = this.#edit;
    return fetchWorkload(principal, { workload: input.workload }, this.#deps);
  }
}

const PATH = ['input', 'workload'];

function noteOf(object: KubeObject, changes: readonly FieldChange[]): Noted {
  const { uid = '', generation = 0 } = object.metadata;
  const noted: Noted = { uid, generation, changes, patch: patchFor(object, changes) };
  return JSON.parse(JSON.stringify(noted)) as Noted & JsonObject;
}

function isAsWanted(object: KubeObject, { changes }: Noted): boolean {
  return (
    changesTo(
      object,
      changes.map(({ path, to }) => ({ path, value: to })),
    ).length === 0
  );
}

function refused(error: CommandError, outcome: Answer<WorkloadRecord>['outcome'] = 'REFUSED'): Answer<WorkloadRecord> {
  return { outcome, errors: [error] };
}

function busy({ workload: { name } }: WorkloadCommand): CommandError {
  return {
    type: 'ConflictError',
    code: 'CONFLICT',
    message: `${name} is being changed by others all the time; nothing was done`,
    path: PATH,
    unblock: [],
  };
}

function unknown({ workload: { cluster } }: WorkloadCommand, why: string): Answer<WorkloadRecord> {
  const message = `it may or may not have been done: ${why}; look before asking again`;
  return { outcome: 'UNKNOWN', errors: [unreachable(PATH, cluster, message, 'OUTCOME_UNKNOWN')] };
}
