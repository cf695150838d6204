import type { InterfaceRef, ObjectRef } from '@pothos/core';
import { builder, type Schema } from './builder.ts';
import type { Connection } from './connection.ts';
import { ClusterPart } from './refs.ts';

const PageInfo = builder.objectRef<Connection<object>>('PageInfo').implement({
  description: 'Where a page lies in its list.',
  fields: (t) => ({
    hasNextPage: t.boolean({ description: 'There are rows after this page.', resolve: ({ page }) => page.hasNextPage }),
    hasPreviousPage: t.boolean({ description: 'There are rows before this page.', resolve: ({ page }) => page.hasPreviousPage }),
    startCursor: t.string({
      nullable: true,
      description: 'Cursor of the first row; null on an empty page.',
      resolve: (list) => edgeCursor(list, 0),
    }),
    endCursor: t.string({
      nullable: true,
      description: 'Cursor of the last row: hand it back as `after` for the next page. Null on an empty page.',
      resolve: (list) => edgeCursor(list, -1),
    }),
  }),
});

function edgeCursor(list: Connection<object>, index: number): string | undefined {
  const { rows } = list.page;
  const row = rows.at(index);
  return row === undefined ? undefined : list.cursorOf(row);
}

interface Edge {
  readonly node: object;
  readonly list: Connection<object>;
}

/** The types `<noun>Connection` and `<noun>Edge`, shared by all lists of the noun. */
export function defineConnection<R extends object>(
  noun: string,
  node: ObjectRef<Schema, R> | InterfaceRef<Schema, R>,
  rows: string,
): ObjectRef<Schema, Connection<R>> {
  const edge = builder.objectRef<Edge>(`${noun}Edge`);
  const connection = builder.objectRef<Connection<object>>(`${noun}Connection`);
  const nodeType = node as unknown as ObjectRef<Schema, object>;
  edge.implement({
    description: 'One row of a page with its position.',
    fields: (t) => ({
      cursor: t.string({
        description: 'Position of the row: as `after` it gives the rows that follow.',
        resolve: (row) => row.list.cursorOf(row.node),
      }),
      node: t.field({ type: nodeType, description: 'The row itself.', resolve: (row) => row.node }),
    }),
  });
  connection.implement({
    description: `One page of a list of ${rows}.`,
    fields: (t) => ({
      edges: t.field({
        type: [edge],
        description: 'The rows of the page, each with its cursor.',
        resolve: (list) => list.page.rows.map((row) => ({ node: row, list })),
      }),
      nodes: t.field({ type: [nodeType], description: 'The rows of the page.', resolve: (list) => list.page.rows }),
      pageInfo: t.field({ type: PageInfo, description: 'Where the page lies in the list.', resolve: (list) => list }),
      totalCount: t.int({
        nullable: true,
        description: 'Rows of the whole list that the viewer may see. Computed only when selected. Null where it cannot be known.',
        resolve: (list) => list.page.totalCount,
      }),
      parts: t.field({
        type: [ClusterPart],
        description: 'Clusters in scope whose part is missing or old. Empty: the answer is whole.',
        resolve: (list) => list.parts,
      }),
    }),
  });
  return connection as unknown as ObjectRef<Schema, Connection<R>>;
}
