import type { JsonObject } from '../../model/kube-object.ts';
import type { LabelRequirement, LabelRequirements } from '../../model/workload-record.ts';
import { type FlawReport, fieldsAt, isFields, itemsAt, textAt } from './fields.ts';

/** A LabelSelector as requirements that all must hold: matchLabels by key, then matchExpressions. */
export function selectorOf(selector: JsonObject, flaw: FlawReport): LabelRequirements {
  const requirements: LabelRequirement[] = [];
  const matchLabels = fieldsAt(selector, 'matchLabels', flaw);
  for (const key of Object.keys(matchLabels).sort()) {
    requirements.push({ key, operator: 'In', values: textsOf([matchLabels[key]]) });
  }
  for (const item of itemsAt(selector, 'matchExpressions', flaw)) {
    if (!isFields(item)) flaw('matchExpressions');
    else requirements.push(requirementOf(item, flaw));
  }
  return requirements;
}

/** In kubectl's syntax: `app=web,tier in (a,b),!canary`. */
export function selectorText(requirements: LabelRequirements): string {
  return requirements.map(requirementText).join(',');
}

function requirementOf(item: JsonObject, flaw: FlawReport): LabelRequirement {
  return {
    key: textAt(item, 'key', flaw) ?? '',
    operator: textAt(item, 'operator', flaw) ?? '',
    values: textsOf(itemsAt(item, 'values', flaw)),
  };
}

function requirementText({ key, operator, values }: LabelRequirement): string {
  if (operator === 'Exists') return key;
  if (operator === 'DoesNotExist') return `!${key}`;
  if (operator === 'In' && values.length === 1) return `${key}=${values[0]}`;
  return `${key} ${operator === 'NotIn' ? 'notin' : 'in'} (${values.join(',')})`;
}

function textsOf(values: readonly unknown[]): readonly string[] {
  return values.filter((value) => typeof value === 'string');
}
