import { applyJsonPatch } from '../../../src/apiserver/patch/json-patch.ts';
import type { JsonPatchOperation } from '../../../src/kube/api-server.ts';
import type { KubeObject } from '../../../src/model/kube-object.ts';
import type { RolloutObservation } from '../../../src/rollout/events.ts';
import { sameJson } from '../../../src/rollout/json.ts';
import { MARKER_LABEL } from '../../../src/rollout/marker.ts';
import type { Cause } from '../../../src/status/cause.ts';
import { reconcileCloneSet } from './clone-set-model.ts';
import { reconcileDeployment } from './deployment-model.ts';
import { letThrough, replicasOf } from './model-object.ts';
import { advancePod, fateOf, isAvailable, type ModelPod } from './model-pods.ts';

/** One write that an API server accepted, in its order. */
export interface WriteEntry {
  readonly at: number;
  readonly by: 'gateway' | 'somebody';
  readonly operations: readonly JsonPatchOperation[];
  readonly before: KubeObject;
  readonly after: KubeObject;
  /** New pods that were available when it came. */
  readonly updated: number;
  readonly updatedAvailable: number;
  /** Since the write before that raised the brake: all that it let go have been available at once. */
  readonly wasWell: boolean;
  /** Somebody changed the number of pods since then. */
  readonly wasScaled: boolean;
  /** For how long all of it was well since then. */
  readonly wellMs: number;
}

export type PatchAnswer = { readonly ok: true; readonly object: KubeObject } | { readonly ok: false; readonly refusal: 'invalid' | 'gone' };

/** One workload on one API server, with its controller and its nodes; all in memory, all by hand. */
export class ModelCluster {
  object: KubeObject | undefined;
  pods: ModelPod[] = [];
  readonly history: WriteEntry[] = [];
  readonly downNodes = new Set<number>();
  now: number;
  #version = 100;
  #serial = 0;
  #wasWell = true;
  #wasScaled = false;
  #wellMs = 0;
  /** How long the controller takes to notice a change of the spec. */
  controllerLagMs = 0;
  #specWrittenAt = 0;

  constructor(object: KubeObject, now: number) {
    this.now = now;
    this.object = this.#stored(object, 1);
    this.settle(60);
  }

  patch(operations: readonly JsonPatchOperation[], by: 'gateway' | 'somebody'): PatchAnswer {
    const before = this.object;
    if (before === undefined) return { ok: false, refusal: 'gone' };
    let after: KubeObject;
    try {
      after = applyJsonPatch(structuredClone(before), structuredClone(operations)) as KubeObject;
    } catch {
      return { ok: false, refusal: 'invalid' };
    }
    const isSpecChanged = !sameJson(before.spec, after.spec);
    this.object = this.#stored(after, (before.metadata.generation ?? 0) + (isSpecChanged ? 1 : 0));
    if (isSpecChanged) this.#specWrittenAt = this.now;
    this.#remember(before, operations, by);
    return { ok: true, object: this.read() as KubeObject };
  }

  read(): KubeObject | undefined {
    return this.object && structuredClone(this.object);
  }

  /** From a backup, it may be: with the labels it had. */
  recreate(keepsLabels: boolean): void {
    if (this.object === undefined) return;
    const object = structuredClone(this.object);
    if (!keepsLabels) delete object.metadata.labels?.[MARKER_LABEL];
    object.metadata.uid = `uid-${++this.#serial}-again`;
    this.object = this.#stored(object, keepsLabels ? (object.metadata.generation ?? 1) : 1);
    this.pods = [];
  }

  remove(): void {
    this.object = undefined;
    this.pods = [];
  }

