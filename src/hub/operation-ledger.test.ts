import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aHub } from '../../test/support/a-hub.ts';
import { type Fate, lossyApiServer } from '../../test/support/lossy-api-server.ts';
import type { Operation } from './operation-entry.ts';
import { type LedgerOptions, OperationLedger } from './operation-ledger.ts';

const DAY_MS = 24 * 3_600_000;
const SCOPE = { viewer: 'ada', mutation: 'rolloutStart', requestId: 'q-1' };
const QUESTION = { target: 'shop/cart', steps: [1, '50%'] };
const TARGET = { cluster: 'c1', resource: 'deployments.apps', apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'cart' };
const APPLIED = { outcome: 'APPLIED', answer: { rollout: 'r1', errors: [] } };

let made = 0;
const anOperation = (rest: Partial<Operation> = {}): Operation => ({
  id: `o-${made++}`,
  mutation: 'rolloutStart',
  actor: 'ada',
  target: TARGET,
  note: 'why not',
  dryRun: false,
  auditId: 'audit-1',
  at: Date.UTC(2026, 0, 1),
  ...rest,
});

async function aLedger() {
  const hub = await aHub();
  const open = (holder: string, rest: Partial<LedgerOptions> = {}) => new OperationLedger({ ...hub, holder, ...rest });
  return { ...hub, open, ledger: open('gateway-1') };
}

