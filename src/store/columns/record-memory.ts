/** Beyond this many nothing more is remembered: who reads more than that reads it once. */
const MAX_REMEMBERED = 65_536;

/**
 * Records made from columns or put into them since the last collection of garbage, so that what is read again and
 * again is made once. The collector takes all of them when it likes: they cost no memory that somebody else needs.
 */
export class RecordMemory<R> {
  readonly #max: number;
  #records: WeakRef<Map<number, R>> | undefined;

  constructor(max = MAX_REMEMBERED) {
    this.#max = max;
  }

  get(row: number): R | undefined {
    return this.#records?.deref()?.get(row);
  }

  remember(row: number, record: R): void {
    let records = this.#records?.deref();
    if (records === undefined) {
      records = new Map();
      this.#records = new WeakRef(records);
    }
    // What is remembered already is replaced in any case: it is not true any more.
    if (records.size < this.#max || records.has(row)) records.set(row, record);
  }

  forget(row: number): void {
    this.#records?.deref()?.delete(row);
  }
}
