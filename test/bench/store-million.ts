import { round } from './support/meters.ts';
import type { MillionMeasures } from './support/million-subject.ts';
import { measure } from './support/processes.ts';
import type { Bench } from './support/report.ts';

/** Options: `--clusters=100`, `--pods=10000` (a cluster), `--rate=5000`, `--seconds=20`. */
export const STORE_MILLION: Bench = {
  describes: 'one million pods in 100 clusters in one process: memory, and questions while 5,000 events/s arrive',
  async run({ number }) {
    const [clusters, pods] = [number('clusters', 100), number('pods', 10_000)];
    const measures = await measure<MillionMeasures>({
      script: './million-subject.ts',
      arguments: [clusters, pods, number('rate', 5_000), number('seconds', 20)],
      timeoutMs: 600_000,
      maxOldSpaceMiB: 8_192,
    });
    const { queries } = measures;
    const latencies = Object.entries(queries).flatMap(([name, { p50, p99 }]) => [
      [`${name}P50Ms`, round(p50, 3)] as const,
      [`${name}P99Ms`, round(p99, 3)] as const,
    ]);
    return {
      figures: {
        ...{ pods: clusters * pods, clusters, bytesPerPod: round(measures.bytesPerPod), rssMiB: round(measures.rssMiB, 0) },
        ...{ fillMicrosPerPod: round(measures.fillMicrosPerPod), eventsPerSecond: round(measures.eventsPerSecond, 0) },
        ...{ loopP99Ms: round(measures.loopP99Ms), loopMaxMs: round(measures.loopMaxMs) },
        ...Object.fromEntries(latencies),
      },
      floors: {},
      peers: {},
      ratios: {},
      notes: [
        'fillMicrosPerPod includes parsing the text of each record',
        'the limit that comes first is whatever walks all pods of the fleet: a record is made for each (scanOneCluster, per cluster)',
      ],
    };
  },
};
