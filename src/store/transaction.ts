import type { EventRecord } from '../model/event-record.ts';
import type { ObjectRecord } from '../model/object-record.ts';
import type { GroupResource } from '../model/resource.ts';
import { compareResourceVersions, type ResourceVersion } from '../model/resource-version.ts';
import type { ClusterTables } from './cluster-tables.ts';
import type { Change } from './commit.ts';
import { NetChanges } from './net-changes.ts';
import type { RecordTable } from './record-table.ts';
import type { StoreOperation } from './store-batch.ts';

/** Carries out operations on one cluster: all of them, or none when one is not to be carried out. */
export class Transaction {
  readonly #tables: ClusterTables;
  readonly #changes = new NetChanges();
  readonly #events: (EventRecord | 'clear')[] = [];

  constructor(tables: ClusterTables) {
    this.#tables = tables;
  }

  /** Throws, with everything as it was, for a record that is not fit to be kept. */
  run(operations: readonly StoreOperation[]): Change[] {
    try {
      for (const operation of operations) this.#carryOut(operation);
    } catch (error) {
      this.#undo();
      throw error;
    }
    const changes = this.#changes.changes();
    if (this.#events.length > 0) for (const change of this.#takeEvents()) changes.push(change);
    return changes;
  }

  #carryOut(operation: StoreOperation): void {
    switch (operation.type) {
      case 'put':
        this.#put(operation.record);
        break;
      case 'listed':
        this.#listed(operation);
        break;
      case 'remove':
        this.#remove(operation.resource, operation.uid, operation.resourceVersion);
        break;
      case 'sweep':
        this.#sweep(operation.resource, operation.keep);
        break;
      case 'forget-history':
        this.#tables.graveyard.clear(operation.resource);
        break;
      case 'event':
        this.#events.push(operation.event);
        break;
      case 'clear-events':
        this.#events.push('clear');
        break;
    }
  }

  #put(record: ObjectRecord): void {
    const collection = this.#collectionFor(record);
    if (this.#tables.graveyard.holds(record.resource, record.uid)) return;
    const present = collection.held(record.uid) ?? heldUnderName(collection, record);
    if (present !== undefined && !isNews(record, present)) return;
    this.#keep(collection, record, present?.uid === record.uid ? present : undefined);
  }

  #listed({ record, listVersion, newEpoch }: Extract<StoreOperation, { type: 'listed' }>): void {
    const collection = this.#collectionFor(record);
    const present = collection.held(record.uid);
    if (present !== undefined && !newEpoch && isNewer(present.resourceVersion, listVersion)) return;
    this.#tables.graveyard.exhume(record.resource, record.uid);
    this.#keep(collection, record, present);
  }

  #keep(collection: RecordTable<ObjectRecord>, record: ObjectRecord, before: ObjectRecord | undefined): void {
    // What keeps its name takes it from nobody.
    if (before !== undefined && before.name === record.name && before.namespace === record.namespace) {
      const kept = collection.update(before, record);
      if (kept === undefined) this.#move(collection, before, record.resourceVersion);
      else this.#changes.set(record.resource, before, kept);
      return;
    }
    const namesake = collection.uidOf(record.namespace, record.name);
    if (namesake !== undefined && namesake !== record.uid) this.#drop(collection, collection.held(namesake), true);
    this.#changes.set(record.resource, before, collection.set(record));
  }

  /** Nothing but the version is new: that is kept, and nobody is told. */
  #move(collection: RecordTable<ObjectRecord>, before: ObjectRecord, resourceVersion: ResourceVersion): void {
    if (before.resourceVersion === resourceVersion) return;
    const moved = { ...before, resourceVersion };
    collection.move(moved);
    this.#changes.move(before.resource, before, moved);
  }

  #remove(resource: GroupResource, uid: string, resourceVersion: ResourceVersion): void {
    const collection = this.#collection(resource);
    const present = collection.held(uid);
    if (present !== undefined && isNewer(present.resourceVersion, resourceVersion)) return;
    this.#tables.graveyard.bury(resource, uid);
    if (present !== undefined) this.#drop(collection, present, false);
  }

  #sweep(resource: GroupResource, keep: readonly string[]): void {
    const collection = this.#collection(resource);
    for (const record of collection.missingFrom(keep)) this.#drop(collection, record, true);
  }

  #drop(collection: RecordTable<ObjectRecord>, record: ObjectRecord | undefined, finalStateUnknown: boolean): void {
    if (record === undefined) return;
    collection.delete(record.uid);
    this.#tables.graveyard.bury(record.resource, record.uid);
    this.#changes.delete(record.resource, record, finalStateUnknown);
  }

  #collectionFor(record: ObjectRecord): RecordTable<ObjectRecord> {
    const { cluster, uid, name } = record;
    const here = this.#tables.record.name;
    if (cluster !== here) throw new RangeError(`a record of cluster ${cluster} in a transaction on ${here}`);
    if (uid === '' || name === '') throw new RangeError(`a ${record.resource} record without ${uid === '' ? 'uid' : 'name'}`);
    return this.#collection(record.resource);
  }

  #collection(resource: GroupResource): RecordTable<ObjectRecord> {
    const collection = this.#tables.collection(resource);
    if (collection === undefined) throw new RangeError(`the store keeps no ${resource}`);
    return collection;
  }

  /** Events come last because they cannot fail: nothing of them needs undoing. */
  #takeEvents(): Change[] {
    const news = new Map<string, EventRecord>();
    for (const event of this.#events) {
      if (event === 'clear') this.#tables.events.clear();
      else if (this.#tables.events.put(event)) news.set(event.uid, event);
    }
    return [...news.values()].map((event) => ({ resource: 'events' as const, event }));
  }

  #undo(): void {
    for (const { resource, before, after } of this.#changes.entries()) {
      const collection = this.#collection(resource);
      if (after !== undefined) collection.delete(after.uid);
      if (before === undefined) continue;
      this.#tables.graveyard.exhume(resource, before.uid);
      collection.set(before);
    }
  }
}

function heldUnderName(collection: RecordTable<ObjectRecord>, { namespace, name }: ObjectRecord): ObjectRecord | undefined {
  const uid = collection.uidOf(namespace, name);
  return uid === undefined ? undefined : collection.held(uid);
}

/** Within one epoch and one uid, or one name: an object does not go back. Where versions have no order, streams do. */
function isNews(record: ObjectRecord, present: ObjectRecord): boolean {
  const order = compareResourceVersions(record.resourceVersion, present.resourceVersion);
  return order === undefined || order > 0;
}

function isNewer(version: ResourceVersion, than: ResourceVersion): boolean {
  const order = compareResourceVersions(version, than);
  return order !== undefined && order > 0;
}
