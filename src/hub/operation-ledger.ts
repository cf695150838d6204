import { type ApiError, isApiError } from '../kube/api-error.ts';
import type { ApiServer } from '../kube/api-server.ts';
import type { JsonObject, KubeObject } from '../model/kube-object.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Random } from '../runtime/random.ts';
import { digestOf, stableJson } from './digest.ts';
import { follow, listObjects } from './follow.ts';
import { HubError, isHubError } from './hub-error.ts';
import {
  type NewEntry,
  type Operation,
  type OperationEntry,
  type OperationResult,
  operationEntry,
  operationObject,
} from './operation-entry.ts';
import { createObject, type HubWrite, replaceObject } from './replace-object.ts';
import { HUB_NAMESPACE, OPERATIONS } from './resources.ts';

export interface LedgerOptions {
  readonly apiServer: ApiServer;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** This process, told from every other one and from itself before a restart. */
  readonly holder: string;
  /**
   * How long an operation of another process may go without an answer before it counts as abandoned; longer than any
   * mutation takes, and than clocks differ. Default two minutes; 0 where no other process can be alive.
   */
  readonly abandonedAfterMs?: number;
  /** For how long a request id is remembered; default 24 hours. */
  readonly keptMs?: number;
  /** Operations kept; the oldest answered ones go first. Default 10,000. */
  readonly maxEntries?: number;
}

/** Whose request ids are not mixed up with anybody else's. */
export interface RequestScope {
  readonly viewer: string;
  readonly mutation: string;
  readonly requestId: string;
}

export type Begun =
  /** Nobody has done it: do it, then `finish`. */
  | { readonly kind: 'new'; readonly entry: OperationEntry }
  /** It was done; this was the answer. */
  | { readonly kind: 'replay'; readonly entry: OperationEntry; readonly result: OperationResult }
  /** The id stands for another question. */
  | { readonly kind: 'reused'; readonly entry: OperationEntry }
  /**
   * Somebody is at it. When they are known to be gone, `isAbandoned`: how far they came has to be found out, by whoever
   * succeeds in `takeOver`.
   */
  | { readonly kind: 'in-progress'; readonly entry: OperationEntry; readonly isAbandoned: boolean };

/** Must not throw. */
export interface OperationListener {
  replaced(entries: readonly OperationEntry[]): void;
  changed(entry: OperationEntry): void;
  removed(name: string): void;
  lost?(error: ApiError): void;
}

const KEPT_MS = 24 * 3_600_000;
const MAX_ENTRIES = 10_000;
const ABANDONED_AFTER_MS = 120_000;
const ATTEMPTS = 5;
const IN_PROGRESS = 'ACCEPTED';
const LEFT_OPEN = 'UNKNOWN';

/**
 * What was asked of us and what we answered, in the hub. An object's name follows from viewer, mutation and request id:
 * whoever creates it carries the mutation out, everybody else gets the first answer. Throws `HubError` or `ApiError`.
 */
export class OperationLedger {
  readonly #options: LedgerOptions;
  readonly #keptMs: number;
  /** Ids of the operations that this process is at: one of ours that is not among them was begun without our knowing. */
  readonly #active = new Set<string>();

  constructor(options: LedgerOptions) {
    this.#options = options;
    this.#keptMs = options.keptMs ?? KEPT_MS;
  }

  /** Durable when it resolves. `question` is everything that the answer depends on, but for the request id. */
  async begin(scope: RequestScope, question: unknown, operation: Operation): Promise<Begun> {
    const wanted = this.#newEntry(nameOf(scope), digestOf([stableJson(question)]), { ...operation, requestId: scope.requestId });
    this.#active.add(wanted.id);
    let begun: Begun | undefined;
    try {
      for (let attempt = 0; begun === undefined && attempt < ATTEMPTS; attempt += 1) begun = await this.#tryToBegin(wanted);
    } finally {
      if (begun?.kind !== 'new') this.#active.delete(wanted.id);
    }
    if (begun === undefined) throw new HubError('conflict', `the record of request ${scope.requestId} keeps changing`);
    return begun;
  }

