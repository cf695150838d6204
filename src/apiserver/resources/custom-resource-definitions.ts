/** The kind CustomResourceDefinition itself: what makes other kinds. */
import type { JsonObject, KubeObject } from '../../model/kube-object.ts';
import { elementsOf, fill, memberObject } from '../defaults/fill.ts';
import { isJsonObject, objectAt, stringAt } from '../json-value.ts';
import { IMMUTABLE, invalidValue, notSupported, required } from '../validation/field-errors.ts';
import { statusOf } from './core-kinds.ts';
import { define } from './define.ts';
import type { FieldError, ResourceDefinition } from './resource-definition.ts';

export const CRD_COLLECTION = 'customresourcedefinitions.apiextensions.k8s.io';

export const CUSTOM_RESOURCE_DEFINITIONS: ResourceDefinition = define({
  kind: 'CustomResourceDefinition',
  group: 'apiextensions.k8s.io',
  resource: 'customresourcedefinitions',
  clusterScoped: true,
  shortNames: ['crd', 'crds'],
  categories: ['api-extensions'],
  subresources: [statusOf('CustomResourceDefinition')],
  rules: {
    hasStatus: true,
    hasGeneration: true,
    allowsUnconditionalUpdate: false,
    applyDefaults: applyCrdDefaults,
    prepareCreate: prepareCrd,
    validate: validateCrd,
    validateUpdate: validateCrdUpdate,
  },
});

function applyCrdDefaults(crd: KubeObject): void {
  const spec = memberObject(crd, 'spec');
  const names = memberObject(spec, 'names');
  const kind = String(names['kind'] ?? '');
  fill(names, { singular: kind.toLowerCase(), listKind: `${kind}List` });
  fill(memberObject(spec, 'conversion'), { strategy: 'None' });
}

function prepareCrd(crd: KubeObject): void {
  const spec = memberObject(crd, 'spec');
  const at = crd.metadata.creationTimestamp;
  const storage = elementsOf(spec, 'versions').find((version) => version['storage'] === true);
  crd.status = {
    acceptedNames: { ...memberObject(spec, 'names') },
    storedVersions: [storage?.['name']],
    conditions: [
      { type: 'NamesAccepted', status: 'True', lastTransitionTime: at, reason: 'NoConflicts', message: 'no conflicts found' },
      {
        type: 'Established',
        status: 'True',
        lastTransitionTime: at,
        reason: 'InitialNamesAccepted',
        message: 'the initial names have been accepted',
      },
    ],
  };
}

function validateCrd(crd: KubeObject): FieldError[] {
  const spec = crd.spec ?? {};
  const group = stringAt(spec, 'group') ?? '';
  const plural = stringAt(spec, 'names', 'plural') ?? '';
  const errors = [
    ...(group === '' ? [required('spec.group')] : []),
    ...(plural === '' ? [required('spec.names.plural')] : []),
    ...(stringAt(spec, 'names', 'kind') ? [] : [required('spec.names.kind')]),
    ...(['Namespaced', 'Cluster'].includes(String(spec['scope']))
      ? []
      : [notSupported('spec.scope', spec['scope'] ?? '', ['Cluster', 'Namespaced'])]),
    ...versionErrors(elementsOf(spec, 'versions')),
  ];
  if (crd.metadata.name !== `${plural}.${group}`)
    errors.push(invalidValue('metadata.name', crd.metadata.name, 'must be spec.names.plural+"."+spec.group'));
  return errors;
}

function versionErrors(versions: readonly JsonObject[]): FieldError[] {
  if (versions.length === 0) return [required('spec.versions', 'must have exactly one version marked as storage version')];
  const storage = versions.filter((version) => version['storage'] === true);
  return [
    ...(storage.length === 1 ? [] : [invalidValue('spec.versions', versions, 'must have exactly one version marked as storage version')]),
    ...versions.flatMap((version, at) => [
      ...(version['name'] ? [] : [required(`spec.versions[${at}].name`)]),
      ...(isJsonObject(objectAt(version, 'schema', 'openAPIV3Schema'))
        ? []
        : [required(`spec.versions[${at}].schema.openAPIV3Schema`, 'schemas are required')]),
    ]),
  ];
}

const FIXED = [['group'], ['scope'], ['names', 'plural'], ['names', 'kind']] as const;

function validateCrdUpdate(next: KubeObject, previous: KubeObject): FieldError[] {
  return FIXED.filter((path) => stringAt(next.spec, ...path) !== stringAt(previous.spec, ...path)).map((path) =>
    invalidValue(['spec', ...path].join('.'), stringAt(next.spec, ...path) ?? '', IMMUTABLE),
  );
}
