import { describe, expect, it } from 'vitest';
import { aHub } from '../../test/support/a-hub.ts';
import { lossyApiServer } from '../../test/support/lossy-api-server.ts';
import { ProcessClock } from '../../test/support/process-clock.ts';
import { ApiServerCore } from '../apiserver/api-server-core.ts';
import { CORE_KINDS } from '../apiserver/resources/core-kinds.ts';
import { ApiError } from '../kube/api-error.ts';
import type { ApiServer } from '../kube/api-server.ts';
import { silentLogger } from '../runtime/logger.ts';
import { type Random, seededRandom } from '../runtime/random.ts';
import { VirtualClock } from '../runtime/virtual-clock.ts';
import { type ElectionOptions, LeaseElection } from './lease-election.ts';
import { HUB_NAMESPACE, LEASES, NAMESPACES } from './resources.ts';

const LEASE = { name: 'rollouts', namespace: HUB_NAMESPACE };

async function aWorld() {
  const hub = await aHub();
  let network: 'up' | 'down' = 'up';
  const lossy = lossyApiServer(hub.apiServer, () => (network === 'up' ? 'answered' : 'not-sent'));
  const stand = (holder: string, rest: Partial<ElectionOptions> = {}) => {
    const election = new LeaseElection({ ...hub, name: LEASE.name, holder, ...rest });
    election.start();
    return election;
  };
  return { ...hub, lossy, stand, cut: () => (network = 'down'), mend: () => (network = 'up') };
}

