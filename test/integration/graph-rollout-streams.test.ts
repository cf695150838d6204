import { readFileSync } from 'node:fs';
import type { ExecutionResult } from 'graphql';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Access, EVERYTHING, NOTHING, type Visibility } from '../../src/auth/access.ts';
import { objectId, rolloutId } from '../../src/graph/global-id.ts';
import { RunInWorld } from '../support/a-run.ts';
import { aWorkload } from '../support/a-workload.ts';
import { type AskOptions, GraphWorld, onlyNamespaces, TEAM } from '../support/graph-world.ts';
import { shopFleet } from '../support/shop-fleet.ts';

const documentOf = (name: string) => readFileSync(new URL(`../../schema/operations/${name}.graphql`, import.meta.url), 'utf8');

type Answer = Record<string, unknown>;

/** One subscription, read as fast as it comes, or not at all while it is held. */
class Reader {
  readonly messages: Answer[] = [];
  readonly errors: { readonly message: string; readonly code: unknown }[] = [];
  ended = false;
  readonly #world: GraphWorld;
  readonly #stream: AsyncIterableIterator<ExecutionResult<Answer>>;
  #held: PromiseWithResolvers<void> | undefined;

  private constructor(world: GraphWorld, stream: AsyncIterableIterator<ExecutionResult<Answer>>) {
    this.#world = world;
    this.#stream = stream;
  }

  static async open(world: GraphWorld, document: string, options: AskOptions = {}): Promise<Reader> {
    const reader = new Reader(world, await world.stream(document, options));
    void reader.#read();
    await world.clock.advanceBy(200);
    return reader;
  }

  async after(ms: number): Promise<Answer[]> {
    await this.#world.clock.advanceBy(ms);
    return this.messages.splice(0);
  }

  hold(): void {
    this.#held = Promise.withResolvers();
  }

  letGo(): void {
    this.#held?.resolve();
    this.#held = undefined;
  }

  async close(): Promise<void> {
    await this.#stream.return?.();
    await this.#world.clock.advanceBy(100);
  }

  async #read(): Promise<void> {
    try {
      for await (const { data, errors } of this.#stream) {
        for (const { message, extensions } of errors ?? []) this.errors.push({ message, code: extensions['code'] });
        const [message] = Object.values(data ?? {});
        if (message != null) this.messages.push(JSON.parse(JSON.stringify(message)) as Answer);
        await this.#held?.promise;
      }
    } catch (error) {
      const { message, extensions } = error as { message: string; extensions?: Record<string, unknown> };
      this.errors.push({ message, code: extensions?.['code'] });
    }
    this.ended = true;
  }
}

/** Rights that can be taken away, or not be asked. */
class Rights implements Access {
  answer: Visibility = EVERYTHING;
  epoch = 0;
  visibility = () => this.answer;
  seesCluster = () => true;
}

const cart = aWorkload('CLONE_SET', 'cart').inCluster('edge-1').record();
const WATCH = documentOf('watch-rollout');
const CHANGES = `subscription ($filter: RolloutFilter, $namespace: String, $resume: String, $snapshot: Boolean) {
  rolloutChanges(filter: $filter, namespace: $namespace, resume: $resume, snapshot: $snapshot) {
    phase resumeToken changes { type id cluster { name } rollout { id phase } } staleClusters { name }
  }
}`;

let world: GraphWorld;
let run: RunInWorld;

beforeEach(() => {
  world = shopFleet(new GraphWorld());
  run = new RunInWorld(world, { workload: cart, runId: 'run1' });
});

