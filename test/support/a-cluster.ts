import type { ClusterRecord, ClusterSync } from '../../src/model/cluster.ts';
import type { EventRecord } from '../../src/model/event-record.ts';
import type { ObjectRecord } from '../../src/model/object-record.ts';
import type { ClusterStore } from '../../src/store/graph-store.ts';
import { InMemoryGraphStore } from '../../src/store/in-memory-graph-store.ts';
import { START } from './an-object.ts';

export function aClusterRecord(name = 'dev', sync: Partial<ClusterSync> = {}): ClusterRecord {
  return { name, source: 'SIMULATED', labels: {}, sync: { state: 'LIVE', since: START, resources: [], ...sync } };
}

/** A store that holds the clusters of these records, or "dev" for none. */
export function aStore(
  records: readonly { record(): ObjectRecord }[],
  clusters: readonly ClusterRecord[] = [aClusterRecord()],
): InMemoryGraphStore {
  const store = new InMemoryGraphStore({ now: () => START });
  for (const cluster of clusters) store.addCluster(cluster);
  for (const builder of records) {
    const record = builder.record();
    store.commit(record.cluster, { operations: [{ type: 'put', record }] });
  }
  return store;
}

export function addEvent(store: InMemoryGraphStore, event: EventRecord): void {
  store.commit(event.cluster, { operations: [{ type: 'event', event }] });
}

export function clusterOf(store: InMemoryGraphStore, name = 'dev'): ClusterStore {
  const cluster = store.cluster(name);
  if (cluster === undefined) throw new Error(`no cluster ${name}`);
  return cluster;
}
