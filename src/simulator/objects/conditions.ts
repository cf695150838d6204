import type { Condition } from './types.ts';

export function conditionOf(conditions: readonly Condition[] | undefined, type: string): Condition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

export function isTrue(conditions: readonly Condition[] | undefined, type: string): boolean {
  return conditionOf(conditions, type)?.status === 'True';
}

/**
 * The list with `next` in it. The transition time is kept while the status stays; the list keeps its order, a
 * new type goes last. Returns the very same list when nothing but times would change.
 */
export function withCondition(conditions: readonly Condition[], next: Condition): readonly Condition[] {
  const present = conditionOf(conditions, next.type);
  if (present === undefined) return [...conditions, next];
  if (present.status === next.status && present.reason === next.reason && present.message === next.message) return conditions;
  const kept = present.status === next.status ? present.lastTransitionTime : next.lastTransitionTime;
  const merged: Condition = { ...next, ...(kept === undefined ? {} : { lastTransitionTime: kept }) };
  return conditions.map((condition) => (condition.type === next.type ? merged : condition));
}

export function withoutCondition(conditions: readonly Condition[], type: string): readonly Condition[] {
  return conditions.some((condition) => condition.type === type) ? conditions.filter((condition) => condition.type !== type) : conditions;
}
