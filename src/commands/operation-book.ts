import type { OperationEntry } from '../hub/operation-entry.ts';
import type { OperationListener } from '../hub/operation-ledger.ts';
import { OPERATION_OUTCOMES, type OperationLog, type OperationOutcome, type OperationRecord } from './operation.ts';

/** The newest operations, for reading: what the hub tells, and what this process does itself, at once. Bounded. */
export class OperationBook implements OperationLog, OperationListener {
  readonly #limit: number;
  /** In the order asked for: a Map keeps it, also when a record is replaced by its outcome. */
  readonly #records = new Map<string, OperationRecord>();
  /** Ids by the names of the hub's objects: what is removed is told by name. */
  readonly #ids = new Map<string, string>();

  constructor(limit = 10_000) {
    this.#limit = limit;
  }

  /** Adds an operation, or replaces the record with its id. */
  put(record: OperationRecord): OperationRecord {
    this.#records.set(record.id, record);
    const oldest = this.#records.keys().next();
    if (this.#records.size > this.#limit && !oldest.done) this.#records.delete(oldest.value);
    return record;
  }

  all(): Iterable<OperationRecord> {
    return [...this.#records.values()].sort(newestFirst);
  }

  get(id: string): OperationRecord | undefined {
    return this.#records.get(id);
  }

  replaced(entries: readonly OperationEntry[]): void {
    const named = new Set(entries.map(({ name }) => name));
    for (const name of [...this.#ids.keys()]) if (!named.has(name)) this.removed(name);
    for (const entry of [...entries].reverse()) this.changed(entry);
  }

  changed(entry: OperationEntry): void {
    this.#ids.set(entry.name, entry.id);
    const known = this.#records.get(entry.id);
    // What this process did itself it knows sooner than the hub tells.
    if (known?.finishedAt !== undefined && entry.result === undefined) return;
    this.put(recordOf(entry));
  }

  removed(name: string): void {
    const id = this.#ids.get(name);
    this.#ids.delete(name);
    if (id !== undefined) this.#records.delete(id);
  }
}

function newestFirst(a: OperationRecord, b: OperationRecord): number {
  return b.at - a.at;
}

/** As people read it. */
export function recordOf(entry: OperationEntry): OperationRecord {
  const { id, mutation, actor, at, dryRun, auditId, target, note, requestId, result } = entry;
  return {
    ...{ id, mutation, actor, at, dryRun, auditId, outcome: outcomeOf(entry.outcome) },
    ...(target !== undefined && { target: { ...target, namespace: target.namespace ?? '' } }),
    ...(note !== undefined && { note }),
    ...(requestId !== undefined && { requestId }),
    ...(result !== undefined && { finishedAt: result.finishedAt }),
  };
}

/** A later version of ours may know outcomes that we do not. */
function outcomeOf(text: string): OperationOutcome {
  return OPERATION_OUTCOMES.find((outcome) => outcome === text) ?? 'UNKNOWN';
}
