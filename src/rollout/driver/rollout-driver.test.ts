import { describe, expect, it } from 'vitest';
import { type DriverProcess, DriverWorld, type Movable, TEAM } from '../../../test/support/driver-world.ts';
import { lossyApiServer } from '../../../test/support/lossy-api-server.ts';
import { NotLeadingError } from '../run-driver.ts';

const MINUTES = 60_000;

/** The first step is done and waits for a person. */
async function untilWaiting(world: DriverWorld, process: DriverProcess): Promise<void> {
  await world.until(() => process.phase() === 'WAITING', 3 * MINUTES);
}

async function advanced(world: DriverWorld, process: DriverProcess): Promise<void> {
  await untilWaiting(world, process);
  expect((await process.command('advance'))?.refusal).toBeUndefined();
}

/** Each intent that took effect did so once, in order, under its own audit id and as the person; nothing else was written. */
async function expectOneWriteEach(world: DriverWorld): Promise<void> {
  const { intents } = (await world.recorded()).status;
  expect(intents.filter(({ outcome }) => outcome === 'pending' || outcome === 'unknown')).toEqual([]);
  const applied = intents.filter(({ outcome }) => outcome === 'applied');
  expect(world.markers).toEqual(applied.map(({ id, op }) => (op === 'RELEASE' ? null : id)));
  expect(world.audited()).toEqual(applied.map(({ id }) => ({ auditID: id, as: TEAM.username })));
}

describe.each<Movable>(['CLONE_SET', 'DEPLOYMENT'])('a run over a %s', (kind) => {
  it('goes through its steps to the end', async () => {
    await using world = await DriverWorld.begin(kind);
    const before = await world.workload();
    const process = await world.start();
    await process.start(await world.plan('demo:v2'));
    await untilWaiting(world, process);
    expect(await world.images()).toEqual({ 'demo:v1': 9, 'demo:v2': 1 });
    await advanced(world, process);
    await world.until(() => process.phase() === 'SUCCEEDED', 10 * MINUTES);
    expect(await world.images()).toEqual({ 'demo:v2': 10 });
    const after = await world.workload();
    expect({ ...after.spec, template: before.spec?.['template'] }).toEqual(before.spec);
    expect(after.metadata.labels).toEqual(before.metadata.labels);
    await expectOneWriteEach(world);
  });

  it('halts within 30 s of the evidence, and goes back to the letter', async () => {
    await using world = await DriverWorld.begin(kind);
    const before = await world.workload();
    const process = await world.start();
    await process.start(await world.plan('demo:v2-missing'));
    const isBroken = () =>
      [...world.cluster.pods()]
        .filter(({ metadata }) => metadata.name.startsWith('demo'))
        .some(({ status }) => status?.containerStatuses?.[0]?.state?.waiting?.reason === 'ErrImagePull');
    await world.until(isBroken, MINUTES);
    await world.until(() => process.phase() === 'HALTED', 30_000);
    expect(process.book.get('r1')?.state.status.causes[0]).toMatchObject({ code: 'ImagePull', count: 1 });
    expect(await process.command('rollback')).toMatchObject({ replayed: false, run: { state: { status: { phase: 'ROLLING_BACK' } } } });
    await world.until(() => process.phase() === 'ROLLED_BACK', 5 * MINUTES);
    expect(await world.images()).toEqual({ 'demo:v1': 10 });
    const after = await world.workload();
    expect(after.spec).toEqual(before.spec);
    expect(after.metadata.labels).toEqual(before.metadata.labels);
    await expectOneWriteEach(world);
  });
});

