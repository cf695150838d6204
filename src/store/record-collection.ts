import type { ObjectRecord, OwnerRef } from '../model/object-record.ts';
import type { GroupResource } from '../model/resource.ts';
import type { OwnedCollection } from './graph-store.ts';
import type { RecordInterning } from './record-interning.ts';
import type { RecordTable } from './record-table.ts';
import { equalRecords } from './records-equal.ts';
import { UidIndex } from './uid-index.ts';

/**
 * Records of one kind. Only `#records` holds them; every index holds uids, so that a record which changed in
 * nothing but its version is one assignment.
 */
export class RecordCollection<R extends ObjectRecord> implements RecordTable<R> {
  readonly resource: GroupResource;
  readonly #interning: RecordInterning;
  readonly #records = new Map<string, R>();
  readonly #names = new Map<string, Map<string, string>>();

  constructor(resource: GroupResource, interning: RecordInterning) {
    this.resource = resource;
    this.#interning = interning;
  }

  get size(): number {
    return this.#records.size;
  }

  get(namespace: string, name: string): R | undefined {
    const uid = this.#names.get(namespace)?.get(name);
    return uid === undefined ? undefined : this.#records.get(uid);
  }

  byUid(uid: string): R | undefined {
    return this.#records.get(uid);
  }

  all(): Iterable<R> {
    return this.#records.values();
  }

  inNamespace(namespace: string): Iterable<R> {
    return this.records(this.#names.get(namespace)?.values() ?? []);
  }

  namespaces(): Iterable<string> {
    return this.#names.keys();
  }

  uidOf(namespace: string, name: string): string | undefined {
    return this.#names.get(namespace)?.get(name);
  }

  held(uid: string): R | undefined {
    return this.#records.get(uid);
  }

  missingFrom(keep: readonly string[]): R[] {
    const kept = new Set(keep);
    return [...this.#records.values()].filter(({ uid }) => !kept.has(uid));
  }

  set(record: R): R {
    const before = this.#records.get(record.uid);
    const kept = this.#interning.acquire(record, before);
    this.#records.set(kept.uid, kept);
    if (before !== undefined && (before.name !== kept.name || before.namespace !== kept.namespace)) this.#unname(before);
    this.#nameRecord(kept);
    this.index(kept, before);
    return kept;
  }

  update(before: R, record: R): R | undefined {
    return equalRecords(before, record) ? undefined : this.set(record);
  }

  delete(uid: string): void {
    const record = this.#records.get(uid);
    if (record === undefined) return;
    this.#records.delete(uid);
    this.#unname(record);
    this.unindex(record);
    this.#interning.release(record);
  }

  move(record: R): void {
    this.#records.set(record.uid, record);
  }

  protected index(_record: R, _before: R | undefined): void {}

  protected unindex(_record: R): void {}

  protected *records(uids: Iterable<string>): Iterable<R> {
    for (const uid of uids) {
      const record = this.#records.get(uid);
      if (record !== undefined) yield record;
    }
  }

  #nameRecord(record: R): void {
    const names = this.#names.get(record.namespace);
    if (names === undefined) this.#names.set(record.namespace, new Map([[record.name, record.uid]]));
    else names.set(record.name, record.uid);
  }

  #unname(record: R): void {
    const names = this.#names.get(record.namespace);
    if (names === undefined || names.get(record.name) !== record.uid) return;
    names.delete(record.name);
    if (names.size === 0) this.#names.delete(record.namespace);
  }
}

/** Records that are controlled by others. */
export class OwnedRecordCollection<R extends ObjectRecord & { readonly owner?: OwnerRef }>
  extends RecordCollection<R>
  implements OwnedCollection<R>
{
  readonly #byOwner = new UidIndex();

  ownedBy(ownerUid: string): Iterable<R> {
    return this.records(this.#byOwner.uids(ownerUid));
  }

  protected override index(record: R, before: R | undefined): void {
    if (before !== undefined && before.owner?.uid === record.owner?.uid) return;
    this.#byOwner.remove(before?.owner?.uid, record.uid);
    this.#byOwner.add(record.owner?.uid, record.uid);
  }

  protected override unindex(record: R): void {
    this.#byOwner.remove(record.owner?.uid, record.uid);
  }

  /** Owners that have objects here; for tests of leaks. */
  get ownerCount(): number {
    return this.#byOwner.size;
  }
}
