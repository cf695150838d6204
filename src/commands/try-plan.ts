import type { Principal } from '../auth/principal.ts';
import { isApiError } from '../kube/api-error.ts';
import type { RolloutPlan } from '../rollout/plan.ts';
import { type Refusal, refusalOf } from './api-refusal.ts';
import { writeOptions } from './command-runner.ts';
import type { FetchedWorkload } from './fetch-workload.ts';

export interface Trial {
  /** Why the cluster would not take the plan's first patch. */
  readonly refusal?: Refusal;
  /** What could not be tried. */
  readonly warnings: readonly string[];
}

interface Around {
  readonly principal: Principal;
  readonly fetched: FetchedWorkload;
  readonly auditId: string;
}

/**
 * The first patch, which brings the new template, as a dry run of the API server with the caller's rights: validation,
 * admission and quota of the object say what they would say. Later patches build on earlier ones and cannot be tried.
 */
export async function tryPlan({ patches, target }: RolloutPlan, { principal, fetched, auditId }: Around): Promise<Trial> {
  const [first, ...later] = patches;
  if (first === undefined) return { warnings: [] };
  const { apiServer, resource } = fetched;
  const name = { namespace: target.namespace, name: target.name };
  const warnings =
    later.length === 0 ? [] : [`Only the first of ${patches.length} patches was tried on the cluster: the others build on it.`];
  try {
    const options = { ...writeOptions(principal, { auditId, dryRun: true }), fieldValidation: 'Strict' as const };
    await apiServer.patch(resource, name, { type: 'json', operations: first.operations }, options);
    return { warnings };
  } catch (error) {
    if (isUntriable(error)) return { warnings: [`The first patch could not be tried on the cluster: ${error.message}`] };
    return { refusal: refusalOf(error, target.cluster, ['input', 'change']), warnings };
  }
}

/** A webhook with side effects takes no part in dry runs, which fails them: that says nothing about the patch. */
function isUntriable(error: unknown): error is Error {
  return isApiError(error, 'invalid') && error.status === 400 && /dry.?run/i.test(error.message);
}
