import type { ClusterRecord } from '../model/cluster.ts';
import type { GroupResource } from '../model/resource.ts';
import { ClusterTables, type SharedValues } from './cluster-tables.ts';
import { SharedColumns } from './columns/shared-columns.ts';
import type { Change, Commit, ResourcePosition } from './commit.ts';
import { type CommitListener, CommitListeners } from './commit-listeners.ts';
import type { ClusterStore, GraphStore } from './graph-store.ts';
import { RecordInterning } from './record-interning.ts';
import { equalData } from './records-equal.ts';
import type { StoreBatch, StoreOperation } from './store-batch.ts';
import { Transaction } from './transaction.ts';

export interface InMemoryGraphStoreOptions {
  /** Wall time in milliseconds since 1970: what the age of events is measured against. */
  readonly now: () => number;
  /** Hears of listeners that throw; they are counted in any case. */
  readonly onListenerError?: (error: unknown) => void;
  /** Any whole number; where servers may be hostile, one that they cannot foresee. */
  readonly seed?: number;
}

/** The fleet in memory. One writer: every change is a synchronous call here, and the next revision. */
export class InMemoryGraphStore implements GraphStore {
  readonly #now: () => number;
  readonly #clusters = new Map<string, ClusterTables>();
  readonly #shared: SharedValues;
  readonly #listeners: CommitListeners;
  #sorted: readonly ClusterTables[] | undefined;
  #revision = 0;

  constructor(options: InMemoryGraphStoreOptions) {
    this.#now = options.now;
    this.#shared = { interning: new RecordInterning(), columns: new SharedColumns(options.seed ?? 0) };
    this.#listeners = new CommitListeners(options.onListenerError ?? (() => {}));
  }

  get revision(): number {
    return this.#revision;
  }

  clusters(): readonly ClusterStore[] {
    this.#sorted ??= [...this.#clusters.values()].sort((a, b) => (a.record.name < b.record.name ? -1 : 1));
    return this.#sorted;
  }

  cluster(name: string): ClusterStore | undefined {
    return this.#clusters.get(name);
  }

  /** Throws RangeError when the name is taken. */
  addCluster(record: ClusterRecord): Commit {
    if (this.#clusters.has(record.name)) throw new RangeError(`cluster ${record.name} is registered already`);
    this.#clusters.set(record.name, new ClusterTables(record, this.#now, this.#shared));
    this.#sorted = undefined;
    return this.#announce({ cluster: record.name, changes: [], clusterChanged: true, positions: [] });
  }

  /** The cluster and all that is in it; its objects are removals of the commit. */
  removeCluster(name: string): Commit | undefined {
    const tables = this.#clusters.get(name);
    if (tables === undefined) return undefined;
    const changes = new Transaction(tables).run(clearing(tables));
    this.#clusters.delete(name);
    this.#sorted = undefined;
    return this.#announce({ cluster: name, changes, clusterChanged: true, positions: [] });
  }

  /**
   * Carries out the batch as one revision, or nothing at all. Announced before this returns. Undefined, and no
   * revision, when readers could not tell the difference: only versions or positions moved.
   * Throws RangeError, having changed nothing, for an unknown cluster or a record that cannot be kept.
   */
  commit(cluster: string, batch: StoreBatch): Commit | undefined {
    const tables = this.#clusters.get(cluster);
    if (tables === undefined) throw new RangeError(`no cluster ${cluster}`);
    if (batch.record !== undefined && batch.record.name !== cluster) throw new RangeError(`cluster ${cluster} cannot be renamed`);
    const changes = new Transaction(tables).run(batch.operations ?? []);
    for (const position of batch.positions ?? []) tables.positions.set(position.resource, position);
    const clusterChanged = replaceRecord(tables, batch.record);
    if (changes.length === 0 && !clusterChanged) return undefined;
    return this.#announce({ cluster, changes, clusterChanged, positions: positionsOf(tables, changes, batch.positions ?? []) });
  }

  /** Everything held of the cluster is dropped, as removals; the cluster stays. */
  clear(cluster: string, resource?: GroupResource): Commit | undefined {
    const tables = this.#clusters.get(cluster);
    if (tables === undefined) return undefined;
    for (const known of [...tables.positions.keys()]) if (resource === undefined || known === resource) tables.positions.delete(known);
    return this.commit(cluster, { operations: clearing(tables, resource) });
  }

  /** Records of one kind, or events, held of a cluster. */
  objectCount(cluster: string, resource: GroupResource): number {
    const tables = this.#clusters.get(cluster);
    return (resource === 'events' ? tables?.events.size : tables?.collection(resource)?.size) ?? 0;
  }

  /** `listener` hears of every commit after it is readable, synchronously and in order. */
  onCommit(listener: CommitListener): Disposable {
    return this.#listeners.add(listener);
  }

  get listenerFailures(): number {
    return this.#listeners.failures;
  }

  /** Values kept once for many records; for tests of leaks. */
  get internedValues(): number {
    return this.#shared.interning.size + this.#shared.columns.texts.size;
  }

  #announce(commit: Omit<Commit, 'revision'>): Commit {
    this.#revision += 1;
    const announced: Commit = { revision: this.#revision, ...commit };
    this.#listeners.announce(announced);
    return announced;
  }
}

function replaceRecord(tables: ClusterTables, record: ClusterRecord | undefined): boolean {
  if (record === undefined || equalData(tables.record, record)) return false;
  tables.record = record;
  return true;
}

function clearing(tables: ClusterTables, only?: GroupResource): StoreOperation[] {
  const kinds = [...tables.collections()].map((collection) => collection.resource).filter((kind) => only === undefined || kind === only);
  const sweeps = kinds.flatMap((resource): StoreOperation[] => [
    { type: 'sweep', resource, keep: [] },
    { type: 'forget-history', resource },
  ]);
  return only === undefined || only === 'events' ? [...sweeps, { type: 'clear-events' }] : sweeps;
}

/** Where the kinds that the commit touches now are. */
function positionsOf(tables: ClusterTables, changes: readonly Change[], moved: readonly ResourcePosition[]): ResourcePosition[] {
  const found: ResourcePosition[] = [];
  for (const { resource } of changes) addPosition(found, tables, resource);
  for (const { resource } of moved) addPosition(found, tables, resource);
  return found;
}

/** Few kinds are touched at once: a scan is less work than a set. */
function addPosition(found: ResourcePosition[], tables: ClusterTables, resource: GroupResource): void {
  for (const position of found) if (position.resource === resource) return;
  const position = tables.positions.get(resource);
  if (position !== undefined) found.push(position);
}
