import type { JsonObject, KubeObject } from '../../../src/model/kube-object.ts';
import { valueAt } from '../../../src/rollout/pointer.ts';
import type { ModelCluster } from './model-cluster.ts';
import { imageOf, replicasOf, revisionOf } from './model-object.ts';
import { isAvailable, type ModelPod } from './model-pods.ts';

/** A Deployment's controller with its ReplicaSets, one pass. Source: kubernetes, pkg/controller/deployment/rolling.go. */
export function reconcileDeployment(cluster: ModelCluster, object: KubeObject): JsonObject {
  const sets = { ...(object.status?.['sets'] as Record<string, number> | undefined) };
  const images = { ...(object.status?.['images'] as Record<string, string> | undefined) };
  const isPaused = valueAt(object, '/spec/paused') === true;
  const update =
    isPaused && sets[revisionOf(object)] === undefined
      ? String(object.status?.['updateRevision'] ?? revisionOf(object))
      : revisionOf(object);
  images[update] ??= imageOf(object);
  sets[update] ??= 0;
  const scaled = object.status?.['scaledTo'];
  if (typeof scaled === 'number' && scaled !== replicasOf(object)) spread(sets, scaled, replicasOf(object));
  else if (!isPaused) roll(cluster, object, sets, update);
  fill(cluster, sets, images);
  for (const [name, count] of Object.entries(sets)) if (count === 0 && name !== update) delete sets[name];
  return { updateRevision: update, sets, images, scaledTo: replicasOf(object) };
}

/** In proportion to what they have, so that a rollout under way keeps its shape. */
function spread(sets: Record<string, number>, from: number, to: number): void {
  const names = Object.keys(sets).filter((name) => (sets[name] ?? 0) > 0);
  const largest = names.sort((a, b) => (sets[b] ?? 0) - (sets[a] ?? 0))[0];
  if (largest === undefined) return;
  for (const name of names) sets[name] = from === 0 ? 0 : Math.round(((sets[name] ?? 0) * to) / from);
  const total = names.reduce((sum, name) => sum + (sets[name] ?? 0), 0);
  sets[largest] = Math.max(0, (sets[largest] ?? 0) + to - total);
}

function roll(cluster: ModelCluster, object: KubeObject, sets: Record<string, number>, update: string): void {
  const replicas = replicasOf(object);
  const surge = scaledValue(valueAt(object, '/spec/strategy/rollingUpdate/maxSurge'), replicas, Math.ceil);
  const wanted = scaledValue(valueAt(object, '/spec/strategy/rollingUpdate/maxUnavailable'), replicas, Math.floor);
  const unavailable = Math.min(replicas, surge === 0 && wanted === 0 ? 1 : wanted);
  const total = () => Object.values(sets).reduce((sum, count) => sum + count, 0);
  const minReady = Number(valueAt(object, '/spec/minReadySeconds') ?? 0);
  const available = (name: string) => cluster.pods.filter((pod) => pod.revision === name && isAvailable(pod, minReady, cluster.now)).length;
  const present = sets[update] ?? 0;
  sets[update] = present > replicas ? replicas : present + Math.max(0, Math.min(replicas + surge - total(), replicas - present));
  const old = Object.keys(sets).filter((name) => name !== update);
  let spare = total() - (replicas - unavailable) - ((sets[update] ?? 0) - available(update));
  for (const name of old) {
    const unhealthy = Math.max(0, Math.min(spare, (sets[name] ?? 0) - available(name)));
    sets[name] = (sets[name] ?? 0) - unhealthy;
    spare -= unhealthy;
  }
  let healthy = Object.keys(sets).reduce((sum, name) => sum + Math.min(available(name), sets[name] ?? 0), 0) - (replicas - unavailable);
  for (const name of old) {
    const taken = Math.max(0, Math.min(healthy, spare, sets[name] ?? 0));
    sets[name] = (sets[name] ?? 0) - taken;
    healthy -= taken;
    spare -= taken;
  }
}

function fill(cluster: ModelCluster, sets: Record<string, number>, images: Readonly<Record<string, string>>): void {
  const kept: ModelPod[] = [];
  for (const name of new Set([...Object.keys(sets), ...cluster.pods.map(({ revision }) => revision)])) {
    const wanted = sets[name] ?? 0;
    const pods = cluster.pods
      .filter(({ revision }) => revision === name)
      .sort((a, b) => Number(b.readyAt !== undefined) - Number(a.readyAt !== undefined));
    kept.push(...pods.slice(0, wanted));
    for (let count = pods.length; count < wanted; count += 1) kept.push(cluster.make(name, images[name] ?? ''));
  }
  cluster.pods = kept;
}

function scaledValue(value: unknown, replicas: number, round: (exact: number) => number): number {
  return typeof value === 'string' ? round((replicas * Number(value.replace('%', ''))) / 100) : Number(value ?? 0);
}
