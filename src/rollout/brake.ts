import type { KubeObject } from '../model/kube-object.ts';
import { minReadyBrake } from './min-ready-brake.ts';
import { partitionBrake } from './partition-brake.ts';
import type { FieldValue, OriginalWorkload, RolloutMethod, RolloutTarget } from './state.ts';

/** How a kind is made to update so many pods and no more. Pure: values of fields, nothing sent. */
export interface Brake {
  readonly method: RolloutMethod;
  /** Every field that a run writes besides the template. */
  readonly paths: readonly string[];
  readonly pausePath: string;
  /** It can be frozen in the middle of a step; otherwise a step that is not moved on stands still by itself. */
  readonly freezes: boolean;
  /** At the end the strategy has to be given back before the run can be called done. */
  readonly hasFinish: boolean;
  /** The fields that let `allowed` pods be new of those that the object has now; `isOurs`: what holds it is a brake of this run. */
  hold(object: KubeObject, allowed: number, isOurs: boolean): FieldValue[];
  /** The next number to let go on the way to `target`. */
  next(original: OriginalWorkload, pods: BrakePods): number;
}

export interface BrakePods {
  readonly replicas: number;
  /** 0 before the first patch. */
  readonly allowed: number;
  readonly target: number;
}

/** Undefined for a kind that no run moves yet. */
export function brakeFor({ workloadKind, apiVersion }: Pick<RolloutTarget, 'workloadKind' | 'apiVersion'>): Brake | undefined {
  if (workloadKind === 'DEPLOYMENT') return minReadyBrake;
  if (workloadKind === 'CLONE_SET') return partitionBrake(apiVersion);
  return undefined;
}

/** Of the target of a run, which was planned with it. */
export function brakeOf(target: Pick<RolloutTarget, 'workloadKind' | 'apiVersion'>): Brake {
  const brake = brakeFor(target);
  if (brake === undefined) throw new RangeError(`no brake for ${target.workloadKind} of ${target.apiVersion}`);
  return brake;
}
