/** From a stored CustomResourceDefinition to the kind that it makes. */
import type { JsonObject, KubeObject } from '../../model/kube-object.ts';
import { elementsOf } from '../defaults/fill.ts';
import { applyAdvancedDaemonSetDefaults, applyAdvancedStatefulSetDefaults, applyCloneSetDefaults } from '../defaults/kruise-workloads.ts';
import { arrayAt, equalJson, isJsonObject, numberAt, objectAt, stringAt } from '../json-value.ts';
import { validateMutableFields, validateWorkload } from '../validation/workloads.ts';
import { statusOf } from './core-kinds.ts';
import { selectableAs } from './define.ts';
import {
  ALL_VERBS,
  type PrinterColumn,
  type ResourceDefinition,
  type ResourceRules,
  type ScalePaths,
  type Subresource,
} from './resource-definition.ts';
import { schemaErrors, shapeObject } from './structural-schema.ts';

/** Undefined when the definition serves no version. */
export function customKind(crd: KubeObject): ResourceDefinition | undefined {
  const spec = crd.spec ?? {};
  const versions = elementsOf(spec, 'versions').filter((version) => version['served'] === true);
  const storage = elementsOf(spec, 'versions').find((version) => version['storage'] === true);
  if (versions.length === 0 || storage === undefined) return undefined;
  const group = stringAt(spec, 'group') ?? '';
  const kind = stringAt(spec, 'names', 'kind') ?? '';
  const scale = scalePaths(storage);
  return {
    group,
    versions: versions.map(nameOf).toSorted(byVersionPriority),
    storageVersion: nameOf(storage),
    resource: stringAt(spec, 'names', 'plural') ?? '',
    singular: stringAt(spec, 'names', 'singular') ?? kind.toLowerCase(),
    kind,
    listKind: stringAt(spec, 'names', 'listKind') ?? `${kind}List`,
    namespaced: spec['scope'] === 'Namespaced',
    shortNames: arrayAt(spec, 'names', 'shortNames').map(String),
    categories: arrayAt(spec, 'names', 'categories').map(String),
    subresources: subresourcesOf(kind, storage),
    verbs: ALL_VERBS,
    rules: customRules(storage, `${stringAt(spec, 'names', 'plural')}.${group}`),
    isCustom: true,
    ...(scale && { scale }),
    selectableFields: arrayAt(storage, 'selectableFields').map((field) => selectable(stringAt(field, 'jsonPath') ?? '')),
    printerColumns: Object.fromEntries(versions.map((version) => [nameOf(version), columnsOf(version)])),
  };
}

const nameOf = (version: JsonObject) => String(version['name'] ?? '');

function selectable(jsonPath: string) {
  const path = jsonPath.replace(/^\./, '');
  return selectableAs(path, path);
}

/** v2 before v1 before v2beta1 before v1beta1 before v1alpha1. Source: apimachinery, pkg/version. */
export function byVersionPriority(a: string, b: string): number {
  const [stabilityA, majorA, minorA] = versionRank(a);
  const [stabilityB, majorB, minorB] = versionRank(b);
  return stabilityB - stabilityA || majorB - majorA || minorB - minorA || (a < b ? -1 : 1);
}

function versionRank(version: string): readonly [number, number, number] {
  const match = /^v([0-9]+)(?:(alpha|beta)([0-9]+))?$/.exec(version);
  if (match === null) return [0, 0, 0];
  const stability = match[2] === undefined ? 3 : match[2] === 'beta' ? 2 : 1;
  return [stability, Number(match[1]), Number(match[3] ?? 0)];
}

function subresourcesOf(kind: string, version: JsonObject): Subresource[] {
  const subresources: Subresource[] = [];
  if (objectAt(version, 'subresources', 'status')) subresources.push(statusOf(kind));
  if (objectAt(version, 'subresources', 'scale')) {
    subresources.push({ name: 'scale', kind: 'Scale', group: 'autoscaling', version: 'v1', verbs: ['get', 'patch', 'update'] });
  }
  return subresources;
}

