import type { GroupKeys } from './pod-group.ts';
import { Postings } from './postings.ts';

/**
 * Where buckets are found. A pod is found through its bucket, so an index costs nothing for each pod: it changes when a
 * ReplicaSet comes or goes, not when a pod does.
 */
export class PodIndexes {
  /** Groups by the word of their namespace, by the word of their owner's uid, by their labels. */
  readonly namespaces = new Postings();
  readonly owners = new Postings();
  readonly labels = new Postings();
  /** Profiles by the word of their printed status. */
  readonly statuses = new Postings();

  addGroup(id: number, { namespace, owner, labels }: GroupKeys): void {
    this.namespaces.add(namespace, id);
    if (owner !== undefined) this.owners.add(owner, id);
    for (const label of labels) this.labels.add(label, id);
  }

  removeGroup(id: number, { namespace, owner, labels }: GroupKeys): void {
    this.namespaces.remove(namespace, id);
    if (owner !== undefined) this.owners.remove(owner, id);
    for (const label of labels) this.labels.remove(label, id);
  }
}
