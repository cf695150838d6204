/** A fleet that starts: `DIRECTORY PODS_IN_ALL URL...`; what an earlier process kept in DIRECTORY is used. */
import { DirectoryCopies } from '../../../src/fleet/copies/copy-files.ts';
import { heldBytes, until, watchLoop } from './meters.ts';
import { startOurFleet } from './our-fleet.ts';

export interface StartMeasures {
  /** Until every pod can be read, and until every cluster is LIVE. */
  readonly servingMs: number;
  readonly liveMs: number;
  readonly cpuMs: number;
  readonly longestBlockMs: number;
  readonly p99Ms: number;
  readonly heldMiB: number;
  readonly stopMs: number;
}

const [directory = '', podsText = '0', ...urls] = process.argv.slice(2);
const loop = watchLoop();
const cpu = process.cpuUsage();
const startedAt = performance.now();
const since = (from: number) => performance.now() - from;
const fleet = startOurFleet(urls, new DirectoryCopies(directory));
await until(() => fleet.pods() >= Number(podsText), 280_000);
const servingMs = since(startedAt);
await until(() => fleet.liveClusters() === urls.length, 280_000);
const liveMs = since(startedAt);
const { user, system } = process.cpuUsage(cpu);
const { maxMs, p99Ms } = loop.stop();
const heldMiB = heldBytes() / 2 ** 20;
const stopping = performance.now();
await fleet[Symbol.asyncDispose]();
const measures: StartMeasures = {
  ...{ servingMs, liveMs, heldMiB, p99Ms, cpuMs: (user + system) / 1_000, longestBlockMs: maxMs, stopMs: since(stopping) },
};
process.send?.({ type: 'result', ...measures }, () => process.exit(0));
