import { storedRows } from '../feed/stream-source.ts';
import type { NodeRecord } from '../model/node-record.ts';
import type { ObjectRecord } from '../model/object-record.ts';
import type { PodRecord } from '../model/pod-record.ts';
import { type RevisionRecord, WORKLOAD_KINDS, type WorkloadRecord } from '../model/workload-record.ts';
import { workloadKindOf } from '../model/workload-resources.ts';
import { podsOfRevision, podsOfWorkload, workloadOfPodIn, workloadOfRevision } from '../status/owners.ts';
import type { Change } from '../store/commit.ts';
import type { ClusterStore } from '../store/graph-store.ts';
import { ALL_REVISIONS, ALL_WORKLOADS } from './kinds.ts';
import { EVENTS } from './shelves.ts';

/** Pods, and whatever else changes what is shown of them: their node, revision and workload. */
export const POD_ROWS = storedRows<PodRecord>({
  resources: ['pods'],
  collections: ({ pods }) => [pods],
  dependsOn: ['nodes', ...ALL_REVISIONS, ...ALL_WORKLOADS],
  dependents: podsConcerned,
});

/** Workloads, and whatever their state is derived from. */
export const WORKLOAD_ROWS = storedRows<WorkloadRecord>({
  resources: ALL_WORKLOADS,
  collections: (cluster) => WORKLOAD_KINDS.map((kind) => cluster.workloads(kind)),
  dependsOn: ['pods', 'nodes', ...ALL_REVISIONS, EVENTS],
  dependents: workloadsConcerned,
});

export const NODE_ROWS = storedRows<NodeRecord>({ resources: ['nodes'], collections: ({ nodes }) => [nodes] });

type ObjectChange = Exclude<Change, { readonly event: unknown }>;

function* podsConcerned(change: Change, cluster: ClusterStore): Iterable<PodRecord> {
  if ('event' in change) return;
  const record = change.after ?? change.before;
  if (record === undefined || !hasComeOrGone(change)) return;
  if (change.resource === 'nodes') yield* cluster.pods.onNode(record.name);
  else if (ALL_REVISIONS.includes(change.resource)) yield* podsOfRevision(cluster, record as RevisionRecord);
  else if (ALL_WORKLOADS.includes(change.resource)) yield* podsOfWorkload(cluster, record as WorkloadRecord);
}

function* workloadsConcerned(change: Change, cluster: ClusterStore): Iterable<WorkloadRecord> {
  if ('event' in change) yield* workloadNamed(cluster, change.event.regarding);
  else for (const record of [change.before, change.after]) if (record !== undefined) yield* workloadsOf(change, record, cluster);
}

function* workloadsOf(change: ObjectChange, record: ObjectRecord, cluster: ClusterStore): Iterable<WorkloadRecord> {
  if (change.resource === 'pods') yield* present(workloadOfPodIn(cluster, record as PodRecord));
  else if (ALL_REVISIONS.includes(change.resource)) yield* present(workloadOfRevision(cluster, record as RevisionRecord));
  else if (change.resource === 'nodes' && hasComeOrGone(change)) {
    for (const pod of cluster.pods.onNode(record.name)) yield* present(workloadOfPodIn(cluster, pod));
  }
}

function workloadNamed(
  cluster: ClusterStore,
  regarding: { readonly apiVersion: string; readonly kind: string; readonly uid?: string },
): readonly WorkloadRecord[] {
  const kind = workloadKindOf(regarding);
  return kind === undefined || regarding.uid === undefined ? [] : present(cluster.workloads(kind).byUid(regarding.uid));
}

/** Added or removed; of a node also that it became ready or ceased to be: its load of pods is not looked at for less. */
function hasComeOrGone({ resource, before, after }: ObjectChange): boolean {
  if (before === undefined || after === undefined) return true;
  return resource === 'nodes' && (before as NodeRecord).ready !== (after as NodeRecord).ready;
}

function present<T>(value: T | undefined): readonly T[] {
  return value === undefined ? [] : [value];
}
