import { describe, expect, it } from 'vitest';
import { aHub } from '../../test/support/a-hub.ts';
import type { Operation } from '../hub/operation-entry.ts';
import { OperationLedger } from '../hub/operation-ledger.ts';
import { OperationBook } from './operation-book.ts';
import { keepOperations } from './operation-keeper.ts';

const DAY_MS = 24 * 3_600_000;
const SCOPE = { viewer: 'ada', mutation: 'podDelete', requestId: 'q-1' };
const DONE = { outcome: 'APPLIED', answer: { errors: [] } };

async function aKeeper(tidies = true) {
  const hub = await aHub();
  const open = (holder: string) => new OperationLedger({ ...hub, holder, abandonedAfterMs: 0 });
  const ledger = open('gateway-1');
  const operations = new OperationBook();
  const ending = new AbortController();
  const kept = keepOperations({ ...hub, ledger, operations, tidies }, ending.signal);
  await hub.clock.settle();
  return {
    ...hub,
    ledger,
    operations,
    another: open('gateway-0'),
    async end() {
      ending.abort();
      await kept;
    },
  };
}

function anOperation(id: string, at: number): Omit<Operation, 'target'> {
  return { id, mutation: 'podDelete', actor: 'ada', dryRun: false, auditId: `audit-${id}`, at };
}

const shown = (operations: OperationBook) => [...operations.all()].map(({ id, outcome }) => `${id} ${outcome}`);

describe('the book of operations', () => {
  it('tells what any process asked for and what became of it, newest first', async () => {
    const { another, operations, clock, end } = await aKeeper();
    const first = await another.record(anOperation('a', clock.now()));
    await another.record(anOperation('b', clock.now() + 1));
    await another.finish(first, DONE);
    await clock.settle();
    expect(shown(operations)).toEqual(['b ACCEPTED', 'a APPLIED']);
    expect(operations.get('a')).toMatchObject({ actor: 'ada', auditId: 'audit-a', finishedAt: clock.now() });
    await end();
  });

  it('does not unlearn what this process knows better than the hub', async () => {
    const { ledger, operations, clock, end } = await aKeeper();
    const entry = await ledger.record(anOperation('a', clock.now()));
    operations.put({ ...anOperation('a', clock.now()), outcome: 'APPLIED', finishedAt: clock.now() });
    operations.changed(entry);
    expect(shown(operations)).toEqual(['a APPLIED']);
    await end();
  });

  it('keeps so many and forgets the oldest', () => {
    const operations = new OperationBook(2);
    for (const id of ['a', 'b', 'c']) operations.put({ ...anOperation(id, id.charCodeAt(0)), outcome: 'APPLIED' });
    expect(shown(operations)).toEqual(['c APPLIED', 'b APPLIED']);
  });
});

describe('tidying up', () => {
  it('says UNKNOWN of what nobody will ask about again, and leaves open what somebody may', async () => {
    const { another, operations, clock, end } = await aKeeper();
    await another.record(anOperation('a', clock.now()));
    await another.begin(SCOPE, {}, anOperation('b', clock.now() + 1));
    await clock.advanceBy(31_000);
    expect(shown(operations)).toEqual(['b ACCEPTED', 'a UNKNOWN']);
    await clock.advanceBy(DAY_MS + 600_000);
    expect(shown(operations)).not.toContain('b ACCEPTED');
    await end();
  });

  it('forgets after a day', async () => {
    const { another, operations, ledger, clock, end } = await aKeeper();
    await another.finish(await another.record(anOperation('a', clock.now())), DONE);
    await clock.advanceBy(DAY_MS + 600_000);
    expect([await ledger.list(), shown(operations)]).toEqual([[], []]);
    await end();
  });

  it('is not done by a gateway that only looks', async () => {
    const { another, operations, clock, end } = await aKeeper(false);
    await another.record(anOperation('a', clock.now()));
    await clock.advanceBy(DAY_MS + 600_000);
    expect(shown(operations)).toEqual(['a ACCEPTED']);
    await end();
  });
});
