import type { InterfaceRef, ObjectRef } from '@pothos/core';
import type {
  ChangeType as Change,
  ObjectIdentity,
  StreamPhase as Phase,
  StreamChange,
  StreamMessage,
} from '../../../feed/stream-message.ts';
import { builder, type Schema } from '../../builder.ts';
import { clusterOf } from '../../cluster-of.ts';
import type { GraphContext } from '../../context.ts';
import { describedEnum } from '../../enum-values.ts';
import { objectId } from '../../global-id.ts';
import { Cluster } from '../../refs.ts';

const StreamPhase = builder.enumType('StreamPhase', {
  description: 'What a message of a stream is. Values may be added.',
  values: describedEnum<Phase>({
    SNAPSHOT: 'A page of what is there.',
    SYNCED: 'All that was there has been told.',
    CHANGES: 'What changed.',
    RESYNC: 'Continuity was lost; a new snapshot follows.',
    FRESHNESS: 'Some cluster became stale or live again.',
    CLOSING: 'The stream completes after this; resume elsewhere.',
  }),
});

const ChangeType = builder.enumType('ChangeType', {
  description: 'What became of an object in a stream.',
  values: describedEnum<Change>({
    ADDED: 'New to this stream.',
    MODIFIED: 'Changed.',
    REMOVED:
      'Deleted, no longer matching or no longer visible, not told apart on purpose. Take the row out of this list; never delete the record from a normalised cache.',
  }),
});

/** Arguments that every stream takes. */
export const streamArgs = builder.args((t) => ({
  resume: t.string({
    description: 'The last `resumeToken` of an earlier stream of the same field, selectors and filter: what was missed since comes first.',
  }),
  snapshot: t.boolean({ defaultValue: true, description: 'Begin with what is there. False: only changes.' }),
}));

type RowRef<R> = ObjectRef<Schema, R> | InterfaceRef<Schema, R>;

/** The types `<noun>Stream` and `<noun>Change`; the row of a change is in `field`. */
export function defineStream<R extends object>(
  noun: string,
  field: string,
  row: RowRef<R>,
  idOfRow: (identity: ObjectIdentity) => string = objectId,
): ObjectRef<Schema, StreamMessage<R>> {
  const change = defineChange(noun, field, row, idOfRow);
  const stream = builder.objectRef<StreamMessage<R>>(`${noun}Stream`);
  stream.implement({
    description: 'One message of a stream; its life is described at the type Subscription.',
    fields: (t) => ({
      phase: t.field({ type: StreamPhase, description: 'What the message is.', resolve: ({ phase }) => phase }),
      changes: t.field({
        type: [change],
        description: 'Objects that came, changed or went; each at most once.',
        resolve: ({ changes }) => changes,
      }),
      resumeToken: t.string({
        nullable: true,
        description:
          'A position; hand it back as `resume`. On SYNCED and CLOSING, and at most once a second with CHANGES; null between: keep the last. Valid on any replica, for the same root field, selectors and filter (not the selection), for at least 5 minutes. Rights are asked anew.',
        resolve: ({ resumeToken }) => resumeToken,
      }),
      conflated: t.int({
        description: 'Updates merged away since the last message because the reader was slow.',
        resolve: ({ conflated }) => conflated,
      }),
      staleClusters: t.field({
        type: [Cluster],
        nullable: true,
        description: 'On SYNCED and FRESHNESS: the whole list, [] when all are live. Null: unchanged.',
        resolve: ({ staleClusters }, _args, ctx) => staleClusters && named(ctx, staleClusters),
      }),
      resyncClusters: t.field({
        type: [Cluster],
        nullable: true,
        description: 'On RESYNC: the clusters that lost continuity. Null: all.',
        resolve: ({ resyncClusters }, _args, ctx) => resyncClusters && named(ctx, resyncClusters),
      }),
    }),
  });
  return stream;
}

const named = (ctx: GraphContext, names: readonly string[]) => names.map((cluster) => clusterOf(ctx, { cluster }));

function defineChange<R extends object>(
  noun: string,
  field: string,
  row: RowRef<R>,
  idOfRow: (identity: ObjectIdentity) => string,
): ObjectRef<Schema, StreamChange<R>> {
  const change = builder.objectRef<StreamChange<R>>(`${noun}Change`);
  change.implement({
    description: 'What became of one object.',
    fields: (t) => ({
      type: t.field({ type: ChangeType, description: 'What became of it.', resolve: ({ type }) => type }),
      id: t.id({ description: 'Its global id.', resolve: ({ identity }) => idOfRow(identity) }),
      cluster: t.field({
        type: Cluster,
        description: 'Cluster that it lives or lived in.',
        resolve: (each, _args, ctx) => clusterOf(ctx, each),
      }),
      [field]: t.field({
        type: row as unknown as ObjectRef<Schema, object>,
        nullable: true,
        description: 'The object as it is now; null on REMOVED.',
        resolve: ({ record }): object | undefined => record,
      }),
    }),
  });
  return change;
}
