/** Nodes, namespaces, events and the other small kinds as kubectl shows them. */
import type { JsonObject, KubeObject } from '../../model/kube-object.ts';
import { arrayAt, isJsonObject, numberAt, objectAt, stringAt, valueAt } from '../json-value.ts';
import { ageOf } from './age.ts';
import { type Cell, count, nameColumn, type TableKind, text, wide } from './table-kind.ts';
import { formattedLabels } from './workload-tables.ts';

const age = ({ metadata }: KubeObject, nowMs: number) => ageOf(metadata.creationTimestamp, nowMs);
const NONE = '<none>';

export const NODE_TABLE: TableKind = {
  columns: [
    nameColumn(),
    text('Status'),
    text('Roles'),
    text('Age'),
    text('Version'),
    wide('Internal-IP'),
    wide('External-IP'),
    wide('OS-Image'),
    wide('Kernel-Version'),
    wide('Container-Runtime'),
  ],
  cells(node, nowMs) {
    const info = objectAt(node, 'status', 'nodeInfo') ?? {};
    const architecture = stringAt(info, 'architecture');
    return [
      node.metadata.name,
      nodeStatus(node),
      nodeRoles(node),
      age(node, nowMs),
      stringAt(info, 'kubeletVersion') ?? '',
      nodeAddress(node, 'InternalIP'),
      nodeAddress(node, 'ExternalIP'),
      stringAt(info, 'osImage') || '<unknown>',
      `${stringAt(info, 'kernelVersion') || '<unknown>'}${architecture ? ` (${architecture})` : ''}`,
      stringAt(info, 'containerRuntimeVersion') || '<unknown>',
    ];
  },
};

function nodeStatus(node: KubeObject): string {
  const ready = arrayAt(node, 'status', 'conditions').find((condition) => stringAt(condition, 'type') === 'Ready');
  const word = ready === undefined ? 'Unknown' : stringAt(ready, 'status') === 'True' ? 'Ready' : 'NotReady';
  return valueAt(node, 'spec', 'unschedulable') === true ? `${word},SchedulingDisabled` : word;
}

const ROLE_PREFIX = 'node-role.kubernetes.io/';

function nodeRoles({ metadata }: KubeObject): string {
  const labels = Object.entries(metadata.labels ?? {});
  const roles = labels.flatMap(([key, value]) => {
    if (key.startsWith(ROLE_PREFIX)) return key.length > ROLE_PREFIX.length ? [key.slice(ROLE_PREFIX.length)] : [];
    return key === 'kubernetes.io/role' && value !== '' ? [value] : [];
  });
  return [...new Set(roles)].toSorted().join(',') || NONE;
}

function nodeAddress(node: KubeObject, type: string): string {
  const found = arrayAt(node, 'status', 'addresses').find((address) => stringAt(address, 'type') === type);
  return stringAt(found, 'address') ?? NONE;
}

export const NAMESPACE_TABLE: TableKind = {
  columns: [nameColumn(), text('Status'), text('Age')],
  cells: (namespace, nowMs) => [namespace.metadata.name, stringAt(namespace, 'status', 'phase') ?? '', age(namespace, nowMs)],
};

export const EVENT_TABLE: TableKind = {
  columns: [
    text('Last Seen'),
    text('Type'),
    text('Reason'),
    text('Object'),
    wide('Subobject'),
    wide('Source'),
    text('Message'),
    wide('First Seen'),
    wide('Count'),
    { ...nameColumn(), priority: 1 },
  ],
  cells(event, nowMs) {
    const first = event['firstTimestamp'] ?? event['eventTime'];
    const series = objectAt(event, 'series');
    const last = series?.['lastObservedTime'] ?? event['lastTimestamp'] ?? first;
    return [
      ageOf(last, nowMs),
      stringAt(event, 'type') ?? '',
      stringAt(event, 'reason') ?? '',
      eventObject(event),
      stringAt(event, 'involvedObject', 'fieldPath') ?? '',
      eventSource(event),
      (stringAt(event, 'message') ?? '').trim(),
      ageOf(first, nowMs),
      numberAt(series, 'count') ?? (numberAt(event, 'count') || 1),
      event.metadata.name,
    ];
  },
};

function eventObject(event: KubeObject): string {
  const about = objectAt(event, 'involvedObject') ?? {};
  const kind = (stringAt(about, 'kind') ?? '').toLowerCase();
  const name = stringAt(about, 'name');
  return name ? `${kind}/${name}` : kind;
}

function eventSource(event: KubeObject): string {
  const component = stringAt(event, 'source', 'component') || stringAt(event, 'reportingComponent') || '';
  const host = stringAt(event, 'source', 'host') || stringAt(event, 'reportingInstance') || '';
  return host === '' ? component : `${component}, ${host}`;
}

export const SERVICE_TABLE: TableKind = {
  columns: [nameColumn(), text('Type'), text('Cluster-IP'), text('External-IP'), text('Port(s)'), text('Age'), wide('Selector')],
  cells: (service, nowMs) => [
    service.metadata.name,
    stringAt(service, 'spec', 'type') ?? '',
    stringAt(service, 'spec', 'clusterIP') ?? NONE,
    externalAddress(service),
    arrayAt(service, 'spec', 'ports').filter(isJsonObject).map(portText).join(',') || NONE,
    age(service, nowMs),
    formattedLabels(objectAt(service, 'spec', 'selector')),
  ],
};

