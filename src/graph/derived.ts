import { isVisible } from '../auth/access.ts';
import type { PodRecord } from '../model/pod-record.ts';
import type { WorkloadRecord } from '../model/workload-record.ts';
import { type Observation, observeWorkload } from '../status/observation.ts';
import { workloadOfPodIn } from '../status/owners.ts';
import { classifyPod, type PodStatusClass } from '../status/pod-class.ts';
import { replicasOf, type WorkloadReplicas } from '../status/workload-replicas.ts';
import { statusOf, type WorkloadStatus } from '../status/workload-state.ts';
import { nodeOfPod, shownAt, viewOf } from '../status/workload-view.ts';
import type { ClusterStore } from '../store/graph-store.ts';
import { clusterOf } from './cluster-of.ts';
import type { GraphContext } from './context.ts';
import { settleReads } from './listing.ts';
import { type MaybePromise, whenReady } from './maybe-promise.ts';
import { listedWorkloadOf } from './pod-facts.ts';
import { STATUS_READS, statusCluster } from './status-cluster.ts';

/** What was derived for one viewer: good for one revision of the store, and for a moment, because states change with time. */
class DerivedMemo {
  readonly clusters = new Map<string, ClusterStore>();
  readonly observations = new WeakMap<WorkloadRecord, Observation>();
  readonly statuses = new WeakMap<WorkloadRecord, WorkloadStatus>();
  readonly #revision: number;
  readonly #epoch: number;
  readonly #until: number;

  constructor({ store, access, clock }: GraphContext) {
    this.#revision = store.revision;
    this.#epoch = access.epoch;
    this.#until = clock.monotonic() + GOOD_FOR_MS;
  }

  isGoodFor({ store, access, clock }: GraphContext): boolean {
    return this.#revision === store.revision && this.#epoch === access.epoch && clock.monotonic() < this.#until;
  }
}

const GOOD_FOR_MS = 1_000;

const memos = new WeakMap<GraphContext, DerivedMemo>();

function memoOf(ctx: GraphContext): DerivedMemo {
  const known = memos.get(ctx);
  if (known?.isGoodFor(ctx)) return known;
  const fresh = new DerivedMemo(ctx);
  memos.set(ctx, fresh);
  return fresh;
}

/** Everything about a workload that the viewer may see, counted once. */
export function observe(ctx: GraphContext, workload: WorkloadRecord): MaybePromise<Observation> {
  return whenReady(settleReads(ctx, [clusterOf(ctx, workload)], STATUS_READS), () => observeSettled(workload, ctx));
}

export function statusOfWorkload(ctx: GraphContext, workload: WorkloadRecord): MaybePromise<WorkloadStatus> {
  return whenReady(observe(ctx, workload), () => statusSettled(workload, ctx));
}

export function classOfPod(ctx: GraphContext, pod: PodRecord): MaybePromise<PodStatusClass> {
  const cluster = clusterOf(ctx, pod);
  const workload = workloadOfPodIn(cluster, pod);
  const reads = workload === undefined ? STATUS_READS : [...STATUS_READS, workload.resource];
  return whenReady(settleReads(ctx, [cluster], reads), () => podClassSettled(pod, ctx));
}

/** As `statusOfWorkload`, where the rights to STATUS_READS are settled already. */
export function statusSettled(workload: WorkloadRecord, ctx: GraphContext): WorkloadStatus {
  const { statuses } = memoOf(ctx);
  const known = statuses.get(workload);
  if (known !== undefined) return known;
  const status = statusOf(observeSettled(workload, ctx));
  statuses.set(workload, status);
  return status;
}

export function replicasSettled(workload: WorkloadRecord, ctx: GraphContext): WorkloadReplicas {
  return replicasOf(observeSettled(workload, ctx));
}

function observeSettled(workload: WorkloadRecord, ctx: GraphContext): Observation {
  const { observations } = memoOf(ctx);
  const known = observations.get(workload);
  if (known !== undefined) return known;
  const cluster = clusterOf(ctx, workload);
  const view = viewOf(visibleClusterOf(ctx, cluster), workload);
  // Hidden pods are unknown pods: a workload without any would look stuck.
  const podsKnown = view.podsKnown && isVisible(ctx.visible.settled(cluster, cluster.pods.resource, 'list'), workload.namespace);
  const observation = observeWorkload(workload, { ...view, podsKnown }, shownAt(cluster, ctx.clock.now()));
  observations.set(workload, observation);
  return observation;
}

export function podClassSettled(pod: PodRecord, ctx: GraphContext): PodStatusClass {
  const cluster = visibleClusterOf(ctx, clusterOf(ctx, pod));
  const minReadySeconds = listedWorkloadOf(pod, ctx)?.minReadySeconds ?? 0;
  return classifyPod(pod, { node: nodeOfPod(cluster, pod), minReadySeconds, now: shownAt(cluster, ctx.clock.now()) });
}

/** Whether its node is ready, as far as the viewer may see; undefined when there is none or it may not be seen. */
export function nodeReadySettled(pod: PodRecord, ctx: GraphContext): boolean | undefined {
  const node = nodeOfPod(visibleClusterOf(ctx, clusterOf(ctx, pod)), pod);
  return node === 'GONE' ? undefined : node?.ready;
}

function visibleClusterOf(ctx: GraphContext, cluster: ClusterStore): ClusterStore {
  const { clusters } = memoOf(ctx);
  const { name } = cluster.record;
  const known = clusters.get(name);
  if (known !== undefined) return known;
  const visible = statusCluster(cluster, (resource) => ctx.visible.settled(cluster, resource, 'list'));
  clusters.set(name, visible);
  return visible;
}
