import type { ObjectRecord } from '../model/object-record.ts';
import type { Collection } from './graph-store.ts';

/** A collection as the one writer sees it. */
export interface RecordTable<R extends ObjectRecord> extends Collection<R> {
  /** The uid of the object that has this name. */
  uidOf(namespace: string, name: string): string | undefined;
  /** As `byUid`, for the writer: not remembered for readers. */
  held(uid: string): R | undefined;
  /** Records whose uid is not in `keep`: a list of its own, which may be worked off while the table changes. */
  missingFrom(keep: readonly string[]): R[];
  /**
   * Adds or replaces the record of a uid, and returns it as it is now held: the record handed over, or an equal one
   * that shares more. No other uid may hold its name.
   */
  set(record: R): R;
  /**
   * Puts `record` in the place of `before`, which is held, has the same uid, namespace and name, and returns it as `set` does.
   * Undefined, with nothing changed, when readers could see no difference (`equalRecords`).
   */
  update(before: R, record: R): R | undefined;
  delete(uid: string): void;
  /** Replaces a record by one that differs in its version only. */
  move(record: R): void;
}