  tick(ms: number): void {
    this.now += ms;
    for (const pod of this.pods) advancePod(pod, this.downNodes.has(pod.node), this.now);
    this.#evict();
    if (this.object !== undefined && this.now >= this.#specWrittenAt + this.controllerLagMs) this.#reconcile(this.object);
    const isWell = this.#isWell();
    this.#wasWell ||= isWell;
    if (isWell) this.#wellMs += ms;
  }

  settle(ticks: number): void {
    for (let tick = 0; tick < ticks; tick += 1) this.tick(2_000);
  }

  make(revision: string, image: string): ModelPod {
    this.#serial += 1;
    return { name: `web-${this.#serial}`, revision, image, createdAt: this.now, node: this.#serial % NODES };
  }

  /** As our copy of the cluster would show it; `originalMinReady` is the owner's own minReadySeconds. */
  observe(originalMinReady: number): RolloutObservation | undefined {
    const { object } = this;
    if (object === undefined) return undefined;
    const updateRevision = String(object.status?.['updateRevision'] ?? '');
    const isUpdated = (pod: ModelPod) => pod.revision === updateRevision;
    const updated = this.pods.filter(isUpdated);
    const available = (pod: ModelPod) => isAvailable(pod, originalMinReady, this.now);
    const marker = object.metadata.labels?.[MARKER_LABEL];
    const troubles = this.#troubles(updated);
    return {
      uid: object.metadata.uid ?? '',
      resourceVersion: object.metadata.resourceVersion ?? '',
      generation: object.metadata.generation ?? 0,
      observedGeneration: Number(object.status?.['observedGeneration'] ?? 0),
      ...(marker !== undefined && { marker }),
      isDeleting: false,
      replicas: replicasOf(object),
      ...(updateRevision !== '' && { updateRevision }),
      active: this.pods.length,
      old: this.pods.length - updated.length,
      updated: updated.length,
      updatedReady: updated.filter(({ readyAt }) => readyAt !== undefined).length,
      updatedAvailable: updated.filter(available).length,
      onDeadNodes: updated.filter((pod) => !available(pod) && this.downNodes.has(pod.node)).length,
      troubles,
      causes: troubles,
      ageMs: 0,
      isLive: true,
    };
  }

  #troubles(updated: readonly ModelPod[]): Cause[] {
    const sick = updated.filter((pod) => pod.readyAt === undefined && !this.downNodes.has(pod.node));
    const codeOf = (pod: ModelPod): Cause['code'] => CODES[fateOf(pod.image)];
    return [...Map.groupBy(sick, codeOf)].map(([code, pods]) => {
      const since = Math.min(...pods.map(({ createdAt }) => createdAt));
      return { code, message: `${pods.length} pods: ${code}`, count: pods.length, since, examples: [], attributedTo: 'RELEASE' as const };
    });
  }

  /** A pod on a node that is down is given up after five minutes. */
  #evict(): void {
    this.pods = this.pods.filter(
      (pod) => !(this.downNodes.has(pod.node) && this.now - pod.createdAt > 300_000 && pod.readyAt === undefined),
    );
  }

  #reconcile(object: KubeObject): void {
    const before = this.pods.map(({ name }) => name).join();
    const status = object.kind === 'CloneSet' ? reconcileCloneSet(this, object) : reconcileDeployment(this, object);
    const next = { ...status, observedGeneration: object.metadata.generation ?? 0, podsDigest: before };
    if (sameJson(next, object.status)) return;
    this.object = this.#stored({ ...object, status: next }, object.metadata.generation ?? 1);
  }

  #isWell(): boolean {
    const seen = this.observe(this.originalMinReady);
    return seen !== undefined && seen.updatedAvailable >= letThrough(this.object) && seen.troubles.length === 0;
  }

  originalMinReady = 0;

  #remember(before: KubeObject, operations: readonly JsonPatchOperation[], by: WriteEntry['by']): void {
    const { updated = 0, updatedAvailable = 0 } = this.observe(this.originalMinReady) ?? {};
    const after = structuredClone(this.object as KubeObject);
    this.history.push({
      at: this.now,
      by,
      operations,
      before,
      after,
      updated,
      updatedAvailable,
      wasWell: this.#wasWell,
      wasScaled: this.#wasScaled,
      wellMs: this.#wellMs,
    });
    if (by === 'somebody') this.#wasScaled ||= replicasOf(before) !== replicasOf(after);
    else if (letThrough(after) !== letThrough(before)) [this.#wasWell, this.#wasScaled, this.#wellMs] = [false, false, 0];
  }

  #stored(object: KubeObject, generation: number): KubeObject {
    this.#version += 1;
    return { ...object, metadata: { ...object.metadata, generation, resourceVersion: String(this.#version) } };
  }
}

const NODES = 5;
const CODES: Readonly<Record<ReturnType<typeof fateOf>, Cause['code']>> = {
  good: 'NotReady',
  broken: 'NotReady',
  missing: 'ImagePull',
  crash: 'CrashLoop',
};
