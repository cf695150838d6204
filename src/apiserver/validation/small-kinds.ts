import type { KubeObject } from '../../model/kube-object.ts';
import { arrayAt, equalJson, isJsonObject, objectAt, valueAt } from '../json-value.ts';
import type { FieldError } from '../resources/resource-definition.ts';
import { forbiddenField, IMMUTABLE, invalidValue, notSupported, required } from './field-errors.ts';
import { intOrPercentErrors } from './workloads.ts';

export function validateBudget({ spec = {} }: KubeObject): FieldError[] {
  const { minAvailable, maxUnavailable } = spec;
  const errors = [...intOrPercentErrors('spec.minAvailable', minAvailable), ...intOrPercentErrors('spec.maxUnavailable', maxUnavailable)];
  if (minAvailable !== undefined && maxUnavailable !== undefined)
    errors.push(invalidValue('spec', spec, 'minAvailable and maxUnavailable cannot be both set'));
  return errors;
}

export function validateBinding(binding: KubeObject): FieldError[] {
  const role = objectAt(binding, 'roleRef') ?? {};
  const errors = role['name'] ? [] : [required('roleRef.name')];
  if (role['kind'] !== 'Role' && role['kind'] !== 'ClusterRole')
    errors.push(notSupported('roleRef.kind', role['kind'] ?? '', ['Role', 'ClusterRole']));
  return [...errors, ...arrayAt(binding, 'subjects').flatMap((subject, at) => subjectErrors(subject, `subjects[${at}]`))];
}

function subjectErrors(subject: unknown, field: string): FieldError[] {
  if (!isJsonObject(subject) || !subject['name']) return [required(`${field}.name`)];
  const isKnown = ['User', 'Group', 'ServiceAccount'].includes(String(subject['kind']));
  return isKnown ? [] : [notSupported(`${field}.kind`, subject['kind'] ?? '', ['ServiceAccount', 'User', 'Group'])];
}

export function validateBindingUpdate(next: KubeObject, previous: KubeObject): FieldError[] {
  if (equalJson(next['roleRef'], previous['roleRef'])) return [];
  return [invalidValue('roleRef', next['roleRef'], 'cannot change roleRef')];
}

export function validateAutoscaler({ spec = {} }: KubeObject): FieldError[] {
  const errors = objectAt(spec, 'scaleTargetRef') ? [] : [required('spec.scaleTargetRef.kind'), required('spec.scaleTargetRef.name')];
  const max = spec['maxReplicas'];
  if (typeof max !== 'number' || max < 1) errors.push(invalidValue('spec.maxReplicas', max ?? 0, 'must be greater than 0'));
  return errors;
}

/** ConfigMaps and Secrets that say so never change their data. */
export function validateImmutableData(next: KubeObject, previous: KubeObject): FieldError[] {
  if (previous['immutable'] !== true) return [];
  const changed = ['data', 'binaryData'].filter((member) => !equalJson(next[member], previous[member]));
  const errors = changed.map((member) => forbiddenField(member, 'field is immutable when `immutable` is set'));
  return next['immutable'] === true ? errors : [...errors, forbiddenField('immutable', 'field is immutable when `immutable` is set')];
}

export function validateService(service: KubeObject): FieldError[] {
  const isPortless = valueAt(service, 'spec', 'type') === 'ExternalName' || valueAt(service, 'spec', 'clusterIP') === 'None';
  return isPortless || arrayAt(service, 'spec', 'ports').length > 0 ? [] : [required('spec.ports')];
}

export function validateServiceUpdate(next: KubeObject, previous: KubeObject): FieldError[] {
  const address = valueAt(previous, 'spec', 'clusterIP');
  const isChanged =
    address !== undefined && valueAt(next, 'spec', 'clusterIP') !== address && valueAt(next, 'spec', 'type') !== 'ExternalName';
  return isChanged
    ? [invalidValue('spec.clusterIPs[0]', valueAt(next, 'spec', 'clusterIP') ?? '', `may not change once set: ${IMMUTABLE}`)]
    : [];
}
