import type { Principal } from '../auth/principal.ts';
import { isApiError } from '../kube/api-error.ts';
import type { JsonObject, KubeObject } from '../model/kube-object.ts';
import { labelSelectorOf, matchesLabels } from '../model/label-selector.ts';
import { parseApiVersion, type Resource } from '../model/resource.ts';
import type { Surroundings } from '../rollout/plan-warnings.ts';
import { asCaller } from './command-runner.ts';
import type { FetchedWorkload } from './fetch-workload.ts';

export interface FoundSurroundings {
  readonly surroundings: Surroundings;
  /** What could not be looked for. */
  readonly warnings: readonly string[];
}

const AUTOSCALERS: Resource = {
  group: 'autoscaling',
  version: 'v2',
  resource: 'horizontalpodautoscalers',
  kind: 'HorizontalPodAutoscaler',
  namespaced: true,
};
const BUDGETS: Resource = {
  group: 'policy',
  version: 'v1',
  resource: 'poddisruptionbudgets',
  kind: 'PodDisruptionBudget',
  namespaced: true,
};

/** What somebody should know of before a run starts; read with the caller's own rights. Never fails: what is missing is a warning. */
export async function findSurroundings(principal: Principal, fetched: FetchedWorkload): Promise<FoundSurroundings> {
  const [autoscalers, budgets] = await Promise.all([listed(AUTOSCALERS, principal, fetched), listed(BUDGETS, principal, fetched)]);
  const warnings = [autoscalers, budgets].flatMap((list) => (typeof list === 'string' ? [list] : []));
  return {
    warnings,
    surroundings: {
      autoscalers: itemsOf(autoscalers)
        .filter((autoscaler) => scales(autoscaler, fetched.object))
        .map(({ metadata }) => metadata.name),
      disruptionBudgets: itemsOf(budgets)
        .filter((budget) => covers(budget, fetched.object))
        .map(budgetOf),
    },
  };
}

/** Whole kinds of one namespace: there are few of them. */
async function listed(resource: Resource, principal: Principal, { apiServer, record }: FetchedWorkload): Promise<KubeObject[] | string> {
  try {
    return (await apiServer.list(resource, { ...asCaller(principal), namespace: record.namespace, limit: 500 })).items;
  } catch (error) {
    if (!isApiError(error)) throw error;
    // A cluster that does not serve the kind has none of it.
    return error.code === 'not-found' ? [] : `Whether a ${resource.kind} is about the workload could not be found out: ${error.message}`;
  }
}

function itemsOf(list: KubeObject[] | string): readonly KubeObject[] {
  return typeof list === 'string' ? [] : list;
}

function scales({ spec }: KubeObject, { apiVersion, kind, metadata }: KubeObject): boolean {
  const target = (spec?.['scaleTargetRef'] ?? {}) as JsonObject;
  const isSameGroup = parseApiVersion(String(target['apiVersion'] ?? apiVersion)).group === parseApiVersion(apiVersion).group;
  return isSameGroup && target['kind'] === kind && target['name'] === metadata.name;
}

function covers({ spec }: KubeObject, { spec: workload }: KubeObject): boolean {
  const template = (workload?.['template'] ?? {}) as JsonObject;
  const labels = ((template['metadata'] ?? {}) as JsonObject)['labels'] as Record<string, string> | undefined;
  const selector = labelSelectorOf(spec?.['selector']);
  return selector !== undefined && matchesLabels(selector, labels);
}

function budgetOf({ metadata, status }: KubeObject) {
  const allowed = status?.['disruptionsAllowed'];
  return { name: metadata.name, ...(typeof allowed === 'number' && { disruptionsAllowed: allowed }) };
}
