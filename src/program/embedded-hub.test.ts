import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LeaseElection } from '../hub/lease-election.ts';
import { OperationLedger } from '../hub/operation-ledger.ts';
import { RolloutRepository } from '../hub/rollout-repository.ts';
import { systemClock } from '../runtime/clock.ts';
import { silentLogger } from '../runtime/logger.ts';
import { systemRandom } from '../runtime/random.ts';
import { openEmbeddedHub } from './embedded-hub.ts';

const DEPS = { clock: systemClock, random: systemRandom, logger: silentLogger };
const TARGET = { cluster: 'c', resource: 'deployments.apps', apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'n', name: 'web' };
const OPERATION = { id: 'o', mutation: 'rolloutStart', actor: 'ada', dryRun: false, auditId: 'a', at: 0 };
const SCOPE = { viewer: 'ada', mutation: 'rolloutStart', requestId: 'q' };

let directory = '';
beforeEach(() => {
  directory = path.join(mkdtempSync(path.join(tmpdir(), 'embedded-hub-')), '.fleetgraph');
});
afterEach(() => rmSync(path.dirname(directory), { recursive: true, force: true }));

describe('the embedded hub', () => {
  it('has rollouts, answers and the epoch again after a restart', async () => {
    const first = await openEmbeddedHub({ place: { directory }, ...DEPS });
    const rollouts = new RolloutRepository({ apiServer: first.apiServer, ...DEPS });
    const created = await rollouts.create(
      { id: 'r1', target: TARGET, createdBy: 'ada', createdAt: 1, plan: { p: 1 }, state: { s: 1 }, phase: 'PENDING' },
      1,
    );
    const ledger = new OperationLedger({ apiServer: first.apiServer, holder: 'one', ...DEPS });
    const begun = await ledger.begin(SCOPE, 'question', OPERATION);
    await ledger.finish(begun.entry, { outcome: 'APPLIED', answer: { rollout: 'r1' } });
    const killed = elect(first.apiServer, 'one');
    await untilLeading(killed);
    await first.close();

    const second = await openEmbeddedHub({ place: { directory }, ...DEPS });
    expect(await new RolloutRepository({ apiServer: second.apiServer, ...DEPS }).get('r1')).toEqual(created);
    const again = new OperationLedger({ apiServer: second.apiServer, holder: 'two', abandonedAfterMs: 0, ...DEPS });
    expect(await again.begin(SCOPE, 'question', { ...OPERATION, id: 'p' })).toMatchObject({
      kind: 'replay',
      result: { answer: { rollout: 'r1' } },
    });
    const next = elect(second.apiServer, 'two');
    await untilLeading(next);
    expect([killed.state.epoch, next.state.epoch]).toEqual([1, 2]);
    await next.stop();
    await killed.stop();
    await second.close();
  });

  it('lets one in', async () => {
    const hub = await openEmbeddedHub({ place: { directory }, ...DEPS });
    await expect(openEmbeddedHub({ place: { directory }, ...DEPS })).rejects.toMatchObject({ code: 'locked' });
    await hub.close();
  });

  it('forgets in memory', async () => {
    const hub = await openEmbeddedHub({ place: 'memory', ...DEPS });
    expect(await new RolloutRepository({ apiServer: hub.apiServer, ...DEPS }).list()).toEqual([]);
    await hub.close();
  });
});

function elect(apiServer: ConstructorParameters<typeof LeaseElection>[0]['apiServer'], holder: string): LeaseElection {
  const election = new LeaseElection({ apiServer, name: 'rollouts', holder, isExclusive: true, ...DEPS });
  election.start();
  return election;
}

function untilLeading(election: LeaseElection): Promise<void> {
  return new Promise((resolve) => {
    if (election.state.leader) resolve();
    election.onChange(({ leader }) => leader && resolve());
  });
}