describe('a request id', () => {
  it('gets the first answer again, also after a restart', async () => {
    const { ledger, open } = await aLedger();
    const begun = await ledger.begin(SCOPE, QUESTION, anOperation());
    expect(begun).toMatchObject({ kind: 'new', entry: { requestId: 'q-1', target: TARGET, note: 'why not', outcome: 'ACCEPTED' } });
    await ledger.finish(begun.entry, APPLIED);
    const restarted = open('gateway-2');
    const again = await restarted.begin(SCOPE, { steps: [1, '50%'], target: 'shop/cart' }, anOperation());
    expect(again).toMatchObject({ kind: 'replay', result: APPLIED, entry: { id: begun.entry.id } });
  });

  it('belongs to one viewer and one mutation', async () => {
    const { ledger } = await aLedger();
    await ledger.begin(SCOPE, QUESTION, anOperation());
    for (const other of [
      { ...SCOPE, viewer: 'bob' },
      { ...SCOPE, mutation: 'rolloutPause' },
      { viewer: 'adar', mutation: 'olloutStart', requestId: 'q-1' },
    ])
      expect(await ledger.begin(other, QUESTION, anOperation())).toMatchObject({ kind: 'new' });
  });

  it('stands for one question', async () => {
    const { ledger } = await aLedger();
    const { entry } = await ledger.begin(SCOPE, QUESTION, anOperation());
    expect(await ledger.begin(SCOPE, { ...QUESTION, steps: [2] }, anOperation())).toMatchObject({ kind: 'reused' });
    await ledger.finish(entry, APPLIED);
    expect(await ledger.begin(SCOPE, { ...QUESTION, steps: [2] }, anOperation())).toMatchObject({ kind: 'reused' });
  });

  it('is free again when nothing was done, and both attempts stay on record', async () => {
    const { ledger } = await aLedger();
    const first = await ledger.begin(SCOPE, QUESTION, anOperation({ at: 1_000 }));
    await ledger.finish(first.entry, { outcome: 'REFUSED', answer: {}, isReusable: true });
    const second = await ledger.begin(SCOPE, { other: true }, anOperation({ at: 2_000 }));
    expect(second).toMatchObject({ kind: 'new', entry: { attempt: 1 } });
    await ledger.finish(second.entry, APPLIED);
    expect((await ledger.list()).map(({ id, outcome }) => [id, outcome])).toEqual([
      [second.entry.id, 'APPLIED'],
      [first.entry.id, 'REFUSED'],
    ]);
  });

  it('that was left open is found out about by whoever asks next, who reads how it was about to be done', async () => {
    const { ledger, open } = await aLedger();
    const begun = await ledger.begin(SCOPE, QUESTION, anOperation());
    const noted = await ledger.note(begun.entry, { patch: ['once'] });
    await ledger.leaveOpen(noted);
    const again = await open('gateway-2').begin(SCOPE, QUESTION, anOperation());
    expect(again).toMatchObject({
      kind: 'in-progress',
      isAbandoned: true,
      entry: { id: begun.entry.id, outcome: 'UNKNOWN', command: { patch: ['once'] } },
    });
    const taken = await open('gateway-2').takeOver(again.entry);
    expect(await ledger.begin(SCOPE, QUESTION, anOperation())).toMatchObject({ kind: 'in-progress', isAbandoned: false });
    await expect(ledger.note(noted, {})).rejects.toMatchObject({ code: 'conflict' });
    await ledger.finish(taken, APPLIED);
    expect(await ledger.begin(SCOPE, QUESTION, anOperation())).toMatchObject({ kind: 'replay', result: APPLIED });
  });

  it('is not needed to find an operation by its id', async () => {
    const { ledger, open } = await aLedger();
    const entry = await ledger.record(anOperation({ id: 'one-of-many' }));
    expect(await open('gateway-2').recorded('one-of-many')).toEqual(entry);
    expect(await ledger.recorded('none')).toBeUndefined();
  });

  it('is forgotten after a day', async () => {
    const { ledger, clock } = await aLedger();
    const { entry } = await ledger.begin(SCOPE, QUESTION, anOperation());
    await ledger.finish(entry, APPLIED);
    await clock.advanceBy(DAY_MS - 1);
    expect(await ledger.begin(SCOPE, QUESTION, anOperation())).toMatchObject({ kind: 'replay' });
    await clock.advanceBy(1);
    expect(await ledger.begin(SCOPE, QUESTION, anOperation())).toMatchObject({ kind: 'new' });
  });

  it('is carried out by one of many who ask at once, whatever the network does', async () => {
    const fates = fc.array(fc.constantFrom<Fate>('answered', 'answered', 'answer-lost', 'lost', 'not-sent'), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(fates, async (plan) => {
        const { open, apiServer } = await aLedger();
        const queue = [...plan];
        const lossy = lossyApiServer(apiServer, () => queue.shift() ?? 'answered');
        const ask = async (at: number) => {
          const ledger = open(`gateway-${at}`, { apiServer: lossy });
          const begun = await ledger.begin(SCOPE, QUESTION, anOperation({ id: `o-${at}` }));
          if (begun.kind === 'new') await ledger.finish(begun.entry, { outcome: 'APPLIED', answer: { by: at } });
          return begun.kind === 'new' ? at : undefined;
        };
        const asked = await Promise.allSettled([0, 1, 2].map(ask));
        const doers = asked.filter((one) => one.status === 'fulfilled' && one.value !== undefined);
        expect(doers.length).toBeLessThanOrEqual(1);
        const last = await open('gateway-9').begin(SCOPE, QUESTION, anOperation());
        expect(['new', 'replay', 'in-progress']).toContain(last.kind);
        if (doers.length === 1) expect(last.kind).toBe('replay');
      }),
      { numRuns: 200 },
    );
  });
});

