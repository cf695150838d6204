import { NODE_SET_LABEL } from '../../model/cluster.ts';
import type { JsonObject, KubeObject } from '../../model/kube-object.ts';
import { labelOf } from '../../model/labels.ts';
import type { Capacity, NodeRecord } from '../../model/node-record.ts';
import { conditionsOf } from './conditions.ts';
import { envelopeOf } from './envelope.ts';
import { type FlawReport, fieldsAt, flagAt, ignoreFlaws, isFields, itemsAt, type Mutable, textAt } from './fields.ts';

/** Ours first, then how the clouds name the pool that a node belongs to. */
const NODE_SET_LABELS = [
  NODE_SET_LABEL,
  'karpenter.sh/nodepool',
  'eks.amazonaws.com/nodegroup',
  'cloud.google.com/gke-nodepool',
  'kubernetes.azure.com/agentpool',
  'alibabacloud.com/nodepool-id',
  'node.alibabacloud.com/nodepool-id',
  'doks.digitalocean.com/node-pool',
  'ibm-cloud.kubernetes.io/worker-pool-name',
  'k8s.scaleway.com/pool-name',
  'agentpool',
];

export function projectNode(object: KubeObject, cluster: string, flaw: FlawReport = ignoreFlaws): NodeRecord {
  const status = fieldsAt(object, 'status', flaw);
  const conditions = conditionsOf(status, flaw);
  const node: Mutable<NodeRecord> = {
    ...envelopeOf(object, cluster, 'nodes', flaw),
    ready: conditions.some((condition) => condition.type === 'Ready' && condition.status === 'True'),
    unschedulable: flagAt(fieldsAt(object, 'spec', flaw), 'unschedulable', flaw),
    capacity: capacityOf(fieldsAt(status, 'capacity', flaw), flaw),
    conditions,
  };
  addInfo(node, fieldsAt(status, 'nodeInfo', flaw), flaw);
  const nodeSet = nodeSetOf(node.labels);
  const internalIp = internalIpOf(status, flaw);
  if (nodeSet !== undefined) node.nodeSet = nodeSet;
  if (internalIp !== undefined) node.internalIp = internalIp;
  return node;
}

function addInfo(node: Mutable<NodeRecord>, info: JsonObject, flaw: FlawReport): void {
  const kubelet = textAt(info, 'kubeletVersion', flaw);
  const runtime = textAt(info, 'containerRuntimeVersion', flaw);
  if (kubelet !== undefined) node.kubeletVersion = kubelet;
  if (runtime !== undefined) node.containerRuntimeVersion = runtime;
}

function nodeSetOf(labels: Readonly<Record<string, string>>): string | undefined {
  for (const key of NODE_SET_LABELS) {
    const value = labelOf(labels, key);
    if (value !== undefined && value !== '') return value;
  }
  return undefined;
}

function internalIpOf(status: JsonObject, flaw: FlawReport): string | undefined {
  for (const address of itemsAt(status, 'addresses', flaw)) {
    if (isFields(address) && address['type'] === 'InternalIP') return textAt(address, 'address', flaw);
  }
  return undefined;
}

function capacityOf(fields: JsonObject, flaw: FlawReport): Capacity {
  const capacity: Mutable<Capacity> = {};
  const cpu = quantityAt(fields, 'cpu', flaw);
  const memory = quantityAt(fields, 'memory', flaw);
  const pods = quantityAt(fields, 'pods', flaw);
  if (cpu !== undefined) capacity.cpu = cpu;
  if (memory !== undefined) capacity.memory = memory;
  if (pods !== undefined) capacity.pods = pods;
  return capacity;
}

/** Quantities are text, but a client may write a plain number. */
function quantityAt(fields: JsonObject, field: string, flaw: FlawReport): string | undefined {
  const value = fields[field];
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : textAt(fields, field, flaw);
}
