import type { EventRecord } from '../model/event-record.ts';
import type { Change } from '../store/commit.ts';
import type { ClusterStore } from '../store/graph-store.ts';
import type { StreamSource } from './stream-source.ts';

/**
 * Kubernetes Events as rows of a stream. They are only ever added, or counted up: that a ring forgets one is no
 * removal. A stream remembers as many of a cluster as a ring holds and as many again.
 */
export const EVENT_ROWS: StreamSource<EventRecord> = {
  resources: ['events'],
  follows: ['events'],
  remembered: 2_000,
  key: (event) => event.uid,
  identity: ({ cluster, namespace, name, uid }) => ({ cluster, resource: 'events', namespace, name, uid }),
  *rows(cluster, namespace) {
    for (const event of cluster.events.all()) if (namespace === undefined || event.namespace === namespace) yield event;
  },
  find(cluster, uid) {
    // Newest first, and it is nearly always one of the newest that is asked for.
    for (const event of cluster.events.all()) if (event.uid === uid) return event;
    return undefined;
  },
  own: (change: Change) => ('event' in change ? { key: change.event.uid, after: change.event } : undefined),
  namespaces: (cluster: ClusterStore) => new Set([...cluster.events.all()].map((event) => event.namespace)),
};
