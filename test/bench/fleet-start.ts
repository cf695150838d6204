import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { round } from './support/meters.ts';
import { measure, startPageServer } from './support/processes.ts';
import type { Bench } from './support/report.ts';
import type { StartMeasures } from './support/start-subject.ts';

/** Options: `--clusters=300`, `--pods=1000` (a cluster). */
export const FLEET_START: Bench = {
  describes: '300 clusters of 1,000 pods, served as prebuilt pages by a second process: cold start and warm restart',
  async run({ number }) {
    const [clusters, pods] = [number('clusters', 300), number('pods', 1_000)];
    using server = await startPageServer(pods);
    const directory = await mkdtemp(join(tmpdir(), 'fleet-start-'));
    const urls = Array.from({ length: clusters }, (_, at) => server.url(at));
    const start = () =>
      measure<StartMeasures>({ script: './start-subject.ts', arguments: [directory, clusters * pods, ...urls], timeoutMs: 300_000 });
    try {
      const [cold, warm] = [await start(), await start()];
      return {
        figures: {
          ...{ clusters, pods: clusters * pods, coldMs: round(cold.liveMs, 0), warmMs: round(warm.liveMs, 0) },
          ...{ coldServingMs: round(cold.servingMs, 0), warmServingMs: round(warm.servingMs, 0) },
          ...{ coldCpuMs: round(cold.cpuMs, 0), warmCpuMs: round(warm.cpuMs, 0), stopMs: round(cold.stopMs, 0) },
          ...{ longestBlockMs: round(cold.longestBlockMs), blockP99Ms: round(cold.p99Ms), heldMiB: round(cold.heldMiB) },
        },
        floors: {},
        peers: {},
        ratios: { coldToWarm: round(cold.liveMs / warm.liveMs, 2) },
        notes: ['serving: every pod can be read; cold and warm: every cluster is LIVE'],
      };
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  },
};
