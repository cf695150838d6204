import { RBAC_KINDS, REVIEW_KINDS } from './access-kinds.ts';
import { CORE_KINDS } from './core-kinds.ts';
import { CUSTOM_RESOURCE_DEFINITIONS } from './custom-resource-definitions.ts';
import { GROUP_ORDER } from './group-order.ts';
import type { ResourceDefinition } from './resource-definition.ts';
import { WORKLOAD_KINDS } from './workload-kinds.ts';

/** Every kind that a fresh server serves, in the order in which discovery shows groups. */
export const BUILT_IN_KINDS: readonly ResourceDefinition[] = [
  ...CORE_KINDS,
  ...WORKLOAD_KINDS,
  ...REVIEW_KINDS,
  ...RBAC_KINDS,
  CUSTOM_RESOURCE_DEFINITIONS,
].toSorted((a, b) => rank(a.group) - rank(b.group));

function rank(group: string): number {
  return GROUP_ORDER.indexOf(group);
}
