import type { EventRecord } from '../../../model/event-record.ts';
import type { ObjectRecord } from '../../../model/object-record.ts';
import { clusterOf } from '../../cluster-of.ts';
import { onlyCluster } from '../../cluster-scope.ts';
import type { Connection } from '../../connection.ts';
import { defineConnection } from '../../connection-type.ts';
import type { GraphContext } from '../../context.ts';
import { defineFilter, stringField } from '../../filters.ts';
import { listVisible } from '../../listing.ts';
import type { MaybePromise } from '../../maybe-promise.ts';
import { defineOrder } from '../../orders.ts';
import { Event } from '../../refs.ts';
import { eventShelf, partOfShelf } from '../../shelves.ts';

export const EventConnection = defineConnection('Event', Event, 'events');

export const eventFilter = defineFilter<EventRecord>(
  'Event',
  {
    type: stringField({ description: 'Normal or Warning.' }, ({ type }) => type),
    reason: stringField({ description: 'CamelCase code, e.g. BackOff.' }, ({ reason }) => reason),
    kind: stringField({ description: 'Kind of the object that the event is about.' }, ({ regarding }) => regarding.kind),
    name: stringField({ description: 'Name of the object that the event is about.' }, ({ regarding }) => regarding.name),
  },
  'flat',
);

export const eventOrder = defineOrder<EventRecord>('Event', {
  fields: { LAST_SEEN_AT: { description: 'When it was last seen.', of: ({ lastSeenAt }) => lastSeenAt } },
  key: [({ cluster }) => cluster, ({ namespace }) => namespace, ({ name }) => name, ({ uid }) => uid],
  keyText: 'cluster, namespace, name, uid',
  otherwise: [{ field: 'LAST_SEEN_AT', direction: 'DESC' }],
});

/** The latest first. */
export function eventsRegarding(
  ctx: GraphContext,
  object: ObjectRecord,
  first: number | null | undefined,
): MaybePromise<Connection<EventRecord>> {
  const cluster = clusterOf(ctx, object);
  const shelves = () => [partOfShelf(eventShelf(cluster), () => cluster.events.regarding(object.uid))];
  return listVisible(ctx, { scope: onlyCluster(cluster), shelves }, eventOrder.sorting(undefined), { first: first ?? EVENTS_OF_ONE });
}

const EVENTS_OF_ONE = 20;
