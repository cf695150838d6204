import { builder } from '../../builder.ts';
import { clustersInScope } from '../../cluster-scope.ts';
import { listVisible } from '../../listing.ts';
import { eventShelf } from '../../shelves.ts';
import { clustersArg, filterArg, namespaceArg, orderArg, pageArgs } from '../lists.ts';
import { EventConnection, eventFilter, eventOrder } from './event.list.ts';

builder.queryField('events', (t) =>
  t.field({
    type: EventConnection,
    description: 'Events of the fleet, the latest first: those of the last hour, at most 1,000 for each cluster.',
    args: { ...clustersArg, ...namespaceArg, ...filterArg(eventFilter), ...orderArg(eventOrder), ...pageArgs },
    resolve: (_root, { clusters, namespace, filter, orderBy, ...page }, ctx) => {
      const reading = { scope: clustersInScope(ctx, clusters), shelves: eventShelves, namespace, filter: eventFilter.compile(filter) };
      return listVisible(ctx, reading, eventOrder.sorting(orderBy), page);
    },
  }),
);

const eventShelves = (cluster: Parameters<typeof eventShelf>[0]) => [eventShelf(cluster)];
