import { type Decision, NOTHING_TO_DO, replaceStatus } from '../engine/action.ts';
import type { Collection } from '../engine/collection.ts';
import type { Controller, ControllerContext } from '../engine/controller.ts';
import { anyOf, itself } from '../engine/sources.ts';
import { scaled } from '../objects/int-or-percent.ts';
import { DISRUPTION_BUDGETS, PODS } from '../objects/kinds.ts';
import { selects } from '../objects/label-selector.ts';
import { keyOf } from '../objects/owners.ts';
import { isActive, isReady } from '../objects/pod-facts.ts';
import { sameJson } from '../objects/stable-json.ts';
import type { DisruptionBudget, Pod } from '../objects/types.ts';

/** Keeps disruptionsAllowed true; the API server refuses evictions by it. */
export function disruptionController({ cache }: ControllerContext): Controller {
  const budgets = cache.collection<DisruptionBudget>(DISRUPTION_BUDGETS);
  const pods = cache.collection<Pod>(PODS);
  return {
    name: 'disruption-controller',
    sources: [itself(budgets), anyOf(pods, (next, previous) => concerned(budgets, next ?? previous))],
    reconcile(key) {
      const budget = budgets.get(key);
      if (budget === undefined) return NOTHING_TO_DO;
      const { namespace } = budget.metadata;
      return reconcileBudget(
        budget,
        [...pods.all()].filter((pod) => pod.metadata.namespace === namespace && selects(budget.spec.selector, pod.metadata.labels)),
      );
    },
  };
}

function concerned(budgets: Collection<DisruptionBudget>, pod: Pod | undefined): string[] {
  if (pod === undefined || budgets.size === 0) return [];
  return [...budgets.all()]
    .filter(({ spec, metadata }) => metadata.namespace === pod.metadata.namespace && selects(spec.selector, pod.metadata.labels))
    .map(keyOf);
}

/** Counts the pods that are there; a real controller asks their owners' scale for percentages, which differs only mid-scaling. */
export function reconcileBudget(budget: DisruptionBudget, pods: readonly Pod[]): Decision {
  const active = pods.filter(isActive);
  const { minAvailable, maxUnavailable } = budget.spec;
  const expected = active.length;
  const desired =
    maxUnavailable === undefined
      ? scaled(minAvailable ?? 1, expected, 'up', 1)
      : Math.max(0, expected - scaled(maxUnavailable, expected, 'up', 0));
  const healthy = active.filter(isReady).length;
  const status = {
    observedGeneration: budget.metadata.generation ?? 0,
    currentHealthy: healthy,
    desiredHealthy: desired,
    expectedPods: expected,
    disruptionsAllowed: expected === 0 ? 0 : Math.max(0, healthy - desired),
  };
  const { observedGeneration, currentHealthy, desiredHealthy, expectedPods, disruptionsAllowed } = budget.status ?? {};
  const isSame = sameJson(status, { observedGeneration, currentHealthy, desiredHealthy, expectedPods, disruptionsAllowed });
  return { actions: isSame ? [] : [replaceStatus(DISRUPTION_BUDGETS, budget, { ...budget.status, ...status, disruptedPods: {} })] };
}
