import type { PodRecord } from '../../src/model/pod-record.ts';
import type { PodCollection } from '../../src/store/graph-store.ts';

/** Pods as plain records in one map, every question answered by a scan: what any store of pods must equal. */
export class PlainPods implements PodCollection {
  readonly resource = 'pods';
  readonly #records = new Map<string, PodRecord>();

  get size(): number {
    return this.#records.size;
  }

  set(record: PodRecord): void {
    this.#records.set(record.uid, structuredClone(record));
  }

  delete(uid: string): void {
    this.#records.delete(uid);
  }

  get(namespace: string, name: string): PodRecord | undefined {
    return this.#where((pod) => pod.namespace === namespace && pod.name === name)[0];
  }

  byUid(uid: string): PodRecord | undefined {
    return this.#records.get(uid);
  }

  all(): readonly PodRecord[] {
    return [...this.#records.values()];
  }

  inNamespace(namespace: string): readonly PodRecord[] {
    return this.#where((pod) => pod.namespace === namespace);
  }

  namespaces(): Iterable<string> {
    return new Set(this.all().map(({ namespace }) => namespace));
  }

  ownedBy(ownerUid: string): readonly PodRecord[] {
    return this.#where(({ owner }) => owner?.uid === ownerUid);
  }

  onNode(nodeName: string): readonly PodRecord[] {
    return this.#where((pod) => pod.nodeName === nodeName);
  }

  countOnNode(nodeName: string): number {
    return this.onNode(nodeName).length;
  }

  withLabel(key: string, value: string): readonly PodRecord[] {
    return this.#where(({ labels }) => Object.hasOwn(labels, key) && labels[key] === value);
  }

  withStatus(status: string): readonly PodRecord[] {
    return this.#where((pod) => pod.status === status);
  }

  countWithStatus(status: string): number {
    return this.withStatus(status).length;
  }

  #where(keep: (pod: PodRecord) => boolean): readonly PodRecord[] {
    return this.all().filter(keep);
  }
}