describe('an election', () => {
  it('makes the first one the leader and tells the second who leads', async () => {
    const { stand, clock } = await aWorld();
    const a = stand('a');
    await clock.settle();
    const b = stand('b');
    await clock.advanceBy(60_000);
    expect(a.state).toMatchObject({ leader: true, epoch: 1, holder: 'a' });
    expect(b.state).toEqual({ leader: false, epoch: 1, holder: 'a' });
    await Promise.all([a.stop(), b.stop()]);
  });

  it('gives the lease back at the end, so that another leads at its next try', async () => {
    const { stand, clock } = await aWorld();
    const a = stand('a');
    await clock.settle();
    const { term } = a.state;
    const b = stand('b');
    await clock.advanceBy(3_000);
    await a.stop();
    expect([term?.signal.aborted, term?.isValid, a.state.leader]).toEqual([true, false, false]);
    await clock.advanceBy(4_400);
    expect(b.state).toMatchObject({ leader: true, epoch: 2, holder: 'b' });
    await b.stop();
  });

  it('lets another lead 15 s after the last renewal it saw, when the leader is gone without a word', async () => {
    const { stand, clock, lossy, cut } = await aWorld();
    const a = stand('a', { apiServer: lossy });
    await clock.settle();
    const b = stand('b');
    await clock.advanceBy(3_000);
    cut();
    await clock.advanceBy(14_000);
    expect([a.state.leader, b.state.leader]).toEqual([false, false]);
    await clock.advanceBy(7_000);
    expect(b.state).toMatchObject({ leader: true, epoch: 2 });
    await Promise.all([a.stop(), b.stop()]);
  });

  it('ends the term before the renewal deadline when nothing is answered, and begins a new one with a higher epoch', async () => {
    const { stand, clock, lossy, cut, mend } = await aWorld();
    const a = stand('a', { apiServer: lossy });
    const told: string[] = [];
    a.onChange(({ leader, epoch }) => told.push(`${leader ? 'leading' : 'not leading'} ${epoch}`));
    await clock.advanceBy(2_000);
    const { term } = a.state;
    cut();
    await clock.advanceBy(9_499);
    expect(term?.isValid).toBe(true);
    await clock.advanceBy(1);
    expect([term?.signal.aborted, a.state.leader]).toEqual([true, false]);
    mend();
    await clock.advanceBy(5_000);
    expect(a.state).toMatchObject({ leader: true, epoch: 2 });
    expect(told).toEqual(['leading 1', 'not leading 1', 'leading 2']);
    await a.stop();
  });

  it('ends the term when somebody else has written the lease', async () => {
    const { stand, clock, apiServer } = await aWorld();
    const a = stand('a');
    await clock.settle();
    const lease = await apiServer.get(LEASES, LEASE);
    await apiServer.update(LEASES, { ...lease, spec: { ...lease.spec, holderIdentity: 'thief', leaseTransitions: 9 } });
    await clock.advanceBy(2_000);
    expect(a.state).toEqual({ leader: false, epoch: 9, holder: 'thief' });
    await clock.advanceBy(20_000);
    expect(a.state).toMatchObject({ leader: true, epoch: 10 });
    await a.stop();
  });

  it('goes on when somebody has touched the lease without taking it', async () => {
    const { stand, clock, apiServer } = await aWorld();
    const a = stand('a');
    await clock.settle();
    const lease = await apiServer.get(LEASES, LEASE);
    await apiServer.update(LEASES, { ...lease, metadata: { ...lease.metadata, labels: { touched: 'yes' } } });
    await clock.advanceBy(30_000);
    expect(a.state).toMatchObject({ leader: true, epoch: 1 });
    await a.stop();
  });

  it('takes an epoch above every one ever used, also when the lease was deleted', async () => {
    const { stand, clock, apiServer } = await aWorld();
    const a = stand('a', { epochFloor: () => Promise.resolve(41) });
    await clock.settle();
    expect(a.state.epoch).toBe(42);
    await apiServer.delete(LEASES, LEASE);
    await clock.advanceBy(10_000);
    expect(a.state.leader).toBe(true);
    await a.stop();
  });

  it('waits for nobody where no other process can live', async () => {
    const { stand, clock, lossy, cut } = await aWorld();
    const killed = stand('before', { apiServer: lossy });
    await clock.settle();
    cut();
    const a = stand('after', { isExclusive: true });
    await clock.settle();
    expect(a.state).toMatchObject({ leader: true, epoch: 2 });
    await Promise.all([a.stop(), killed.stop()]);
  });

  it('knows at once, when it continues after a stop, that its time is over', async () => {
    const { stand, clock } = await aWorld();
    const mine = new ProcessClock(clock);
    const a = stand('a', { clock: mine });
    await clock.settle();
    const { term } = a.state;
    mine.pause();
    await clock.advanceBy(60_000);
    mine.resume();
    expect([term?.isValid, term?.signal.aborted]).toEqual([false, true]);
    await a.stop();
  });

  it('leaves no timer behind', async () => {
    const { stand, clock } = await aWorld();
    const before = clock.pendingTimers;
    const a = stand('a');
    await clock.advanceBy(10_000);
    await a.stop();
    expect(clock.pendingTimers).toBe(before);
  });
});

const SEEDS = 1_000;
const STEP_MS = 250;

describe(`${SEEDS} stories of two candidates with stops, cuts, delays and wrong clocks`, () => {
  it('never have two leaders at a time, never an epoch twice, and end with one leader', { timeout: 300_000 }, async () => {
    const totals = { terms: 0, takeovers: 0, pauses: 0 };
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const told = await tellStory(seed);
      totals.terms += told.terms;
      totals.takeovers += told.takeovers;
      totals.pauses += told.pauses;
    }
    // The stories are about something.
    expect(totals.terms).toBeGreaterThan(2 * SEEDS);
    expect(totals.takeovers).toBeGreaterThan(SEEDS / 2);
    expect(totals.pauses).toBeGreaterThan(SEEDS);
  });
});

interface Network {
  isCut: boolean;
  isSlow: boolean;
}

interface Candidate {
  readonly clock: ProcessClock;
  readonly network: Network;
  holder: string;
  election: LeaseElection;
}

