import type { GroupResource } from '../../model/resource.ts';
import { tooLargeResourceVersion } from '../status.ts';
import type { ObjectStore } from './object-store.ts';
import { listOptionError, parseRevision } from './revisions.ts';
import type { Selection } from './selection.ts';
import type { WatchHub } from './watch-hub.ts';
import type { Watcher } from './watcher.ts';

export interface WatchQuery {
  readonly resourceVersion?: string | undefined;
  readonly resourceVersionMatch?: string | undefined;
  readonly timeoutSeconds?: number | undefined;
  readonly allowWatchBookmarks?: boolean | undefined;
  readonly sendInitialEvents?: boolean | undefined;
  /** Default 10,000 events. */
  readonly maxPending?: number | undefined;
}

/** Where a watch takes place. */
export interface WatchScope {
  readonly store: ObjectStore;
  readonly hub: WatchHub;
  readonly collection: GroupResource;
  readonly selection: Selection;
}

/**
 * Starts a watch. Without a version, or from "0", the present objects come first as added. With `sendInitialEvents`
 * they do too, and a bookmark marked as the end of them follows. Throws 410 when the version has left the history.
 */
export function openWatch(scope: WatchScope, query: WatchQuery): Watcher {
  checkInitialEvents(query);
  const asked = parseRevision(query.resourceVersion);
  const startsWithState =
    query.sendInitialEvents === true || (query.sendInitialEvents === undefined && (asked === undefined || asked === 0));
  if (startsWithState) return watchFromState(scope, query, asked ?? 0);
  return watchFromRevision(scope, query, asked === undefined || asked === 0 ? scope.store.revision : asked);
}

function checkInitialEvents({ sendInitialEvents, resourceVersionMatch }: WatchQuery): void {
  if (sendInitialEvents === undefined && resourceVersionMatch) {
    throw listOptionError(
      'resourceVersionMatch',
      'Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
      'FieldValueForbidden',
    );
  }
  if (sendInitialEvents !== undefined && resourceVersionMatch !== 'NotOlderThan') {
    throw listOptionError(
      'resourceVersionMatch',
      'Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan',
      'FieldValueForbidden',
    );
  }
}

function watchFromState(scope: WatchScope, query: WatchQuery, notOlderThan: number): Watcher {
  const { store, collection, selection } = scope;
  if (notOlderThan > store.revision) throw tooLargeResourceVersion(notOlderThan, store.revision);
  const objects = [...store.entries(collection, selection.namespace)]
    .map(({ object }) => object)
    .filter((object) => selection.matches(object));
  const watcher = open(scope, query, { fromRevision: store.revision, initialEvents: objects.length + 1 });
  for (const object of objects) watcher.push({ type: 'added', object });
  if (query.sendInitialEvents === true && query.allowWatchBookmarks === true)
    watcher.push({ type: 'bookmark', revision: store.revision, endsInitialEvents: true });
  return watcher;
}

function watchFromRevision(scope: WatchScope, query: WatchQuery, fromRevision: number): Watcher {
  const missed = fromRevision >= scope.store.revision ? [] : scope.store.changesSince(scope.collection, fromRevision);
  const watcher = open(scope, query, { fromRevision, initialEvents: missed.length });
  for (const change of missed) watcher.offer(change);
  return watcher;
}

/** What a watch begins with never counts as the reader being slow. */
function open(
  { hub, collection, selection }: WatchScope,
  query: WatchQuery,
  { fromRevision, initialEvents }: { fromRevision: number; initialEvents: number },
): Watcher {
  const maxPending = (query.maxPending ?? 10_000) + initialEvents;
  const wantsBookmarks = query.allowWatchBookmarks === true;
  const timeoutMs = query.timeoutSeconds === undefined || query.timeoutSeconds <= 0 ? undefined : query.timeoutSeconds * 1000;
  return hub.open({ collection, selection, fromRevision, wantsBookmarks, maxPending }, timeoutMs);
}
