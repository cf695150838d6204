import type { KubeObject } from '../../model/kube-object.ts';
import { arrayAt } from '../json-value.ts';
import type { ResourceDefinition } from '../resources/resource-definition.ts';

const ORPHAN_FINALIZER = 'orphan';
const FOREGROUND_FINALIZER = 'foregroundDeletion';

export type PropagationPolicy = 'Background' | 'Foreground' | 'Orphan';

/** A terminating object that neither a finalizer nor a grace period holds is gone with this write. */
export function hasNothingToWaitFor(definition: ResourceDefinition, object: KubeObject): boolean {
  const { finalizers, deletionGracePeriodSeconds } = object.metadata;
  return (finalizers?.length ?? 0) === 0 && !deletionGracePeriodSeconds && specFinalizers(definition, object).length === 0;
}

export function specFinalizers({ rules }: ResourceDefinition, object: KubeObject): readonly unknown[] {
  return rules.hasSpecFinalizers ? arrayAt(object, 'spec', 'finalizers') : [];
}

/** The finalizers while deleting as `policy` says; without a policy those for garbage collection stay as they are. */
export function finalizersFor(object: KubeObject, policy: PropagationPolicy | undefined): readonly string[] {
  const present = object.metadata.finalizers ?? [];
  if (policy === undefined) return present;
  const others = present.filter((finalizer) => finalizer !== ORPHAN_FINALIZER && finalizer !== FOREGROUND_FINALIZER);
  if (policy === 'Background') return others;
  return [...others, policy === 'Orphan' ? ORPHAN_FINALIZER : FOREGROUND_FINALIZER];
}
