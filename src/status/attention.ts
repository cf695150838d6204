import type { ClusterRecord, SyncState } from '../model/cluster.ts';
import type { WorkloadRecord } from '../model/workload-record.ts';
import type { ClusterStore } from '../store/graph-store.ts';
import { componentNameOf, workloadsOf } from './component.ts';
import { type WorkloadStatus, workloadStatusIn } from './workload-state.ts';

export type AttentionSeverity = 'CRITICAL' | 'WARNING' | 'INFO';

export type AttentionSubject =
  | { readonly type: 'cluster'; readonly cluster: ClusterRecord }
  | { readonly type: 'workload'; readonly workload: WorkloadRecord }
  | { readonly type: 'component'; readonly component: string }
  /** By the id of the run. */
  | { readonly type: 'rollout'; readonly rollout: string };

/** Something that somebody should look at. */
export interface Attention {
  readonly severity: AttentionSeverity;
  readonly message: string;
  readonly since?: number;
  readonly subject: AttentionSubject;
}

export interface AttentionOptions {
  /** Where the state of a workload comes from; default: derived here and now. */
  readonly statusOf?: (cluster: ClusterStore, workload: WorkloadRecord) => WorkloadStatus;
  /** Default: all. */
  readonly isVisible?: (workload: WorkloadRecord) => boolean;
  /** What others have found, to be ranked with the rest. */
  readonly further?: readonly Attention[];
}

/**
 * Most urgent first: clusters out of reach, components that crash in several clusters, halted rollouts, workloads
 * that are stuck, clusters whose copy is old. Of equals the one that lasts longest.
 */
export function attentionOf(clusters: Iterable<ClusterStore>, now: number, options: AttentionOptions = {}): readonly Attention[] {
  const statusOf = options.statusOf ?? ((cluster, workload) => workloadStatusIn(cluster, workload, now));
  const isVisible = options.isVisible ?? (() => true);
  const items: Attention[] = [];
  const stuck: StuckWorkload[] = [];
  for (const cluster of clusters) {
    const item = clusterAttention(cluster.record, now);
    if (item !== undefined) items.push(item);
    for (const workload of workloadsOf(cluster)) {
      if (!isVisible(workload)) continue;
      const status = statusOf(cluster, workload);
      if (status.state === 'STUCK') stuck.push({ workload, status });
    }
  }
  return [...items, ...crashingComponents(stuck), ...stuck.map(workloadAttention), ...(options.further ?? [])].sort(byUrgency);
}

interface StuckWorkload {
  readonly workload: WorkloadRecord;
  readonly status: WorkloadStatus;
}

const CLUSTER_PROBLEMS: Readonly<Partial<Record<SyncState, { severity: AttentionSeverity; text: string }>>> = {
  UNREACHABLE: { severity: 'CRITICAL', text: 'cannot be reached' },
  UNAUTHORIZED: { severity: 'CRITICAL', text: 'does not accept our credentials' },
  FORBIDDEN: { severity: 'WARNING', text: 'does not let us read' },
  STALE: { severity: 'WARNING', text: 'is shown as it was some time ago' },
  CONNECTING: { severity: 'WARNING', text: 'has not answered yet' },
};
/** A cluster that has just been added is given that long to answer. */
const CONNECTING_PATIENCE_MS = 30_000;
/** A component that crashes in so many clusters is one problem, not many. */
const CRASHING_CLUSTERS = 2;

function clusterAttention(record: ClusterRecord, now: number): Attention | undefined {
  const { state, since, reason } = record.sync;
  const problem = CLUSTER_PROBLEMS[state];
  if (problem === undefined || (state === 'CONNECTING' && now - since < CONNECTING_PATIENCE_MS)) return undefined;
  const message = `Cluster ${record.name} ${problem.text}${reason === undefined ? '' : ` (${reason})`}`;
  return { severity: problem.severity, message, since: record.sync.staleSince ?? since, subject: { type: 'cluster', cluster: record } };
}

/** Critical when nobody is served, or a part of the cluster itself is concerned. */
function workloadAttention({ workload, status }: StuckWorkload): Attention {
  const critical = (workload.replicas.desired > 0 && workload.replicas.available === 0) || workload.namespace === 'kube-system';
  return {
    severity: critical ? 'CRITICAL' : 'WARNING',
    message: `${workload.namespace}/${workload.name} in ${workload.cluster}: ${status.message}`,
    ...(status.since !== undefined && { since: status.since }),
    subject: { type: 'workload', workload },
  };
}

function crashingComponents(stuck: readonly StuckWorkload[]): readonly Attention[] {
  const crashing = stuck.filter(({ status }) => status.causes[0]?.code === 'CrashLoop');
  const byComponent = Map.groupBy(crashing, ({ workload }) => componentNameOf(workload));
  return [...byComponent].flatMap(([component, group]) => (component === undefined ? [] : crashingComponent(component, group)));
}

function crashingComponent(component: string, group: readonly StuckWorkload[]): readonly Attention[] {
  const clusters = new Set(group.map(({ workload }) => workload.cluster)).size;
  if (clusters < CRASHING_CLUSTERS) return [];
  const instants = group.map(({ status }) => status.since).filter((since) => since !== undefined);
  const since = instants.length === 0 ? {} : { since: Math.min(...instants) };
  const message = `${component} crashes again and again in ${clusters} clusters`;
  return [{ severity: 'CRITICAL', message, ...since, subject: { type: 'component', component } }];
}

const SEVERITIES: readonly AttentionSeverity[] = ['CRITICAL', 'WARNING', 'INFO'];
const SUBJECTS: readonly AttentionSubject['type'][] = ['cluster', 'component', 'rollout', 'workload'];

function byUrgency(a: Attention, b: Attention): number {
  return (
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    SUBJECTS.indexOf(a.subject.type) - SUBJECTS.indexOf(b.subject.type) ||
    (a.since ?? Number.MAX_SAFE_INTEGER) - (b.since ?? Number.MAX_SAFE_INTEGER) ||
    (a.message < b.message ? -1 : 1)
  );
}
