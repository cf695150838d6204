import { conditionOf } from '../objects/conditions.ts';
import { hash32 } from '../objects/hash.ts';
import { timestamp } from '../objects/timestamps.ts';
import type { Condition, Container, ContainerStatus, Node, Pod, PodStatus } from '../objects/types.ts';
import { imageIdOf } from './image-behaviour.ts';

/** A pod's status as its kubelet reports it from the states of its containers. */
export function podStatus(pod: Pod, containers: readonly ContainerStatus[], node: Node, now: number): PodStatus {
  const before = pod.status ?? {};
  const podIP = before.podIP ?? (pod.spec.hostNetwork === true ? hostIpOf(node) : podIpOf(pod));
  const hostIP = hostIpOf(node);
  return {
    ...before,
    phase: phaseOf(pod, containers),
    conditions: conditions(pod, containers, now),
    hostIP,
    hostIPs: [{ ip: hostIP }],
    podIP,
    podIPs: [{ ip: podIP }],
    startTime: before.startTime ?? timestamp(now),
    ...initStatuses(pod, now),
    containerStatuses: [...containers],
    qosClass: before['qosClass'] ?? qosClassOf(pod.spec.containers),
  };
}

function phaseOf(pod: Pod, containers: readonly ContainerStatus[]): string {
  const policy = pod.spec.restartPolicy ?? 'Always';
  const isOver = policy !== 'Always' && containers.every(({ state }) => state.terminated !== undefined);
  if (isOver) return containers.every(({ state }) => state.terminated?.exitCode === 0) ? 'Succeeded' : 'Failed';
  const hasNeverRun = ({ state, lastState }: ContainerStatus) => state.waiting !== undefined && lastState?.terminated === undefined;
  return containers.some(hasNeverRun) ? 'Pending' : 'Running';
}

/** Types that a kubelet decides; all others (PodScheduled, readiness gates, DisruptionTarget) are left to their owners. */
function conditions(pod: Pod, containers: readonly ContainerStatus[], now: number): Condition[] {
  const unready = containers.filter(({ ready }) => !ready).map(({ name }) => name);
  const closed = closedGates(pod);
  const waiting =
    unready.length === 0 ? {} : { reason: 'ContainersNotReady', message: `containers with unready status: [${unready.join(' ')}]` };
  const gated = closed.length === 0 ? {} : { reason: 'ReadinessGatesNotReady', message: closed.map(gateMessage).join(', ') };
  const own: Condition[] = [
    { type: 'PodReadyToStartContainers', status: 'True' },
    { type: 'Initialized', status: 'True' },
    { type: 'Ready', status: truth(unready.length === 0 && closed.length === 0), ...gated, ...waiting },
    { type: 'ContainersReady', status: truth(unready.length === 0), ...waiting },
  ];
  const others = (pod.status?.conditions ?? []).filter(({ type }) => !own.some((one) => one.type === type));
  return [...own.map((one) => timed(pod, one, now)), ...others];
}

function timed(pod: Pod, next: Condition, now: number): Condition {
  const before = conditionOf(pod.status?.conditions, next.type);
  const lastTransitionTime = before?.status === next.status ? (before.lastTransitionTime ?? timestamp(now)) : timestamp(now);
  return {
    type: next.type,
    status: next.status,
    lastProbeTime: null,
    lastTransitionTime,
    ...(next.reason === undefined ? {} : { reason: next.reason, message: next.message ?? '' }),
  };
}

function closedGates({ spec, status }: Pod): { type: string; status: string }[] {
  return (spec.readinessGates ?? []).flatMap(({ conditionType }) => {
    const condition = conditionOf(status?.conditions, conditionType);
    return condition?.status === 'True' ? [] : [{ type: conditionType, status: condition?.status ?? '' }];
  });
}

function gateMessage({ type, status }: { type: string; status: string }): string {
  return status === ''
    ? `corresponding condition of pod readiness gate "${type}" does not exist.`
    : `the status of pod readiness gate "${type}" is not "True", but ${status}`;
}

function truth(holds: boolean): string {
  return holds ? 'True' : 'False';
}

/** Init containers are done, sidecars run, as soon as the pod is on its node. */
function initStatuses({ spec, status, metadata }: Pod, now: number): { initContainerStatuses?: ContainerStatus[] } {
  if (spec.initContainers === undefined || spec.initContainers.length === 0) return {};
  if (status?.initContainerStatuses !== undefined) return { initContainerStatuses: status.initContainerStatuses };
  const at = timestamp(now);
  return {
    initContainerStatuses: spec.initContainers.map(({ name, image, restartPolicy }) => ({
      name,
      image,
      imageID: imageIdOf(image),
      containerID: `sim://${metadata.uid}/${name}/0`,
      ready: true,
      started: restartPolicy === 'Always',
      restartCount: 0,
      state:
        restartPolicy === 'Always'
          ? { running: { startedAt: at } }
          : { terminated: { exitCode: 0, reason: 'Completed', startedAt: at, finishedAt: at } },
    })),
  };
}

/** Always the same for one pod: 10.0.0.0/8 without the ends of the last octet. */
function podIpOf(pod: Pod): string {
  const hash = hash32(pod.metadata.uid ?? pod.metadata.name);
  return `10.${(hash >>> 24) % 256}.${(hash >>> 16) % 256}.${1 + (hash % 250)}`;
}

export function hostIpOf(node: Node): string {
  return (
    node.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address ??
    `172.16.${hash32(node.metadata.name) % 250}.${1 + (hash32(`${node.metadata.name}/`) % 250)}`
  );
}

function qosClassOf(containers: readonly Container[]): string {
  const resources = containers.map(
    (container) => container['resources'] as { requests?: Record<string, string>; limits?: Record<string, string> } | undefined,
  );
  if (resources.every((one) => one?.requests === undefined && one?.limits === undefined)) return 'BestEffort';
  const isBound = resources.every((one) =>
    ['cpu', 'memory'].every((name) => one?.limits?.[name] !== undefined && (one.requests?.[name] ?? one.limits[name]) === one.limits[name]),
  );
  return isBound ? 'Guaranteed' : 'Burstable';
}