function externalAddress(service: KubeObject): string {
  if (stringAt(service, 'spec', 'type') === 'ExternalName') return stringAt(service, 'spec', 'externalName') ?? '';
  const balanced = arrayAt(service, 'status', 'loadBalancer', 'ingress').map(
    (ingress) => stringAt(ingress, 'ip') ?? stringAt(ingress, 'hostname') ?? '',
  );
  const addresses = [...balanced, ...arrayAt(service, 'spec', 'externalIPs').map(String)];
  if (addresses.length > 0) return addresses.join(',');
  return stringAt(service, 'spec', 'type') === 'LoadBalancer' ? '<pending>' : NONE;
}

function portText(port: JsonObject): string {
  const nodePort = port['nodePort'] ? `:${String(port['nodePort'])}` : '';
  return `${String(port['port'])}${nodePort}/${String(port['protocol'])}`;
}

const members = (object: unknown) => Object.keys(isJsonObject(object) ? object : {}).length;

export const CONFIG_MAP_TABLE: TableKind = {
  columns: [nameColumn(), text('Data'), text('Age')],
  cells: (object, nowMs) => [object.metadata.name, members(object['data']) + members(object['binaryData']), age(object, nowMs)],
};

export const SECRET_TABLE: TableKind = {
  columns: [nameColumn(), text('Type'), text('Data'), text('Age')],
  cells: (object, nowMs) => [object.metadata.name, stringAt(object, 'type') ?? '', members(object['data']), age(object, nowMs)],
};

export const AGE_TABLE: TableKind = {
  columns: [nameColumn(), text('Age')],
  cells: (object, nowMs) => [object.metadata.name, age(object, nowMs)],
};

/** What the real server shows of kinds without columns of their own. */
export const CREATED_AT_TABLE: TableKind = {
  columns: [nameColumn(), { ...text('Created At'), type: 'date' }],
  cells: ({ metadata }) => [metadata.name, metadata.creationTimestamp ?? null],
};

export const BINDING_TABLE: TableKind = {
  columns: [nameColumn(), text('Role'), text('Age'), wide('Users'), wide('Groups'), wide('ServiceAccounts')],
  cells: (binding, nowMs) => [
    binding.metadata.name,
    `${stringAt(binding, 'roleRef', 'kind') ?? ''}/${stringAt(binding, 'roleRef', 'name') ?? ''}`,
    age(binding, nowMs),
    subjects(binding, 'User'),
    subjects(binding, 'Group'),
    subjects(binding, 'ServiceAccount'),
  ],
};

function subjects(binding: KubeObject, kind: string): string {
  const found = arrayAt(binding, 'subjects')
    .filter(isJsonObject)
    .filter((subject) => subject['kind'] === kind);
  return found
    .map((subject) => (kind === 'ServiceAccount' ? `${String(subject['namespace'])}/${String(subject['name'])}` : String(subject['name'])))
    .join(', ');
}

const orNotSet = (value: unknown): Cell => (typeof value === 'number' || typeof value === 'string' ? String(value) : 'N/A');

export const BUDGET_TABLE: TableKind = {
  columns: [nameColumn(), text('Min Available'), text('Max Unavailable'), count('Allowed Disruptions'), text('Age')],
  cells: (budget, nowMs) => [
    budget.metadata.name,
    orNotSet(valueAt(budget, 'spec', 'minAvailable')),
    orNotSet(valueAt(budget, 'spec', 'maxUnavailable')),
    numberAt(budget, 'status', 'disruptionsAllowed') ?? 0,
    age(budget, nowMs),
  ],
};

export const LEASE_TABLE: TableKind = {
  columns: [nameColumn(), text('Holder'), text('Age')],
  cells: (lease, nowMs) => [lease.metadata.name, stringAt(lease, 'spec', 'holderIdentity') ?? '', age(lease, nowMs)],
};

export const AUTOSCALER_TABLE: TableKind = {
  columns: [nameColumn(), text('Reference'), text('Targets'), text('MinPods'), text('MaxPods'), text('Replicas'), text('Age')],
  cells: (autoscaler, nowMs) => [
    autoscaler.metadata.name,
    `${stringAt(autoscaler, 'spec', 'scaleTargetRef', 'kind') ?? ''}/${stringAt(autoscaler, 'spec', 'scaleTargetRef', 'name') ?? ''}`,
    arrayAt(autoscaler, 'spec', 'metrics').filter(isJsonObject).map(metricText).join(', ') || NONE,
    String(numberAt(autoscaler, 'spec', 'minReplicas') ?? '<unset>'),
    numberAt(autoscaler, 'spec', 'maxReplicas') ?? 0,
    numberAt(autoscaler, 'status', 'currentReplicas') ?? 0,
    age(autoscaler, nowMs),
  ],
};

function metricText(metric: JsonObject): string {
  const name = stringAt(metric, 'resource', 'name') ?? '<unknown>';
  const target = numberAt(metric, 'resource', 'target', 'averageUtilization');
  return `${name}: <unknown>/${target === undefined ? '<auto>' : `${target}%`}`;
}
