import type { JsonObject } from '../../model/kube-object.ts';
import type { ConditionRecord } from '../../model/object-record.ts';
import { type FlawReport, instantAt, isFields, itemsAt, type Mutable, messageAt, NO_ITEMS, textAt } from './fields.ts';

export function conditionsOf(status: JsonObject, flaw: FlawReport): readonly ConditionRecord[] {
  const items = itemsAt(status, 'conditions', flaw);
  if (items.length === 0) return NO_ITEMS;
  const conditions: ConditionRecord[] = [];
  for (const item of items) {
    if (isFields(item)) conditions.push(conditionOf(item, flaw));
    else flaw('conditions');
  }
  return conditions;
}

/** The condition of that type as the server wrote it. */
export function rawCondition(status: JsonObject, type: string): JsonObject | undefined {
  const items = status['conditions'];
  if (!Array.isArray(items)) return undefined;
  for (const item of items as unknown[]) {
    if (isFields(item) && item['type'] === type) return item;
  }
  return undefined;
}

function conditionOf(item: JsonObject, flaw: FlawReport): ConditionRecord {
  const condition: Mutable<ConditionRecord> = {
    type: textAt(item, 'type', flaw) ?? '',
    status: textAt(item, 'status', flaw) ?? 'Unknown',
  };
  const reason = textAt(item, 'reason', flaw);
  const message = messageAt(item, 'message', flaw);
  const since = instantAt(item, 'lastTransitionTime', flaw);
  const updatedAt = instantAt(item, 'lastUpdateTime', flaw);
  if (reason !== undefined) condition.reason = reason;
  if (message !== undefined) condition.message = message;
  if (since !== undefined) condition.since = since;
  if (updatedAt !== undefined) condition.updatedAt = updatedAt;
  return condition;
}
