import type { OperationRecord } from '../../../commands/operation.ts';
import { builder } from '../../builder.ts';
import { Connection } from '../../connection.ts';
import { defineConnection } from '../../connection-type.ts';
import { defineFilter, stringField } from '../../filters.ts';
import { whenReady } from '../../maybe-promise.ts';
import { visibleOperations } from '../../operations.ts';
import { Operation } from '../../refs.ts';
import { sortingBy } from '../../sorting.ts';
import { filterArg, pageArgs } from '../lists.ts';

const OperationConnection = defineConnection('Operation', Operation, 'operations');

const operationFilter = defineFilter<OperationRecord>(
  'Operation',
  {
    mutation: stringField({ description: 'Name of the Mutation field.' }, ({ mutation }) => mutation),
    actor: stringField({ description: 'User name of who asked.' }, ({ actor }) => actor),
  },
  'flat',
);

const NEWEST_FIRST = sortingBy<OperationRecord>('Operation', [{ name: 'AT', of: ({ at }) => at, descending: true }], [({ id }) => id]);

builder.queryField('operations', (t) =>
  t.field({
    type: OperationConnection,
    nullable: true,
    description:
      'What was asked for by mutation, newest first, as far as the viewer asked for it or may see what it is about. Kept by the hub for a day; dry runs only in the memory of the gateway that answered them.',
    args: { ...filterArg(operationFilter), ...pageArgs },
    resolve: (_root, { filter, ...page }, ctx) => {
      const { matches } = operationFilter.compile(filter);
      return whenReady(visibleOperations(ctx), (visible) => {
        const rows = visible.filter((operation) => matches(operation, ctx));
        return new Connection(ctx, () => rows, { sorting: NEWEST_FIRST, page, parts: () => [] });
      });
    },
  }),
);
