import type { PodRecord } from '../../../src/model/pod-record.ts';
import { InMemoryGraphStore } from '../../../src/store/in-memory-graph-store.ts';
import type { StoreOperation } from '../../../src/store/store-batch.ts';
import { parsedFor, podRecord, podTemplate } from './pod-records.ts';
import { podUid } from './pod-text.ts';

const BATCH = 500;

/** A store of so many clusters with so many pods each, without a network: for what the store alone comes to. */
export class FilledStore {
  readonly store = new InMemoryGraphStore({ now: () => Date.now(), seed: 1 });
  readonly clusters: number;
  readonly podsPerCluster: number;
  /** The pods of a cluster are those from here on. */
  readonly #oldest: number[];
  #version = 1_000_000_000;
  #isFilled = false;

  constructor(clusters: number, podsPerCluster: number) {
    this.clusters = clusters;
    this.podsPerCluster = podsPerCluster;
    this.#oldest = Array.from({ length: clusters }, () => 0);
    for (let at = 0; at < clusters; at += 1)
      this.store.addCluster({ name: `c${at}`, source: 'SIMULATED', labels: {}, sync: { state: 'LIVE', since: 0, resources: [] } });
  }

  /** Every cluster is the same but for its own texts, so each pod is projected once. */
  fill(): void {
    for (let from = 0; from < this.podsPerCluster; from += BATCH) {
      const texts = Array.from({ length: Math.min(BATCH, this.podsPerCluster - from) }, (_, at) => JSON.stringify(podTemplate(from + at)));
      for (let cluster = 0; cluster < this.clusters; cluster += 1) {
        const records = texts.map((text) => ({ ...parsedFor(text, cluster), cluster: `c${cluster}` }));
        this.#commit(
          cluster,
          records.map((record) => this.#put(record)),
        );
      }
    }
    this.#isFilled = true;
  }

  /** Puts others in the place of all pods, some at a time: afterwards every table has the slack that it has in service. */
  turnOver(): void {
    for (let done = 0; done < this.podsPerCluster; done += BATCH) {
      for (let cluster = 0; cluster < this.clusters; cluster += 1) this.replace(cluster, Math.min(BATCH, this.podsPerCluster - done));
    }
  }

  /** So many pods of one cluster, spread over it, restart once more. */
  change(seed: number, count: number): void {
    const cluster = seed % this.clusters;
    const { pods } = this.store.cluster(`c${cluster}`) ?? {};
    const operations: StoreOperation[] = [];
    for (let at = 0; at < count; at += 1) {
      const index = (this.#oldest[cluster] ?? 0) + ((seed * 131 + at * 37) % this.podsPerCluster);
      const before = pods?.byUid(podUid(index, cluster));
      if (before === undefined) throw new RangeError(`pod ${index} of cluster ${cluster} is missing`);
      operations.push(this.#put({ ...before, restarts: before.restarts + 1, resourceVersion: this.#nextVersion() }));
    }
    this.#commit(cluster, operations);
  }

  /** The oldest pods of a cluster give way to as many others, in time of other ReplicaSets and on other nodes. */
  replace(cluster: number, count: number): void {
    const operations: StoreOperation[] = [];
    for (let at = 0; at < count; at += 1) {
      const oldest = this.#oldest[cluster] ?? 0;
      this.#oldest[cluster] = oldest + 1;
      operations.push({ type: 'remove', resource: 'pods', uid: podUid(oldest, cluster), resourceVersion: this.#nextVersion() });
      operations.push(this.#put(podRecord(oldest + this.podsPerCluster, cluster, Number(this.#nextVersion()))));
    }
    this.#commit(cluster, operations);
  }

  #nextVersion(): string {
    this.#version += 1;
    return String(this.#version);
  }

  #put(record: PodRecord): StoreOperation {
    return { type: 'put', record };
  }

  /** Once it is filled, with the position that each turn of a watch moves on to: only then is a commit history. */
  #commit(cluster: number, operations: readonly StoreOperation[]): void {
    const positions = this.#isFilled ? [{ resource: 'pods', resourceVersion: String(this.#version), epoch: 0 }] : [];
    this.store.commit(`c${cluster}`, { operations, positions });
  }
}
