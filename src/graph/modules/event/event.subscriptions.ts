import { EVENT_ROWS } from '../../../feed/event-rows.ts';
import type { EventRecord } from '../../../model/event-record.ts';
import { builder } from '../../builder.ts';
import { namesInScope } from '../../cluster-scope.ts';
import { Event } from '../../refs.ts';
import { openStream } from '../../streams.ts';
import { clustersArg, filterArg, namespaceArg } from '../lists.ts';
import { defineStream, streamArgs } from '../stream/stream.type.ts';
import { eventFilter } from './event.list.ts';

const EventStream = defineStream('Event', 'event', Event);

builder.subscriptionField('eventChanges', (t) =>
  t.field({
    type: EventStream,
    description: 'Events as they come and are counted up. An event that only grows old is not REMOVED.',
    args: { ...clustersArg, ...namespaceArg, ...filterArg(eventFilter), ...streamArgs },
    subscribe: (_root, { clusters, namespace, filter, ...args }, ctx) => {
      const { matches } = eventFilter.compile(filter);
      return openStream<EventRecord>(
        ctx,
        {
          source: EVENT_ROWS,
          clustersInScope: namesInScope(ctx.store, clusters),
          namespace,
          matches: (event) => matches(event, ctx),
          binding: ['eventChanges', clusters, namespace, filter],
        },
        args,
      );
    },
    resolve: (message) => message,
  }),
);
