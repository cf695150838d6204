import { describe, expect, it } from 'vitest';
import { aHub } from '../../test/support/a-hub.ts';
import type { Principal } from '../auth/principal.ts';
import { ChangeLog } from '../feed/change-log.ts';
import { OperationLedger } from '../hub/operation-ledger.ts';
import { ApiError } from '../kube/api-error.ts';
import type { ApiServer, DeleteOptions } from '../kube/api-server.ts';
import { RunBook } from '../rollout/run-book.ts';
import { silentLogger } from '../runtime/logger.ts';
import { InMemoryGraphStore } from '../store/in-memory-graph-store.ts';
import type { PodCommand } from './commands.ts';
import { createCommands } from './gateway-commands.ts';
import { OperationBook } from './operation-book.ts';

const ALICE: Principal = { mode: 'TOKEN_REVIEW', user: { username: 'alice', groups: ['devs'] } };
const ME: Principal = { mode: 'LOCAL', user: { username: 'me', groups: [] } };
const POD = { cluster: 'c1', namespace: 'shop', name: 'cart-1', uid: 'u1' };

async function setup(options: { readonly readOnly?: boolean; fail?: ApiError | undefined } = {}) {
  const calls: { verb: string; options: DeleteOptions }[] = [];
  const { clock, apiServer: hub, random } = await aHub();
  const operations = new OperationBook();
  const answer = (verb: string, callOptions: DeleteOptions) => {
    calls.push({ verb, options: callOptions });
    if (options.fail !== undefined) throw options.fail;
  };
  const apiServer = {
    delete: async (_resource: unknown, { name }: { name: string }, callOptions: DeleteOptions) => {
      answer('delete', callOptions);
      return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'shop', uid: 'u1', deletionTimestamp: '2026-01-01T00:00:00Z' } };
    },
    evict: async (_pod: unknown, callOptions: DeleteOptions) => answer('evict', callOptions),
  } as unknown as ApiServer;
  const commands = createCommands({
    apiServer: (cluster) => (cluster === 'c1' ? apiServer : undefined),
    served: () => [],
    store: new InMemoryGraphStore({ now: () => clock.now() }),
    runs: new RunBook(new ChangeLog({ clock })),
    driver: { leads: true, leader: '', start: neverAsked, command: neverAsked },
    ledger: new OperationLedger({ apiServer: hub, clock, random, logger: silentLogger, holder: 'gateway-1' }),
    operations,
    clock,
    random,
    logger: silentLogger,
    patience: {},
    readOnly: options.readOnly ?? false,
  });
  return { commands, calls, clock, operations, options };
}

function neverAsked(): never {
  throw new Error('no run is about pods');
}

function input(more: Partial<PodCommand> = {}): PodCommand {
  return { pod: POD, dryRun: false, ...more };
}

describe('commands on pods', () => {
  it('deletes exactly the pod that was named, as the person who asks, with an audit id that the record keeps', async () => {
    const { commands, calls, operations } = await setup();
    const result = await commands.podDelete(ALICE, input({ reason: 'CHG-1' }));
    expect(result).toMatchObject({
      errors: [],
      replayed: false,
      object: { name: 'cart-1' },
      operation: { outcome: 'APPLIED', actor: 'alice', note: 'CHG-1' },
    });
    expect(calls).toEqual([
      {
        verb: 'delete',
        options: expect.objectContaining({ uid: 'u1', dryRun: false, impersonate: ALICE.user, auditId: result.operation?.auditId }),
      },
    ]);
    expect([...operations.all()]).toEqual([result.operation]);
  });

  it('impersonates nobody in local mode', async () => {
    const { commands, calls } = await setup();
    await commands.podEvict(ME, input());
    expect(calls[0]?.options).not.toHaveProperty('impersonate');
  });

  it('hands a dry run to the server', async () => {
    const { commands, calls } = await setup();
    expect((await commands.podDelete(ME, input({ dryRun: true }))).operation).toMatchObject({ dryRun: true, outcome: 'APPLIED' });
    expect(calls[0]?.options.dryRun).toBe(true);
  });

  it.each([
    { name: 'a request id of control characters', more: { requestId: 'a\nb' }, type: 'ValidationError', path: ['input', 'requestId'] },
    { name: 'an empty request id', more: { requestId: '' }, type: 'ValidationError', path: ['input', 'requestId'] },
    { name: 'a reason beyond measure', more: { reason: 'x'.repeat(1_001) }, type: 'ValidationError', path: ['input', 'reason'] },
    { name: 'another pod of that name', more: { expectedUid: 'u2' }, type: 'ConflictError', path: ['input', 'expectedUid'] },
    { name: 'a cluster that is not there', more: { pod: { ...POD, cluster: 'c9' } }, type: 'NotFoundError', path: ['input', 'pod'] },
  ])('refuses $name and does nothing', async ({ more, type, path }) => {
    const { commands, calls } = await setup();
    expect((await commands.podDelete(ME, input(more))).errors).toMatchObject([{ type, path }]);
    expect(calls).toEqual([]);
  });

  it('refuses everything when only reading', async () => {
    const { commands, calls } = await setup({ readOnly: true });
    expect((await commands.podDelete(ME, input())).errors).toMatchObject([{ type: 'BlockedError', code: 'READ_ONLY' }]);
    expect(calls).toEqual([]);
  });

  it.each([
    { code: 'forbidden', type: 'ForbiddenError', outcome: 'REFUSED' },
    { code: 'not-found', type: 'NotFoundError', outcome: 'REFUSED' },
    { code: 'conflict', type: 'ConflictError', outcome: 'REFUSED' },
    { code: 'throttled', type: 'BlockedError', outcome: 'REFUSED' },
    { code: 'unreachable', type: 'ClusterUnreachableError', outcome: 'FAILED' },
    { code: 'outcome-unknown', type: 'ClusterUnreachableError', outcome: 'UNKNOWN' },
    { code: 'server-error', type: 'ClusterUnreachableError', outcome: 'UNKNOWN' },
  ] as const)('tells $code as $type with outcome $outcome', async ({ code, type, outcome }) => {
    const { commands } = await setup({ fail: new ApiError(code, 'the server says no') });
    const result = await commands.podEvict(ME, input());
    expect(result).toMatchObject({ errors: [{ type }], operation: { outcome } });
    expect(result.errors[0]?.message).toContain('the server says no');
  });
});

