import type { JsonObject, KubeObject } from '../model/kube-object.ts';
import { brakeOf } from './brake.ts';
import { changesBetween, changesTo } from './field-changes.ts';
import type { FieldChange, FieldValue, RolloutState } from './state.ts';
import { templateOf } from './workload-fields.ts';

/** What the object should hold by what we know, and what the run would make of it. */

type Held = Pick<RolloutState, 'spec' | 'status'>;

/** As our last spec patch left it; before the first, as it was found. */
function expectedSpec({ spec, status }: Held): { readonly template: JsonObject; readonly strategy: readonly FieldValue[] } {
  return status.applied ?? spec.original;
}

/** What somebody else changed of it. */
export function foreignChanges(run: Held, object: KubeObject): FieldChange[] {
  const expected = expectedSpec(run);
  return [...changesBetween(expected.template, templateOf(object), '/spec/template'), ...turned(changesTo(object, expected.strategy))];
}

export function isFrozen({ spec, status }: Held): boolean {
  const { pausePath, freezes } = brakeOf(spec.target);
  return freezes && (status.applied?.strategy.some(({ path, value }) => path === pausePath && value === true) ?? false);
}

/** Not written yet, or written over by somebody since, which a person has seen and wants undone. */
export function isRollbackDue({ status }: Pick<Held, 'status'>): boolean {
  return status.applied !== undefined && (status.applied.shape !== 'ORIGINAL' || status.drift !== undefined);
}

/** The strategy as it was, but for a pause, which would stop the pods on their way: that comes back at the very end. */
export function originalUnpaused({ spec }: Held): FieldValue[] {
  const { pausePath } = brakeOf(spec.target);
  return spec.original.strategy.map((field) => (field.path === pausePath && field.value === true ? { ...field, value: false } : field));
}

function turned(changes: readonly FieldChange[]): FieldChange[] {
  return changes.map(({ path, from, to }) => ({ path, ...(to !== undefined && { from: to }), ...(from !== undefined && { to: from }) }));
}