describe('rolloutChanges', () => {
  it('tells what is there, what changes, and what goes', async () => {
    const reader = await Reader.open(world, CHANGES);
    expect(await reader.after(0)).toMatchObject([
      { phase: 'SNAPSHOT', changes: [{ type: 'ADDED', id: run.id, cluster: { name: 'edge-1' }, rollout: { id: run.id } }] },
      { phase: 'SYNCED', changes: [], staleClusters: [{ name: 'lost-1' }], resumeToken: expect.any(String) },
    ]);
    run.pass(30);
    expect(await reader.after(2_000)).toMatchObject([{ phase: 'CHANGES', changes: [{ type: 'MODIFIED', rollout: { phase: 'WAITING' } }] }]);
    const other = new RunInWorld(world, { workload: { ...cart, cluster: 'lost-1' }, runId: 'run2' });
    expect(await reader.after(2_000)).toMatchObject([{ changes: [{ type: 'ADDED', id: other.id, cluster: { name: 'lost-1' } }] }]);
    run.forget();
    expect(await reader.after(2_000)).toMatchObject([{ changes: [{ type: 'REMOVED', id: run.id, rollout: null }] }]);
    world.close();
    expect(await reader.after(1_000)).toMatchObject([{ phase: 'CLOSING', resumeToken: expect.any(String) }]);
    expect([reader.ended, reader.errors]).toEqual([true, []]);
  });

  it('says nothing of a run that only was looked at again', async () => {
    const reader = await Reader.open(world, CHANGES);
    await reader.after(0);
    run.tell({ meter: { ...run.run.state.status.meter, observedAt: 5, recordedAt: 5, questions: 9 } });
    expect(await reader.after(5_000)).toEqual([]);
    await reader.close();
  });

  it('goes on from a token: what came, changed and went meanwhile', async () => {
    const gone = new RunInWorld(world, { workload: cart, runId: 'run2' });
    const first = await Reader.open(world, CHANGES);
    const resume = (await first.after(0)).at(-1)?.['resumeToken'];
    await first.close();
    run.pass(30);
    gone.forget();
    const fresh = new RunInWorld(world, { workload: cart, runId: 'run3' });
    const again = await Reader.open(world, CHANGES, { variables: { resume } });
    const [missed, synced] = await again.after(0);
    expect(missed).toMatchObject({ phase: 'CHANGES' });
    const told = missed?.['changes'] as { type: string; id: string }[];
    const changes = told.map(({ type, id }) => [type, id]);
    expect(changes.sort()).toEqual(
      [
        ['ADDED', fresh.id],
        ['MODIFIED', run.id],
        ['REMOVED', gone.id],
      ].sort(),
    );
    expect(synced).toMatchObject({ phase: 'SYNCED' });
    await again.close();
  });

  it('keeps to its filter and namespace', async () => {
    const reader = await Reader.open(world, CHANGES, {
      variables: { filter: { phase: { in: ['WAITING'] } }, namespace: 'shop', snapshot: false },
    });
    expect(await reader.after(0)).toMatchObject([{ phase: 'SYNCED' }]);
    run.pass(30);
    new RunInWorld(world, { workload: { ...cart, namespace: 'bank' }, runId: 'run2' }).pass(30);
    expect(await reader.after(1_000)).toMatchObject([{ changes: [{ type: 'ADDED', id: run.id }] }]);
    run.command('pause');
    expect(await reader.after(1_000)).toMatchObject([{ changes: [{ type: 'REMOVED', id: run.id }] }]);
    await reader.close();
  });

  it('ends with FORBIDDEN when the right is lost, within 5 s', async () => {
    const rights = new Rights();
    const reader = await Reader.open(world, CHANGES, { access: rights });
    rights.answer = NOTHING;
    await reader.after(6_000);
    expect([reader.ended, reader.errors]).toMatchObject([true, [{ code: 'FORBIDDEN' }]]);
  });
});

