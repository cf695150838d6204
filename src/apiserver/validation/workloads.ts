/** What apps/v1 and OpenKruise's workloads refuse. Source: pkg/apis/apps/validation/validation.go. */
import type { JsonObject, KubeObject } from '../../model/kube-object.ts';
import { labelSelectorOf, matchesLabels } from '../../model/label-selector.ts';
import { equalJson, isJsonObject, objectAt, valueAt } from '../json-value.ts';
import type { FieldError } from '../resources/resource-definition.ts';
import { forbiddenField, IMMUTABLE, invalidValue, nonNegative, notSupported, required } from './field-errors.ts';
import { labelErrors } from './metadata.ts';
import { oneOf, validatePodSpec } from './pods.ts';

export function validateDeployment(object: KubeObject): FieldError[] {
  const spec = object.spec ?? {};
  return [...validateWorkload('deployment')(object), ...strategyErrors(spec), ...deadlineErrors(spec)];
}

/** The rules that all workloads share; `name` is how the message on an empty selector calls the kind. */
export function validateWorkload(name: string): (object: KubeObject) => FieldError[] {
  return (object) => {
    const spec = object.spec ?? {};
    return [
      ...nonNegative('spec.replicas', spec['replicas']),
      ...selectorErrors(spec, name),
      ...templateErrors(spec),
      ...nonNegative('spec.minReadySeconds', spec['minReadySeconds']),
      ...nonNegative('spec.revisionHistoryLimit', spec['revisionHistoryLimit']),
    ];
  };
}

function selectorErrors(spec: JsonObject, name: string): FieldError[] {
  const selector = spec['selector'];
  if (!isJsonObject(selector)) return [required('spec.selector')];
  const parsed = labelSelectorOf(selector);
  if (parsed === undefined) return [invalidValue('spec.selector', selector, 'invalid label selector')];
  if (parsed.length === 0) return [invalidValue('spec.selector', selector, `empty selector is invalid for ${name}`)];
  return labelErrors('spec.selector.matchLabels', selector['matchLabels']);
}

function templateErrors(spec: JsonObject): FieldError[] {
  const labels = objectAt(spec, 'template', 'metadata', 'labels') as Record<string, string> | undefined;
  const selector = labelSelectorOf(spec['selector']) ?? [];
  const mismatch = selector.length > 0 && !matchesLabels(selector, labels);
  const policy = valueAt(spec, 'template', 'spec', 'restartPolicy');
  return [
    ...(mismatch ? [invalidValue('spec.template.metadata.labels', labels, '`selector` does not match template `labels`')] : []),
    ...labelErrors('spec.template.labels', labels),
    ...validatePodSpec(valueAt(spec, 'template', 'spec'), 'spec.template.spec'),
    ...(policy === 'Always' || policy === undefined ? [] : [notSupported('spec.template.spec.restartPolicy', policy, ['Always'])]),
  ];
}

function strategyErrors(spec: JsonObject): FieldError[] {
  const strategy = objectAt(spec, 'strategy') ?? {};
  const rolling = strategy['rollingUpdate'];
  if (strategy['type'] === 'Recreate') {
    return isJsonObject(rolling)
      ? [forbiddenField('spec.strategy.rollingUpdate', "may not be specified when strategy `type` is 'Recreate'")]
      : [];
  }
  const errors = oneOf('spec.strategy.type', strategy['type'], ['Recreate', 'RollingUpdate']);
  if (errors.length > 0 || !isJsonObject(rolling)) return errors;
  return [...rollingUpdateErrors('spec.strategy.rollingUpdate', rolling)];
}

function rollingUpdateErrors(field: string, { maxUnavailable, maxSurge }: JsonObject): FieldError[] {
  const errors = [...intOrPercentErrors(`${field}.maxUnavailable`, maxUnavailable), ...intOrPercentErrors(`${field}.maxSurge`, maxSurge)];
  if (isZero(maxUnavailable) && isZero(maxSurge))
    errors.push(invalidValue(`${field}.maxUnavailable`, maxUnavailable, 'may not be 0 when `maxSurge` is 0'));
  return errors;
}

const isZero = (value: unknown) => value === 0 || value === '0%' || value === '0';

export function intOrPercentErrors(field: string, value: unknown): FieldError[] {
  if (value === undefined || value === null) return [];
  if (typeof value === 'number') return nonNegative(field, value);
  if (typeof value === 'string' && /^[0-9]+%$/.test(value)) return [];
  return [
    invalidValue(
      field,
      value,
      "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
    ),
  ];
}

function deadlineErrors({ progressDeadlineSeconds, minReadySeconds }: JsonObject): FieldError[] {
  const errors = nonNegative('spec.progressDeadlineSeconds', progressDeadlineSeconds);
  if (errors.length > 0 || typeof progressDeadlineSeconds !== 'number') return errors;
  const isShort = progressDeadlineSeconds <= (typeof minReadySeconds === 'number' ? minReadySeconds : 0);
  return isShort ? [invalidValue('spec.progressDeadlineSeconds', progressDeadlineSeconds, 'must be greater than minReadySeconds')] : [];
}

/** apps/v1: selectors never change. */
export function validateSelectorUpdate(next: KubeObject, previous: KubeObject): FieldError[] {
  const selector = next.spec?.['selector'];
  return equalJson(selector, previous.spec?.['selector']) ? [] : [invalidValue('spec.selector', selector, IMMUTABLE)];
}

/** Refuses a change of any member of spec but those named. */
export function validateMutableFields(kind: string, mutable: readonly string[]): (next: KubeObject, previous: KubeObject) => FieldError[] {
  const listed = `${mutable
    .slice(0, -1)
    .map((name) => `'${name}'`)
    .join(', ')} and '${mutable.at(-1)}'`;
  const rule = `updates to ${kind} spec for fields other than ${listed} are forbidden`;
  const fixed = (spec: JsonObject | undefined) =>
    Object.fromEntries(Object.entries(spec ?? {}).filter(([name]) => !mutable.includes(name)));
  return (next, previous) => (equalJson(fixed(next.spec), fixed(previous.spec)) ? [] : [forbiddenField('spec', rule)]);
}
