import { CLONE_SETS, DEPLOYMENTS } from '../objects/kinds.ts';
import { isDeleting } from '../objects/owners.ts';
import { isReady, restartsOf } from '../objects/pod-facts.ts';
import type { CloneSet, Deployment, Pod } from '../objects/types.ts';
import type { SimulatedCluster } from '../simulated-cluster.ts';

/** What life may touch: never the shop, which is for people to try things, nor what a person changed of late. */

/** How long a namespace belongs to the person who changed something in it. */
const HANDS_OFF_MS = 600_000;
const RESERVED = new Set(['shop', 'kube-system', 'kruise-system', 'default']);

export type Rolling = Deployment | CloneSet;

function isFree(cluster: SimulatedCluster, namespace: string | undefined): boolean {
  return namespace !== undefined && !RESERVED.has(namespace) && !cluster.wasTouched(namespace, HANDS_OFF_MS);
}

/** Healthy pods of other teams that have not restarted too often: the next restart will be a quick one. */
export function restartable(cluster: SimulatedCluster): Pod[] {
  return [...cluster.pods()].filter(
    (pod) => isFree(cluster, pod.metadata.namespace) && isReady(pod) && !isDeleting(pod) && restartsOf(pod) < MOST_RESTARTS,
  );
}

/** Of those, the ones that come back somewhere else when they are evicted. */
export function movable(cluster: SimulatedCluster): Pod[] {
  return restartable(cluster).filter(({ metadata }) =>
    metadata.ownerReferences?.some(({ kind }) => kind === 'ReplicaSet' || kind === 'CloneSet'),
  );
}

/** Workloads of other teams that are whole and wait for nothing. */
export function rollable(cluster: SimulatedCluster): Rolling[] {
  const all: Rolling[] = [
    ...cluster.cache.collection<Deployment>(DEPLOYMENTS).all(),
    ...(cluster.plan.hasOpenKruise ? cluster.cache.collection<CloneSet>(CLONE_SETS).all() : []),
  ];
  return all.filter(
    (workload) => isFree(cluster, workload.metadata.namespace) && workload.metadata.labels?.['team'] !== undefined && isSettled(workload),
  );
}

export function isSettled({ spec, status, metadata }: Rolling): boolean {
  const wanted = spec.replicas ?? 1;
  return (
    wanted >= 2 &&
    status?.observedGeneration === metadata.generation &&
    status?.replicas === wanted &&
    status?.updatedReplicas === wanted &&
    status?.availableReplicas === wanted
  );
}

const MOST_RESTARTS = 6;
