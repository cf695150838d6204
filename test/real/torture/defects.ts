import { projectorFor } from '../../../src/fleet/projector.ts';
import type { ApiServer } from '../../../src/kube/api-server.ts';
import type { WatchEvent } from '../../../src/kube/watch-event.ts';
import type { PodRecord } from '../../../src/model/pod-record.ts';
import type { Commit } from '../../../src/store/commit.ts';
import type { InMemoryGraphStore } from '../../../src/store/in-memory-graph-store.ts';
import type { StoreBatch } from '../../../src/store/store-batch.ts';
import type { Defects } from './followed-cluster.ts';

type ObjectEvent = Exclude<WatchEvent, { readonly type: 'bookmark' }>;

/** Some events of the watch of pods are lost, as if they had never come; what is listed is not. */
export function losing(isLost: (event: ObjectEvent) => boolean): Defects {
  return { apiServer: (apiServer) => watchingPodsThrough(apiServer, (events) => without(isLost, events)) };
}

async function* without(isLost: (event: ObjectEvent) => boolean, events: AsyncIterable<WatchEvent>): AsyncIterable<WatchEvent> {
  let isListed = false;
  for await (const event of events) {
    if (event.type === 'bookmark') isListed ||= event.endsInitialEvents === true;
    if (event.type === 'bookmark' || !isListed || !isLost(event)) yield event;
  }
}

/** What a complete list does not name stays. */
export const neverSweeping: Defects = {
  store: (store) =>
    committingThrough(store, (batch, commit) =>
      commit({ ...batch, operations: (batch.operations ?? []).filter(({ type }) => type !== 'sweep') }),
    ),
};

/** The position moves before what it stands for is in the store: by so long that who looks at once, slowly, still sees it. */
export const movingTooEarly: Defects = {
  store: (store) =>
    committingThrough(store, (batch, commit) => {
      const { operations = [], ...rest } = batch;
      setTimeout(() => commit({ operations }), 5_000);
      return commit(rest);
    }),
};

/** One field of one record is not what the server said. */
export function misreading(name: string): Defects {
  return {
    projectorFor: (resource, flaw) => {
      const project = projectorFor(resource, flaw);
      if (project === undefined || resource !== 'pods') return project;
      return (object, cluster) => {
        const record = project(object, cluster) as PodRecord;
        return record.name === name ? { ...record, restarts: record.restarts + 1 } : record;
      };
    },
  };
}

function watchingPodsThrough(apiServer: ApiServer, through: (events: AsyncIterable<WatchEvent>) => AsyncIterable<WatchEvent>): ApiServer {
  const watch: ApiServer['watch'] = (resource, options) => {
    const events = apiServer.watch(resource, options);
    return resource.resource === 'pods' ? through(events) : events;
  };
  return delegating(apiServer, { watch });
}

type CommitInstead = (batch: StoreBatch, commit: (batch: StoreBatch) => Commit | undefined) => Commit | undefined;

function committingThrough(store: InMemoryGraphStore, instead: CommitInstead): InMemoryGraphStore {
  const commit: InMemoryGraphStore['commit'] = (cluster, batch) => instead(batch, (changed) => store.commit(cluster, changed));
  return delegating(store, { commit });
}

/** `object`, with some of its methods replaced; the others still act on `object` itself. */
function delegating<T extends object>(object: T, replaced: Partial<T>): T {
  return new Proxy(object, {
    get: (target, key) => {
      const value: unknown = Reflect.get(replaced, key) ?? Reflect.get(target, key);
      return typeof value === 'function' && !Object.hasOwn(replaced, key) ? value.bind(target) : value;
    },
  });
}
