import type { KubeObject } from '../../model/kube-object.ts';
import { type GroupResource, groupResourceOf, type Resource } from '../../model/resource.ts';
import { Collection } from './collection.ts';
import { type InformerOptions, inform } from './informer.ts';

/** The collections that one cluster's controllers share: each kind is listed and watched once. */
export class ClusterCache {
  readonly #collections = new Map<GroupResource, Collection>();
  readonly #starting = new Map<GroupResource, Promise<void>>();
  readonly #options: InformerOptions;

  constructor(options: InformerOptions) {
    this.#options = options;
  }

  /** The collection of a kind, empty until `start` or `open` has listed it. The type parameter is the caller's word. */
  collection<T extends KubeObject = KubeObject>(resource: Resource): Collection<T> {
    const name = groupResourceOf(resource);
    const collection = this.#collections.get(name) ?? new Collection(resource);
    this.#collections.set(name, collection);
    return collection as unknown as Collection<T>;
  }

  /** The collection if anybody asked for it. */
  find(name: GroupResource): Collection | undefined {
    return this.#collections.get(name);
  }

  opened(): IterableIterator<Collection> {
    return this.#collections.values();
  }

  /** Lists and then follows one more kind; safe to repeat. */
  open(resource: Resource): Promise<void> {
    const name = groupResourceOf(resource);
    const collection = this.collection(resource);
    const started = this.#starting.get(name) ?? inform(collection, this.#options);
    this.#starting.set(name, started);
    return started;
  }

  /** Lists all kinds that were asked for so far, one after the other so that the order is always the same. */
  async start(): Promise<void> {
    for (const collection of [...this.#collections.values()]) await this.open(collection.resource);
  }
}
