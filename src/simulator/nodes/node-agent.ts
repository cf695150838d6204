import { type Decision, NOTHING_TO_DO, replaceStatus } from '../engine/action.ts';
import type { Controller, ControllerContext } from '../engine/controller.ts';
import { itself } from '../engine/sources.ts';
import { conditionOf } from '../objects/conditions.ts';
import { chanceOf } from '../objects/hash.ts';
import { NODES } from '../objects/kinds.ts';
import { millis, timestamp } from '../objects/timestamps.ts';
import type { Condition, Node } from '../objects/types.ts';
import type { Machines } from './machines.ts';
import { hostIpOf } from './pod-status.ts';

const NAME = 'kubelet';

/** What a kubelet reports of its own node, besides its pods. */
export function nodeAgent({ cache, clock }: ControllerContext, machines: Machines): Controller {
  const nodes = cache.collection<Node>(NODES);
  return {
    name: 'node-agent',
    sources: [itself(nodes)],
    reconcile(key) {
      const node = nodes.get(key);
      return node === undefined || !machines.isUp(key) ? NOTHING_TO_DO : reportNode(node, clock.now());
    },
  };
}

const HEALTHY: readonly Condition[] = [
  { type: 'MemoryPressure', status: 'False', reason: 'KubeletHasSufficientMemory', message: 'kubelet has sufficient memory available' },
  { type: 'DiskPressure', status: 'False', reason: 'KubeletHasNoDiskPressure', message: 'kubelet has no disk pressure' },
  { type: 'PIDPressure', status: 'False', reason: 'KubeletHasSufficientPID', message: 'kubelet has sufficient PID available' },
  { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' },
];

/** Back to healthy at once; a heartbeat when the last is five minutes old; nothing in between. */
function reportNode(node: Node, now: number): Decision {
  const last = millis(conditionOf(node.status?.conditions, 'Ready')?.lastHeartbeatTime);
  const isHealthy = HEALTHY.every(({ type, status }) => conditionOf(node.status?.conditions, type)?.status === status);
  const dueInMs = last === undefined ? 0 : last + HEARTBEAT_MS - now;
  if (isHealthy && dueInMs > 0) return { actions: [], lookAgainInMs: dueInMs };
  const wasReady = conditionOf(node.status?.conditions, 'Ready')?.status === 'True';
  const message = `Node ${node.metadata.name} status is now: NodeReady`;
  const note = {
    do: 'record',
    event: { regarding: node, type: 'Normal', reason: 'NodeReady', message, component: NAME, host: node.metadata.name },
  } as const;
  const status = { ...initialStatus(node), ...node.status, conditions: healthyConditions(node, now) };
  return { actions: [replaceStatus(NODES, node, status), ...(wasReady ? [] : [note])], lookAgainInMs: HEARTBEAT_MS };
}

export function healthyConditions(node: Node, now: number): Condition[] {
  const at = timestamp(now);
  const own = HEALTHY.map((next) => {
    const before = conditionOf(node.status?.conditions, next.type);
    const lastTransitionTime = before?.status === next.status ? (before.lastTransitionTime ?? at) : at;
    return { ...next, lastHeartbeatTime: at, lastTransitionTime };
  });
  return [...own, ...(node.status?.conditions ?? []).filter(({ type }) => !HEALTHY.some((one) => one.type === type))];
}

/** For a node that somebody made by hand: a machine of middling size. */
function initialStatus(node: Node): Record<string, unknown> {
  const { name } = node.metadata;
  const size = { cpu: '8', memory: '32Gi', pods: '110', 'ephemeral-storage': '100Gi' };
  return {
    addresses: [
      { type: 'InternalIP', address: hostIpOf(node) },
      { type: 'Hostname', address: name },
    ],
    capacity: size,
    allocatable: size,
    nodeInfo: {
      kubeletVersion: 'v1.32.4',
      containerRuntimeVersion: 'containerd://1.7.27',
      osImage: 'Simulated Linux',
      kernelVersion: '6.6.0',
      architecture: 'amd64',
      operatingSystem: 'linux',
      machineID: String(chanceOf(name)),
      systemUUID: '',
      bootID: '',
      kubeProxyVersion: '',
    },
  };
}

const HEARTBEAT_MS = 300_000;
