/** Many pods in one process, asked and changed at once: `CLUSTERS PODS_PER_CLUSTER EVENTS_PER_SECOND SECONDS`. */
import { FilledStore } from './filled-store.ts';
import { heldBytes, percentile, sleep, watchLoop } from './meters.ts';
import { keysOf } from './pod-records.ts';

export interface MillionMeasures {
  readonly bytesPerPod: number;
  readonly rssMiB: number;
  readonly fillMicrosPerPod: number;
  readonly eventsPerSecond: number;
  readonly loopP99Ms: number;
  readonly loopMaxMs: number;
  /** Milliseconds by question: the 50th and 99th in a hundred. */
  readonly queries: Readonly<Record<string, { readonly p50: number; readonly p99: number }>>;
}

const [clusters = 1, perCluster = 1, rate = 0, seconds = 0] = process.argv.slice(2).map(Number);
const before = heldBytes();
const filled = new FilledStore(clusters, perCluster);
const startedAt = performance.now();
filled.fill();
const fillMs = performance.now() - startedAt;
// What is held weakly lives until the end of a job.
await sleep(10);
const bytesPerPod = (heldBytes() - before) / (clusters * perCluster);

const times = new Map<string, number[]>();
const loop = watchLoop();
const from = performance.now();
let [events, turn] = [0, 0];
while (performance.now() - from < seconds * 1_000) {
  const due = Math.min(500, Math.floor(((performance.now() - from) / 1_000) * rate) - events);
  if (due > 0) {
    filled.change(turn, due);
    events += due;
  }
  ask(turn);
  turn += 1;
  await sleep(1);
}
const { p99Ms, maxMs } = loop.stop();
const elapsed = (performance.now() - from) / 1_000;
const measures: MillionMeasures = {
  ...{ bytesPerPod, rssMiB: process.memoryUsage.rss() / 2 ** 20, fillMicrosPerPod: (fillMs * 1_000) / (clusters * perCluster) },
  ...{ eventsPerSecond: events / elapsed, loopP99Ms: p99Ms, loopMaxMs: maxMs },
  queries: Object.fromEntries([...times].map(([name, took]) => [name, { p50: percentile(took, 0.5), p99: percentile(took, 0.99) }])),
};
process.send?.({ type: 'result', ...measures }, () => process.exit(0));

/** One question of each sort, about something else each time. */
function ask(seed: number): void {
  const cluster = (seed * 17) % clusters;
  const keys = keysOf((seed * 1_009) % perCluster, cluster);
  const { pods } = filled.store.cluster(`c${cluster}`) ?? {};
  if (pods === undefined) return;
  time('byUid', () => pods.byUid(keys.uid));
  time('onNode', () => [...pods.onNode(keys.nodeName)].length);
  time('ownedBy', () => [...pods.ownedBy(keys.ownerUid)].length);
  time('withLabel', () => [...pods.withLabel('pod-template-hash', keys.hash)].length);
  time('countWithStatus', () => pods.countWithStatus(keys.status));
  if (seed % 20 === 0) time('scanOneCluster', () => Iterator.from(pods.all()).reduce((sum, pod) => sum + pod.restarts, 0));
  if (seed % 20 === 10)
    time('countStatusOfFleet', () => filled.store.clusters().reduce((sum, one) => sum + one.pods.countWithStatus('Running'), 0));
}

function time(name: string, query: () => unknown): void {
  const start = performance.now();
  query();
  const took = performance.now() - start;
  const known = times.get(name);
  if (known === undefined) times.set(name, [took]);
  else known.push(took);
}
