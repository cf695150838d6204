import { imageIdOf } from '../nodes/image-behaviour.ts';
import { podStatus } from '../nodes/pod-status.ts';
import { timestamp } from '../objects/timestamps.ts';
import type { Container, ContainerStatus, Node, Pod } from '../objects/types.ts';
import type { ClusterSeed } from './cluster-seed.ts';

/** Deals pods out to the nodes in turn: even in all and even for each workload. */
export class NodeRing {
  readonly #nodes: readonly Node[];
  #next = 0;

  constructor(nodes: readonly Node[]) {
    this.#nodes = nodes;
  }

  take(): Node {
    const node = this.#nodes[this.#next % this.#nodes.length];
    this.#next += 1;
    if (node === undefined) throw new Error('a cluster without nodes');
    return node;
  }
}

/** A pod that has been running on `node` for a while, now and then after a restart. */
export function seedRunningPod(seed: ClusterSeed, pod: Pod, node: Node, createdAt: number): Pod {
  const startedAt = createdAt + 3_000;
  const restart = seed.random.next() < RESTARTED_SHARE && startedAt < seed.now - HOUR_MS ? restartOf(seed, startedAt) : undefined;
  return seedPod(seed, pod, {
    node,
    createdAt,
    statuses: (added) => added.spec.containers.map((container) => runningStatus(added, container, restart ?? { count: 0, startedAt })),
  });
}

/** A pod whose image is not to be had. */
export function seedUnpullablePod(seed: ClusterSeed, pod: Pod, node: Node, createdAt: number): Pod {
  const statuses = (added: Pod) =>
    added.spec.containers.map(({ name, image }): ContainerStatus => {
      const waiting = { reason: 'ImagePullBackOff', message: `Back-off pulling image "${image}"` };
      return { name, image, imageID: '', ready: false, started: false, restartCount: 0, state: { waiting } };
    });
  return seedPod(seed, pod, { node, createdAt, statuses });
}

interface Seeding {
  readonly node: Node;
  readonly createdAt: number;
  readonly statuses: (pod: Pod) => ContainerStatus[];
}

function seedPod(seed: ClusterSeed, pod: Pod, { node, createdAt, statuses }: Seeding): Pod {
  const added = seed.add({ ...pod, spec: { ...pod.spec, nodeName: node.metadata.name } }, createdAt);
  const at = timestamp(createdAt);
  const scheduled = { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: at };
  const gates = (added.spec.readinessGates ?? []).map(({ conditionType }) => ({
    type: conditionType,
    status: 'True',
    lastTransitionTime: at,
  }));
  added.status = { ...added.status, conditions: [...gates, scheduled], startTime: at };
  added.status = podStatus(added, statuses(added), node, createdAt + 3_000);
  return added;
}

interface Run {
  readonly count: number;
  readonly startedAt: number;
  readonly last?: NonNullable<ContainerStatus['lastState']>;
}

function runningStatus(pod: Pod, { name, image }: Container, { count, startedAt, last }: Run): ContainerStatus {
  return {
    name,
    image,
    imageID: imageIdOf(image),
    containerID: `sim://${pod.metadata.uid}/${name}/${count}`,
    ready: true,
    started: true,
    restartCount: count,
    state: { running: { startedAt: timestamp(startedAt) } },
    ...(last === undefined ? {} : { lastState: last }),
  };
}

function restartOf(seed: ClusterSeed, firstStart: number): Run {
  const startedAt = firstStart + seed.random.next() * (seed.now - firstStart - HOUR_MS / 2);
  const isMemory = seed.random.next() < 0.6;
  const terminated = {
    exitCode: isMemory ? 137 : 1,
    reason: isMemory ? 'OOMKilled' : 'Error',
    startedAt: timestamp(firstStart),
    finishedAt: timestamp(startedAt - 1_000),
  };
  return { count: 1 + seed.random.int(4), startedAt, last: { terminated } };
}

const HOUR_MS = 3_600_000;
const RESTARTED_SHARE = 0.05;
