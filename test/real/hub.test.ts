import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installHub } from '../../src/hub/install.ts';
import { LeaseElection } from '../../src/hub/lease-election.ts';
import { OperationLedger } from '../../src/hub/operation-ledger.ts';
import { DEFINITIONS, HUB_NAMESPACE, LEASES } from '../../src/hub/resources.ts';
import type { NewRollout, RolloutRecord } from '../../src/hub/rollout-record.ts';
import { RolloutRepository } from '../../src/hub/rollout-repository.ts';
import type { ApiServer } from '../../src/kube/api-server.ts';
import { connectContext } from '../../src/kube/http/connect-context.ts';
import { contextsOf } from '../../src/kube/http/kubeconfig.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { silentLogger } from '../../src/runtime/logger.ts';
import { systemRandom } from '../../src/runtime/random.ts';
import { sharedControlPlane } from '../controlplane/shared-control-plane.ts';
import { until } from '../controlplane/until.ts';

const DEPS = { clock: systemClock, random: systemRandom, logger: silentLogger };
const TARGET = {
  cluster: 'c',
  resource: 'deployments.apps',
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  namespace: 'shop',
  name: 'web',
  uid: 'u',
};

const controlPlane = sharedControlPlane();
const cluster = controlPlane.cluster('cluster-2');
const made = systemRandom.suffix(6);
let folder = '';
let apiServer: ApiServer;
let rollouts: RolloutRepository;

const aRollout = (name: string, rest: Partial<NewRollout> = {}): NewRollout => ({
  id: `${name}-${made}`,
  target: TARGET,
  createdBy: 'ada',
  createdAt: 1_767_225_600_123,
  plan: { template: { 'odd key/~': [1, null, { deep: true }] } },
  state: { steps: [] },
  phase: 'RUNNING',
  ...rest,
});

async function connectAs(user: 'admin' | 'team-shop'): Promise<ApiServer> {
  const file = path.join(folder, user);
  await controlPlane.writeKubeconfig({ user, path: file });
  const [context] = await contextsOf([file], ['cluster-2']);
  if (context === undefined) throw new Error(`${file} names no cluster-2`);
  return connectContext(context, { clock: systemClock, userAgent: 'fleetgraph/hub-test' });
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hub-'));
  apiServer = await connectAs('admin');
  rollouts = new RolloutRepository({ apiServer, ...DEPS });
});
afterAll(async () => {
  for (const { metadata } of (await apiServer.list(DEFINITIONS)).items)
    if (metadata.name.endsWith('.fleetgraph.io')) await apiServer.delete(DEFINITIONS, { name: metadata.name });
  await apiServer.delete(LEASES, { namespace: HUB_NAMESPACE, name: made }).catch(() => {});
  await apiServer.close();
  cluster.close();
  await rm(folder, { recursive: true, force: true });
});

const eventually = (what: string, holds: () => boolean) => until(what, { timeoutMs: 30_000 }, () => Promise.resolve(holds()));

