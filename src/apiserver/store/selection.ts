import type { KubeObject } from '../../model/kube-object.ts';
import { type LabelSelector, LabelSelectorError, matchesLabels, parseLabelSelector } from '../../model/label-selector.ts';
import type { ResourceDefinition } from '../resources/resource-definition.ts';
import { badRequest } from '../status.ts';
import { type FieldRequirement, parseFieldSelector } from './field-selector.ts';

/** Which objects of a kind a list or watch is about. */
export interface Selection {
  readonly namespace: string | undefined;
  /** Neither labels nor fields are asked about. */
  readonly isUnfiltered: boolean;
  matches(object: KubeObject): boolean;
}

export interface SelectionQuery {
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
}

/** Throws 400 for a selector that does not parse or names a field that this kind does not offer. */
export function selectionOf(definition: ResourceDefinition, version: string, query: SelectionQuery): Selection {
  const labels = labelsOf(query.labelSelector ?? '');
  const fields = fieldsOf(definition, version, query);
  const isUnfiltered = labels.length === 0 && fields.length === 0;
  const matches = isUnfiltered
    ? () => true
    : (object: KubeObject) => matchesLabels(labels, object.metadata.labels) && fields.every((field) => field.holds(object));
  return { namespace: query.namespace, isUnfiltered, matches };
}

function labelsOf(text: string): LabelSelector {
  try {
    return parseLabelSelector(text);
  } catch (error) {
    if (error instanceof LabelSelectorError) throw badRequest(`unable to parse requirement: ${error.message}`);
    throw error;
  }
}

interface FieldTest {
  holds(object: KubeObject): boolean;
}

function fieldsOf(definition: ResourceDefinition, version: string, query: SelectionQuery): FieldTest[] {
  return parseFieldSelector(query.fieldSelector ?? '').map((requirement) => fieldTest(definition, version, query, requirement));
}

function fieldTest(
  definition: ResourceDefinition,
  version: string,
  query: SelectionQuery,
  { field, isEqual, value }: FieldRequirement,
): FieldTest {
  const read = fieldReader(definition, field);
  if (read === undefined) {
    const kind = `${definition.group}/${version}, Resource=${definition.resource}`;
    throw badRequest(
      `Unable to find "${kind}" that match label selector "${query.labelSelector ?? ''}", field selector "${query.fieldSelector ?? ''}": field label not supported: ${field}`,
    );
  }
  return { holds: (object) => (read(object) === value) === isEqual };
}

function fieldReader(definition: ResourceDefinition, field: string): ((object: KubeObject) => string) | undefined {
  if (field === 'metadata.name') return (object) => object.metadata.name;
  if (field === 'metadata.namespace' && definition.namespaced) return (object) => object.metadata.namespace ?? '';
  return definition.selectableFields?.find(({ name }) => name === field)?.read;
}
