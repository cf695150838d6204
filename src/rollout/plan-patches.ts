import type { JsonPatchOperation } from '../kube/api-server.ts';
import type { JsonObject, KubeObject } from '../model/kube-object.ts';
import type { Brake } from './brake.ts';
import { changesBetween, changesTo, withChanges } from './field-changes.ts';
import { guardedPatch } from './intents.ts';
import { valueAt } from './pointer.ts';
import type { FieldChange, IntentOp, OriginalWorkload, RolloutStep } from './state.ts';
import { replicasOf, templateOf } from './workload-fields.ts';

/** One write of the plan. When it is sent, tests of the run's label and of the generation are added. */
export interface PlannedPatch {
  readonly op: IntentOp;
  readonly step: number;
  /** Pods that may be new after it. */
  readonly allowed: number;
  readonly operations: readonly JsonPatchOperation[];
}

export interface Plotted {
  readonly object: KubeObject;
  readonly brake: Brake;
  readonly original: OriginalWorkload;
  readonly template: JsonObject;
  readonly steps: readonly RolloutStep[];
}

/** Every spec patch from the first to the last, if all goes well and nobody scales. */
export function plannedPatches(plotted: Plotted): PlannedPatch[] {
  const { brake, original, steps } = plotted;
  const replicas = replicasOf(plotted.object);
  const patches: PlannedPatch[] = [];
  let object = plotted.object;
  let allowed = 0;
  const add = (op: IntentOp, step: number, changes: readonly FieldChange[]) => {
    if (changes.length > 0) patches.push({ op, step, allowed, operations: guardedPatch(object, changes) });
    object = withChanges(object, changes);
  };
  for (const { index, target } of steps) {
    while (allowed < target) {
      allowed = brake.next(original, { replicas, allowed, target });
      if (patches.length === 0) add('START', index, startChanges(plotted, allowed));
      else add('MOVE', index, changesTo(object, brake.hold(object, allowed, true)));
    }
  }
  add(brake.hasFinish ? 'FINISH' : 'RELEASE', steps.length - 1, changesTo(object, original.strategy));
  return patches;
}

function startChanges({ object, brake, template }: Plotted, allowed: number): FieldChange[] {
  const unpaused = valueAt(object, brake.pausePath) === true ? [{ path: brake.pausePath, value: false }] : [];
  return [
    ...changesBetween(templateOf(object), template, '/spec/template'),
    ...changesTo(object, [...brake.hold(object, allowed, false), ...unpaused]),
  ];
}
