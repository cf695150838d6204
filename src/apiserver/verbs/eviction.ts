/** Eviction: a deletion that asks the disruption budgets first. Source: pkg/registry/core/pod/storage/eviction.go. */
import type { JsonObject, KubeObject } from '../../model/kube-object.ts';
import { labelSelectorOf, matchesLabels } from '../../model/label-selector.ts';
import { arrayAt, isJsonObject, numberAt, objectAt, stringAt, valueAt } from '../json-value.ts';
import { internalError, successStatus, tooManyRequests } from '../status.ts';
import { type DeleteRequest, deleteObject } from './delete.ts';
import { isTerminating, type ServerContext, storedObject, type Target, timestampAt } from './target.ts';

const BUDGETS = 'poddisruptionbudgets.policy';

/** Answers a Status. Throws 429 when a budget forbids it now. */
export function evictPod(context: ServerContext, target: Target, request: DeleteRequest): JsonObject {
  const pod = storedObject(context, target);
  const budget = mayGoUnasked(pod) ? undefined : budgetOf(context, pod);
  if (budget !== undefined && countsAgainst(budget, pod)) spend(context, budget, pod, request.dryRun);
  deleteObject(context, target, request);
  return { ...successStatus({}), code: 201 };
}

/** Pods that provide nothing disturb nobody. */
function mayGoUnasked(pod: KubeObject): boolean {
  return isTerminating(pod) || ['Succeeded', 'Failed', 'Pending'].includes(stringAt(pod, 'status', 'phase') ?? '');
}

function budgetOf({ store }: ServerContext, pod: KubeObject): KubeObject | undefined {
  const budgets = [...store.entries(BUDGETS, pod.metadata.namespace)].map(({ object }) => object).filter((budget) => isAbout(budget, pod));
  if (budgets.length > 1)
    throw internalError('This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.');
  return budgets[0];
}

function isAbout(budget: KubeObject, pod: KubeObject): boolean {
  const selector = labelSelectorOf(valueAt(budget, 'spec', 'selector'));
  return selector !== undefined && matchesLabels(selector, pod.metadata.labels);
}

/** A pod that is not ready may go while the others suffice. */
function countsAgainst(budget: KubeObject, pod: KubeObject): boolean {
  const isReady = arrayAt(pod, 'status', 'conditions').some(
    (condition) => stringAt(condition, 'type') === 'Ready' && stringAt(condition, 'status') === 'True',
  );
  if (isReady) return true;
  if (stringAt(budget, 'spec', 'unhealthyPodEvictionPolicy') === 'AlwaysAllow') return false;
  const desired = numberAt(budget, 'status', 'desiredHealthy') ?? 0;
  return !((numberAt(budget, 'status', 'currentHealthy') ?? 0) >= desired && desired > 0);
}

const REFUSED = "Cannot evict pod as it would violate the pod's disruption budget.";

function spend({ store, clock }: ServerContext, budget: KubeObject, pod: KubeObject, dryRun: boolean): void {
  const { name, namespace, generation = 0 } = budget.metadata;
  const status = objectAt(budget, 'status') ?? {};
  if ((numberAt(status, 'observedGeneration') ?? 0) < generation)
    throw refusal(`The disruption budget ${name} is still being processed by the server.`, 10);
  const allowed = numberAt(status, 'disruptionsAllowed') ?? 0;
  if (allowed <= 0) {
    throw refusal(
      `The disruption budget ${name} needs ${numberAt(status, 'desiredHealthy') ?? 0} healthy pods and has ${numberAt(status, 'currentHealthy') ?? 0} currently`,
    );
  }
  if (dryRun) return;
  const disrupted = isJsonObject(status['disruptedPods']) ? status['disruptedPods'] : {};
  const disruptedPods = { ...disrupted, [pod.metadata.name]: timestampAt(clock.now()) };
  store.put(BUDGETS, `${namespace ?? ''}/${name}`, { ...budget, status: { ...status, disruptionsAllowed: allowed - 1, disruptedPods } });
}

function refusal(why: string, retryAfterSeconds?: number) {
  const causes = [{ reason: 'DisruptionBudget', message: why }];
  return tooManyRequests(REFUSED, { causes, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) });
}
