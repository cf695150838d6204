import { meetsRequirements } from '../model/label-requirements.ts';
import type { PodRecord } from '../model/pod-record.ts';
import type { WorkloadRecord } from '../model/workload-record.ts';
import { expectedUpdated, isHeldByMinReady } from './expected-updated.ts';
import { classifyPod, isActive, isNodeDown, isServing, type PodNode, type PodStatusClass } from './pod-class.ts';
import { deriveRevisions, type WorkloadRevisions } from './revisions.ts';
import type { WorkloadView } from './workload-view.ts';

/** A workload and its pods, counted once: what every derivation about it starts from. */
export interface Observation {
  readonly workload: WorkloadRecord;
  readonly view: WorkloadView;
  readonly now: number;
  readonly revisions: WorkloadRevisions;
  readonly pods: readonly ObservedPod[];
  /** Where the target revision is not known these are the controller's numbers, else counted from pods. */
  readonly updated: number;
  readonly updatedReady: number;
  readonly updatedAvailable: number;
  /** Pods that are neither going nor ended, at any revision. */
  readonly active: number;
  /** Active pods at another revision than the target. */
  readonly old: number;
  /** Pods that the present brake lets be new. */
  readonly expected: number;
  /** The same, or all where no pod is old: a brake that was left behind holds nothing. */
  readonly goal: number;
  /** How many must be new and available: fewer than the goal where a node agent's node is down. */
  readonly target: number;
}

export interface ObservedPod {
  readonly pod: PodRecord;
  readonly podClass: PodStatusClass;
  readonly node: PodNode;
  /** At the target revision. */
  readonly updated: boolean;
}

export function observeWorkload(workload: WorkloadRecord, view: WorkloadView, now: number): Observation {
  const revisions = deriveRevisions(workload, view.revisions, view.pods);
  const pods = observePods(workload, view, revisions.update?.key, now);
  const tally = tallyOf(workload, pods, revisions);
  const { desired } = workload.replicas;
  const expected = expectedUpdated(workload, { old: tally.old, ...selectable(workload, pods) });
  const goal = tally.old === 0 ? desired : expected;
  const target = Math.min(goal, Math.max(0, desired - excused(workload, pods)));
  return { workload, view, now, revisions, pods, ...tally, expected, goal, target };
}

export function isDaemon(workload: WorkloadRecord): boolean {
  return workload.workloadKind === 'DAEMON_SET' || workload.workloadKind === 'ADVANCED_DAEMON_SET';
}

function observePods(workload: WorkloadRecord, view: WorkloadView, key: string | undefined, now: number): readonly ObservedPod[] {
  const minReadySeconds = isHeldByMinReady(workload) ? 0 : workload.minReadySeconds;
  return view.pods.map((pod) => {
    const node = view.nodeOf(pod);
    const podClass = classifyPod(pod, { node, minReadySeconds, now });
    return { pod, podClass, node, updated: key !== undefined && pod.revisionKey === key };
  });
}

type Tally = Pick<Observation, 'updated' | 'updatedReady' | 'updatedAvailable' | 'active' | 'old'>;

function tallyOf(workload: WorkloadRecord, pods: readonly ObservedPod[], revisions: WorkloadRevisions): Tally {
  let active = 0;
  let updated = 0;
  let updatedReady = 0;
  let updatedAvailable = 0;
  for (const { podClass, updated: isUpdated } of pods) {
    if (!isActive(podClass)) continue;
    active += 1;
    if (!isUpdated) continue;
    updated += 1;
    if (isServing(podClass)) updatedReady += 1;
    if (podClass === 'AVAILABLE') updatedAvailable += 1;
  }
  if (revisions.update === undefined && !isUnmade(workload)) return reportedTally(workload, active);
  return { active, updated, updatedReady, updatedAvailable, old: active - updated };
}

/** A Deployment whose changed template has no ReplicaSet has no updated pod; its status still counts the old ones. */
function isUnmade(workload: WorkloadRecord): boolean {
  return workload.workloadKind === 'DEPLOYMENT';
}

function reportedTally({ replicas }: WorkloadRecord, active: number): Tally {
  return {
    active,
    updated: replicas.updated,
    updatedReady: replicas.updatedReady ?? Math.min(replicas.updated, replicas.ready),
    updatedAvailable: replicas.updatedAvailable ?? Math.min(replicas.updated, replicas.available),
    old: Math.max(0, active - replicas.updated),
  };
}

/** Advanced DaemonSet with a selector: pods on other nodes are never candidates, but those updated stay so. */
function selectable({ strategy }: WorkloadRecord, pods: readonly ObservedPod[]): { selectable?: number } {
  const requirements = strategy.nodeSelector;
  if (requirements === undefined) return {};
  const candidates = pods.filter(({ podClass, updated, node }) => {
    if (!isActive(podClass)) return false;
    return updated || (node !== undefined && node !== 'GONE' && meetsRequirements(node.labels, requirements));
  });
  return { selectable: candidates.length };
}

/** Node agents on nodes that are down: among thousands there are always some, and nobody can update them. */
function excused(workload: WorkloadRecord, pods: readonly ObservedPod[]): number {
  if (!isDaemon(workload)) return 0;
  const nodes = new Set<string>();
  for (const { pod, podClass, node, updated } of pods) {
    const done = updated && podClass === 'AVAILABLE';
    if (isNodeDown(node) && !done && pod.nodeName !== undefined) nodes.add(pod.nodeName);
  }
  return nodes.size;
}
