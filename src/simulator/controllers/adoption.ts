import type { KubeObject } from '../../model/kube-object.ts';
import type { Collection } from '../engine/collection.ts';
import { selects } from '../objects/label-selector.ts';
import { controllerOf, isDeleting } from '../objects/owners.ts';
import type { LabelSelector } from '../objects/types.ts';

type Selecting = KubeObject & { spec: { selector: LabelSelector } };

/**
 * Objects in the owner's namespace that it selects and nobody controls: left behind by `--cascade=orphan`, or made
 * by hand. A few of the many objects are orphans, so the index of those without a controller is asked.
 */
export function adoptions<T extends KubeObject>(owner: Selecting, candidates: Collection<T>): T[] {
  return candidates
    .uncontrolled()
    .filter(
      (object) =>
        object.metadata.namespace === owner.metadata.namespace && isFree(object) && selects(owner.spec.selector, object.metadata.labels),
    );
}

function isFree(object: KubeObject): boolean {
  return controllerOf(object) === undefined && !isDeleting(object);
}

/** Keys of the owners that a change of an uncontrolled object may concern. */
export function possibleOwners<T extends Selecting>(owners: Collection<T>, object: KubeObject | undefined): string[] {
  if (object === undefined || !isFree(object)) return [];
  return [...owners.all()]
    .filter((owner) => owner.metadata.namespace === object.metadata.namespace && selects(owner.spec.selector, object.metadata.labels))
    .map((owner) => `${owner.metadata.namespace}/${owner.metadata.name}`);
}
