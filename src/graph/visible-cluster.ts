import { isVisible, type Visibility } from '../auth/access.ts';
import type { EventRecord } from '../model/event-record.ts';
import type { ObjectRecord } from '../model/object-record.ts';
import type { GroupResource } from '../model/resource.ts';
import { WORKLOAD_KINDS } from '../model/workload-record.ts';
import type { ClusterStore, Collection, EventRing, OwnedCollection, PodCollection } from '../store/graph-store.ts';
import { ALL_REVISIONS, ALL_WORKLOADS } from './kinds.ts';
import { EVENTS } from './shelves.ts';

/** Kinds from which the state of pods and workloads is derived. */
export const STATUS_READS: readonly GroupResource[] = ['pods', 'nodes', ...ALL_REVISIONS, EVENTS];
export const ALL_READS: readonly GroupResource[] = [...STATUS_READS, ...ALL_WORKLOADS];

/**
 * The cluster as somebody may see it: what is derived from it tells nothing of hidden objects. The cluster
 * itself where everything may be seen.
 */
export function visibleCluster(cluster: ClusterStore, visibilityOf: (resource: GroupResource) => Visibility): ClusterStore {
  if (ALL_READS.every((resource) => visibilityOf(resource).everything)) return cluster;
  const owned = <R extends ObjectRecord>(collection: OwnedCollection<R>) => visibleOwned(collection, visibilityOf(collection.resource));
  const workloads = new Map(
    WORKLOAD_KINDS.map((kind) => [kind, visibleCollection(cluster.workloads(kind), visibilityOf(cluster.workloads(kind).resource))]),
  );
  return {
    record: cluster.record,
    pods: visiblePods(cluster.pods, visibilityOf('pods')),
    nodes: visibleCollection(cluster.nodes, visibilityOf('nodes')),
    namespaces: visibleCollection(cluster.namespaces, visibilityOf('namespaces')),
    workloads: (kind) => workloads.get(kind) ?? cluster.workloads(kind),
    replicaSets: owned(cluster.replicaSets),
    controllerRevisions: owned(cluster.controllerRevisions),
    events: visibleEvents(cluster.events, visibilityOf(EVENTS)),
    byUid: (resource, uid) => {
      const object = cluster.byUid(resource, uid);
      return object !== undefined && isVisible(visibilityOf(resource), object.namespace) ? object : undefined;
    },
    position: (resource) => cluster.position(resource),
  };
}

function visibleCollection<R extends ObjectRecord>(collection: Collection<R>, visibility: Visibility): Collection<R> {
  const isShown = (row: R) => isVisible(visibility, row.namespace);
  const shown = (row: R | undefined) => (row !== undefined && isShown(row) ? row : undefined);
  return {
    resource: collection.resource,
    get size() {
      return Iterator.from(collection.all())
        .filter(isShown)
        .reduce((count) => count + 1, 0);
    },
    get: (namespace, name) => shown(collection.get(namespace, name)),
    byUid: (uid) => shown(collection.byUid(uid)),
    all: () => Iterator.from(collection.all()).filter(isShown),
    inNamespace: (namespace) => (isVisible(visibility, namespace) ? collection.inNamespace(namespace) : []),
    namespaces: () => Iterator.from(collection.namespaces()).filter((namespace) => isVisible(visibility, namespace)),
  };
}

function visibleOwned<R extends ObjectRecord>(collection: OwnedCollection<R>, visibility: Visibility): OwnedCollection<R> {
  const ownedBy = (uid: string) => Iterator.from(collection.ownedBy(uid)).filter(({ namespace }) => isVisible(visibility, namespace));
  return Object.assign(visibleCollection(collection, visibility), { ownedBy });
}

function visiblePods(pods: PodCollection, visibility: Visibility): PodCollection {
  const onNode = (name: string) => Iterator.from(pods.onNode(name)).filter(({ namespace }) => isVisible(visibility, namespace));
  const countOnNode = (name: string) => onNode(name).reduce((count) => count + 1, 0);
  return Object.assign(visibleOwned(pods, visibility), { onNode, countOnNode });
}

function visibleEvents(events: EventRing, visibility: Visibility): EventRing {
  const isShown = ({ namespace }: EventRecord) => isVisible(visibility, namespace);
  return {
    get size() {
      return Iterator.from(events.all())
        .filter(isShown)
        .reduce((count) => count + 1, 0);
    },
    all: () => Iterator.from(events.all()).filter(isShown),
    regarding: (uid) => Iterator.from(events.regarding(uid)).filter(isShown),
  };
}
