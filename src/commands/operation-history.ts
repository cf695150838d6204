import type { OperationLog, OperationRecord } from './operation.ts';

/** The newest operations of this process, bounded. */
export class OperationHistory implements OperationLog {
  readonly #limit: number;
  /** In the order asked for: a Map keeps it, also when a record is replaced by its outcome. */
  readonly #records = new Map<string, OperationRecord>();

  constructor(limit = 1_000) {
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
    return [...this.#records.values()].reverse();
  }

  get(id: string): OperationRecord | undefined {
    return this.#records.get(id);
  }
}
