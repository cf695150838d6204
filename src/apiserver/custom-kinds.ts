import { customKind } from './resources/custom-kind.ts';
import { CRD_COLLECTION } from './resources/custom-resource-definitions.ts';
import { collectionOf, type ResourceDefinition } from './resources/resource-definition.ts';
import type { ResourceRegistry } from './resources/resource-registry.ts';
import type { Change } from './store/history.ts';
import type { ObjectStore } from './store/object-store.ts';
import type { WatchHub } from './store/watch-hub.ts';

export interface CustomKindsOptions {
  readonly store: ObjectStore;
  readonly registry: ResourceRegistry;
  readonly hub: WatchHub;
}

/** Serves a kind from the moment its definition is stored until it is removed, with all its objects. */
export function serveCustomKinds({ store, registry, hub }: CustomKindsOptions): Disposable {
  for (const { object } of store.entries(CRD_COLLECTION)) {
    const definition = customKind(object);
    if (definition !== undefined) registry.install(definition);
  }
  return store.onChange((change) => {
    if (change.collection !== CRD_COLLECTION) return;
    const before = change.previous && customKind(change.previous);
    const now = definitionAfter(change);
    if (now !== undefined) registry.install(now);
    else if (before !== undefined) retire(before);
  });

  function retire(definition: ResourceDefinition): void {
    const collection = collectionOf(definition);
    for (const { key } of [...store.entries(collection)]) store.remove(collection, key);
    registry.uninstall(definition);
    store.announce(() => hub.closeAll(collection));
  }
}

function definitionAfter({ type, object }: Change): ResourceDefinition | undefined {
  return type === 'deleted' ? undefined : customKind(object);
}
