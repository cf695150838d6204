import { healthyConditions } from '../nodes/node-agent.ts';
import { timestamp } from '../objects/timestamps.ts';
import type { Node } from '../objects/types.ts';
import type { PlannedNode } from './cluster-plan.ts';
import type { ClusterSeed } from './cluster-seed.ts';
import type { ClusterPlan } from './fleet-plan.ts';

export function seedNodes(seed: ClusterSeed, plan: ClusterPlan, nodes: readonly PlannedNode[]): Node[] {
  return nodes.map((node, index) => seedNode(seed, plan, node, index));
}

function seedNode(seed: ClusterSeed, plan: ClusterPlan, planned: PlannedNode, index: number): Node {
  const createdAt = seed.now - (20 + seed.random.int(60)) * DAY_MS;
  const node: Node = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: planned.name, labels: nodeLabels(plan, planned) },
    spec: { podCIDR: `10.${64 + (index >> 8)}.${index & 255}.0/24`, providerID: `sim:///${planned.zone}/${planned.name}` },
    status: { ...machine(plan, planned, index) },
  };
  const conditions = healthyConditions(node, createdAt);
  // Heartbeats of the last minutes, spread so that the next ones are too; none falls due in the first minute.
  const lastHeartbeatTime = timestamp(seed.now - seed.random.int(220_000));
  node.status = { ...node.status, conditions: conditions.map((condition) => ({ ...condition, lastHeartbeatTime })) };
  return seed.add(node, createdAt);
}

function nodeLabels({ region }: ClusterPlan, { name, nodeSet, zone, instanceType }: PlannedNode): Record<string, string> {
  return {
    'beta.kubernetes.io/arch': 'amd64',
    'beta.kubernetes.io/os': 'linux',
    'fleetgraph.io/node-set': nodeSet,
    'kubernetes.io/arch': 'amd64',
    'kubernetes.io/hostname': name,
    'kubernetes.io/os': 'linux',
    'node.kubernetes.io/instance-type': instanceType,
    'topology.kubernetes.io/region': region,
    'topology.kubernetes.io/zone': zone,
  };
}

function machine({ kubernetesVersion }: ClusterPlan, { name, cpu, memoryGi }: PlannedNode, index: number): Record<string, unknown> {
  const address = `172.${16 + ((index >> 16) & 15)}.${(index >> 8) & 255}.${10 + (index & 127)}`;
  const size = { cpu: String(cpu), memory: `${memoryGi * 1024 * 1024}Ki`, 'ephemeral-storage': '104857600Ki', pods: '110' };
  return {
    addresses: [
      { type: 'InternalIP', address },
      { type: 'Hostname', address: name },
    ],
    capacity: size,
    allocatable: { ...size, cpu: `${cpu * 1000 - 80}m`, memory: `${(memoryGi - 1) * 1024 * 1024}Ki` },
    nodeInfo: {
      architecture: 'amd64',
      bootID: '',
      containerRuntimeVersion: 'containerd://1.7.27',
      kernelVersion: '6.6.87',
      kubeProxyVersion: '',
      kubeletVersion: kubernetesVersion,
      machineID: '',
      operatingSystem: 'linux',
      osImage: 'Simulated Linux 1.0',
      systemUUID: '',
    },
  };
}

const DAY_MS = 86_400_000;