describe('rolloutProgress', () => {
  const open = (options: AskOptions = {}) => Reader.open(world, WATCH, { variables: { rollout: run.id }, ...options });

  it('tells the present state, each change, and completes with the end', async () => {
    const reader = await open();
    expect(await reader.after(0)).toMatchObject([{ id: run.id, finished: false, steps: [{ index: 0, target: 1 }, {}, {}] }]);
    run.pass(30);
    expect(await reader.after(100)).toMatchObject([{ phase: 'WAITING', progress: { updated: 1 }, reason: { code: 'WaitingForAdvance' } }]);
    expect(await reader.after(20_000)).toEqual([]);
    run.command('rollback').pass(60);
    expect(await reader.after(100)).toMatchObject([{ phase: 'ROLLING_BACK' }, { phase: 'ROLLED_BACK', finished: true }]);
    expect([reader.ended, reader.errors]).toEqual([true, []]);
  });

  it('tells who cannot be told whether they may see it to ask again', async () => {
    const rights = new Rights();
    rights.answer = { everything: false, namespaces: new Set(), incomplete: 'UNREACHABLE' };
    await expect(open({ access: rights })).rejects.toThrow('the cluster of the rollout did not say whether you may see this');
  });

  it('tells a finished run once', async () => {
    run.command('abort').pass(10);
    const reader = await open();
    expect(await reader.after(0)).toMatchObject([{ phase: 'ABORTED', finished: true }]);
    expect(reader.ended).toBe(true);
  });

  it('merges what a slow reader did not fetch', async () => {
    const reader = await open();
    reader.hold();
    run.pass(8);
    await reader.after(1_000);
    reader.messages.splice(0);
    for (const _ of [1, 2, 3]) {
      run.pass(10);
      await reader.after(1_000);
    }
    reader.letGo();
    expect(await reader.after(1_000)).toMatchObject([{ phase: 'WAITING' }]);
    await reader.close();
  });

  it('tells each phase, also to who did not fetch and while nobody can say what they may see', async () => {
    const rights = new Rights();
    const reader = await open({ access: rights });
    const told = [...(await reader.after(0))];
    reader.hold();
    run.pass(30);
    told.push(...(await reader.after(1_000)));
    run.command('pause');
    rights.answer = { everything: false, namespaces: new Set(), incomplete: 'UNREACHABLE' };
    told.push(...(await reader.after(6_000)));
    reader.letGo();
    run.command('rollback').pass(60);
    told.push(...(await reader.after(6_000)));
    expect(told.at(-1)).not.toMatchObject({ phase: 'ROLLED_BACK' });
    rights.answer = EVERYTHING;
    told.push(...(await reader.after(6_000)));
    const phases = told.map(({ phase }) => phase);
    expect(phases.filter((phase, at) => phase !== phases[at - 1])).toEqual(['RUNNING', 'WAITING', 'PAUSED', 'ROLLING_BACK', 'ROLLED_BACK']);
  });

  it('goes on while nobody can say whether the reader may know of the cluster', async () => {
    const rights = new Rights();
    const reader = await open({ access: rights });
    rights.seesCluster = () => false;
    await reader.after(6_000);
    run.pass(30);
    expect(await reader.after(1_000)).toMatchObject([{ phase: 'WAITING' }]);
    expect([reader.ended, reader.errors]).toEqual([false, []]);
    await reader.close();
  });

  it('ends with FORBIDDEN within 5 s of losing the right, and tells nothing that it is not sure of', async () => {
    const rights = new Rights();
    const reader = await open({ access: rights });
    await reader.after(0);
    rights.answer = { everything: false, namespaces: new Set(), incomplete: 'UNREACHABLE' };
    await reader.after(5_200);
    run.pass(30);
    expect([await reader.after(20_000), reader.ended]).toEqual([[], false]);
    rights.answer = EVERYTHING;
    expect(await reader.after(1_200)).toMatchObject([{ phase: 'WAITING' }]);
    rights.answer = NOTHING;
    expect(await reader.after(5_200)).toEqual([]);
    expect([reader.ended, reader.errors]).toMatchObject([true, [{ code: 'FORBIDDEN' }]]);
  });

  it('says that the gateway stops, to who is told to come again', async () => {
    const reader = await open();
    world.close();
    await reader.after(100);
    expect([reader.ended, reader.errors]).toMatchObject([true, [{ code: 'UNAVAILABLE' }]]);
  });

  it('ends with its reader, and lets go of the log', async () => {
    let following = 0;
    const follow = world.runs.log.follow.bind(world.runs.log);
    world.runs.log.follow = (listener) => {
      const listening = follow(listener);
      following += 1;
      return {
        [Symbol.dispose]() {
          following -= 1;
          listening[Symbol.dispose]();
        },
      };
    };
    const reader = await open();
    expect(following).toBe(1);
    await reader.close();
    expect([reader.ended, following]).toEqual([true, 0]);
  });

  it('is refused alike for a hidden rollout and for none', async () => {
    const refusal = async (rollout: string, options: AskOptions) =>
      world.stream(WATCH, { variables: { rollout }, ...options }).then(
        () => 'opened',
        (error: Error) => error.message,
      );
    const hidden = await refusal(run.id, { access: onlyNamespaces(['bank']), principal: TEAM });
    const rubbish = await refusal('rubbish', {});
    expect([hidden, rubbish]).toEqual([await refusal(rolloutId('run9'), {}), hidden]);
    expect(hidden).toContain('there is no such rollout, or none that you may see');
  });
});

