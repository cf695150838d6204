import { builder } from '../../builder.ts';
import { Connection } from '../../connection.ts';
import { parseGlobalId } from '../../global-id.ts';
import { whenReady } from '../../maybe-promise.ts';
import { Rollout } from '../../refs.ts';
import { visibleRun, visibleRuns } from '../../runs.ts';
import { clustersArg, filterArg, namespaceArg, orderArg, pageArgs } from '../lists.ts';
import { RolloutConnection, rolloutFilter, rolloutOrder } from './rollout.list.ts';

builder.queryFields((t) => ({
  rollout: t.field({
    type: Rollout,
    nullable: true,
    description: 'One rollout; null when there is none of that id, or none that the viewer may see.',
    args: { id: t.arg.id({ required: true, description: 'Global id of the rollout.' }) },
    resolve: (_root, { id }, ctx) => {
      const parsed = parseGlobalId(id);
      return parsed?.type === 'rollout' ? visibleRun(ctx, parsed.id, 'get') : undefined;
    },
  }),
  rollouts: t.field({
    type: RolloutConnection,
    nullable: true,
    description:
      'Rollouts that run or have run, newest first unless ordered otherwise. They are kept by the hub, not by the clusters: `parts` names only clusters whose rights could not be asked or that are forbidden or unknown; how old `progress` is says the `sync` of the cluster.',
    args: { ...clustersArg, ...namespaceArg, ...filterArg(rolloutFilter), ...orderArg(rolloutOrder), ...pageArgs },
    resolve: (_root, { clusters, namespace, filter, orderBy, ...page }, ctx) => {
      const { matches } = rolloutFilter.compile(filter);
      const sorting = rolloutOrder.sorting(orderBy);
      return whenReady(visibleRuns(ctx, clusters, namespace ?? undefined), ({ rows, parts }) => {
        const matching = () => Iterator.from(rows()).filter((run) => matches(run, ctx));
        return new Connection(ctx, matching, { sorting, page, parts });
      });
    },
  }),
}));
