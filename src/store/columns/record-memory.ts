/** Beyond this many nothing more is remembered: who reads more than that reads it once. */
const MAX_REMEMBERED = 65_536;

/**
 * Records made from columns since the last collection of garbage, so that what is read again and again is made once.
 * The collector takes all of them when it likes: they cost no memory that somebody else needs.
 */
export class RecordMemory<R> {
  #records: WeakRef<Map<number, R>> | undefined;

  get(row: number): R | undefined {
    return this.#records?.deref()?.get(row);
  }

  remember(row: number, record: R): void {
    let records = this.#records?.deref();
    if (records === undefined) {
      records = new Map();
      this.#records = new WeakRef(records);
    }
    if (records.size < MAX_REMEMBERED) records.set(row, record);
  }

  forget(row: number): void {
    this.#records?.deref()?.delete(row);
  }
}