describe('an operation without an answer', () => {
  it('is in progress while its process may live', async () => {
    const { ledger, open, clock } = await aLedger();
    await ledger.begin(SCOPE, QUESTION, anOperation());
    expect(await ledger.begin(SCOPE, QUESTION, anOperation())).toMatchObject({ kind: 'in-progress', isAbandoned: false });
    const other = open('gateway-2');
    expect(await other.begin(SCOPE, QUESTION, anOperation())).toMatchObject({ kind: 'in-progress', isAbandoned: false });
    await clock.advanceBy(120_000);
    expect(await other.begin(SCOPE, QUESTION, anOperation())).toMatchObject({ kind: 'in-progress', isAbandoned: true });
    expect(await ledger.begin(SCOPE, QUESTION, anOperation())).toMatchObject({ isAbandoned: false });
  });

  it('is abandoned at once where no other process can live', async () => {
    const { ledger, open } = await aLedger();
    await ledger.begin(SCOPE, QUESTION, anOperation());
    const next = open('gateway-2', { abandonedAfterMs: 0 });
    expect(await next.begin(SCOPE, QUESTION, anOperation())).toMatchObject({ kind: 'in-progress', isAbandoned: true });
  });

  it('of this process is abandoned when its beginning was never known to have succeeded', async () => {
    const { open, apiServer } = await aLedger();
    const fates: Fate[] = ['answer-lost', 'lost', 'lost'];
    const ledger = open('gateway-1', { apiServer: lossyApiServer(apiServer, () => fates.shift() ?? 'answered') });
    await expect(ledger.begin(SCOPE, QUESTION, anOperation())).rejects.toMatchObject({ code: 'outcome-unknown' });
    const again = await ledger.begin(SCOPE, QUESTION, anOperation());
    expect(again).toMatchObject({ kind: 'in-progress', isAbandoned: true });
    await ledger.takeOver(again.entry);
    expect(await ledger.begin(SCOPE, QUESTION, anOperation())).toMatchObject({ kind: 'in-progress', isAbandoned: false });
  });

  it('is taken over by one, after which the first one can answer no more', async () => {
    const { ledger, open, clock } = await aLedger();
    const { entry } = await ledger.begin(SCOPE, QUESTION, anOperation());
    await clock.advanceBy(120_000);
    const [two, three] = [open('gateway-2'), open('gateway-3')];
    const [[seen], [alsoSeen]] = [await two.abandoned(), await three.abandoned()];
    const mine = await two.takeOver(seen!);
    await expect(three.takeOver(alsoSeen!)).rejects.toMatchObject({ code: 'conflict' });
    await expect(ledger.finish(entry, APPLIED)).rejects.toMatchObject({ code: 'conflict' });
    expect(await three.abandoned()).toEqual([]);
    await two.finish(mine, { outcome: 'UNKNOWN', answer: { looked: true } });
    expect(await ledger.begin(SCOPE, QUESTION, anOperation())).toMatchObject({ kind: 'replay', result: { answer: { looked: true } } });
  });
});

describe('the log of operations', () => {
  it('has those without a request id too, newest first', async () => {
    const { ledger } = await aLedger();
    for (const at of [2_000, 1_000, 3_000]) {
      const entry = await ledger.record(anOperation({ id: `o-at-${at}`, at, rollout: 'r1', command: { verb: 'pause' } }));
      await ledger.finish(entry, APPLIED);
    }
    const listed = await ledger.list();
    expect(listed.map(({ id }) => id)).toEqual(['o-at-3000', 'o-at-2000', 'o-at-1000']);
    expect(listed[0]).toMatchObject({ rollout: 'r1', command: { verb: 'pause' }, result: APPLIED });
  });

  it('loses what has expired, then the oldest answered beyond its bound, never what is unanswered', async () => {
    const { open, clock } = await aLedger();
    const ledger = open('gateway-1', { maxEntries: 3 });
    await ledger.record(anOperation({ id: 'unanswered', at: 1 }));
    await ledger.finish(await ledger.record(anOperation({ id: 'expired', at: 2 })), APPLIED);
    await clock.advanceBy(DAY_MS);
    for (const at of [3, 4, 5, 6]) await ledger.finish(await ledger.record(anOperation({ id: `o${at}`, at })), APPLIED);
    expect(await ledger.deleteExpired()).toBe(2);
    expect((await ledger.list()).map(({ id }) => id)).toEqual(['o6', 'o5', 'o4', 'unanswered']);
  });

  it('can be followed', async () => {
    const { ledger, clock } = await aLedger();
    const told: string[] = [];
    const end = new AbortController();
    const following = ledger.follow(
      {
        replaced: (entries) => told.push(`${entries.length}`),
        changed: ({ id, outcome }) => told.push(`${id} ${outcome}`),
        removed: (name) => told.push(`no ${name}`),
      },
      end.signal,
    );
    await clock.settle();
    await ledger.finish(await ledger.record(anOperation({ id: 'a' })), APPLIED);
    await clock.advanceBy(DAY_MS);
    await ledger.deleteExpired();
    await clock.settle();
    expect(told.filter((each) => !/^\d+$/.test(each))).toEqual(['a ACCEPTED', 'a APPLIED', 'no op-a']);
    end.abort();
    await clock.settle();
    await following;
  });
});
