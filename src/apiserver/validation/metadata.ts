import type { KubeObject, ObjectMeta } from '../../model/kube-object.ts';
import { isJsonObject } from '../json-value.ts';
import type { FieldError, ResourceDefinition } from '../resources/resource-definition.ts';
import { invalidValue, required, tooLong } from './field-errors.ts';
import { dnsLabelProblems, dnsSubdomainProblems, labelValueProblems, pathSegmentProblems, qualifiedNameProblems } from './names.ts';

const MAX_ANNOTATION_BYTES = 262_144;

export function validateMetadata(definition: ResourceDefinition, { metadata }: KubeObject): FieldError[] {
  return [
    ...nameErrors(definition, metadata),
    ...labelErrors('metadata.labels', metadata.labels),
    ...annotationErrors(metadata.annotations),
    ...finalizerErrors(metadata.finalizers),
    ...ownerErrors(metadata.ownerReferences),
  ];
}

const NAME_PROBLEMS = {
  'dns-label': dnsLabelProblems,
  'dns-subdomain': dnsSubdomainProblems,
  'path-segment': pathSegmentProblems,
} as const;

function nameErrors(definition: ResourceDefinition, { name }: ObjectMeta): FieldError[] {
  if (name === '') return [required('metadata.name', 'name or generateName is required')];
  const problems = NAME_PROBLEMS[definition.rules.nameSyntax ?? 'dns-subdomain'](name);
  return problems.map((problem) => invalidValue('metadata.name', name, problem));
}

/** For `labels` under any path: metadata, a template, a selector's matchLabels. */
export function labelErrors(field: string, labels: unknown): FieldError[] {
  if (labels === undefined || labels === null) return [];
  if (!isJsonObject(labels)) return [invalidValue(field, labels, 'must be an object of strings')];
  return Object.entries(labels).flatMap(([key, value]) => [
    ...qualifiedNameProblems(key).map((problem) => invalidValue(field, key, problem)),
    ...(typeof value === 'string' ? labelValueProblems(value) : ['must be a string']).map((problem) => invalidValue(field, value, problem)),
  ]);
}

function annotationErrors(annotations: unknown): FieldError[] {
  if (annotations === undefined || annotations === null) return [];
  if (!isJsonObject(annotations)) return [invalidValue('metadata.annotations', annotations, 'must be an object of strings')];
  const entries = Object.entries(annotations);
  const bytes = entries.reduce((sum, [key, value]) => sum + key.length + String(value).length, 0);
  const problems = entries.flatMap(([key]) =>
    qualifiedNameProblems(key.toLowerCase()).map((problem) => invalidValue('metadata.annotations', key, problem)),
  );
  return bytes > MAX_ANNOTATION_BYTES ? [...problems, tooLong('metadata.annotations', MAX_ANNOTATION_BYTES)] : problems;
}

function finalizerErrors(finalizers: unknown): FieldError[] {
  if (finalizers === undefined || finalizers === null) return [];
  if (!Array.isArray(finalizers)) return [invalidValue('metadata.finalizers', finalizers, 'must be a list of strings')];
  return finalizers.flatMap((name) =>
    qualifiedNameProblems(String(name)).map((problem) => invalidValue('metadata.finalizers', name, problem)),
  );
}

function ownerErrors(owners: unknown): FieldError[] {
  if (owners === undefined || owners === null) return [];
  if (!Array.isArray(owners)) return [invalidValue('metadata.ownerReferences', owners, 'must be a list')];
  const errors = owners
    .filter(isJsonObject)
    .flatMap((owner, at) =>
      ['apiVersion', 'kind', 'name', 'uid']
        .filter((member) => !owner[member])
        .map((member) => invalidValue(`metadata.ownerReferences[${at}].${member}`, '', `${member} must not be empty`)),
    );
  const controllers = owners.filter((owner) => isJsonObject(owner) && owner['controller'] === true);
  if (controllers.length < 2) return errors;
  return [...errors, invalidValue('metadata.ownerReferences', owners, 'Only one reference can have Controller set to true')];
}
