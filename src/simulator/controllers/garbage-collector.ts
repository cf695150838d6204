import type { KubeObject, OwnerReference } from '../../model/kube-object.ts';
import { type Action, type Decision, NOTHING_TO_DO } from '../engine/action.ts';
import type { Collection } from '../engine/collection.ts';
import type { Controller, Source } from '../engine/controller.ts';
import { type GraphEntry, graphKeyOf, type ObjectGraph } from '../engine/object-graph.ts';
import { isDeleting } from '../objects/owners.ts';
import { sameJson } from '../objects/stable-json.ts';

const FOREGROUND = 'foregroundDeletion';
const ORPHAN = 'orphan';

/** Whether an owner is there, was seen to go, or has not been seen at all. */
export type OwnerState = 'present' | 'ended' | 'unseen';

export interface GarbageObservation {
  readonly entry: GraphEntry;
  readonly dependents: readonly GraphEntry[];
  readonly ownerState: (owner: OwnerReference) => OwnerState;
  /** It has been looked at before and some owner had not been seen. */
  readonly isSecondLook: boolean;
}

/** Takes dependents away with their owners: in the background, in the foreground, or sets them free. */
export function garbageCollector(graph: ObjectGraph): Controller {
  const looked = new Set<string>();
  return {
    name: 'generic-garbage-collector',
    sources: [],
    reconcile(key) {
      const entry = graph.at(key);
      if (entry === undefined) return NOTHING_TO_DO;
      const uid = entry.object.metadata.uid ?? '';
      const decision = collectGarbage({ entry, dependents: graph.dependentsOf(uid), ownerState, isSecondLook: looked.has(uid) });
      if (decision.lookAgainInMs === undefined) looked.delete(uid);
      else looked.add(uid);
      return decision;
    },
  };

  function ownerState({ uid }: OwnerReference): OwnerState {
    if (graph.find(uid) !== undefined) return 'present';
    return graph.hasEnded(uid) ? 'ended' : 'unseen';
  }
}

/** Which keys a change of one kind concerns: the object itself, its dependents when it is gone, its owners when it goes. */
export function garbageSource(collection: Collection, graph: ObjectGraph): Source {
  return {
    collection,
    keysOf(next, previous) {
      if (next === undefined) return previous === undefined ? [] : aroundTheGone(previous, graph);
      if (previous !== undefined && previous.metadata.uid === next.metadata.uid && sameTies(next, previous)) return [];
      return [graphKeyOf({ collection, object: next })];
    },
  };
}

function aroundTheGone(gone: KubeObject, graph: ObjectGraph): string[] {
  const owners = (gone.metadata.ownerReferences ?? []).flatMap(({ uid }) => graph.find(uid) ?? []);
  return [...graph.dependentsOf(gone.metadata.uid ?? ''), ...owners.filter(({ object }) => isDeleting(object))].map(graphKeyOf);
}

function sameTies(next: KubeObject, previous: KubeObject): boolean {
  return sameJson(tiesOf(next), tiesOf(previous));
}

function tiesOf({ metadata }: KubeObject): unknown[] {
  return [metadata.ownerReferences ?? [], metadata.finalizers ?? [], metadata.deletionTimestamp ?? ''];
}

function collectGarbage(observed: GarbageObservation): Decision {
  const { object } = observed.entry;
  const finalizers = object.metadata.finalizers ?? [];
  if (isDeleting(object) && finalizers.includes(ORPHAN)) return orphan(observed);
  if (isDeleting(object) && finalizers.includes(FOREGROUND)) return foreground(observed);
  return isDeleting(object) || (object.metadata.ownerReferences ?? []).length === 0 ? NOTHING_TO_DO : followOwners(observed);
}

function orphan({ entry, dependents }: GarbageObservation): Decision {
  const { uid } = entry.object.metadata;
  const freed = dependents.map((dependent) =>
    withOwners(
      dependent,
      (dependent.object.metadata.ownerReferences ?? []).filter((owner) => owner.uid !== uid),
    ),
  );
  return { actions: [...freed, withoutFinalizer(entry, ORPHAN)] };
}

/** Dependents first; the owner waits for those that block its deletion. */
function foreground({ entry, dependents }: GarbageObservation): Decision {
  const { uid } = entry.object.metadata;
  const doomed = dependents.filter(({ object }) => !isDeleting(object)).map((dependent) => removal(dependent, 'Foreground'));
  const isBlocked = dependents.some(({ object }) =>
    object.metadata.ownerReferences?.some((owner) => owner.uid === uid && owner.blockOwnerDeletion === true),
  );
  return { actions: isBlocked ? doomed : [...doomed, withoutFinalizer(entry, FOREGROUND)] };
}

function followOwners({ entry, ownerState, isSecondLook }: GarbageObservation): Decision {
  const owners = entry.object.metadata.ownerReferences ?? [];
  const states = owners.map(ownerState);
  // Watches of two kinds are not in step: an owner never seen may be about to appear.
  if (states.includes('unseen') && !isSecondLook) return { actions: [], lookAgainInMs: UNSEEN_MS };
  const solid = owners.filter((_, at) => states[at] === 'present');
  if (solid.length === owners.length) return NOTHING_TO_DO;
  return { actions: solid.length === 0 ? [removal(entry, 'Background')] : [withOwners(entry, solid)] };
}

function removal({ collection, object }: GraphEntry, propagationPolicy: 'Background' | 'Foreground'): Action {
  // A pod has nothing of its own to wait for: in the foreground of its owner it simply goes.
  const policy = collection.resource.resource === 'pods' ? 'Background' : propagationPolicy;
  return { do: 'delete', resource: collection.resource, object, options: { propagationPolicy: policy } };
}

function withOwners({ collection, object }: GraphEntry, ownerReferences: OwnerReference[]): Action {
  const { ownerReferences: _, ...metadata } = object.metadata;
  const kept = ownerReferences.length === 0 ? metadata : { ...metadata, ownerReferences };
  return { do: 'update', resource: collection.resource, object: { ...object, metadata: kept } };
}

function withoutFinalizer({ collection, object }: GraphEntry, finalizer: string): Action {
  const finalizers = (object.metadata.finalizers ?? []).filter((one) => one !== finalizer);
  return { do: 'update', resource: collection.resource, object: { ...object, metadata: { ...object.metadata, finalizers } } };
}

const UNSEEN_MS = 2_000;