describe('request ids', () => {
  it('gives the first answer again and does nothing twice', async () => {
    const { commands, calls } = await setup();
    const first = await commands.podDelete(ME, input({ requestId: 'r1' }));
    const second = await commands.podDelete(ME, input({ requestId: 'r1' }));
    expect(second).toEqual({ ...first, replayed: true });
    expect(calls).toHaveLength(1);
  });

  it('lets a repetition wait for an answer that is still on its way', async () => {
    const { commands, calls } = await setup();
    const [first, second] = await Promise.all([
      commands.podDelete(ME, input({ requestId: 'r1' })),
      commands.podDelete(ME, input({ requestId: 'r1' })),
    ]);
    expect(second.operation).toEqual(first.operation);
    expect(calls).toHaveLength(1);
  });

  it('refuses the id for other arguments', async () => {
    const { commands } = await setup();
    await commands.podDelete(ME, input({ requestId: 'r1' }));
    expect((await commands.podDelete(ME, input({ requestId: 'r1', reason: 'other' }))).errors).toMatchObject([
      { type: 'RequestIdReusedError' },
    ]);
  });

  it("keeps each person's ids, and each mutation's, apart", async () => {
    const { commands, calls } = await setup();
    await commands.podDelete(ME, input({ requestId: 'r1' }));
    await commands.podDelete(ALICE, input({ requestId: 'r1' }));
    await commands.podEvict(ME, input({ requestId: 'r1' }));
    expect(calls).toHaveLength(3);
  });

  it('is not used up by a dry run or by a refusal', async () => {
    const { commands, calls } = await setup({ fail: new ApiError('forbidden', 'no') });
    await commands.podDelete(ME, input({ requestId: 'r1', dryRun: true }));
    await commands.podDelete(ME, input({ requestId: 'r1' }));
    await commands.podDelete(ME, input({ requestId: 'r1' }));
    expect(calls).toHaveLength(3);
  });

  it('finds out what became of it when nobody knew', async () => {
    const { commands, calls, options } = await setup({ fail: new ApiError('outcome-unknown', 'reset') });
    const first = await commands.podDelete(ME, input({ requestId: 'r1' }));
    expect(first).toMatchObject({ operation: { outcome: 'UNKNOWN' }, errors: [{ code: 'OUTCOME_UNKNOWN' }] });
    options.fail = new ApiError('not-found', 'no such pod');
    const again = await commands.podDelete(ME, input({ requestId: 'r1' }));
    expect(again).toMatchObject({ errors: [], operation: { id: first.operation?.id, outcome: 'APPLIED' } });
    expect(await commands.podDelete(ME, input({ requestId: 'r1' }))).toMatchObject({ replayed: true, errors: [] });
    expect(calls).toHaveLength(2);
  });

  it('ends after a day', async () => {
    const { commands, calls, clock } = await setup();
    await commands.podDelete(ME, input({ requestId: 'r1' }));
    await clock.advanceBy(25 * 3_600_000);
    await commands.podDelete(ME, input({ requestId: 'r1' }));
    expect(calls).toHaveLength(2);
  });
});
