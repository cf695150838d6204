import type { EventRecord } from '../model/event-record.ts';
import type { PodRecord } from '../model/pod-record.ts';
import type { RevisionRecord, WorkloadRecord } from '../model/workload-record.ts';
import type { ClusterStore } from '../store/graph-store.ts';
import { ownedRevisions, podsOfWorkload } from './owners.ts';
import type { PodNode } from './pod-class.ts';

/** Everything about a workload that its state is derived from. */
export interface WorkloadView {
  readonly pods: readonly PodRecord[];
  /** ReplicaSets of a Deployment, else ControllerRevisions; in any order. */
  readonly revisions: readonly RevisionRecord[];
  /** False while our copy of the pods is missing: then no number of pods means anything. */
  readonly podsKnown: boolean;
  nodeOf(pod: PodRecord): PodNode;
  /** Warnings about the workload and its revisions, newest first. */
  warnings(): readonly EventRecord[];
  /** Of the template that somebody means to roll out; another on the object means that they were overtaken. */
  readonly wantedTemplateDigest?: string;
}

export function viewOf(cluster: ClusterStore, workload: WorkloadRecord): WorkloadView {
  const revisions = [...ownedRevisions(cluster, workload)];
  return {
    pods: [...podsOfWorkload(cluster, workload)],
    revisions,
    podsKnown: isKnown(cluster, 'pods', cluster.pods.size),
    nodeOf: (pod) => nodeOfPod(cluster, pod),
    warnings: () => warningsAbout(cluster, [workload.uid, ...revisions.map((revision) => revision.uid)]),
  };
}

/** GONE only when the nodes are readable and this one is not among them. */
export function nodeOfPod(cluster: ClusterStore, pod: PodRecord): PodNode {
  if (pod.nodeName === undefined) return undefined;
  const node = cluster.nodes.get('', pod.nodeName);
  if (node !== undefined) return node;
  return cluster.nodes.size > 0 && isKnown(cluster, 'nodes', cluster.nodes.size) ? 'GONE' : undefined;
}

/**
 * The moment that our copy of the cluster shows: now, or for a copy that is not live when it was last
 * true. Deadlines run by it, so that a cluster out of reach does not look stuck for being out of reach.
 */
export function shownAt(cluster: ClusterStore, now: number): number {
  return Math.min(now, cluster.record.sync.staleSince ?? now);
}

const NOT_LISTED: ReadonlySet<string> = new Set(['CONNECTING', 'LISTING', 'FORBIDDEN', 'UNAUTHORIZED', 'GONE']);

/** Whether the objects of a kind were listed once; what is there before the first list is complete is a part. */
function isKnown(cluster: ClusterStore, resource: string, size: number): boolean {
  if (cluster.position(resource) !== undefined) return true;
  const sync = cluster.record.sync.resources.find((entry) => entry.resource === resource);
  if (sync === undefined) return size > 0 || cluster.record.sync.state === 'LIVE';
  return !NOT_LISTED.has(sync.state) || (size > 0 && sync.state !== 'LISTING');
}

function warningsAbout(cluster: ClusterStore, uids: readonly string[]): readonly EventRecord[] {
  const warnings: EventRecord[] = [];
  for (const uid of uids) {
    for (const event of cluster.events.regarding(uid)) if (event.type === 'Warning') warnings.push(event);
  }
  return warnings.sort((a, b) => (b.lastSeenAt ?? 0) - (a.lastSeenAt ?? 0));
}
