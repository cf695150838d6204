import { labelOf } from '../model/labels.ts';
import type { LabelRequirement, LabelRequirements } from '../model/workload-record.ts';

/** Do the labels meet every requirement? One with an operator that we do not know is met by nothing. */
export function meetsRequirements(labels: Readonly<Record<string, string>>, requirements: LabelRequirements): boolean {
  return requirements.every((requirement) => meets(labelOf(labels, requirement.key), requirement));
}

function meets(value: string | undefined, { operator, values }: LabelRequirement): boolean {
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
