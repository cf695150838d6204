import type { KubeObject } from '../../model/kube-object.ts';
import { collectionOf } from '../resources/resource-definition.ts';
import { tooLargeResourceVersion } from '../status.ts';
import { listPage, type Page, type PageQuery } from '../store/list-pages.ts';
import { openWatch, type WatchQuery } from '../store/open-watch.ts';
import { parseRevision } from '../store/revisions.ts';
import { type SelectionQuery, selectionOf } from '../store/selection.ts';
import type { Watcher } from '../store/watcher.ts';
import { presented, type ServerContext, storedObject, type Target } from './target.ts';

/** Objects that these functions answer are frozen and shared with the store. */
export function getObject(context: ServerContext, target: Target, resourceVersion?: string): KubeObject {
  const asked = parseRevision(resourceVersion);
  if (asked !== undefined && asked > context.store.revision) throw tooLargeResourceVersion(asked, context.store.revision);
  return presented(target.served, storedObject(context, target));
}

export type ListQuery = Omit<SelectionQuery, 'namespace'> & PageQuery;

export function listObjects(context: ServerContext, target: Target, query: ListQuery): Page {
  const { definition, version } = target.served;
  const selection = selectionOf(definition, version, { ...query, namespace: target.namespace });
  const page = listPage(context.store, collectionOf(definition), selection, query);
  return { ...page, items: page.items.map((object) => presented(target.served, object)) };
}

export type WatchRequest = Omit<SelectionQuery, 'namespace'> & WatchQuery;

/** Events carry objects at the storage version: pass them through `presented`. */
export function watchObjects(context: ServerContext, target: Target, query: WatchRequest): Watcher {
  const { definition, version } = target.served;
  const selection = selectionOf(definition, version, { ...query, namespace: target.namespace });
  return openWatch({ store: context.store, hub: context.hub, collection: collectionOf(definition), selection }, query);
}
