import type { JsonPatchOperation } from '../kube/api-server.ts';
import type { JsonObject, KubeObject } from '../model/kube-object.ts';
import type { IntOrString } from '../model/object-record.ts';
import type { WorkloadRecord } from '../model/workload-record.ts';
import { changesBetween, changesTo } from '../rollout/field-changes.ts';
import { guardedPatch } from '../rollout/intents.ts';
import type { FieldChange } from '../rollout/state.ts';
import { invalid } from './command-error.ts';
import type { CommandError } from './commands.ts';
import { layoutOf } from './workload-layout.ts';

/** What a verb would make of an object: fields, or a refusal. No fields: it is so already. */
export type WorkloadChange = { readonly changes: readonly FieldChange[] } | { readonly refusal: CommandError };

/** Where `verdictOnWorkload` has let the verb through the kind has the field. */
export function scaled(object: KubeObject, workload: WorkloadRecord, replicas: number): WorkloadChange {
  return { changes: set(object, layoutOf(workload).replicas, replicas) };
}

export function withPause(object: KubeObject, workload: WorkloadRecord, paused: boolean): WorkloadChange {
  if (paused === workload.strategy.paused) return { changes: [] };
  return { changes: set(object, layoutOf(workload).pause, paused) };
}

/** A percentage is written as one: OpenKruise counts it of the replicas of the moment. */
export function withPartition(object: KubeObject, workload: WorkloadRecord, partition: IntOrString): WorkloadChange {
  const { partition: path, hasPercentPartition } = layoutOf(workload);
  const refusal = badPartition(partition, hasPercentPartition === true, workload);
  if (refusal !== undefined) return { refusal };
  if (partition === (workload.strategy.partition ?? 0)) return { changes: [] };
  return { changes: set(object, path, partition) };
}

/** As kubectl does it, but to the millisecond: two restarts are never one. `at`: milliseconds since 1970. */
export function restarted(object: KubeObject, at: number): WorkloadChange {
  const path = '/spec/template/metadata/annotations/kubectl.kubernetes.io~1restartedAt';
  return { changes: set(object, path, new Date(at).toISOString()) };
}

export function withTemplate(object: KubeObject, template: JsonObject): WorkloadChange {
  return { changes: changesBetween(object.spec?.['template'], template, '/spec/template') };
}

/** Takes effect on this very object with this very spec, once, or is refused. */
export function patchFor(object: KubeObject, changes: readonly FieldChange[]): JsonPatchOperation[] {
  const [uid, ...rest] = guardedPatch(object, changes);
  const generation: JsonPatchOperation = { op: 'test', path: '/metadata/generation', value: object.metadata.generation ?? 0 };
  return [...(uid === undefined ? [] : [uid]), generation, ...rest];
}

function set(object: KubeObject, path: string | undefined, value: unknown): FieldChange[] {
  return path === undefined ? [] : changesTo(object, [{ path, value }]);
}

function badPartition(partition: IntOrString, percents: boolean, { kind }: WorkloadRecord): CommandError | undefined {
  const path = ['input', 'partition'];
  if (typeof partition === 'number') {
    return Number.isSafeInteger(partition) && partition >= 0 ? undefined : invalid(path, `${partition} is no number of pods: at least 0`);
  }
  if (!percents) return invalid(path, `the partition of a ${kind} of this version is a whole number, not "${partition}"`);
  return /^(100|\d{1,2})%$/.test(partition) ? undefined : invalid(path, `"${partition}" is no whole percentage from 0% to 100%`);
}
