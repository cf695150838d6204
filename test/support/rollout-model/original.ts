import type { KubeObject } from '../../../src/model/kube-object.ts';
import { sameJson } from '../../../src/rollout/json.ts';
import { valueAt } from '../../../src/rollout/pointer.ts';
import type { OriginalWorkload } from '../../../src/rollout/state.ts';

/** Template and strategy are those from before; `isOnTheWay`: a pause comes back only at the very end. */
export function holdsOriginal(object: KubeObject, original: OriginalWorkload, isOnTheWay: boolean): boolean {
  const fields = original.strategy.filter(({ path }) => !(isOnTheWay && path.endsWith('/paused')));
  return fields.every(({ path, value }) => sameJson(valueAt(object, path), value));
}

export function foldedStrategy({ spec }: KubeObject): unknown {
  const { strategy, updateStrategy, minReadySeconds, progressDeadlineSeconds, paused } = spec ?? {};
  return { strategy, updateStrategy, minReadySeconds, progressDeadlineSeconds, paused };
}
