import { describe, expect, it } from 'vitest';
import { aHub } from '../../test/support/a-hub.ts';
import { type Fate, lossyApiServer } from '../../test/support/lossy-api-server.ts';
import type { JsonObject } from '../model/kube-object.ts';
import { HUB_NAMESPACE, ROLLOUTS } from './resources.ts';
import type { NewRollout, RolloutRecord } from './rollout-record.ts';
import { RolloutRepository } from './rollout-repository.ts';
import { MAX_OBJECT_BYTES } from './size-guard.ts';

const TARGET = {
  cluster: 'c1',
  resource: 'clonesets.apps.kruise.io',
  apiVersion: 'apps.kruise.io/v1alpha1',
  kind: 'CloneSet',
  namespace: 'shop',
  name: 'cart',
  uid: 'u-1',
};
const STATE: JsonObject = { steps: [{ pods: 1, deep: { null: null, list: [1, 'two', [3]] } }], 'odd key/~': true };

const aRollout = (id: string, rest: Partial<NewRollout> = {}): NewRollout => ({
  id,
  target: TARGET,
  createdBy: 'ada',
  createdAt: Date.UTC(2026, 0, 2, 3, 4, 5, 6),
  plan: { template: { spec: {} }, format: 1 },
  state: STATE,
  phase: 'PENDING',
  ...rest,
});

async function aRepository() {
  const hub = await aHub();
  const repository = new RolloutRepository(hub);
  const over = (fate: () => Fate) => new RolloutRepository({ ...hub, apiServer: lossyApiServer(hub.apiServer, fate) });
  return { ...hub, repository, over };
}

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: unknown) => (error as { code?: string }).code,
  );

describe('the rollouts of the hub', () => {
  it('are kept to the letter', async () => {
    const { repository } = await aRepository();
    const created = await repository.create(aRollout('r1', { reason: 'NotStarted', step: '0/2' }), 3);
    expect(created).toMatchObject({ ...aRollout('r1'), epoch: 3, writes: 1, reason: 'NotStarted', step: '0/2' });
    expect(await repository.get('r1')).toEqual(created);
    expect(await repository.list()).toEqual([created]);
  });

  it('are created once', async () => {
    const { repository } = await aRepository();
    await repository.create(aRollout('r1'), 1);
    expect(await codeOf(repository.create(aRollout('r1'), 1))).toBe('exists');
    expect(await codeOf(repository.get('r2'))).toBe('absent');
  });

  it('take a write of the version that was read, and no other', async () => {
    const { repository } = await aRepository();
    const first = await repository.create(aRollout('r1', { reason: 'A', step: '1/2' }), 1);
    const second = await repository.update(first, { state: { at: 2 }, phase: 'RUNNING' }, 1);
    expect(second).toMatchObject({ state: { at: 2 }, phase: 'RUNNING', writes: 2, plan: first.plan });
    expect([second.reason, second.step]).toEqual([undefined, undefined]);
    expect(await codeOf(repository.update(first, { state: {}, phase: 'RUNNING' }, 1))).toBe('conflict');
    expect((await repository.get('r1')).state).toEqual({ at: 2 });
  });

  it('refuse an older leader from the moment a newer one has claimed them', async () => {
    const { repository } = await aRepository();
    const old = await repository.create(aRollout('r1'), 4);
    const claimed = await repository.claim(old, 5);
    expect(claimed).toMatchObject({ epoch: 5, state: old.state, phase: old.phase });
    expect(await codeOf(repository.update(old, { state: {}, phase: 'X' }, 4))).toBe('superseded');
    expect(await codeOf(repository.update(claimed, { state: {}, phase: 'X' }, 4))).toBe('superseded');
    expect(await repository.get('r1')).toEqual(claimed);
    expect(await repository.highestEpoch()).toBe(5);
  });

  it('do not become larger than any hub takes', async () => {
    const { repository } = await aRepository();
    const rollout = await repository.create(aRollout('r1'), 1);
    const state = { text: 'é'.repeat(MAX_OBJECT_BYTES / 2) };
    expect(await codeOf(repository.update(rollout, { state, phase: 'X' }, 1))).toBe('too-large');
    expect(await codeOf(repository.create(aRollout('r2', { state }), 1))).toBe('too-large');
    expect(await repository.list()).toEqual([rollout]);
  });

  it.each<{ name: string; fates: Fate[]; code: string; writes: number }>([
    { name: 'an answer is lost', fates: ['answer-lost'], code: 'done', writes: 2 },
    { name: 'a request is lost', fates: ['lost'], code: 'done', writes: 2 },
    { name: 'two answers are lost', fates: ['answer-lost', 'answer-lost'], code: 'done', writes: 2 },
    { name: 'it cannot be known', fates: ['answer-lost', 'lost', 'lost'], code: 'outcome-unknown', writes: 2 },
    {
      name: 'it cannot be known, the last one not having been sent',
      fates: ['answer-lost', 'not-sent'],
      code: 'outcome-unknown',
      writes: 2,
    },
    { name: 'nothing was sent', fates: ['not-sent'], code: 'unreachable', writes: 1 },
  ])('are written once when $name', async ({ fates, code, writes }) => {
    const { repository, over } = await aRepository();
    const rollout = await repository.create(aRollout('r1'), 1);
    const queue = [...fates];
    const written = over(() => queue.shift() ?? 'answered').update(rollout, { state: { at: 2 }, phase: 'RUNNING' }, 1);
    expect(await codeOf(written)).toBe(code);
    expect((await repository.get('r1')).writes).toBe(writes);
  });

  it('tell a conflict from an own write whose answer was lost', async () => {
    const { repository, over } = await aRepository();
    const rollout = await repository.create(aRollout('r1'), 1);
    await repository.update(rollout, { state: { by: 'other' }, phase: 'RUNNING' }, 1);
    const queue: Fate[] = ['lost'];
    expect(await codeOf(over(() => queue.shift() ?? 'answered').update(rollout, { state: { by: 'us' }, phase: 'RUNNING' }, 1))).toBe(
      'conflict',
    );
  });

  it('are created once when the answer is lost', async () => {
    const { repository, over } = await aRepository();
    const queue: Fate[] = ['answer-lost'];
    const created = await over(() => queue.shift() ?? 'answered').create(aRollout('r1'), 1);
    expect(await repository.get('r1')).toEqual(created);
  });

  it('are deleted as they were read', async () => {
    const { repository } = await aRepository();
    const first = await repository.create(aRollout('r1'), 1);
    const second = await repository.update(first, { state: {}, phase: 'X' }, 1);
    expect(await codeOf(repository.delete(first))).toBe('conflict');
    await repository.delete(second);
    expect(await codeOf(repository.delete(second))).toBe('done');
    expect(await repository.list()).toEqual([]);
  });

  it('go when they ended long ago, or many ended since', async () => {
    const { repository, clock } = await aRepository();
    const now = clock.now();
    await repository.create(aRollout('running'), 1);
    for (const [id, ago] of [
      ['old', 10_000],
      ['third', 3_000],
      ['second', 2_000],
      ['first', 1_000],
    ] as const)
      await repository.create(aRollout(id, { finishedAt: now - ago }), 1);
    expect(await repository.deleteFinished({ retentionMs: 5_000, keep: 2 })).toBe(2);
    expect((await repository.list()).map(({ id }) => id)).toEqual(['first', 'running', 'second']);
  });

  it('that somebody broke are left alone and harm no other', async () => {
    const { repository, apiServer } = await aRepository();
    const rollout = await repository.create(aRollout('r1'), 1);
    const object = await apiServer.get(ROLLOUTS, { name: 'r1', namespace: HUB_NAMESPACE });
    await apiServer.create(ROLLOUTS, {
      ...object,
      metadata: { name: 'r2', namespace: HUB_NAMESPACE },
      spec: { ...object.spec, createdAt: 'soon' },
    });
    expect(await repository.list()).toEqual([rollout]);
    expect(await codeOf(repository.get('r2'))).toBe('unreadable');
  });
});

