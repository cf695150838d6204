import type { ApiServerCore } from '../../../src/apiserver/api-server-core.ts';
import type { KubeObject } from '../../../src/model/kube-object.ts';
import { sameJson } from '../../../src/rollout/json.ts';
import { MARKER_LABEL, type Marker, parseMarker } from '../../../src/rollout/marker.ts';

/** One write of the workload's labels or spec, as its server took it in. */
export interface WriteEntry {
  readonly at: number;
  /** 'somebody', or the process that sent it. */
  readonly by: string;
  readonly impersonated: string | undefined;
  readonly before: KubeObject;
  readonly after: KubeObject;
  /** Pods that were at the new revision, and of them ready, just before. */
  readonly updated: number;
}

/** Everything that happens to one workload, told by its API server and by nobody else. */
export class WorkloadHistory {
  readonly writes: WriteEntry[] = [];
  /** Who writes just now: set by the network around a write. */
  writer: { readonly by: string; readonly impersonated: string | undefined } | undefined;
  readonly #core: ApiServerCore;
  readonly #now: () => number;
  /** What the present run brings: by it a pod counts as new. */
  image = '';

  constructor(core: ApiServerCore, resource: 'deployments.apps' | 'clonesets.apps.kruise.io', key: string, now: () => number) {
    this.#core = core;
    this.#now = now;
    core.onChange((change) => {
      if (change.collection !== resource || change.key !== key || change.previous === undefined || change.type !== 'modified') return;
      this.#take(change.previous, change.object);
    });
  }

  /** Of the gateways. */
  get ours(): readonly WriteEntry[] {
    return this.writes.filter(({ by }) => by !== 'somebody');
  }

  pods(isCounted: (pod: KubeObject) => boolean): number {
    let count = 0;
    for (const pod of this.#core.objects('pods', 'shop')) {
      if (pod.metadata.labels?.['app'] === APP && pod.metadata.deletionTimestamp === undefined && isCounted(pod)) count += 1;
    }
    return count;
  }

  isNew(pod: KubeObject): boolean {
    return imageOfPod(pod) === this.image;
  }

  #take(before: KubeObject, after: KubeObject): void {
    const isOfConcern = !sameJson(before.spec, after.spec) || !sameJson(before.metadata.labels ?? {}, after.metadata.labels ?? {});
    if (!isOfConcern) return;
    const { by, impersonated } = this.writer ?? { by: 'somebody', impersonated: undefined };
    // The store's own objects are frozen: they can be kept.
    this.writes.push({ at: this.#now(), by, impersonated, before, after, updated: this.pods((pod) => this.isNew(pod)) });
  }
}

export const APP = 'story';

export function markerIn({ metadata }: KubeObject): Marker | undefined {
  return parseMarker(metadata.labels?.[MARKER_LABEL] ?? '');
}

function imageOfPod({ spec }: KubeObject): string | undefined {
  return (spec as { containers?: { image: string }[] } | undefined)?.containers?.[0]?.image;
}
