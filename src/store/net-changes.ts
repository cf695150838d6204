import type { ObjectRecord } from '../model/object-record.ts';
import type { GroupResource } from '../model/resource.ts';
import type { Change } from './commit.ts';
import { equalRecords } from './records-equal.ts';

interface Entry {
  readonly resource: GroupResource;
  readonly before: ObjectRecord | undefined;
  after: ObjectRecord | undefined;
  finalStateUnknown: boolean;
  /** Undefined: `before` and `after` have yet to be compared. */
  isNews: boolean | undefined;
}

/**
 * What a transaction comes to: for each uid its state before the first and after the last operation on it. Uids
 * are never merged with one another, so a name that changes hands is a removal followed by an addition.
 */
export class NetChanges {
  readonly #entries: Entry[] = [];
  readonly #byUid = new Map<GroupResource, Map<string, Entry>>();

  /** The record of a uid was added, or replaced by one that is not equal to it. */
  set(resource: GroupResource, before: ObjectRecord | undefined, after: ObjectRecord): void {
    this.#note(after.uid, { resource, before, after, finalStateUnknown: false, isNews: true });
  }

  /** Nothing but the version of a record is new. */
  move(resource: GroupResource, before: ObjectRecord, after: ObjectRecord): void {
    this.#note(after.uid, { resource, before, after, finalStateUnknown: false, isNews: false });
  }

  delete(resource: GroupResource, before: ObjectRecord, finalStateUnknown: boolean): void {
    this.#note(before.uid, { resource, before, after: undefined, finalStateUnknown, isNews: true });
  }

  /** States that came and went, or came back to what they were, are nobody's news. */
  changes(): Change[] {
    const changes: Change[] = [];
    for (const entry of this.#entries) {
      const { resource, before, after, finalStateUnknown } = entry;
      if (after === undefined) {
        if (before !== undefined) changes.push(finalStateUnknown ? { resource, before, finalStateUnknown } : { resource, before });
      } else if (before === undefined) changes.push({ resource, after });
      else if (entry.isNews ?? !equalRecords(before, after)) changes.push({ resource, before, after });
    }
    return changes;
  }

  /** For undoing: the latest first. */
  entries(): readonly Readonly<Pick<Entry, 'resource' | 'before' | 'after'>>[] {
    return this.#entries.toReversed();
  }

  #note(uid: string, noted: Entry): void {
    const ofKind = this.#ofKind(noted.resource);
    const entry = ofKind.get(uid);
    if (entry === undefined) {
      ofKind.set(uid, noted);
      this.#entries.push(noted);
      return;
    }
    entry.after = noted.after;
    entry.finalStateUnknown = noted.finalStateUnknown;
    entry.isNews = undefined;
  }

  #ofKind(resource: GroupResource): Map<string, Entry> {
    const known = this.#byUid.get(resource);
    if (known !== undefined) return known;
    const fresh = new Map<string, Entry>();
    this.#byUid.set(resource, fresh);
    return fresh;
  }
}