describe('a driver', () => {
  it('answers a command that comes again as it did the first time, also after a restart', async () => {
    await using world = await DriverWorld.begin('CLONE_SET');
    const first = await world.start();
    await first.start(await world.plan('demo:v2'));
    expect((await first.command('advance', 'too-soon'))?.refusal?.code).toBeDefined();
    await advanced(world, first);
    first.kill();
    const second = await world.start();
    expect(await second.command('advance')).toMatchObject({ replayed: true });
    expect(await second.command('advance', 'too-soon')).toMatchObject({ replayed: true, refusal: { code: expect.any(String) } });
    expect(await second.driver.command('nobody', { id: 'x', verb: 'pause', actor: TEAM })).toBeUndefined();
  });

  it('takes a finished run up again for a rollback', async () => {
    await using world = await DriverWorld.begin('CLONE_SET');
    const before = await world.workload();
    const process = await world.start();
    await process.start(await world.plan('demo:v2', [{ target: '100%' }]));
    await world.until(() => process.phase() === 'SUCCEEDED', 10 * MINUTES);
    await world.clock.advanceBy(MINUTES);
    expect((await process.command('rollback'))?.refusal).toBeUndefined();
    await world.until(() => process.phase() === 'ROLLED_BACK', 5 * MINUTES);
    expect((await world.workload()).spec).toEqual(before.spec);
    await expectOneWriteEach(world);
  });

  it('starts a run of the same id once', async () => {
    await using world = await DriverWorld.begin('CLONE_SET');
    const process = await world.start();
    const plan = await world.plan('demo:v2');
    await process.start(plan);
    await untilWaiting(world, process);
    expect(await process.start(plan)).toMatchObject({ state: { status: { phase: 'WAITING' } } });
  });

  it('says on the workload what it does and as whom', async () => {
    await using world = await DriverWorld.begin('CLONE_SET');
    const process = await world.start();
    await process.start(await world.plan('demo:v2'));
    await untilWaiting(world, process);
    const { items } = await world.cluster.core.client().list(EVENTS, { namespace: 'shop', fieldSelector: 'involvedObject.name=demo' });
    const ours = items.filter(({ reportingComponent }) => reportingComponent === 'fleetgraph');
    expect(ours).toMatchObject([{ reason: 'RolloutStarted', type: 'Normal', message: expect.stringContaining('(run r1, as team-shop)') }]);
  });

  it('goes on after an outage of the hub as if it had not been', async () => {
    await using world = await DriverWorld.begin('CLONE_SET');
    let isOut = false;
    const process = await world.start({ toHub: (server) => lossyApiServer(server, () => (isOut ? 'not-sent' : 'answered')) });
    await process.start(await world.plan('demo:v2'));
    await advanced(world, process);
    isOut = true;
    await world.clock.advanceBy(MINUTES);
    expect(process.driver.leads).toBe(false);
    await expect(process.command('pause')).rejects.toThrow(NotLeadingError);
    const writes = world.markers.length;
    await world.clock.advanceBy(MINUTES);
    expect(world.markers.length).toBe(writes);
    isOut = false;
    await world.until(() => process.phase() === 'SUCCEEDED', 10 * MINUTES);
    await expectOneWriteEach(world);
  });

  it('waits out an outage of the cluster', async () => {
    await using world = await DriverWorld.begin('DEPLOYMENT');
    let isOut = false;
    const process = await world.start({ toCluster: (server) => lossyApiServer(server, () => (isOut ? 'lost' : 'answered')) });
    await process.start(await world.plan('demo:v2'));
    await advanced(world, process);
    isOut = true;
    world.cluster.core.closeWatches();
    await world.clock.advanceBy(2 * MINUTES);
    expect(process.book.get('r1')?.state.status.reason.code).toBe('ClusterUnreachable');
    isOut = false;
    await world.until(() => process.phase() === 'SUCCEEDED', 10 * MINUTES);
    await expectOneWriteEach(world);
  });

  it('clears up answers that are lost', async () => {
    await using world = await DriverWorld.begin('CLONE_SET');
    let requests = 0;
    const fate = () => {
      requests += 1;
      return requests % 4 === 0 ? 'answer-lost' : 'answered';
    };
    const process = await world.start({
      toCluster: (server) => lossyApiServer(server, (verb) => (verb === 'patch' ? fate() : 'answered')),
    });
    await process.start(await world.plan('demo:v2'));
    await advanced(world, process);
    await world.until(() => process.phase() === 'SUCCEEDED', 10 * MINUTES);
    expect(requests).toBeGreaterThan(4);
    await expectOneWriteEach(world);
  });

  it('asked to end lets what it sent be answered and recorded, and gives the lease back', async () => {
    await using world = await DriverWorld.begin('CLONE_SET');
    const sent = Promise.withResolvers<void>();
    const slow = Promise.withResolvers<void>();
    const gate = async (verb: string) => {
      if (verb !== 'patch') return 'answered' as const;
      sent.resolve();
      await slow.promise;
      return 'answered' as const;
    };
    const process = await world.start({ hasOwnHub: false, toCluster: (server) => lossyApiServer(server, gate) });
    await process.start(await world.plan('demo:v2'));
    await world.clock.advanceBy(1_000);
    await sent.promise;
    let isOver = false;
    const ending = process.driver[Symbol.asyncDispose]().then(() => {
      isOver = true;
    });
    await world.clock.advanceBy(500);
    expect(isOver).toBe(false);
    await expect(process.command('abort')).rejects.toThrow(NotLeadingError);
    slow.resolve();
    await world.clock.advanceBy(1_000);
    await ending;
    expect((await world.recorded()).status.intents).toMatchObject([{ op: 'CLAIM', outcome: 'applied' }]);
    const next = await world.start({ hasOwnHub: false });
    expect(next.driver.leads).toBe(true);
    await advanced(world, next);
    await world.until(() => next.phase() === 'SUCCEEDED', 10 * MINUTES);
    await expectOneWriteEach(world);
  });
});

describe('two drivers on one hub', () => {
  it('one leads, the other shows what it does and refuses', async () => {
    await using world = await DriverWorld.begin('CLONE_SET');
    const first = await world.start({ hasOwnHub: false });
    const second = await world.start({ hasOwnHub: false });
    expect([first.driver.leads, second.driver.leads, second.driver.leader]).toEqual([true, false, 'process-1']);
    await first.start(await world.plan('demo:v2'));
    await untilWaiting(world, first);
    await world.clock.advanceBy(1_000);
    expect(second.phase()).toBe('WAITING');
    await expect(second.command('advance')).rejects.toMatchObject({ name: 'NotLeadingError', leader: 'process-1' });
  });

  it('one that stood still past its lease sends nothing that counts', async () => {
    await using world = await DriverWorld.begin('CLONE_SET');
    let stalled: DriverProcess | undefined;
    let patches = 0;
    // Stands still in the middle of sending the second patch, which then goes out late.
    const gate = (request: string, when: string) => {
      if (request !== 'cluster patch' || when === 'after') return;
      patches += 1;
      if (patches === 2) stalled?.clock.pause();
    };
    stalled = await world.start({ hasOwnHub: false, gate });
    await stalled.start(await world.plan('demo:v2'));
    await world.until(() => patches === 2, MINUTES);
    const second = await world.start({ hasOwnHub: false });
    await world.until(() => second.driver.leads, 2 * MINUTES);
    await untilWaiting(world, second);
    stalled.clock.resume();
    await world.clock.advanceBy(30_000);
    expect(stalled.driver.leads).toBe(false);
    expect(stalled.phase()).toBe('WAITING');
    await advanced(world, second);
    await world.until(() => second.phase() === 'SUCCEEDED', 10 * MINUTES);
    await expectOneWriteEach(world);
  });
});

const EVENTS = { group: '', version: 'v1', resource: 'events', kind: 'Event', namespaced: true };