describe('following', () => {
  it('tells what is there, every change, and all anew after an outage', async () => {
    const { repository, core, apiServer, clock, ...deps } = await aRepository();
    let isDown = false;
    const followed = new RolloutRepository({
      ...deps,
      clock,
      apiServer: lossyApiServer(apiServer, () => (isDown ? 'not-sent' : 'answered')),
    });
    const told: string[] = [];
    const names = (rollouts: readonly RolloutRecord[]) => rollouts.map(({ id }) => id).join(',');
    const end = new AbortController();
    const first = await repository.create(aRollout('r1'), 1);
    const following = followed.follow(
      {
        replaced: (rollouts) => told.push(`all ${names(rollouts)}`),
        changed: ({ id, phase }) => told.push(`${id} ${phase}`),
        removed: (id) => told.push(`no ${id}`),
        lost: ({ code }) => told.push(code),
      },
      end.signal,
    );
    await clock.settle();
    const second = await repository.update(first, { state: {}, phase: 'RUNNING' }, 1);
    await repository.create(aRollout('r2'), 1);
    await repository.delete(second);
    await clock.settle();
    expect(told).toEqual(['all r1', 'r1 RUNNING', 'r2 PENDING', 'no r1']);
    isDown = true;
    await repository.create(aRollout('r3'), 1);
    core.compact();
    core.closeWatches();
    await clock.advanceBy(1_000);
    await repository.create(aRollout('r4'), 1);
    core.compact();
    core.closeWatches();
    await clock.advanceBy(60_000);
    isDown = false;
    await clock.advanceBy(60_000);
    expect(told.at(-1)).toMatch(/^(all r2,r3,r4|r4 PENDING)$/);
    end.abort();
    await clock.advanceBy(60_000);
    await following;
    expect(core.openWatches).toBe(0);
  });
});
