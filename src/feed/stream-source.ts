import type { ObjectRecord } from '../model/object-record.ts';
import type { GroupResource } from '../model/resource.ts';
import type { Change } from '../store/commit.ts';
import type { ClusterStore, Collection } from '../store/graph-store.ts';
import type { ObjectIdentity } from './stream-message.ts';

/**
 * Where the rows of a stream come from. A row is a record of the store or something derived from records; its
 * `key` tells it from every other row of its cluster and stays the same while it lives. All methods are
 * synchronous reads of the store.
 */
export interface StreamSource<R> {
  /** Kinds that rights are asked for: every row's `identity` names one of them. */
  readonly resources: readonly GroupResource[];
  /** Every kind whose changes can change a row, its own included. */
  readonly follows: readonly GroupResource[];
  key(row: R): string;
  identity(row: R): ObjectIdentity;
  /** All rows of the cluster, of one namespace when given. */
  rows(cluster: ClusterStore, namespace?: string): Iterable<R>;
  /** The row as it is now. */
  find(cluster: ClusterStore, key: string): R | undefined;
  /** The row that the change itself is about, as it was and as it is. */
  own(change: Change): RowChange<R> | undefined;
  /** Keys of other rows whose content may have changed with it. */
  dependents?(change: Change, cluster: ClusterStore): Iterable<string>;
  /** Namespaces that hold rows: worth asking rights for. */
  namespaces(cluster: ClusterStore): Iterable<string>;
  /** What of the cluster's own record the rows depend on: when it differs, all rows of the cluster are looked at again. */
  clusterPrint?(cluster: ClusterStore): unknown;
  /** Rows that go with a cluster which is no longer in the store, for a reader that may still hold them. */
  gone?(cluster: string): ObjectIdentity;
  /** Set where the store forgets rows and never removes one: how many rows of a cluster a stream remembers. */
  readonly remembered?: number;
}

export interface RowChange<R> {
  readonly key: string;
  readonly before?: R | undefined;
  readonly after?: R | undefined;
}

export interface StoredRowsOptions<R extends ObjectRecord> {
  /** The kinds that are rows, e.g. ["pods"]. */
  readonly resources: readonly GroupResource[];
  readonly collections: (cluster: ClusterStore) => readonly Collection<R>[];
  /** Further kinds that the rows' visible content depends on. A stream over such a source needs a `fingerprint`. */
  readonly dependsOn?: readonly GroupResource[];
  /** Rows that a change (of any kind followed) concerns besides its own. */
  readonly dependents?: (change: Change, cluster: ClusterStore) => Iterable<R>;
}

/** Rows that are records of the store, of one kind or several. */
export function storedRows<R extends ObjectRecord>(options: StoredRowsOptions<R>): StreamSource<R> {
  const { resources, collections, dependents } = options;
  const own = new Set(resources);
  const key = resources.length === 1 ? (row: R) => row.uid : (row: R) => `${row.resource}/${row.uid}`;
  const base = {
    resources,
    follows: [...new Set([...resources, ...(options.dependsOn ?? [])])],
    key,
    identity: identityOf,
    *rows(cluster: ClusterStore, namespace?: string) {
      for (const collection of collections(cluster)) {
        yield* namespace === undefined ? collection.all() : collection.inNamespace(namespace);
      }
    },
    find: finder(collections, resources.length === 1),
    own(change: Change): RowChange<R> | undefined {
      if ('event' in change || !own.has(change.resource)) return undefined;
      const record = (change.after ?? change.before) as R | undefined;
      if (record === undefined) return undefined;
      return { key: key(record), before: change.before as R | undefined, after: change.after as R | undefined };
    },
    *namespaces(cluster: ClusterStore) {
      for (const collection of collections(cluster)) yield* collection.namespaces();
    },
  } satisfies StreamSource<R>;
  if (dependents === undefined) return base;
  return {
    ...base,
    *dependents(change, cluster) {
      for (const row of dependents(change, cluster)) yield key(row);
    },
  };
}

function finder<R extends ObjectRecord>(collections: StoredRowsOptions<R>['collections'], single: boolean) {
  return (cluster: ClusterStore, key: string): R | undefined => {
    if (single) return collections(cluster)[0]?.byUid(key);
    const slash = key.indexOf('/');
    const resource = key.slice(0, slash);
    return collections(cluster)
      .find((collection) => collection.resource === resource)
      ?.byUid(key.slice(slash + 1));
  };
}

function identityOf(record: ObjectIdentity): ObjectIdentity {
  const { cluster, resource, namespace, name, uid } = record;
  return { cluster, resource, namespace, name, uid };
}
