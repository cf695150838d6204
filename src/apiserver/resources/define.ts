import type { KubeObject } from '../../model/kube-object.ts';
import { valueAt } from '../json-value.ts';
import {
  ALL_VERBS,
  type ResourceDefinition,
  type ResourceRules,
  type ScalePaths,
  type SelectableField,
  type Subresource,
} from './resource-definition.ts';

/** What differs from kind to kind; the rest follows from the kind's name. */
export interface KindFacts {
  readonly kind: string;
  readonly group?: string;
  readonly versions?: readonly string[];
  readonly resource: string;
  readonly clusterScoped?: boolean;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly subresources?: readonly Subresource[];
  readonly verbs?: readonly string[];
  readonly rules?: ResourceRules;
  readonly scale?: ScalePaths;
  readonly selectableFields?: readonly SelectableField[];
  readonly isReview?: boolean;
  readonly collection?: string;
  readonly convert?: ResourceDefinition['convert'];
}

export function define(facts: KindFacts): ResourceDefinition {
  const versions = facts.versions ?? ['v1'];
  return {
    group: facts.group ?? '',
    versions,
    storageVersion: versions[0] ?? 'v1',
    resource: facts.resource,
    singular: facts.kind.toLowerCase(),
    kind: facts.kind,
    listKind: `${facts.kind}List`,
    namespaced: facts.clusterScoped !== true,
    shortNames: facts.shortNames ?? [],
    categories: facts.categories ?? [],
    subresources: facts.subresources ?? [],
    verbs: facts.verbs ?? ALL_VERBS,
    rules: { allowsUnconditionalUpdate: true, ...facts.rules },
    ...(facts.scale && { scale: facts.scale }),
    ...(facts.selectableFields && { selectableFields: facts.selectableFields }),
    ...(facts.isReview && { isReview: true }),
    ...(facts.collection && { collection: facts.collection }),
    ...(facts.convert && { convert: facts.convert }),
  };
}

/** Fields that a selector may name, read from where they stand; what is missing reads as ''. */
export function selectable(...names: readonly string[]): SelectableField[] {
  return names.map((name) => selectableAs(name, name));
}

export function selectableAs(name: string, path: string): SelectableField {
  const steps = path.split('.');
  return { name, read: (object: KubeObject) => textOf(valueAt(object, ...steps)) };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value);
}
