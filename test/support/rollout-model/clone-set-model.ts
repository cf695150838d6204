import type { JsonObject, KubeObject } from '../../../src/model/kube-object.ts';
import { valueAt } from '../../../src/rollout/pointer.ts';
import type { ModelCluster } from './model-cluster.ts';
import { imageOf, replicasOf, revisionOf } from './model-object.ts';
import type { ModelPod } from './model-pods.ts';

/** A CloneSet's controller, one pass: scale, or update within the budget. Source: kruise, pkg/controller/cloneset/sync. */
export function reconcileCloneSet(cluster: ModelCluster, object: KubeObject): JsonObject {
  const replicas = replicasOf(object);
  const update = revisionOf(object);
  const known = object.status?.['currentRevision'];
  const current = typeof known === 'string' ? known : update;
  const isNew = (pod: ModelPod) => pod.revision === update;
  const partition = Math.min(replicas, partitionOf(object));
  if (cluster.pods.length < replicas) scaleUp(cluster, object, { current, update, partition });
  else if (cluster.pods.length > replicas) scaleDown(cluster, replicas, { update, partition });
  else updatePods(cluster, object, partition);
  const updated = cluster.pods.filter(isNew).length;
  const isAllUpdated = updated === cluster.pods.length && updated === replicas;
  return {
    updateRevision: update,
    currentRevision: isAllUpdated ? update : current,
    images: { ...(object.status?.['images'] as JsonObject | undefined), [update]: imageOf(object) },
    updatedReplicas: updated,
  };
}

interface Split {
  readonly update: string;
  readonly partition: number;
}

function partitionOf(object: KubeObject): number {
  return Number(String(valueAt(object, `${baseOf(object)}/partition`) ?? 0).replace('%', ''));
}

function baseOf(object: KubeObject): string {
  return object.apiVersion.endsWith('v1beta1') ? '/spec/updateStrategy/rollingUpdate' : '/spec/updateStrategy';
}

/** Missing pods come back old until the partition is full, if there is an old revision. */
function scaleUp(cluster: ModelCluster, object: KubeObject, { current, update, partition }: Split & { current: string }): void {
  const missing = replicasOf(object) - cluster.pods.length;
  const images = object.status?.['images'] as Record<string, string> | undefined;
  for (let made = 0; made < missing; made += 1) {
    const old = cluster.pods.filter(({ revision }) => revision !== update).length;
    const isOld = current !== update && old < partition;
    const image = isOld ? (images?.[current] ?? imageOf(object)) : imageOf(object);
    cluster.pods.push(cluster.make(isOld ? current : update, image));
  }
}

function scaleDown(cluster: ModelCluster, replicas: number, { update, partition }: Split): void {
  while (cluster.pods.length > replicas) {
    const old = cluster.pods.filter(({ revision }) => revision !== update);
    const victim = old.length > partition ? old[0] : (cluster.pods.find(({ revision }) => revision === update) ?? old[0]);
    cluster.pods = cluster.pods.filter((pod) => pod !== victim);
  }
}

/** Broken ones first; unavailable ones at the new revision use up the budget. */
function updatePods(cluster: ModelCluster, object: KubeObject, partition: number): void {
  if (valueAt(object, `${baseOf(object)}/paused`) === true) return;
  const update = revisionOf(object);
  const isDown = (pod: ModelPod) => pod.readyAt === undefined;
  const old = cluster.pods.filter(({ revision }) => revision !== update).sort((a, b) => Number(isDown(b)) - Number(isDown(a)));
  const budget =
    Math.max(1, Math.ceil(replicasOf(object) * 0.2)) - cluster.pods.filter((pod) => pod.revision === update && isDown(pod)).length;
  for (const pod of old.slice(0, Math.max(0, Math.min(old.length - partition, budget)))) {
    cluster.pods = cluster.pods.filter((other) => other !== pod);
    cluster.pods.push(cluster.make(update, imageOf(object)));
  }
}
