/** The kinds of apps/v1 as kubectl shows them. */
import type { KubeObject } from '../../model/kube-object.ts';
import { formatLabelSelector, labelSelectorOf } from '../../model/label-selector.ts';
import { arrayAt, numberAt, objectAt, stringAt, valueAt } from '../json-value.ts';
import { ageOf } from './age.ts';
import { count, nameColumn, type TableKind, text, wide } from './table-kind.ts';

const status = (object: KubeObject, member: string) => numberAt(object, 'status', member) ?? 0;
const desired = (object: KubeObject) => numberAt(object, 'spec', 'replicas') ?? 0;
const age = ({ metadata }: KubeObject, nowMs: number) => ageOf(metadata.creationTimestamp, nowMs);
const containers = (object: KubeObject) => arrayAt(object, 'spec', 'template', 'spec', 'containers');
const listed = (object: KubeObject, member: string) =>
  containers(object)
    .map((container) => stringAt(container, member) ?? '')
    .join(',');
const names = (object: KubeObject) => listed(object, 'name');
const images = (object: KubeObject) => listed(object, 'image');

function selector(object: KubeObject): string {
  return formatLabelSelector(labelSelectorOf(valueAt(object, 'spec', 'selector')) ?? []) || '<none>';
}

const TEMPLATE_COLUMNS = [wide('Containers'), wide('Images')];

export const DEPLOYMENT_TABLE: TableKind = {
  columns: [nameColumn(), text('Ready'), count('Up-to-date'), count('Available'), text('Age'), ...TEMPLATE_COLUMNS, wide('Selector')],
  cells: (object, nowMs) => [
    object.metadata.name,
    `${status(object, 'readyReplicas')}/${desired(object)}`,
    status(object, 'updatedReplicas'),
    status(object, 'availableReplicas'),
    age(object, nowMs),
    names(object),
    images(object),
    selector(object),
  ],
};

export const REPLICA_SET_TABLE: TableKind = {
  columns: [nameColumn(), count('Desired'), count('Current'), count('Ready'), text('Age'), ...TEMPLATE_COLUMNS, wide('Selector')],
  cells: (object, nowMs) => [
    object.metadata.name,
    desired(object),
    status(object, 'replicas'),
    status(object, 'readyReplicas'),
    age(object, nowMs),
    names(object),
    images(object),
    selector(object),
  ],
};

export const STATEFUL_SET_TABLE: TableKind = {
  columns: [nameColumn(), text('Ready'), text('Age'), ...TEMPLATE_COLUMNS],
  cells: (object, nowMs) => [
    object.metadata.name,
    `${status(object, 'readyReplicas')}/${desired(object)}`,
    age(object, nowMs),
    names(object),
    images(object),
  ],
};

export const DAEMON_SET_TABLE: TableKind = {
  columns: [
    nameColumn(),
    count('Desired'),
    count('Current'),
    count('Ready'),
    count('Up-to-date'),
    count('Available'),
    text('Node Selector'),
    text('Age'),
    ...TEMPLATE_COLUMNS,
    wide('Selector'),
  ],
  cells: (object, nowMs) => [
    object.metadata.name,
    status(object, 'desiredNumberScheduled'),
    status(object, 'currentNumberScheduled'),
    status(object, 'numberReady'),
    status(object, 'updatedNumberScheduled'),
    status(object, 'numberAvailable'),
    formattedLabels(objectAt(object, 'spec', 'template', 'spec', 'nodeSelector')),
    age(object, nowMs),
    names(object),
    images(object),
    selector(object),
  ],
};

export function formattedLabels(labels: object | undefined): string {
  const pairs = Object.entries(labels ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return pairs.length === 0 ? '<none>' : pairs.map(([key, value]) => `${key}=${String(value)}`).join(',');
}

export const REVISION_TABLE: TableKind = {
  columns: [nameColumn(), text('Controller'), count('Revision'), text('Age')],
  cells: (object, nowMs) => [object.metadata.name, controllerName(object), numberAt(object, 'revision') ?? 0, age(object, nowMs)],
};

function controllerName({ metadata }: KubeObject): string {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
  if (owner === undefined) return '<none>';
  const group = owner.apiVersion.includes('/') ? `.${owner.apiVersion.split('/')[0] ?? ''}` : '';
  return `${owner.kind.toLowerCase()}${group}/${owner.name}`;
}
