import { labelOf } from './labels.ts';
import type { LabelRequirement, LabelRequirements } from './workload-record.ts';

/** Do the labels meet every requirement? One with an operator that we do not know is met by nothing. */
export function meetsRequirements(labels: Readonly<Record<string, string>>, requirements: LabelRequirements): boolean {
  return requirements.every((requirement) => meetsRequirement(labelOf(labels, requirement.key), requirement));
}

/** Does the label's value meet the requirement? Undefined: the label is not there. */
export function meetsRequirement(value: string | undefined, { operator, values }: LabelRequirement): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return false;
  }
}
