import type { KubeObject } from '../../model/kube-object.ts';
import { type GroupResource, groupResourceOf } from '../../model/resource.ts';
import { keyOf } from '../objects/owners.ts';
import type { Collection } from './collection.ts';

/** An object of any kind: which collection, which key. */
export interface GraphEntry {
  readonly collection: Collection;
  readonly object: KubeObject;
}

/** All kinds of one cluster together: who exists, and what belongs to whom. */
export class ObjectGraph {
  readonly #collections = new Map<GroupResource, Collection>();
  readonly #byUid = new Map<string, GraphEntry>();
  /** Uids whose end was seen, so that nobody has to wait for them to appear. */
  readonly #ended = new Set<string>();

  add(collection: Collection): void {
    this.#collections.set(groupResourceOf(collection.resource), collection);
    for (const object of collection.all()) this.#byUid.set(object.metadata.uid ?? '', { collection, object });
    collection.onChange((next, previous) => {
      if (next !== undefined) this.#byUid.set(next.metadata.uid ?? '', { collection, object: next });
      if (previous !== undefined && previous.metadata.uid !== next?.metadata.uid) this.#end(previous.metadata.uid ?? '');
    });
  }

  has(collection: Collection): boolean {
    return this.#collections.has(groupResourceOf(collection.resource));
  }

  find(uid: string): GraphEntry | undefined {
    return this.#byUid.get(uid);
  }

  hasEnded(uid: string): boolean {
    return this.#ended.has(uid);
  }

  dependentsOf(uid: string): GraphEntry[] {
    return [...this.#collections.values()].flatMap((collection) => collection.ownedBy(uid).map((object) => ({ collection, object })));
  }

  inNamespace(namespace: string): GraphEntry[] {
    const namespaced = [...this.#collections.values()].filter(({ resource }) => resource.namespaced);
    return namespaced.flatMap((collection) =>
      [...collection.all()].filter(({ metadata }) => metadata.namespace === namespace).map((object) => ({ collection, object })),
    );
  }

  at(name: string): GraphEntry | undefined {
    const [group = '', key = ''] = name.split(' ');
    const collection = this.#collections.get(group);
    const object = collection?.get(key);
    return collection === undefined || object === undefined ? undefined : { collection, object };
  }

  #end(uid: string): void {
    this.#byUid.delete(uid);
    this.#ended.add(uid);
    // Enough to remember the recent past: owners are looked up within seconds of their end.
    if (this.#ended.size > REMEMBERED) for (const oldest of this.#ended) if (this.#ended.delete(oldest)) break;
  }
}

/** The key of an object among all kinds: "deployments.apps shop/cart". */
export function graphKeyOf({ collection, object }: GraphEntry): string {
  return `${groupResourceOf(collection.resource)} ${keyOf(object)}`;
}

const REMEMBERED = 5_000;