  /** Puts an operation on record that nobody will ask for again: one without a request id. */
  async record(operation: Operation): Promise<OperationEntry> {
    const wanted = this.#newEntry(`op-${operation.id}`, digestOf([operation.id]), operation);
    const created = await createObject(this.#write(operationObject(wanted)));
    if (created === undefined) throw new HubError('exists', `there is an operation ${operation.id} already`);
    this.#active.add(wanted.id);
    return operationEntry(created);
  }

  /** What `record` put there, if it did. */
  recorded(id: string): Promise<OperationEntry | undefined> {
    return this.#find(`op-${id}`);
  }

  /** Notes how it is about to be done, before it is: whoever has to find out how far it came goes by that. Throws `conflict`. */
  note(entry: OperationEntry, command: JsonObject): Promise<OperationEntry> {
    return this.#replace(entry, { ...entry, command });
  }

  /** Nobody knows whether it was done: it counts as abandoned at once, and whoever asks again finds out. */
  async leaveOpen(entry: OperationEntry): Promise<OperationEntry> {
    this.#active.delete(entry.id);
    return this.#replace(entry, { ...entry, outcome: LEFT_OPEN });
  }

  /** Writes the answer. Throws `conflict` when somebody has taken the operation over meanwhile. */
  async finish(entry: OperationEntry, result: OperationResult): Promise<OperationEntry> {
    const { outcome } = result;
    const finished = await this.#replace(entry, { ...entry, outcome, result: { ...result, finishedAt: this.#options.clock.now() } });
    this.#active.delete(entry.id);
    return finished;
  }

  /** Makes an abandoned operation ours; of several who try one succeeds, the others get `conflict`. */
  async takeOver(entry: OperationEntry): Promise<OperationEntry> {
    const { holder, clock } = this.#options;
    const taken = await this.#replace(entry, { ...entry, holder, heldSince: clock.now(), outcome: IN_PROGRESS });
    this.#active.add(entry.id);
    return taken;
  }

  /** Everything on record, newest first. */
  async list(signal?: AbortSignal): Promise<OperationEntry[]> {
    const { objects } = await listObjects(this.#options.apiServer, OPERATIONS, signal);
    return this.#readable(objects).sort(newestFirst);
  }

  /** Operations of ended processes that have no answer. */
  async abandoned(): Promise<OperationEntry[]> {
    return (await this.list()).filter((entry) => entry.result === undefined && this.#isAbandoned(entry));
  }

  /** Removes what has expired, and beyond the bound the oldest that have an answer. Returns how many. */
  async deleteExpired(): Promise<number> {
    const { clock, maxEntries = MAX_ENTRIES } = this.#options;
    const entries = await this.list();
    const dispensable = entries.filter((entry, at) => entry.result !== undefined && (at >= maxEntries || entry.expiresAt <= clock.now()));
    for (const entry of dispensable) await this.#delete(entry);
    return dispensable.length;
  }

  /** Tells `listener` of every operation and every change, until `signal` fires. */
  follow(listener: OperationListener, signal: AbortSignal): Promise<void> {
    return follow({
      ...this.#options,
      signal,
      resource: OPERATIONS,
      listener: {
        replaced: (objects) => listener.replaced(this.#readable(objects)),
        changed: (object) => {
          for (const entry of this.#readable([object])) listener.changed(entry);
        },
        removed: ({ metadata }) => listener.removed(metadata.name),
        ...(listener.lost && { lost: (error) => listener.lost?.(error) }),
      },
    });
  }

  #newEntry(name: string, questionDigest: string, operation: Operation): NewEntry {
    const { holder, clock } = this.#options;
    const heldSince = clock.now();
    const expiresAt = heldSince + this.#keptMs;
    return { ...operation, name, questionDigest, holder, heldSince, attempt: 0, expiresAt, outcome: IN_PROGRESS };
  }

  /** Undefined: what is there changed meanwhile, look again. */
  async #tryToBegin(wanted: NewEntry): Promise<Begun | undefined> {
    const created = await createObject(this.#write(operationObject(wanted)));
    return created === undefined ? this.#beginAgain(wanted) : { kind: 'new', entry: operationEntry(created) };
  }

  /** What an existing record of the same name means. */
  async #beginAgain(wanted: NewEntry): Promise<Begun | undefined> {
    const present = await this.#find(wanted.name);
    if (present === undefined) return undefined;
    if (this.#isFree(present)) return this.#reuse(present, wanted);
    if (present.questionDigest !== wanted.questionDigest) return { kind: 'reused', entry: present };
    if (present.result !== undefined) return { kind: 'replay', entry: present, result: present.result };
    return { kind: 'in-progress', entry: present, isAbandoned: this.#isAbandoned(present) };
  }

  #isFree({ result, expiresAt }: OperationEntry): boolean {
    return result !== undefined && (result.isReusable === true || expiresAt <= this.#options.clock.now());
  }

  #isAbandoned({ id, holder, heldSince, outcome }: OperationEntry): boolean {
    if (outcome === LEFT_OPEN) return true;
    const { clock, abandonedAfterMs = ABANDONED_AFTER_MS } = this.#options;
    if (holder === this.#options.holder) return !this.#active.has(id);
    return clock.now() - heldSince >= abandonedAfterMs;
  }

  /** The refused attempt stays on record under a name of its own; then the id is free for the new one. */
  async #reuse(present: OperationEntry, wanted: NewEntry): Promise<Begun | undefined> {
    await createObject(this.#write(operationObject({ ...present, name: `op-${present.id}` })));
    try {
      return { kind: 'new', entry: await this.#replace(present, { ...wanted, attempt: present.attempt + 1 }) };
    } catch (error) {
      if (isHubError(error, 'conflict', 'absent')) return undefined;
      throw error;
    }
  }

  async #replace({ version }: OperationEntry, next: NewEntry): Promise<OperationEntry> {
    const object = operationObject(next);
    const metadata = { ...object.metadata, resourceVersion: version };
    return operationEntry(await replaceObject(this.#write({ ...object, metadata })));
  }

  #write(object: KubeObject): HubWrite {
    return { apiServer: this.#options.apiServer, resource: OPERATIONS, object };
  }

  async #find(name: string): Promise<OperationEntry | undefined> {
    try {
      return operationEntry(await this.#options.apiServer.get(OPERATIONS, { name, namespace: HUB_NAMESPACE }));
    } catch (error) {
      if (isApiError(error, 'not-found')) return undefined;
      throw error;
    }
  }

  async #delete({ name, version }: OperationEntry): Promise<void> {
    try {
      await this.#options.apiServer.delete(OPERATIONS, { name, namespace: HUB_NAMESPACE }, { resourceVersion: version });
    } catch (error) {
      if (!isApiError(error, 'not-found', 'conflict')) throw error;
    }
  }

  #readable(objects: readonly KubeObject[]): OperationEntry[] {
    return objects.flatMap((object) => {
      try {
        return [operationEntry(object)];
      } catch (error) {
        if (!isHubError(error, 'unreadable')) throw error;
        this.#options.logger.error('an operation of the hub cannot be read and is left alone', { operation: object.metadata.name });
        return [];
      }
    });
  }
}

function nameOf({ viewer, mutation, requestId }: RequestScope): string {
  return `request-${digestOf([viewer, mutation, requestId]).slice(0, 40)}`;
}

function newestFirst(a: OperationEntry, b: OperationEntry): number {
  return b.at - a.at || (a.id < b.id ? 1 : -1);
}
