import { describe, expect, it } from 'vitest';
import { type DriverProcess, DriverWorld, type Movable, TEAM } from '../../../test/support/driver-world.ts';
import { propertyRuns } from '../../../test/support/property-runs.ts';
import type { KubeObject } from '../../model/kube-object.ts';
import { seededRandom } from '../../runtime/random.ts';
import { isFinished } from '../state.ts';

const MINUTES = 60_000;

/** After which of its requests about the run and the workload a process dies, counted before and after each; undefined: none. */
type Fate = (process: number) => number | undefined;

/** Canary, advance, and back half-way, told by a person who asks again under the same id until there is an answer. */
class Story {
  /** Of all processes, in order: "cluster patch before". */
  readonly requests: string[] = [];
  readonly killedAt: string[] = [];
  readonly #world: DriverWorld;
  readonly #fate: Fate;
  #process: DriverProcess | undefined;

  constructor(world: DriverWorld, fate: Fate) {
    this.#world = world;
    this.#fate = fate;
  }

  async tell(): Promise<void> {
    const world = this.#world;
    const before = await world.workload();
    const plan = await world.plan('demo:v2');
    await this.#insist((process) => process.start(plan));
    await this.#until('WAITING');
    await this.#insist((process) => process.command('advance'));
    await this.#until('RUNNING');
    await this.#insist((process) => process.command('rollback'));
    await this.#until('ROLLED_BACK');
    await world.clock.advanceBy(MINUTES);
    await expectWell(world, before);
  }

  async #insist(ask: (process: DriverProcess) => Promise<unknown>): Promise<void> {
    for (let isAnswered = false; !isAnswered; ) {
      const process = await this.#alive();
      ask(process).then(
        () => {
          isAnswered = true;
        },
        () => {},
      );
      await this.#world.clock.advanceBy(2_000);
    }
  }

  async #until(phase: string): Promise<void> {
    for (let waited = 0; (await this.#alive()).phase() !== phase; waited += 500) {
      if (waited > 10 * MINUTES) throw new Error(`killed at ${this.killedAt.join()}: ${this.#process?.phase()} is not ${phase}`);
      await this.#world.clock.advanceBy(500);
    }
  }

  async #alive(): Promise<DriverProcess> {
    while (this.#process === undefined || this.#process.clock.isPaused) await this.#startAnother();
    return this.#process;
  }

  async #startAnother(): Promise<void> {
    const dieAt = this.#fate(this.#world.processes.length);
    let heard = -1;
    const gate = (request: string, when: string) => {
      heard += 1;
      this.requests.push(`${request} ${when}`);
      if (heard !== dieAt) return;
      this.killedAt.push(`${request} ${when}`);
      this.#world.processes.at(-1)?.kill();
    };
    this.#process = await this.#world.start({ gate });
  }
}

async function expectWell(world: DriverWorld, before: KubeObject): Promise<void> {
  const state = await world.recorded();
  const after = await world.workload();
  expect(isFinished(state)).toBe(true);
  expect(after.spec).toEqual(before.spec);
  expect(after.metadata.labels).toEqual(before.metadata.labels);
  expect(await world.images()).toEqual({ 'demo:v1': 10 });
  const { intents } = state.status;
  expect(intents.filter(({ outcome }) => outcome === 'pending' || outcome === 'unknown')).toEqual([]);
  // What the API server took is what the record says, each once and as the person.
  const applied = intents.filter(({ outcome }) => outcome === 'applied');
  expect(world.markers).toEqual(applied.map(({ id, op }) => (op === 'RELEASE' ? null : id)));
  expect(world.audited()).toEqual(applied.map(({ id }) => ({ auditID: id, as: TEAM.username })));
  expect(new Set(applied.map(({ id }) => id)).size).toBe(applied.length);
}

describe.each<Movable>(['CLONE_SET', 'DEPLOYMENT'])('a driver of a %s that is killed', (kind) => {
  const told = async (fate: Fate): Promise<Story> => {
    await using world = await DriverWorld.begin(kind);
    const story = new Story(world, fate);
    await story.tell();
    return story;
  };

  it('before or after any one request, and started again, does everything once', { timeout: 240_000 }, async () => {
    const { requests } = await told(() => undefined);
    expect(new Set(requests)).toEqual(new Set(SORTS.flatMap((sort) => [`${sort} before`, `${sort} after`])));
    for (const [point, request] of requests.entries()) {
      const { killedAt } = await told((process) => (process === 0 ? point : undefined));
      expect([point, killedAt]).toEqual([point, [request]]);
    }
  });

  it('again and again does everything once', { timeout: 240_000 }, async () => {
    const { numRuns, seed: from = 1 } = propertyRuns(10);
    let kills = 0;
    for (let seed = from; seed < from + numRuns; seed += 1) {
      const random = seededRandom(seed);
      const fate: Fate = (process) => (process < 12 ? random.int(20) : undefined);
      const { killedAt } = await told(fate).catch((error: unknown) => {
        throw new Error(`PROPERTY_SEED=${seed} PROPERTY_RUNS=1`, { cause: error });
      });
      kills += killedAt.length;
    }
    expect(kills).toBeGreaterThan(2 * numRuns);
  });
});

const SORTS = ['hub create', 'hub update', 'cluster get', 'cluster patch', 'cluster reviewAccess'];
