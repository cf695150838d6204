import type { KubeObject } from '../../model/kube-object.ts';
import { controllerOf, keyOf } from '../objects/owners.ts';
import type { Collection } from './collection.ts';
import type { Source } from './controller.ts';

function erased(collection: Collection<never> | Collection): Collection {
  return collection as Collection;
}

/** Every change of an object wakes its own key. */
export function itself<T extends KubeObject>(collection: Collection<T>): Source {
  return { collection: erased(collection as Collection<never>), keysOf: (next, previous) => keysFor(next ?? previous) };
}

/** A change of an object wakes the controller that owns (or owned) it, if that is of `kind`. */
export function ownerOf<T extends KubeObject>(collection: Collection<T>, kind: string): Source {
  return {
    collection: erased(collection as Collection<never>),
    keysOf: (next, previous) => new Set([...ownerKey(next, kind), ...ownerKey(previous, kind)]),
  };
}

/** A change wakes whatever keys `keysOf` names. */
export function anyOf<T extends KubeObject>(
  collection: Collection<T>,
  keysOf: (next: T | undefined, previous: T | undefined) => Iterable<string>,
): Source {
  return {
    collection: erased(collection as Collection<never>),
    keysOf: (next, previous) => keysOf(next as T | undefined, previous as T | undefined),
  };
}

function keysFor(object: KubeObject | undefined): string[] {
  return object === undefined ? [] : [keyOf(object)];
}

function ownerKey(object: KubeObject | undefined, kind: string): string[] {
  const owner = object === undefined ? undefined : controllerOf(object);
  if (object === undefined || owner?.kind !== kind) return [];
  const { namespace } = object.metadata;
  return [namespace === undefined ? owner.name : `${namespace}/${owner.name}`];
}
