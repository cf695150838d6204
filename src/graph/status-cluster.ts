import { isVisible, type Visibility } from '../auth/access.ts';
import type { EventRecord } from '../model/event-record.ts';
import type { ObjectRecord } from '../model/object-record.ts';
import type { PodRecord } from '../model/pod-record.ts';
import type { GroupResource } from '../model/resource.ts';
import type { ClusterStore, Collection, EventRing, OwnedCollection, PodCollection } from '../store/graph-store.ts';
import { ALL_REVISIONS } from './kinds.ts';
import { EVENTS } from './shelves.ts';

/** Kinds from which the state of pods and workloads is derived. */
export const STATUS_READS: readonly GroupResource[] = ['pods', 'nodes', ...ALL_REVISIONS, EVENTS];

/**
 * The cluster as somebody may see it, for what is derived of these kinds: so that a state tells nothing of
 * hidden objects. The cluster itself where all of them may be seen.
 */
export function statusCluster(cluster: ClusterStore, visibilityOf: (resource: GroupResource) => Visibility): ClusterStore {
  if (STATUS_READS.every((resource) => visibilityOf(resource).everything)) return cluster;
  const { record, namespaces, pods, nodes, replicaSets, controllerRevisions, events } = cluster;
  return {
    record,
    namespaces,
    workloads: (kind) => cluster.workloads(kind),
    byUid: (resource, uid) => cluster.byUid(resource, uid),
    position: (resource) => cluster.position(resource),
    pods: visiblePods(pods, visibilityOf(pods.resource)),
    nodes: visibleCollection(nodes, visibilityOf(nodes.resource)),
    replicaSets: visibleOwned(replicaSets, visibilityOf(replicaSets.resource)),
    controllerRevisions: visibleOwned(controllerRevisions, visibilityOf(controllerRevisions.resource)),
    events: visibleEvents(events, visibilityOf(EVENTS)),
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
  const shown = (found: Iterable<PodRecord>) => Iterator.from(found).filter(({ namespace }) => isVisible(visibility, namespace));
  const count = (found: Iterator<PodRecord>) => Iterator.from(found).reduce((sum) => sum + 1, 0);
  const onNode = (name: string) => shown(pods.onNode(name));
  const withStatus = (status: string) => shown(pods.withStatus(status));
  return Object.assign(visibleOwned(pods, visibility), {
    onNode,
    countOnNode: (name: string) => count(onNode(name)),
    withLabel: (key: string, value: string) => shown(pods.withLabel(key, value)),
    withStatus,
    countWithStatus: (status: string) => count(withStatus(status)),
  });
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
