import type { InformerKind, InformerMeasures } from './support/informer-subject.ts';
import { median, round } from './support/meters.ts';
import { measure, startPageServer } from './support/processes.ts';
import type { Bench } from './support/report.ts';

const KINDS: readonly InformerKind[] = ['ours', 'client-node-paged'];

interface Story {
  readonly pods: number;
  /** Clusters that deliver at once, each with so many pods. */
  readonly clusters: number;
  /** For each cluster. */
  readonly events: number;
}

/** Syncs, then takes the same changes: ours applies, indexes and publishes them, client-node calls back. */
async function take(kind: InformerKind, { pods, clusters, events }: Story): Promise<InformerMeasures> {
  using server = await startPageServer(pods);
  const urls = Array.from({ length: clusters }, (_, at) => server.url(at));
  return await measure<InformerMeasures>({
    script: './informer-subject.ts',
    isPeer: kind !== 'ours',
    arguments: [kind, pods * clusters, events * clusters, ...urls],
    onMessage: () => server.send({ clusters, events, firstVersion: 1_100_000_000 }),
  });
}

/** Options: `--pods=20000`, `--events=200000`, `--rounds=3`, `--streams=400`. */
export const INFORMER_EVENTS: Bench = {
  describes: 'changes applied, indexed and published per second against client-node; 400 streams at once',
  async run({ isFull, number }) {
    const story: Story = { pods: number('pods', 20_000), clusters: 1, events: number('events', 200_000) };
    const measured = new Map<InformerKind, InformerMeasures[]>(KINDS.map((kind) => [kind, []]));
    for (let at = 0; at < number('rounds', isFull ? 5 : 3); at += 1) {
      for (const kind of at % 2 === 0 ? KINDS : KINDS.toReversed()) measured.get(kind)?.push(await take(kind, story));
    }
    const of = (kind: InformerKind, value: (measures: InformerMeasures) => number) => median((measured.get(kind) ?? []).map(value));
    const perSecond = (kind: InformerKind) => round((story.events * 1_000) / of(kind, ({ eventsMs }) => eventsMs), 0);
    const cpuMicros = (kind: InformerKind) => round((of(kind, ({ eventsCpuMs }) => eventsCpuMs) * 1_000) / story.events);
    const streams = number('streams', 400);
    const many = await take('ours', { pods: 100, clusters: streams, events: Math.ceil(100_000 / streams) });
    return {
      figures: {
        ...{ events: story.events, eventsPerSecond: perSecond('ours'), cpuMicrosPerEvent: cpuMicros('ours') },
        eventsRatio: round(perSecond('ours') / perSecond('client-node-paged'), 2),
        worstDelayMs: round(of('ours', ({ eventDelays }) => eventDelays.maxMs)),
        ...{ streams, blockP99Ms: round(many.eventDelays.p99Ms), blockMaxMs: round(many.eventDelays.maxMs) },
      },
      floors: {},
      peers: {
        clientNodeEventsPerSecond: perSecond('client-node-paged'),
        clientNodeCpuMicrosPerEvent: cpuMicros('client-node-paged'),
        clientNodeWorstDelayMs: round(of('client-node-paged', ({ eventDelays }) => eventDelays.maxMs)),
      },
      ratios: { cpuRatio: round(cpuMicros('client-node-paged') / cpuMicros('ours'), 2) },
      notes: [
        'events: enough for the rate that lasts; until some 30,000 are through the compiler is still at work on ours',
        'blockP99Ms: of the event loop, in steps of 1 ms, while all streams deliver at once',
      ],
    };
  },
};
