import type { ObjectRecord } from '../model/object-record.ts';
import type { PodRecord } from '../model/pod-record.ts';
import type { GroupResource } from '../model/resource.ts';
import type { RevisionRecord } from '../model/workload-record.ts';
import type { Collection, OwnedCollection, PodCollection } from './graph-store.ts';
import { UidIndex } from './uid-index.ts';

/**
 * Records of one kind. Only `#records` holds them; every index holds uids, so that a record which changed in
 * nothing but its version is one assignment.
 */
export class RecordCollection<R extends ObjectRecord> implements Collection<R> {
  readonly resource: GroupResource;
  readonly #records = new Map<string, R>();
  readonly #names = new Map<string, Map<string, string>>();

  constructor(resource: GroupResource) {
    this.resource = resource;
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

  /** Adds or replaces the record of a uid. No other uid may hold its name. */
  set(record: R): void {
    const before = this.#records.get(record.uid);
    this.#records.set(record.uid, record);
    this.#nameRecord(record);
    this.index(record, before);
  }

  delete(uid: string): void {
    const record = this.#records.get(uid);
    if (record === undefined) return;
    this.#records.delete(uid);
    this.#unname(record);
    this.unindex(record);
  }

  /** Replaces a record by one that differs in its version only. */
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
export class OwnedRecordCollection<R extends PodRecord | RevisionRecord> extends RecordCollection<R> implements OwnedCollection<R> {
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

export class PodRecordCollection extends OwnedRecordCollection<PodRecord> implements PodCollection {
  readonly #byNode = new UidIndex();

  onNode(nodeName: string): Iterable<PodRecord> {
    return this.records(this.#byNode.uids(nodeName));
  }

  countOnNode(nodeName: string): number {
    return this.#byNode.count(nodeName);
  }

  protected override index(record: PodRecord, before: PodRecord | undefined): void {
    super.index(record, before);
    if (before !== undefined && before.nodeName === record.nodeName) return;
    this.#byNode.remove(before?.nodeName, record.uid);
    this.#byNode.add(record.nodeName, record.uid);
  }

  protected override unindex(record: PodRecord): void {
    super.unindex(record);
    this.#byNode.remove(record.nodeName, record.uid);
  }

  /** Nodes that have pods here; for tests of leaks. */
  get nodeCount(): number {
    return this.#byNode.size;
  }
}
