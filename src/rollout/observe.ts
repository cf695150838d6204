import { labelOf } from '../model/labels.ts';
import type { WorkloadRecord } from '../model/workload-record.ts';
import type { Cause } from '../status/cause.ts';
import { rankCauses } from '../status/causes.ts';
import { creationFailure } from '../status/creation-failure.ts';
import { type Observation, type ObservedPod, observeWorkload } from '../status/observation.ts';
import { classifyPod, isActive, isNodeDown, isServing } from '../status/pod-class.ts';
import { type PodTrouble, podTroubles } from '../status/pod-trouble.ts';
import { viewOf } from '../status/workload-view.ts';
import type { ClusterStore } from '../store/graph-store.ts';
import type { RolloutObservation } from './events.ts';
import { MARKER_LABEL } from './marker.ts';
import type { RolloutSpec } from './state.ts';

/**
 * What our copy of the cluster shows of a run's workload, as the event that `step` takes. Pods are counted by the
 * workload's own minReadySeconds, whatever a brake says. Undefined when our copy has no such object: deliver a
 * `timer`, and the engine asks the server.
 */
export function observeTarget(cluster: ClusterStore, spec: RolloutSpec, now: number): RolloutObservation | undefined {
  const { target, original } = spec;
  const workload = cluster.workloads(target.workloadKind).get(target.namespace, target.name);
  if (workload === undefined) return undefined;
  const { sync } = cluster.record;
  const view = viewOf(cluster, workload);
  const observation = observeWorkload(workload, view, now);
  return {
    ...identityOf(workload),
    ...(view.podsKnown && revisionsOf(observation)),
    ...countsOf(observation, original.minReadySeconds),
    ...troublesOf(observation),
    isLive: sync.state === 'LIVE',
    ageMs: sync.state === 'LIVE' ? 0 : now - (sync.staleSince ?? Number.NEGATIVE_INFINITY),
  };
}

function identityOf(workload: WorkloadRecord) {
  const marker = labelOf(workload.labels, MARKER_LABEL);
  return {
    uid: workload.uid,
    resourceVersion: workload.resourceVersion,
    generation: workload.generation,
    observedGeneration: workload.observedGeneration ?? 0,
    ...(marker !== undefined && { marker }),
    isDeleting: workload.deletionRequestedAt !== undefined,
    replicas: workload.replicas.desired,
  };
}

/** Without a record of its own the target revision of a Deployment is not known: its pods cannot be told apart. */
function revisionsOf({ revisions }: Observation) {
  const { update, current } = revisions;
  return { ...(update !== undefined && { updateRevision: update.name }), ...(current !== undefined && { currentRevision: current.name }) };
}

function countsOf({ pods, now }: Observation, minReadySeconds: number) {
  const classed = pods.map((observed) => ({
    observed,
    podClass: classifyPod(observed.pod, { node: observed.node, minReadySeconds, now }),
  }));
  const active = classed.filter(({ podClass }) => isActive(podClass));
  const updated = active.filter(({ observed }) => observed.updated);
  return {
    active: active.length,
    old: active.length - updated.length,
    updated: updated.length,
    updatedReady: updated.filter(({ podClass }) => isServing(podClass)).length,
    updatedAvailable: updated.filter(({ podClass }) => podClass === 'AVAILABLE').length,
    onDeadNodes: updated.filter(({ observed, podClass }) => podClass !== 'AVAILABLE' && isNodeDown(observed.node)).length,
  };
}

/** Only a pod at the new revision, on a node that works, speaks against the release: at once, not when it has lasted. */
function troublesOf(observation: Observation): { readonly troubles: readonly Cause[]; readonly causes: readonly Cause[] } {
  const all = podTroubles(observation);
  const against = all
    .filter(({ observed, code }) => code !== 'TerminatingStuck' && speaksAgainst(observed))
    .flatMap((trouble) => counted(trouble, observation.now));
  const failure = creationFailure(observation);
  return {
    troubles: rankCauses(observation, against).map(({ cause }) => cause),
    causes: rankCauses(observation, all, failure).map(({ cause }) => cause),
  };
}

/** Pulling an image and being scheduled are given so long, whatever the pod's containers are like. */
const CREATION_MS = 120_000;

/** A pod that is not ready says something once its containers run; before that only when it takes far too long. */
function counted(trouble: PodTrouble, now: number): readonly PodTrouble[] {
  if (trouble.code !== 'NotReady') return [trouble];
  const runs = runningSince(trouble.observed);
  if (runs === undefined) return now - trouble.since >= CREATION_MS ? [trouble] : [];
  return [{ ...trouble, since: Math.max(trouble.since, runs) }];
}

/** Undefined while a container has yet to start; a restart starts no clock anew. */
function runningSince({ pod }: ObservedPod): number | undefined {
  const containers = pod.containers.filter(({ init }) => !init);
  if (containers.length === 0 || containers.some(({ state, restarts }) => state !== 'running' && restarts === 0)) return undefined;
  return Math.max(0, ...containers.map(({ startedAt = 0, restarts }) => (restarts === 0 ? startedAt : 0)));
}

function speaksAgainst({ updated, node, podClass }: ObservedPod): boolean {
  return updated && isActive(podClass) && !isNodeDown(node);
}