function scalePaths(version: JsonObject): ScalePaths | undefined {
  const scale = objectAt(version, 'subresources', 'scale');
  if (scale === undefined) return undefined;
  const selector = stringAt(scale, 'labelSelectorPath');
  return {
    specReplicas: steps(stringAt(scale, 'specReplicasPath') ?? '.spec.replicas'),
    statusReplicas: steps(stringAt(scale, 'statusReplicasPath') ?? '.status.replicas'),
    ...(selector !== undefined && { selector: steps(selector) }),
  };
}

const steps = (path: string) => path.split('.').filter((step) => step !== '');

function columnsOf(version: JsonObject): PrinterColumn[] {
  return arrayAt(version, 'additionalPrinterColumns')
    .filter(isJsonObject)
    .map((column) => {
      const priority = numberAt(column, 'priority');
      const [format, description] = [stringAt(column, 'format'), stringAt(column, 'description')];
      return {
        name: stringAt(column, 'name') ?? '',
        type: stringAt(column, 'type') ?? 'string',
        jsonPath: stringAt(column, 'jsonPath') ?? '',
        ...(priority !== undefined && { priority }),
        ...(format !== undefined && { format }),
        ...(description !== undefined && { description }),
      };
    });
}

function customRules(version: JsonObject, collection: string): ResourceRules {
  const schema = objectAt(version, 'schema', 'openAPIV3Schema') ?? {};
  const hasStatus = objectAt(version, 'subresources', 'status') !== undefined;
  const webhook = Object.hasOwn(WEBHOOKS, collection) ? WEBHOOKS[collection] : undefined;
  return {
    hasStatus,
    hasGeneration: true,
    allowsUnconditionalUpdate: false,
    changesGeneration: (next, previous) => !equalJson(desired(next, hasStatus), desired(previous, hasStatus)),
    applyDefaults: (object) => {
      shapeObject(object, schema);
      webhook?.applyDefaults?.(object);
    },
    validate: (object) => [...schemaErrors(object, schema), ...(webhook?.validate?.(object) ?? [])],
    ...(webhook?.validateUpdate && { validateUpdate: webhook.validateUpdate }),
  };
}

function desired({ metadata: _metadata, status, ...rest }: KubeObject, hasStatus: boolean): JsonObject {
  return hasStatus ? rest : { ...rest, status };
}

const CLONE_SET_MUTABLE = [
  'replicas',
  'template',
  'lifecycle',
  'scaleStrategy',
  'updateStrategy',
  'minReadySeconds',
  'revisionHistoryLimit',
  'volumeClaimTemplates',
];
const STATEFUL_SET_MUTABLE = [
  'replicas',
  'ordinals',
  'template',
  'reserveOrdinals',
  'lifecycle',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'scaleStrategy',
  'updateStrategy',
  'volumeClaimTemplates',
];

/** What OpenKruise's admission webhooks do; this server runs no webhooks. */
const WEBHOOKS: Readonly<Record<string, Pick<ResourceRules, 'applyDefaults' | 'validate' | 'validateUpdate'>>> = {
  'clonesets.apps.kruise.io': {
    applyDefaults: applyCloneSetDefaults,
    validate: validateWorkload('cloneset'),
    validateUpdate: validateMutableFields('cloneset', CLONE_SET_MUTABLE),
  },
  'statefulsets.apps.kruise.io': {
    applyDefaults: applyAdvancedStatefulSetDefaults,
    validate: validateWorkload('statefulset'),
    validateUpdate: validateMutableFields('statefulset', STATEFUL_SET_MUTABLE),
  },
  'daemonsets.apps.kruise.io': { applyDefaults: applyAdvancedDaemonSetDefaults, validate: validateWorkload('daemonset') },
};
