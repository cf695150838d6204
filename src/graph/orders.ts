import type { InputRef } from '@pothos/core';
import { builder } from './builder.ts';
import { badInput } from './errors.ts';
import { type Sorting, type SortValue, sortingBy } from './sorting.ts';

const OrderDirection = builder.enumType('OrderDirection', {
  description: 'Which end comes first. Absent values come last in either direction.',
  values: {
    ASC: { description: 'Smallest, oldest or first in the alphabet first.' },
    DESC: { description: 'Largest, newest or last in the alphabet first.' },
  } as const,
});

export interface OrderField<R> {
  readonly description: string;
  readonly of: (row: R) => SortValue;
}

export interface OrderInput {
  readonly field: string;
  readonly direction: 'ASC' | 'DESC';
}

export interface Order<R> {
  readonly ref: InputRef<OrderInput>;
  /** Throws BAD_USER_INPUT. Without `orderBy`: by the default, else by the key alone. */
  sorting(orderBy: readonly OrderInput[] | null | undefined): Sorting<R>;
}

interface OrderDetail<R> {
  readonly fields: Readonly<Record<string, OrderField<R>>>;
  /** Getters of the key that is unique in a list, always the last criterion, ascending. */
  readonly key: readonly ((row: R) => SortValue)[];
  /** In words, for the description. */
  readonly keyText: string;
  readonly otherwise?: readonly OrderInput[];
}

const MAX_ORDERS = 8;

/** The input type `<noun>Order` and the enum `<noun>OrderField`. */
export function defineOrder<R>(noun: string, detail: OrderDetail<R>): Order<R> {
  const fieldValues = Object.fromEntries(
    Object.entries(detail.fields).map(([name, { description }]) => [name, { description, value: name }]),
  );
  const fields = builder.enumType(`${noun}OrderField`, { description: 'What to sort by.', values: fieldValues });
  const ref = builder.inputRef<OrderInput>(`${noun}Order`).implement({
    description: `One criterion of an order. The key (${detail.keyText}, ascending) is always the last criterion.`,
    fields: (t) => ({
      field: t.field({ type: fields, required: true, description: 'What to sort by.' }),
      direction: t.field({ type: OrderDirection, required: true, defaultValue: 'ASC', description: 'Which end comes first.' }),
    }),
  });
  return { ref, sorting: (orderBy) => sortingOf(noun, detail, orderBy ?? detail.otherwise ?? []) };
}

function sortingOf<R>(noun: string, { fields, key }: OrderDetail<R>, orderBy: readonly OrderInput[]): Sorting<R> {
  if (orderBy.length > MAX_ORDERS) throw badInput('orderBy', `at most ${MAX_ORDERS} criteria`);
  const keys = orderBy.map(({ field, direction }) => {
    const found = fields[field];
    if (found === undefined) throw badInput('orderBy', `there is no field ${field}`);
    return { name: field, of: found.of, descending: direction === 'DESC' };
  });
  return sortingBy(noun, keys, key);
}