describe('a real cluster as the hub', () => {
  it('refuses somebody without rights in a sentence', async () => {
    const stranger = await connectAs('team-shop');
    await expect(installHub(stranger, { clock: systemClock })).rejects.toMatchObject({
      code: 'not-allowed',
      message: expect.stringContaining('customresourcedefinitions'),
    });
    await stranger.close();
  });

  it('takes the definitions as they are, and a second time', async () => {
    await installHub(apiServer, { clock: systemClock });
    const before = (await apiServer.get(DEFINITIONS, { name: 'rollouts.fleetgraph.io' })).metadata;
    await installHub(apiServer, { clock: systemClock });
    const present = await apiServer.get(DEFINITIONS, { name: 'rollouts.fleetgraph.io' });
    expect(present.metadata.generation).toBe(before.generation);
    const conditions = present.status?.['conditions'] as { type: string; status: string }[];
    expect(conditions.find(({ type }) => type === 'Established')?.status).toBe('True');
    expect(conditions.find(({ type }) => type === 'NonStructuralSchema')).toBeUndefined();
  });

  it('keeps rollouts to the letter, and shows them to kubectl', async () => {
    const wanted = aRollout('letter', { step: '1/3', reason: 'Waiting' });
    const created = await rollouts.create(wanted, 1);
    expect(created).toMatchObject({ ...wanted, epoch: 1, writes: 1 });
    expect(await rollouts.get(wanted.id)).toEqual(created);
    // A new kind is served before it is in the discovery document, from which kubectl knows its names.
    const shown = await until('kubectl knows rollouts', { timeoutMs: 30_000 }, () =>
      cluster.kubectl('get', 'fgr', '-n', HUB_NAMESPACE, wanted.id),
    );
    expect(shown).toMatch(/NAME +CLUSTER +NAMESPACE +WORKLOAD +PHASE +STEP +REASON +BY +AGE/);
    expect(shown).toMatch(/letter-\w+ +c +shop +web +RUNNING +1\/3 +Waiting +ada/);
  });

  it('refuses old versions and old leaders, and follows', async () => {
    const told: string[] = [];
    const end = new AbortController();
    const wanted = aRollout('fenced');
    const listener = {
      replaced: (all: readonly RolloutRecord[]) => told.push(`all ${all.length > 0}`),
      changed: ({ id, epoch, phase }: RolloutRecord) => id === wanted.id && told.push(`${epoch} ${phase}`),
      removed: (id: string) => id === wanted.id && told.push('removed'),
    };
    const following = rollouts.follow(listener, end.signal);
    await eventually('the list', () => told.length > 0);
    const old = await rollouts.create(wanted, 4);
    const claimed = await rollouts.claim(old, 5);
    await expect(rollouts.update(old, { state: {}, phase: 'X' }, 4)).rejects.toMatchObject({ code: 'superseded' });
    await expect(rollouts.update(old, { state: {}, phase: 'X' }, 5)).rejects.toMatchObject({ code: 'conflict' });
    await rollouts.delete(await rollouts.update(claimed, { state: {}, phase: 'ABORTED', finishedAt: 1 }, 5));
    await eventually('the removal', () => told.includes('removed'));
    expect(told).toEqual(['all true', '4 RUNNING', '5 RUNNING', '5 ABORTED', 'removed']);
    end.abort();
    await following;
  });

  it('takes the largest object that we send', async () => {
    const wanted = aRollout('large', { state: { text: 'x'.repeat(999_000) } });
    const created = await rollouts.create(wanted, 1);
    await rollouts.update(created, { state: { text: 'y'.repeat(999_000) }, phase: 'RUNNING' }, 1);
    await expect(rollouts.update(created, { state: { text: 'y'.repeat(1_000_000) }, phase: 'X' }, 1)).rejects.toMatchObject({
      code: 'too-large',
    });
  });

  it('lets one of five who ask at once carry a request out', async () => {
    const scope = { viewer: 'ada', mutation: 'rolloutStart', requestId: made };
    const ask = (at: number) => {
      const ledger = new OperationLedger({ apiServer, holder: `gateway-${at}`, ...DEPS });
      const operation = { id: `${made}-${at}`, mutation: 'rolloutStart', actor: 'ada', dryRun: false, auditId: 'a', at: systemClock.now() };
      return ledger.begin(scope, { target: TARGET }, operation).then((begun) => ({ ledger, begun }));
    };
    const asked = await Promise.all([0, 1, 2, 3, 4].map(ask));
    const doers = asked.filter(({ begun }) => begun.kind === 'new');
    expect(doers).toHaveLength(1);
    await Promise.all(doers.map(({ ledger, begun }) => ledger.finish(begun.entry, { outcome: 'APPLIED', answer: { rollout: 'r' } })));
    const { begun } = await ask(5);
    expect(begun).toMatchObject({ kind: 'replay', result: { outcome: 'APPLIED', answer: { rollout: 'r' } } });
  });

  it('has one leader of two, and another when the first goes', async () => {
    const stand = (holder: string) => {
      const election = new LeaseElection({ apiServer, name: made, holder, epochFloor: (signal) => rollouts.highestEpoch(signal), ...DEPS });
      election.start();
      return election;
    };
    const a = stand('a');
    await eventually('a leads', () => a.state.leader);
    const b = stand('b');
    await eventually('b has seen a', () => b.state.holder === 'a');
    const { epoch } = a.state;
    expect([b.state.leader, epoch]).toEqual([false, (await rollouts.highestEpoch()) + 1]);
    await a.stop();
    await eventually('b leads', () => b.state.leader);
    expect(b.state.epoch).toBe(epoch + 1);
    await b.stop();
  });
});
