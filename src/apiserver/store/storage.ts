import type { KubeObject } from '../../model/kube-object.ts';
import type { GroupResource } from '../../model/resource.ts';

/** One write: the object of `collection` under `key` is now `object`, or gone when that is undefined. */
export interface StoredWrite {
  readonly revision: number;
  readonly collection: GroupResource;
  /** "namespace/name", or "name" for a cluster-scoped kind. */
  readonly key: string;
  readonly object: KubeObject | undefined;
}

export interface StorageContents {
  /** The last revision written. */
  readonly revision: number;
  readonly objects: Iterable<{ readonly collection: GroupResource; readonly key: string; readonly object: KubeObject }>;
}

/**
 * Where objects outlive the process. All reading is done from memory: a storage is asked once, at the start,
 * and then told of every write, in order of revision. History is not kept here: after a restart a watch from an
 * earlier version answers `gone`, as a real server's does after compaction.
 */
export interface Storage {
  load(): StorageContents;
  /** Durable when it returns; throws to refuse the write, which then has not happened. */
  write(write: StoredWrite): void;
  close(): void;
}

/** Nothing outlives the process. */
export function volatileStorage(): Storage {
  return {
    load: () => ({ revision: 0, objects: [] }),
    write: () => {},
    close: () => {},
  };
}
