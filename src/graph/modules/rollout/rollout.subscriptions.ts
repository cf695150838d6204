import type { Run } from '../../../rollout/run.ts';
import { isFinished } from '../../../rollout/state.ts';
import { builder } from '../../builder.ts';
import { namesInScope } from '../../cluster-scope.ts';
import type { GraphContext } from '../../context.ts';
import { rolloutId } from '../../global-id.ts';
import { Rollout } from '../../refs.ts';
import { runRows } from '../../run-rows.ts';
import { runPrint, subscribedRun, watchRun } from '../../run-watch.ts';
import { openStream } from '../../streams.ts';
import { clustersArg, filterArg, namespaceArg } from '../lists.ts';
import { defineStream, streamArgs } from '../stream/stream.type.ts';
import { rolloutFilter } from './rollout.list.ts';
import { UntoldPhases } from './untold-phases.ts';

const RolloutStream = defineStream('Rollout', 'rollout', Rollout, ({ uid }) => rolloutId(uid));

builder.subscriptionFields((t) => ({
  rolloutChanges: t.field({
    type: RolloutStream,
    description:
      'Rollouts of the clusters of the fleet as they come, change and go. In `staleClusters`: clusters whose copy may be old, and with it `progress`.',
    args: { ...clustersArg, ...namespaceArg, ...filterArg(rolloutFilter), ...streamArgs },
    subscribe: (_root, { clusters, namespace, filter, ...args }, ctx) => {
      const { matches } = rolloutFilter.compile(filter);
      return openStream<Run>(
        ctx,
        {
          source: runRows(ctx.runs),
          log: ctx.runs.log,
          clustersInScope: namesInScope(ctx.store, clusters),
          namespace,
          matches: (run) => matches(run, ctx),
          fingerprint: runPrint,
          // The hub knows them whether their cluster answers or not: no use in waiting for it.
          freshness: ({ sync }) => (sync.state === 'LIVE' ? 'live' : 'stale'),
          binding: ['rolloutChanges', clusters, namespace, filter],
        },
        args,
      );
    },
    resolve: (message) => message,
  }),
  rolloutProgress: t.field({
    type: Rollout,
    description:
      'One run until it is finished: the present state first, then each change. Of what a slow reader did not fetch each phase is told as it was last; the rest is merged. Ends with FORBIDDEN when the right is lost, and with UNAVAILABLE when the gateway stops: then subscribe again.',
    args: { rollout: t.arg.id({ required: true, description: 'Global id of the rollout.' }) },
    subscribe: async (_root, { rollout }, ctx) => progressOf(ctx, await subscribedRun(ctx, rollout)),
    resolve: (run) => run,
  }),
}));

/** A run that the hub has forgotten is told once more, as it was last. */
function progressOf(ctx: GraphContext, run: Run): AsyncIterableIterator<Run> {
  const untold = new UntoldPhases(run);
  let told: string | undefined;
  return watchRun<Run>(ctx, run, {
    hear: (now) => untold.add(now),
    look(now) {
      if (now !== undefined) untold.add(now);
      for (const { run: next, isPresent } of untold.take()) {
        const last = isPresent && (now === undefined || isFinished(next.state));
        const print = runPrint(next);
        if (print === told && !last) continue;
        told = print;
        return { value: next, last };
      }
      return undefined;
    },
  });
}