async function tellStory(seed: number) {
  const random = seededRandom(seed);
  const world = new VirtualClock();
  const core = new ApiServerCore({ name: 'hub', clock: world, random, resources: CORE_KINDS });
  await core.client().create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: HUB_NAMESPACE } });
  const told = { terms: 0, takeovers: 0, pauses: 0, lastEpoch: 0, lastHolder: '' };
  let restarts = 0;

  const elect = (clock: ProcessClock, network: Network, holder: string) => {
    const apiServer = slowServer({ server: core.client(), world, clock, network, random });
    const election = new LeaseElection({ apiServer, name: LEASE.name, holder, clock, random, logger: silentLogger });
    election.onChange(({ leader, epoch }) => {
      if (!leader) return;
      expect(epoch, `seed ${seed}: epoch of ${holder}`).toBeGreaterThan(told.lastEpoch);
      told.terms += 1;
      if (told.lastHolder !== holder) told.takeovers += 1;
      Object.assign(told, { lastEpoch: epoch, lastHolder: holder });
    });
    election.start();
    return election;
  };
  const candidate = (name: string): Candidate => {
    const clock = new ProcessClock(world, 0.99 + random.next() * 0.02);
    clock.jump((random.next() - 0.5) * 1e7);
    const network = { isCut: false, isSlow: true };
    return { clock, network, holder: name, election: elect(clock, network, name) };
  };
  const candidates = [candidate('a'), candidate('b')];

  for (let at = 0; at < 90_000; at += STEP_MS) {
    if (random.int(10) === 0) disturb(random.pick(candidates));
    await world.advanceBy(STEP_MS);
    const leaders = candidates.filter(({ election }) => election.state.leader);
    expect(leaders.length, `seed ${seed}: leaders at ${at}`).toBeLessThanOrEqual(1);
  }
  for (const { clock, network } of candidates) {
    clock.resume();
    Object.assign(network, { isCut: false, isSlow: false });
  }
  await world.advanceBy(60_000);
  expect(candidates.filter(({ election }) => election.state.leader).length, `seed ${seed}: at the end`).toBe(1);
  const stopping = Promise.all(candidates.map(({ election }) => election.stop()));
  await world.advanceBy(10_000);
  await stopping;
  core.close();
  return told;

  function disturb(one: Candidate): void {
    const { clock, network } = one;
    const what = random.int(12);
    if (clock.isPaused) {
      if (what < 5) clock.resume();
    } else if (what < 2) {
      clock.pause();
      told.pauses += 1;
    } else if (what < 4) network.isCut = !network.isCut;
    else if (what < 7) clock.jump((random.next() - 0.5) * 7_200_000);
    else if (what === 7) {
      void one.election.stop();
      one.holder = `${one.holder[0]}${restarts++}`;
      one.election = elect(clock, network, one.holder);
    }
  }
}

interface SlowServer {
  readonly server: ApiServer;
  readonly world: VirtualClock;
  readonly clock: ProcessClock;
  readonly network: Network;
  readonly random: Random;
}

/** Requests take their time there and back, also longer than the caller waits; then a write may still happen. */
function slowServer({ server, world, clock, network, random }: SlowServer): ApiServer {
  const delay = () => (network.isSlow && random.int(8) === 0 ? random.int(14_000) : random.int(60));
  const slow =
    <A extends unknown[], R>(isWrite: boolean, call: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      const lost = new ApiError(isWrite ? 'outcome-unknown' : 'unreachable', 'no answer', { reason: 'Timeout' });
      const work = (async () => {
        await world.sleep(delay());
        if (network.isCut) throw lost;
        const answer = await call(...args);
        await world.sleep(delay());
        if (network.isCut) throw lost;
        return answer;
      })();
      const { timeoutMs = 30_000 } = (args.at(-1) ?? {}) as { timeoutMs?: number };
      const timeout = clock.sleep(timeoutMs).then(() => Promise.reject(lost));
      timeout.catch(() => {});
      const settled = Promise.race([work, timeout]);
      settled.catch(() => {});
      work.catch(() => {});
      return settled.finally(() => clock.running());
    };
  return Object.assign(Object.create(server) as ApiServer, {
    get: slow(false, server.get.bind(server)),
    create: slow(true, server.create.bind(server)),
    update: slow(true, server.update.bind(server)),
  });
}
