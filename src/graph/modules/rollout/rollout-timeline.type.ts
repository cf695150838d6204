import type { TimelineEntry } from '../../../rollout/state.ts';
import { builder } from '../../builder.ts';
import { Connection, type PageArguments } from '../../connection.ts';
import { defineConnection } from '../../connection-type.ts';
import type { GraphContext } from '../../context.ts';
import { sortingBy } from '../../sorting.ts';

/** `turn` tells entries of the same moment apart. */
interface Entry extends TimelineEntry {
  readonly turn: number;
}

const RolloutTimelineEntry = builder.objectRef<Entry>('RolloutTimelineEntry').implement({
  description: 'Something that was decided or done in a rollout.',
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime', description: 'When.' }),
    actor: t.exposeString('actor', { description: 'User name of who did it; `fleetgraph` for what the rollout decided by itself.' }),
    code: t.exposeString('code', { description: 'CamelCase code, e.g. `Accepted`, `StepReached`, `Command:advance`. The set is open.' }),
    message: t.exposeString('message', { description: 'What, and for a command the `reason` that was given with it.' }),
  }),
});

export const RolloutTimelineConnection = defineConnection('RolloutTimeline', RolloutTimelineEntry, 'things decided and done');

const NEWEST_FIRST = sortingBy<Entry>(
  'RolloutTimeline',
  [
    { name: 'AT', of: ({ at }) => at, descending: true },
    { name: 'TURN', of: ({ turn }) => turn, descending: true },
  ],
  [],
);

export function timelinePage(ctx: GraphContext, timeline: readonly TimelineEntry[], page: PageArguments): Connection<Entry> {
  return new Connection(ctx, () => entriesOf(timeline), { sorting: NEWEST_FIRST, page, parts: () => [] });
}

function* entriesOf(timeline: readonly TimelineEntry[]): Iterable<Entry> {
  let [at, turn] = [Number.NaN, 0];
  for (const entry of timeline) {
    turn = entry.at === at ? turn + 1 : 0;
    at = entry.at;
    yield { ...entry, turn };
  }
}
