import type { EventRecord } from '../model/event-record.ts';
import type { ObjectRecord } from '../model/object-record.ts';
import type { GraphContext } from './context.ts';
import { resourceOfKind } from './kinds.ts';
import type { MaybePromise } from './maybe-promise.ts';
import type { Reference } from './refs.ts';

export function referenceOfEvent({ cluster, regarding }: EventRecord): Reference {
  const resource = resourceOfKind(regarding);
  return { cluster, ...regarding, ...(resource === undefined ? {} : { resource }) };
}

export function objectOfReference(ctx: GraphContext, { cluster: name, resource, uid }: Reference): MaybePromise<ObjectRecord | undefined> {
  const cluster = ctx.store.cluster(name);
  if (cluster === undefined || resource === undefined || uid === undefined) return undefined;
  return ctx.visible.one(cluster, cluster.byUid(resource, uid));
}
