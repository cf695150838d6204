import type { LabelSelector } from '../../model/label-selector.ts';
import { builder } from '../builder.ts';
import { ClusterSelector } from '../cluster-scope.ts';
import type { Connection, PageArguments } from '../connection.ts';
import type { GraphContext } from '../context.ts';
import type { Filter, FilterInput } from '../filters.ts';
import { listVisible, type Reading } from '../listing.ts';
import type { MaybePromise } from '../maybe-promise.ts';
import type { Order, OrderInput } from '../orders.ts';

/** Arguments that lists share, each described once. */
export const clustersArg = builder.args((t) => ({
  clusters: t.field({ type: ClusterSelector, description: 'Clusters to look at; all that the viewer may see if absent.' }),
}));

export const namespaceArg = builder.args((t) => ({
  namespace: t.string({ description: 'Only objects of this namespace.' }),
}));

export const labelSelectorArg = builder.args((t) => ({
  labelSelector: t.field({ type: 'LabelSelector', description: 'Only objects whose own labels fit.' }),
}));

export const pageArgs = builder.args((t) => ({
  first: t.int({ defaultValue: 50, description: 'Rows wanted, 1 to 500.' }),
  after: t.string({ description: 'Cursor of the row to go on after: `pageInfo.endCursor` of the page before, in the same order.' }),
}));

export function filterArg<R>(filter: Filter<R>) {
  return builder.args((t) => ({ filter: t.field({ type: filter.ref, description: 'Only rows that fulfil these conditions.' }) }));
}

export function orderArg<R>(order: Order<R>) {
  return builder.args((t) => ({
    orderBy: t.field({ type: [order.ref], description: 'Criteria, the most important first; the key decides between equal rows.' }),
  }));
}

/** What the lists of one noun have in common. */
export interface ListKind<R> {
  readonly filter: Filter<R>;
  readonly order: Order<R>;
}

export function listArgs<R>({ filter, order }: ListKind<R>) {
  return { ...filterArg(filter), ...labelSelectorArg, ...orderArg(order), ...pageArgs };
}

export interface ListArguments extends PageArguments {
  readonly filter?: FilterInput | null | undefined;
  readonly labelSelector?: LabelSelector | null | undefined;
  readonly orderBy?: readonly OrderInput[] | null | undefined;
}

/** A connection over what may be seen of `reading`, as the arguments of the field say. */
export function listBy<R extends object>(
  ctx: GraphContext,
  kind: ListKind<R>,
  reading: Omit<Reading<R>, 'filter' | 'labelSelector'>,
  args: ListArguments,
): MaybePromise<Connection<R>> {
  const { filter, labelSelector, orderBy, first, after } = args;
  return listVisible(ctx, { ...reading, filter: kind.filter.compile(filter), labelSelector }, kind.order.sorting(orderBy), {
    first,
    after,
  });
}