describe('rolloutWait', () => {
  const WAIT = `subscription ($rollout: ID!, $for: RolloutWaitCondition!, $timeout: Int) {
    rolloutWait(rollout: $rollout, for: $for, timeoutSeconds: $timeout) { met timedOut impossible rollout { phase } }
  }`;
  const wait = (condition: object, timeout = 60, options: AskOptions = {}) =>
    Reader.open(world, WAIT, { variables: { rollout: run.id, for: condition, timeout }, ...options });

  it('answers the document once the step is reached, and completes', async () => {
    const reader = await Reader.open(world, documentOf('wait-for-step'), { variables: { rollout: run.id } });
    run.pass(30);
    expect(await reader.after(1_000)).toEqual([]);
    run.command('advance').pass(60);
    expect(await reader.after(100)).toMatchObject([
      {
        met: true,
        timedOut: false,
        impossible: false,
        rollout: { phase: 'WAITING', currentStep: 1, reason: { code: 'WaitingForAdvance' } },
      },
    ]);
    expect([reader.ended, reader.errors]).toEqual([true, []]);
  });

  it.each([
    { condition: { stepReached: 0 }, verb: undefined, answer: { met: true, impossible: false } },
    { condition: { needsAttention: true }, verb: undefined, answer: { met: true, impossible: false } },
    { condition: { phaseIn: ['WAITING', 'HALTED'] }, verb: undefined, answer: { met: true, impossible: false } },
    { condition: { finished: true }, verb: 'abort', answer: { met: true, impossible: false } },
    { condition: { stepReached: 2 }, verb: 'rollback', answer: { met: false, impossible: true } },
    { condition: { phaseIn: ['SUCCEEDED'] }, verb: 'rollback', answer: { met: false, impossible: true } },
    { condition: { needsAttention: true }, verb: 'abort', answer: { met: false, impossible: true } },
  ] as const)('for $condition answers at once when it is known (after $verb)', async ({ condition, verb, answer }) => {
    run.pass(30);
    if (verb !== undefined) run.command(verb).pass(60);
    const reader = await wait(condition);
    expect(await reader.after(0)).toMatchObject([{ ...answer, timedOut: false }]);
    expect(reader.ended).toBe(true);
  });

  it('times out at its time', async () => {
    const reader = await wait({ finished: true }, 30);
    expect(await reader.after(29_000)).toEqual([]);
    expect(await reader.after(1_000)).toEqual([
      { met: false, timedOut: true, impossible: false, rollout: { phase: run.run.state.status.phase } },
    ]);
    expect(reader.ended).toBe(true);
  });

  it('times out, and shows nothing, when nobody can say whether the reader still has the right', async () => {
    const rights = new Rights();
    const reader = await wait({ finished: true }, 30, { access: rights });
    rights.answer = { everything: false, namespaces: new Set(), incomplete: 'UNREACHABLE' };
    expect(await reader.after(31_000)).toEqual([{ met: false, timedOut: true, impossible: false, rollout: null }]);
  });

  it('is impossible once the hub has forgotten the run', async () => {
    const reader = await wait({ finished: true });
    run.forget();
    expect(await reader.after(100)).toEqual([{ met: false, timedOut: false, impossible: true, rollout: null }]);
  });

  it.each([
    { name: 'no condition', variables: { for: {} }, message: 'exactly one' },
    { name: 'two conditions', variables: { for: { finished: true, stepReached: 0 } }, message: 'exactly one' },
    { name: 'a step that is not there', variables: { for: { stepReached: 3 } }, message: 'the rollout has the steps 0 to 2' },
    { name: 'no phase', variables: { for: { phaseIn: [] } }, message: 'at least one' },
    { name: 'what nobody can wait for', variables: { for: { finished: false } }, message: 'can only be true' },
    { name: 'too long', variables: { for: { finished: true }, timeout: 3_001 }, message: 'from 1 to 3000' },
    { name: 'no time', variables: { for: { finished: true }, timeout: 0 }, message: 'from 1 to 3000' },
    { name: 'no rollout', variables: { for: { finished: true }, rollout: rolloutId('run9') }, message: 'no such rollout' },
  ])('refuses $name', async ({ variables, message }) => {
    await expect(world.stream(WAIT, { variables: { rollout: run.id, ...variables } })).rejects.toThrow(message);
  });

  it('ends with UNAVAILABLE when the gateway stops: wait again', async () => {
    const reader = await wait({ finished: true });
    world.close();
    await reader.after(100);
    expect([reader.ended, reader.errors]).toMatchObject([true, [{ code: 'UNAVAILABLE' }]]);
  });
});

