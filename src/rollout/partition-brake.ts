import type { KubeObject } from '../model/kube-object.ts';
import type { IntOrString } from '../model/object-record.ts';
import { resolveIntOrPercent } from '../status/int-or-percent.ts';
import type { Brake } from './brake.ts';
import { pointerOf, valueAt } from './pointer.ts';
import { replicasOf } from './workload-fields.ts';

/** A CloneSet keeps `partition` pods old. Raising it brings nothing back, so it only ever falls. */
export function partitionBrake(apiVersion: string): Brake | undefined {
  const base = BASES.get(apiVersion);
  return base === undefined ? undefined : brakeAt(base);
}

/** From v1beta1 on the fields moved into a block of their own. */
const BASES: ReadonlyMap<string, string> = new Map([
  ['apps.kruise.io/v1alpha1', '/spec/updateStrategy'],
  ['apps.kruise.io/v1beta1', '/spec/updateStrategy/rollingUpdate'],
]);

function brakeAt(base: string): Brake {
  const partitionPath = base + pointerOf('partition');
  const pausePath = base + pointerOf('paused');
  return {
    method: 'PARTITION',
    paths: [partitionPath, pausePath],
    pausePath,
    freezes: true,
    hasFinish: false,
    hold(object, allowed, isOurs) {
      const wanted = Math.max(0, replicasOf(object) - allowed);
      return [{ path: partitionPath, value: isOurs ? Math.min(wanted, heldNow(object, partitionPath)) : wanted }];
    },
    next: (_, { target }) => target,
  };
}

function heldNow(object: KubeObject, path: string): number {
  const value = valueAt(object, path) as IntOrString | undefined;
  return resolveIntOrPercent(value ?? 0, replicasOf(object), 'up') ?? 0;
}
