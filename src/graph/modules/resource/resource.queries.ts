import { builder } from '../../builder.ts';
import { badInput } from '../../errors.ts';
import { allReady, whenReady } from '../../maybe-promise.ts';
import { nodeById } from '../../node-lookup.ts';
import { Node } from '../../refs.ts';

const MAX_IDS = 500;

builder.queryFields((t) => ({
  node: t.field({
    type: Node,
    nullable: true,
    description: 'Whatever has this id; null when it is gone, may not be seen, or the text is no id.',
    args: { id: t.arg.id({ required: true, description: 'A global id.' }) },
    resolve: (_root, { id }, ctx) => nodeById(ctx, id),
  }),
  nodes: t.field({
    type: [Node],
    nullable: { list: false, items: true },
    description: 'Whatever has these ids, in the order asked for; null in the place of what is gone or may not be seen.',
    args: { ids: t.arg.idList({ required: true, description: 'Global ids, at most 500.' }) },
    resolve: (_root, { ids }, ctx) => {
      if (ids.length > MAX_IDS) throw badInput('ids', `at most ${MAX_IDS} ids; ask in several requests`);
      return whenReady(allReady(ids.map((id) => nodeById(ctx, id))), (rows) => rows);
    },
  }),
}));
