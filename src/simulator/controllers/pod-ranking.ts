import { isReady, readySince, restartsOf } from '../objects/pod-facts.ts';
import { millis } from '../objects/timestamps.ts';
import type { Pod } from '../objects/types.ts';

/**
 * Which pods a scale-down takes first: not yet on a node, pending, not ready, cheaper by their deletion cost, on
 * nodes with many siblings, ready for a shorter time, restarted more often, younger.
 * Source: kubernetes/kubernetes pkg/controller/controller_utils.go, ActivePodsWithRanks.
 */
export function inOrderOfDeletion(pods: readonly Pod[]): Pod[] {
  const siblings = new Map<string, number>();
  for (const { spec } of pods) siblings.set(spec.nodeName ?? '', (siblings.get(spec.nodeName ?? '') ?? 0) + 1);
  const crowding = (pod: Pod) => -(siblings.get(pod.spec.nodeName ?? '') ?? 0);
  return sortedBy(pods, isOnNode, phaseRank, isReadyRank, deletionCost, crowding, shorterReady, (pod) => -restartsOf(pod), youngerFirst);
}

/** The order in which pods of a CloneSet are taken for an update: the least useful first. */
export function inOrderOfUsefulness(pods: readonly Pod[]): Pod[] {
  return sortedBy(pods, isOnNode, phaseRank, isReadyRank, deletionCost, shorterReady, (pod) => -restartsOf(pod), youngerFirst);
}

function sortedBy(pods: readonly Pod[], ...ranks: ((pod: Pod) => number)[]): Pod[] {
  const ranked = pods.map((pod) => ({ pod, ranks: ranks.map((rank) => rank(pod)) }));
  ranked.sort((a, b) => compareRanks(a.ranks, b.ranks) || (a.pod.metadata.name < b.pod.metadata.name ? -1 : 1));
  return ranked.map(({ pod }) => pod);
}

function compareRanks(a: readonly number[], b: readonly number[]): number {
  for (let at = 0; at < a.length; at += 1) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

const isOnNode = (pod: Pod) => (pod.spec.nodeName === undefined ? 0 : 1);
const phaseRank = (pod: Pod) => ({ Pending: 0, Unknown: 1 })[pod.status?.phase ?? 'Pending'] ?? 2;
const isReadyRank = (pod: Pod) => (isReady(pod) ? 1 : 0);
const deletionCost = (pod: Pod) => Number(pod.metadata.annotations?.['controller.kubernetes.io/pod-deletion-cost'] ?? 0) || 0;
const shorterReady = (pod: Pod) => -(readySince(pod) ?? 0);
const youngerFirst = (pod: Pod) => -(millis(pod.metadata.creationTimestamp) ?? 0);
