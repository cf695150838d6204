import { meetsRequirement } from '../../model/label-requirements.ts';
import { labelOf } from '../../model/labels.ts';
import type { LabelRequirement, LabelSelector } from './types.ts';

type Labels = Readonly<Record<string, string>>;

/** An absent selector matches nothing, an empty one everything. */
export function selects(selector: LabelSelector | undefined, labels: Labels | undefined): boolean {
  if (selector === undefined) return false;
  const present = labels ?? {};
  return (
    Object.entries(selector.matchLabels ?? {}).every(([key, value]) => present[key] === value) &&
    (selector.matchExpressions ?? []).every((requirement) => fulfils(requirement, present))
  );
}

/** Requirements of label selectors and of node selector terms (which add Gt and Lt). */
export function fulfils(requirement: LabelRequirement, labels: Labels): boolean {
  const value = labelOf(labels, requirement.key);
  const values = requirement.values ?? [];
  switch (requirement.operator) {
    case 'Gt':
      return value !== undefined && Number(value) > Number(values[0]);
    case 'Lt':
      return value !== undefined && Number(value) < Number(values[0]);
    default:
      return meetsRequirement(value, { ...requirement, values });
  }
}

/** The selector in kubectl's text form, as CloneSet's status.labelSelector shows it. */
export function selectorText(selector: LabelSelector): string {
  const equal = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  return [...equal, ...(selector.matchExpressions ?? []).map(requirementText)].sort().join(',');
}

function requirementText({ key, operator, values = [] }: LabelRequirement): string {
  if (operator === 'Exists') return key;
  if (operator === 'DoesNotExist') return `!${key}`;
  return `${key} ${operator === 'In' ? 'in' : 'notin'} (${[...values].sort().join(',')})`;
}
