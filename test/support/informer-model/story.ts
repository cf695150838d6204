import { type Fleet, startFleet } from '../../../src/fleet/fleet.ts';
import { projectorFor } from '../../../src/fleet/projector.ts';
import { silentLogger } from '../../../src/runtime/logger.ts';
import { seededRandom } from '../../../src/runtime/random.ts';
import { VirtualClock } from '../../../src/runtime/virtual-clock.ts';
import { InMemoryGraphStore } from '../../../src/store/in-memory-graph-store.ts';
import { aDefinition } from '../a-fleet.ts';
import { Oracle } from './oracle.ts';
import { TroubledCluster } from './troubled-cluster.ts';

export interface InformerStory {
  readonly lines: readonly string[];
  /** Each begins with the invariant that it breaks. */
  readonly violations: readonly string[];
  readonly commits: number;
}

const MINUTE = 60_000;
/** Copies are the server's state so long after the last trouble, at most. */
const CONVERGENCE_MS = 5 * MINUTE;

/** A cluster in trouble, read by a fleet, in virtual time. The same seed, the same story. */
export async function tellInformerStory(seed: number): Promise<InformerStory> {
  const random = seededRandom(seed);
  const clock = new VirtualClock();
  const cluster = new TroubledCluster(clock, random);
  const store = new InMemoryGraphStore({ now: () => clock.now() });
  const oracle = new Oracle(cluster, store, clock);
  const lines: string[] = [];
  const fleet = startFleet({
    ...{ store, clock, random: seededRandom(seed + 1), logger: silentLogger, definitions: [aDefinition('dev', cluster.server)] },
    tuning: { reflector: { pageSize: 2 }, auditEveryMs: 400 * MINUTE },
    projectorFor: (resource, flaw) => spoilable(cluster, projectorFor(resource, flaw)),
  });
  try {
    for (let left = 5 + random.int(35); left > 0; left -= 1) {
      lines.push(`${clock.monotonic()} ms: ${await cluster.happen()}`);
      await clock.settle();
      oracle.checkNow();
      if (oracle.violations.length > 0) break;
    }
    // In one story of four the end comes in the middle of the trouble.
    if (oracle.violations.length === 0 && random.next() < 0.75) await converge(cluster, oracle, clock);
  } catch (error) {
    oracle.violations.push(`I7 thrown: ${error instanceof Error ? error.message : String(error)}`);
  }
  await end(fleet, oracle, clock);
  return { lines, violations: oracle.violations, commits: store.revision };
}

/** The end comes by itself, within what closing connections may take. */
async function end(fleet: Fleet, oracle: Oracle, clock: VirtualClock): Promise<void> {
  let isOver = false;
  const over = fleet[Symbol.asyncDispose]().then(() => {
    isOver = true;
  });
  for (let rounds = 0; rounds < 20 && !isOver; rounds += 1) await clock.settle();
  if (!isOver) await clock.advanceBy(MINUTE);
  if (!isOver) {
    oracle.violations.push('I7 the end does not come');
    return;
  }
  await over;
  await oracle.checkEnd();
}

async function converge(cluster: TroubledCluster, oracle: Oracle, clock: VirtualClock): Promise<void> {
  cluster.endTrouble();
  try {
    if (cluster.wasRestored) {
      await clock.advanceUntil(() => oracle.isLive() && cluster.server.openWatches === 3, CONVERGENCE_MS);
      cluster.askForList();
      await clock.settle();
    }
    await clock.advanceUntil(() => oracle.isLive() && oracle.held().join() === cluster.shown().join(), CONVERGENCE_MS);
    await clock.advanceBy(10 * MINUTE);
    if (oracle.held().join() !== cluster.shown().join()) oracle.violations.push('I1 the copy did not stay the server’s state');
  } catch {
    oracle.violations.push(
      `I1 after ${CONVERGENCE_MS} ms the copy is ${oracle.held().join(' ')}, the server has ${cluster.shown().join(' ')}`,
    );
  }
  oracle.checkNow();
}

/** A record without a name is one that the store refuses to commit. */
function spoilable(cluster: TroubledCluster, project: ReturnType<typeof projectorFor>): ReturnType<typeof projectorFor> {
  if (project === undefined) return undefined;
  return (object, name) => {
    const record = project(object, name);
    if (!cluster.isSpoilt || object.kind !== 'Pod') return record;
    cluster.isSpoilt = false;
    return { ...record, name: '' };
  };
}
