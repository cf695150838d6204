import type { KubeObject } from '../../model/kube-object.ts';
import type { Resource } from '../../model/resource.ts';
import { compareResourceVersions } from '../../model/resource-version.ts';
import { controllerOf, keyOf } from '../objects/owners.ts';

/** Hears of every change; `next` is undefined after a deletion, `previous` before the first sight. */
export type ChangeListener = (next: KubeObject | undefined, previous: KubeObject | undefined) => void;

/**
 * Objects of one kind as last seen, by key, with an index of owners. What is read here is shared: never change it.
 * The controllers' own writes are entered at once, so that nobody decides on a state from before their last deed.
 */
export class Collection<T extends KubeObject = KubeObject> {
  readonly resource: Resource;
  readonly #objects = new Map<string, T>();
  readonly #byOwner = new Map<string, Map<string, T>>();
  readonly #uncontrolled = new Map<string, T>();
  /** Uids that we deleted and whose deletion the watch has not told yet. */
  readonly #gone = new Set<string>();
  readonly #listeners: ChangeListener[] = [];

  constructor(resource: Resource) {
    this.resource = resource;
  }

  get size(): number {
    return this.#objects.size;
  }

  get(key: string): T | undefined {
    return this.#objects.get(key);
  }

  all(): IterableIterator<T> {
    return this.#objects.values();
  }

  keys(): IterableIterator<string> {
    return this.#objects.keys();
  }

  ownedBy(uid: string | undefined): T[] {
    return [...(this.#byOwner.get(uid ?? '')?.values() ?? [])];
  }

  /** Those without a controlling owner. */
  uncontrolled(): T[] {
    return [...this.#uncontrolled.values()];
  }

  onChange(listener: ChangeListener): void {
    this.#listeners.push(listener);
  }

  /** Enters a state; an older one than the present, or one of an object already gone, is ignored. */
  apply(object: KubeObject): void {
    const key = keyOf(object);
    const previous = this.#objects.get(key);
    if (this.#gone.has(object.metadata.uid ?? '') || (previous !== undefined && !isNews(object, previous))) return;
    this.#forgetOwners(key, previous);
    this.#objects.set(key, object as T);
    for (const owner of object.metadata.ownerReferences ?? []) this.#ownedMap(owner.uid).set(key, object as T);
    if (controllerOf(object) === undefined) this.#uncontrolled.set(key, object as T);
    this.#tell(object, previous);
  }

  /** The watch says so, or a list no longer holds it. */
  remove(object: KubeObject): void {
    this.#gone.delete(object.metadata.uid ?? '');
    this.#drop(object);
  }

  /** We deleted it just now; the watch will say so later. */
  expectGone(object: KubeObject): void {
    if (this.#objects.get(keyOf(object))?.metadata.uid !== object.metadata.uid) return;
    this.#gone.add(object.metadata.uid ?? '');
    this.#drop(object);
  }

  /** What a fresh list shows: everything else is gone. */
  replaceAll(objects: readonly KubeObject[]): void {
    const present = new Set(objects.map(keyOf));
    this.#gone.clear();
    for (const [key, object] of this.#objects) if (!present.has(key)) this.#drop(object);
    for (const object of objects) this.apply(object);
  }

  #drop(object: KubeObject): void {
    const key = keyOf(object);
    const previous = this.#objects.get(key);
    if (previous === undefined || previous.metadata.uid !== object.metadata.uid) return;
    this.#objects.delete(key);
    this.#forgetOwners(key, previous);
    this.#tell(undefined, previous);
  }

  #ownedMap(uid: string): Map<string, T> {
    const owned = this.#byOwner.get(uid) ?? new Map<string, T>();
    this.#byOwner.set(uid, owned);
    return owned;
  }

  #forgetOwners(key: string, previous: KubeObject | undefined): void {
    this.#uncontrolled.delete(key);
    for (const owner of previous?.metadata.ownerReferences ?? []) {
      const owned = this.#byOwner.get(owner.uid);
      owned?.delete(key);
      if (owned?.size === 0) this.#byOwner.delete(owner.uid);
    }
  }

  #tell(next: KubeObject | undefined, previous: KubeObject | undefined): void {
    for (const listener of this.#listeners) listener(next, previous);
  }
}

function isNews(next: KubeObject, previous: KubeObject): boolean {
  if (next.metadata.uid !== previous.metadata.uid) return true;
  const order = compareResourceVersions(next.metadata.resourceVersion ?? '', previous.metadata.resourceVersion ?? '');
  return order === undefined || order > 0;
}