describe('workloadWait', () => {
  const WAIT = `subscription ($workload: WorkloadRef!, $for: WorkloadWaitCondition!) {
    workloadWait(workload: $workload, for: $for, timeoutSeconds: 60) { met timedOut impossible workload { name status { state } replicas { updatedAvailable } } }
  }`;
  const wait = (condition: object, workload: object = { id: objectId(cart) }, options: AskOptions = {}) =>
    Reader.open(world, WAIT, { variables: { workload, for: condition }, ...options });
  const byName = (name: string, cluster = 'edge-1') => ({ name: { cluster, kind: 'CLONE_SET', namespace: 'shop', name } });

  it('answers at once what holds', async () => {
    for (const condition of [{ state: 'PAUSED_AT_PARTITION' }, { updatedAvailable: 2 }]) {
      const reader = await wait(condition);
      expect(await reader.after(0)).toEqual([
        {
          met: true,
          timedOut: false,
          impossible: false,
          workload: { name: 'cart', status: { state: 'PAUSED_AT_PARTITION' }, replicas: { updatedAvailable: 2 } },
        },
      ]);
      expect(reader.ended).toBe(true);
    }
  });

  it('times out on what does not', async () => {
    const reader = await wait({ state: 'COMPLETE' });
    expect(await reader.after(58_000)).toEqual([]);
    expect(await reader.after(2_000)).toMatchObject([{ met: false, timedOut: true, workload: { name: 'cart' } }]);
  });

  it('sees the end of an object, which makes all else impossible', async () => {
    const [gone, complete, byItsName] = await Promise.all([
      wait({ deleted: true }),
      wait({ state: 'COMPLETE' }),
      wait({ updatedAvailable: 9 }, byName('cart')),
    ]);
    const present = world.store.cluster('edge-1')?.workloads('CLONE_SET').get('shop', 'cart');
    if (present === undefined) throw new Error('no cart');
    world.remove(present);
    expect(await gone.after(200)).toEqual([{ met: true, timedOut: false, impossible: false, workload: null }]);
    expect(await complete.after(0)).toMatchObject([{ impossible: true, workload: null }]);
    expect([await byItsName.after(10_000), byItsName.ended]).toEqual([[], false]);
  });

  it('waits for what is named and not there yet', async () => {
    const reader = await wait({ state: 'UNOBSERVED' }, byName('soon'));
    expect(await reader.after(1_000)).toEqual([]);
    world.put(aWorkload('CLONE_SET', 'soon').inCluster('edge-1').generation(2, 1));
    expect(await reader.after(1_100)).toMatchObject([{ met: true, workload: { name: 'soon' } }]);
  });

  it('believes nothing of a cluster that does not answer', async () => {
    const reader = await wait({ deleted: true }, byName('cart', 'lost-1'));
    expect(await reader.after(59_000)).toEqual([]);
    expect(await reader.after(1_000)).toMatchObject([{ met: false, timedOut: true, impossible: false }]);
  });

  it.each([
    {
      name: 'a hidden namespace',
      workload: { name: { cluster: 'edge-1', kind: 'CLONE_SET', namespace: 'bank', name: 'x' } },
      message: 'no such workload',
    },
    {
      name: 'no cluster',
      workload: { name: { cluster: 'nowhere', kind: 'CLONE_SET', namespace: 'shop', name: 'x' } },
      message: 'no such workload',
    },
    { name: 'what is no id', workload: { id: 'rubbish' }, message: 'must be the global id of a workload' },
  ])('refuses $name', async ({ workload, message }) => {
    const options = { variables: { workload, for: { deleted: true } }, access: onlyNamespaces(['shop']), principal: TEAM };
    await expect(world.stream(WAIT, options)).rejects.toThrow(message);
  });

  it('ends with FORBIDDEN when the right is lost', async () => {
    const rights = new Rights();
    const reader = await wait({ state: 'COMPLETE' }, { id: objectId(cart) }, { access: rights });
    rights.answer = NOTHING;
    await reader.after(6_000);
    expect([reader.ended, reader.errors]).toMatchObject([true, [{ code: 'FORBIDDEN' }]]);
  });
});
