import type { ObjectRecord } from '../model/object-record.ts';
import type { GroupResource } from '../model/resource.ts';
import type { Change } from './commit.ts';
import { equalRecords } from './records-equal.ts';

interface Entry {
  readonly resource: GroupResource;
  readonly before: ObjectRecord | undefined;
  after: ObjectRecord | undefined;
  finalStateUnknown: boolean;
}

/**
 * What a transaction comes to: for each uid its state before the first and after the last operation on it. Uids
 * are never merged with one another, so a name that changes hands is a removal followed by an addition.
 */
export class NetChanges {
  readonly #entries = new Map<string, Entry>();

  note(resource: GroupResource, before: ObjectRecord | undefined, after: ObjectRecord | undefined, finalStateUnknown = false): void {
    const uid = (after ?? before)?.uid ?? '';
    const key = `${resource}/${uid}`;
    const entry = this.#entries.get(key);
    if (entry === undefined) this.#entries.set(key, { resource, before, after, finalStateUnknown });
    else Object.assign(entry, { after, finalStateUnknown });
  }

  /** States that came and went, or came back to what they were, are nobody's news. */
  changes(): Change[] {
    const changes: Change[] = [];
    for (const { resource, before, after, finalStateUnknown } of this.#entries.values()) {
      if (before === undefined && after === undefined) continue;
      if (before !== undefined && after !== undefined && equalRecords(before, after)) continue;
      changes.push({
        resource,
        ...(before !== undefined && { before }),
        ...(after !== undefined && { after }),
        ...(after === undefined && finalStateUnknown && { finalStateUnknown: true as const }),
      });
    }
    return changes;
  }

  /** For undoing: the latest first. */
  entries(): readonly Readonly<Entry>[] {
    return [...this.#entries.values()].reverse();
  }
}
