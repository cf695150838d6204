import type { KubeObject } from '../../model/kube-object.ts';
import type { GroupResource } from '../../model/resource.ts';
import { freezeJson } from '../json-value.ts';
import { expired } from '../status.ts';
import { Collection } from './collection.ts';
import type { Change, History } from './history.ts';
import type { Storage } from './storage.ts';

export interface StoredEntry {
  readonly key: string;
  readonly object: KubeObject;
}

/**
 * The versioned objects of one cluster. One counter, raised by every write, deletions included.
 * Objects are frozen when they come in and handed out as they are: share them, never change them.
 */
export class ObjectStore {
  readonly #collections = new Map<GroupResource, Collection>();
  readonly #listeners = new Set<(change: Change) => void>();
  readonly #announcements: (() => void)[] = [];
  #isAnnouncing = false;
  readonly #storage: Storage;
  readonly #history: History;
  #revision: number;

  constructor(storage: Storage, historyFrom: (revision: number) => History) {
    this.#storage = storage;
    const { revision, objects } = storage.load();
    // A version of "0" means "any" to clients: an empty server already stands at 1.
    this.#revision = Math.max(1, revision);
    this.#history = historyFrom(this.#revision);
    for (const { collection, key, object } of objects) this.#collection(collection).set(key, freezeJson(object));
  }

  get revision(): number {
    return this.#revision;
  }

  get compactedRevision(): number {
    return this.#history.compactedRevision;
  }

  compact(revision: number): void {
    this.#history.compact(Math.min(revision, this.#revision));
  }

  /** Hears of every change after it is readable, in order. Must not throw. */
  onChange(listener: (change: Change) => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /** Runs `tell` now or, called by a listener, when all listeners have heard of the changes so far. */
  announce(tell: () => void): void {
    this.#announcements.push(tell);
    if (this.#isAnnouncing) return;
    this.#isAnnouncing = true;
    try {
      for (let next = this.#announcements.shift(); next !== undefined; next = this.#announcements.shift()) next();
    } finally {
      this.#isAnnouncing = false;
    }
  }

  get(collection: GroupResource, key: string): KubeObject | undefined {
    return this.#collections.get(collection)?.get(key);
  }

  count(collection: GroupResource): number {
    return this.#collections.get(collection)?.size ?? 0;
  }

  /** Takes ownership of `object`. Returns it as stored: frozen, with its new resourceVersion. */
  put(collection: GroupResource, key: string, object: KubeObject): KubeObject {
    const previous = this.get(collection, key);
    const revision = this.#revision + 1;
    const stored = freezeJson(atRevision(object, revision));
    this.#storage.write({ revision, collection, key, object: stored });
    this.#collection(collection).set(key, stored);
    this.#publish({ type: previous === undefined ? 'added' : 'modified', revision, collection, key, object: stored, previous });
    return stored;
  }

  /** Returns the last state, at the revision of the deletion; undefined when there was nothing. */
  remove(collection: GroupResource, key: string): KubeObject | undefined {
    const previous = this.get(collection, key);
    if (previous === undefined) return undefined;
    const revision = this.#revision + 1;
    this.#storage.write({ revision, collection, key, object: undefined });
    this.#collection(collection).delete(key);
    const object = freezeJson(atRevision(previous, revision));
    this.#publish({ type: 'deleted', revision, collection, key, object, previous });
    return object;
  }

  /** The present objects in order of key. Do not write while iterating. */
  *entries(collection: GroupResource, namespace?: string): IterableIterator<StoredEntry> {
    const present = this.#collections.get(collection);
    if (present === undefined) return;
    for (const [key, object] of present.entries(namespace)) yield { key, object };
  }

  /** The objects as they were at `revision`, in order of key. Throws 410 when that has left the history. */
  entriesAt(collection: GroupResource, namespace: string | undefined, revision: number): Iterable<StoredEntry> {
    if (revision >= this.#revision) return this.entries(collection, namespace);
    if (revision < this.compactedRevision) throw expired('The resourceVersion for the provided list is too old.');
    const undone = this.#statesBefore(collection, revision);
    return undone.size === 0 ? this.entries(collection, namespace) : this.#rewound(collection, namespace, undone);
  }

  /** Changes of one collection after `revision`. Throws 410 when some of them have left the history. */
  changesSince(collection: GroupResource, revision: number): Change[] {
    const oldest = this.compactedRevision;
    if (revision < oldest) throw expired(`too old resource version: ${revision} (${oldest})`);
    return [...this.#history.since(revision)].filter((change) => change.collection === collection);
  }

  close(): void {
    this.#storage.close();
  }

  /** For each key that changed after `revision`: the state at `revision` (undefined: not there). */
  #statesBefore(collection: GroupResource, revision: number): Map<string, KubeObject | undefined> {
    const states = new Map<string, KubeObject | undefined>();
    for (const change of this.#history.since(revision)) {
      if (change.collection === collection && !states.has(change.key)) states.set(change.key, change.previous);
    }
    return states;
  }

  #rewound(collection: GroupResource, namespace: string | undefined, undone: ReadonlyMap<string, KubeObject | undefined>): StoredEntry[] {
    const prefix = namespace === undefined ? '' : `${namespace}/`;
    const kept = [...this.entries(collection, namespace)].filter(({ key }) => !undone.has(key));
    for (const [key, object] of undone) if (object !== undefined && key.startsWith(prefix)) kept.push({ key, object });
    return kept.sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  #publish(change: Change): void {
    this.#revision = change.revision;
    this.#history.append(change);
    this.announce(() => {
      for (const listener of this.#listeners) listener(change);
    });
  }

  #collection(name: GroupResource): Collection {
    let collection = this.#collections.get(name);
    if (collection === undefined) {
      collection = new Collection();
      this.#collections.set(name, collection);
    }
    return collection;
  }
}

/** The same object, its other parts shared, at another version. */
export function atRevision(object: KubeObject, revision: number): KubeObject {
  return { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } };
}
