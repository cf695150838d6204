/** Churn for some time: `CLUSTERS PODS_PER_CLUSTER EVENTS_PER_SECOND SECONDS`. Ends with samples of what is held. */
import { ChangeLog } from '../../../src/feed/change-log.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { silentLogger } from '../../../src/runtime/logger.ts';
import { FilledStore } from './filled-store.ts';
import { heldBytes, sleep } from './meters.ts';

export interface SoakMeasures {
  readonly events: number;
  /** Seconds from the start, and bytes of heap and buffers after collection. */
  readonly samples: readonly { readonly at: number; readonly bytes: number }[];
}

const [clusters = 1, perCluster = 1, rate = 0, seconds = 0] = process.argv.slice(2).map(Number);
const BATCH = 50;
/** Of a batch so many are pods that go or come. */
const REPLACED = 4;
const SAMPLES = 40;

const filled = new FilledStore(clusters, perCluster);
// The log at its bounds from the start: it fills up once and is no leak.
const log = new ChangeLog({ clock: systemClock, logger: silentLogger, maxChanges: 20_000, maxChangesPerCluster: 1_000 });
filled.store.onCommit((commit) => log.append(commit));
filled.fill();
// The engine's tables keep room for what was deleted, up to four times what is in them; most reach it with the first turnover, the
// rest with the second. Without this a soak of hours would measure little else.
for (let round = 0; round < 2; round += 1) filled.turnOver();

const samples: SoakMeasures['samples'][number][] = [];
let [events, turn] = [0, 0];
const startedAt = performance.now();
const elapsed = () => (performance.now() - startedAt) / 1_000;
while (elapsed() < seconds) {
  if (events < elapsed() * rate) {
    churn(turn);
    turn += 1;
    events += BATCH;
  } else await sleep(1);
  if (turn % 20 === 0) await sleep(0);
  if (elapsed() >= ((samples.length + 1) * seconds) / SAMPLES) await sample();
}
const measures: SoakMeasures = { events, samples };
process.send?.({ type: 'result', ...measures }, () => process.exit(0));

async function sample(): Promise<void> {
  // What is held weakly lives until the end of the job that looked at it.
  await sleep(10);
  samples.push({ at: elapsed(), bytes: heldBytes() });
}

function churn(seed: number): void {
  filled.change(seed, BATCH - REPLACED);
  filled.replace(seed % clusters, REPLACED / 2);
}
