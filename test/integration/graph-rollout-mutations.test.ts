import { readFileSync } from 'node:fs';
import { parse } from 'graphql';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Access } from '../../src/auth/access.ts';
import type { CommandError, CommandResult, Commands, RolloutStartResult } from '../../src/commands/commands.ts';
import type { OperationRecord } from '../../src/commands/operation.ts';
import { operationCost } from '../../src/graph/cost.ts';
import { objectId, rolloutId } from '../../src/graph/global-id.ts';
import { buildSchema } from '../../src/graph/schema.ts';
import type { WorkloadRecord } from '../../src/model/workload-record.ts';
import type { RolloutPlan } from '../../src/rollout/plan.ts';
import type { Run } from '../../src/rollout/run.ts';
import { RunInWorld } from '../support/a-run.ts';
import { aWorkload } from '../support/a-workload.ts';
import { START } from '../support/an-object.ts';
import { ADMIN, GraphWorld, NO_CAPABILITIES, onlyCommands, onlyNamespaces, TEAM } from '../support/graph-world.ts';
import { shopFleet } from '../support/shop-fleet.ts';

const documentOf = (name: string) => readFileSync(new URL(`../../schema/operations/${name}.graphql`, import.meta.url), 'utf8');

const cart = aWorkload('CLONE_SET', 'cart').inCluster('edge-1').record();
const operation: OperationRecord = {
  id: '42',
  mutation: 'x',
  outcome: 'APPLIED',
  actor: 'admin',
  at: START,
  dryRun: false,
  auditId: 'audit-1',
};
const shape = { code: 'X', message: 'no', path: ['input'], unblock: ['rolloutAbort'] };

let world: GraphWorld;
let run: RunInWorld;
/** What reached the door. */
let asked: unknown[][];

beforeEach(() => {
  world = shopFleet(new GraphWorld());
  run = new RunInWorld(world, { workload: cart, runId: 'run1' }).pass(30);
  asked = [];
});

/** A door with these commands, each of which gives this answer. */
function door(commands: readonly (keyof Commands)[], answer: unknown): void {
  const command =
    (name: string) =>
    (principal: unknown, ...rest: unknown[]) => {
      asked.push([name, principal, ...rest]);
      return Promise.resolve(answer);
    };
  world.commands = onlyCommands({ ...NO_CAPABILITIES, ...Object.fromEntries(commands.map((name) => [name, command(name)])) });
}

const refusedWith = (...errors: CommandError[]) => ({ replayed: false, errors });

describe('rolloutStart', () => {
  const plan = {
    hash: 'abc',
    method: 'PARTITION',
    steps: [{ index: 0, pods: 1, manual: true, state: 'PENDING', target: 1, bakedMs: 0 }],
    patches: [{ op: 'START', step: 0, allowed: 1, operations: [{ op: 'test', path: '/metadata/uid', value: 'u' }] }],
    changes: [{ path: '/spec/template/x', to: { a: 1 } }],
    warnings: ['an autoscaler moves it'],
  } as unknown as RolloutPlan;

  it('shows the plan of a dry run', async () => {
    const answer: RolloutStartResult = { plan, operation, replayed: false, errors: [] };
    door(['rolloutStart'], answer);
    const data = await world.data(documentOf('canary-plan'), { variables: { workload: objectId(cart), image: 'registry.example/web:v2' } });
    expect(asked).toEqual([
      [
        'rolloutStart',
        ADMIN,
        {
          workload: { cluster: 'edge-1', workloadKind: 'CLONE_SET', namespace: 'shop', name: 'cart', uid: cart.uid },
          change: { images: [{ container: 'app', image: 'registry.example/web:v2' }] },
          steps: [
            { target: 1, manual: true },
            { target: '25%', manual: false, pauseSeconds: 60 },
            { target: '100%', manual: false },
          ],
          ...{ hasNodeSets: false, prePull: false, stepDeadlineSeconds: 900, onFailure: 'HALT', dryRun: true, reason: 'CHG-1042' },
        },
      ],
    ]);
    expect(data['rolloutStart']).toEqual({
      plan: {
        ...{ hash: 'abc', method: 'PARTITION', steps: [{ index: 0, target: 1, percent: null }], patches: plan.patches },
        changes: [{ path: '/spec/template/x', from: null, to: { a: 1 } }],
        warnings: ['an autoscaler moves it'],
      },
      rollout: null,
      userErrors: [],
    });
  });

  it('takes a workload by name, a request id, and answers the rollout', async () => {
    door(['rolloutStart'], { object: run.run, plan, operation, replayed: true, errors: [] });
    const variables = { cluster: 'edge-1', kind: 'CLONE_SET', namespace: 'shop', name: 'cart', image: 'i', requestId: 'r-1' };
    const data = await world.data(documentOf('canary-start'), { variables });
    expect(asked[0]?.[2]).toMatchObject({
      workload: { cluster: 'edge-1', workloadKind: 'CLONE_SET', namespace: 'shop', name: 'cart' },
      requestId: 'r-1',
      dryRun: false,
    });
    expect(asked[0]?.[2]).not.toHaveProperty('workload.uid');
    expect(data['rolloutStart']).toMatchObject({
      rollout: {
        id: run.id,
        phase: 'WAITING',
        finished: false,
        currentStep: 0,
        progress: { updated: 1 },
        reason: { code: 'WaitingForAdvance' },
      },
      operation: { outcome: 'APPLIED', auditId: 'audit-1' },
      replayed: true,
      userErrors: [],
    });
  });

  const START_WITH =
    'mutation ($change: RolloutChangeInput!, $more: [RolloutStepInput!], $sets: RolloutNodeSetsInput) { rolloutStart(input: { workload: { name: { cluster: "edge-1", kind: CLONE_SET, namespace: "shop", name: "cart" } }, change: $change, steps: $more, nodeSets: $sets, prePull: true, onFailure: ROLL_BACK, method: PARTITION, expectedPlanHash: "h", expectedGeneration: 3, stepDeadlineSeconds: 60 }) { userErrors { __typename path message } } }';

  it.each([
    { change: { revision: '3' } },
    { change: { restart: true } },
    { change: { strategicMergePatch: { spec: { containers: [{ name: 'app', env: [] }] } } } },
    {
      change: {
        jsonPatch: [
          { op: 'add', path: '/metadata/labels/a', value: 'b' },
          { op: 'remove', path: '/x' },
          { op: 'move', from: '/a', path: '/b' },
        ],
      },
    },
  ])('hands on $change', async ({ change }) => {
    door(['rolloutStart'], { replayed: false, errors: [] });
    await world.data(START_WITH, { variables: { change, sets: { labelKey: 'zone' } } });
    expect(asked[0]?.[2]).toMatchObject({
      ...{ change, steps: [], hasNodeSets: true, prePull: true, onFailure: 'ROLL_BACK', method: 'PARTITION', expectedPlanHash: 'h' },
      ...{ expectedGeneration: 3, stepDeadlineSeconds: 60 },
    });
  });

  it.each([
    { change: { restart: false }, path: ['input', 'change', 'restart'] },
    {
      change: {
        jsonPatch: [
          { op: 'test', path: '/a', value: 1 },
          { op: 'add', path: '/a' },
        ],
      },
      path: ['input', 'change', 'jsonPatch', '1'],
    },
    { change: { jsonPatch: [{ op: 'copy', path: '/a' }] }, path: ['input', 'change', 'jsonPatch', '0'] },
    { change: { jsonPatch: [{ op: 'shout', path: '/a', value: 1 }] }, path: ['input', 'change', 'jsonPatch', '0'] },
  ])('refuses $change and names it', async ({ change, path }) => {
    door(['rolloutStart'], undefined);
    const { rolloutStart } = await world.data<{ rolloutStart: unknown }>(START_WITH, { variables: { change } });
    expect(rolloutStart).toMatchObject({ userErrors: [{ __typename: 'ValidationError', path }] });
    expect(asked).toEqual([]);
  });

  it('takes exactly one change', async () => {
    const { errors } = await world.ask(START_WITH, { variables: { change: { restart: true, revision: '3' } } });
    expect(errors?.[0]?.message).toContain('Exactly one');
  });
});

describe('verbs for one rollout', () => {
  const verbs = { Advance: 'advance', Pause: 'pause', Resume: 'resume', Abort: 'abort', Rollback: 'rollback' };

  it.each(Object.entries(verbs))('%s is handed to the door, and what it left comes back', async (operationName, verb) => {
    door(['rolloutCommand'], { object: run.run, operation, replayed: false, errors: [] } satisfies CommandResult<Run>);
    const data = await world.data(documentOf('rollout-verbs'), { operationName, variables: { rollout: run.id } });
    expect(asked).toMatchObject([['rolloutCommand', ADMIN, verb, { run: 'run1', dryRun: false }]]);
    if (verb === 'advance') expect(asked[0]?.[3]).toMatchObject({ expectedStep: 0 });
    expect(data[`rollout${operationName}`]).toMatchObject({
      rollout: { id: run.id, phase: 'WAITING', viewerCan: { advance: { allowed: false }, rollback: { allowed: false } } },
      operation: { outcome: 'APPLIED' },
      userErrors: [],
    });
  });

  it('retry and advance take their expectations', async () => {
    door(['rolloutCommand'], { replayed: false, errors: [] });
    await world.data(
      'mutation ($id: ID!) { rolloutRetry(input: { rollout: $id, expectedPhase: HALTED }) { replayed } rolloutAdvance(input: { rollout: $id, toStep: 2, target: "50%" }) { replayed } }',
      { variables: { id: run.id } },
    );
    expect(asked.map(([, , ...rest]) => rest)).toEqual([
      ['retry', { run: 'run1', dryRun: false, expectedPhase: 'HALTED' }],
      ['advance', { run: 'run1', dryRun: false, toStep: 2, target: '50%' }],
    ]);
  });

  it('tell who names a run or a workload of a cluster that does not answer about rights to ask again', async () => {
    const silent = { everything: false, namespaces: new Set<string>(), incomplete: 'UNREACHABLE' } as const;
    const access: Access = { epoch: 0, visibility: () => silent, seesCluster: () => false };
    const document = `mutation ($id: ID!, $workload: ID!) {
      rolloutPause(input: { rollout: $id }) { userErrors { __typename code path } }
      workloadRestart(input: { workload: { id: $workload } }) { userErrors { __typename code path } }
    }`;
    const refusal = { __typename: 'ClusterUnreachableError', code: 'RIGHTS_UNKNOWN' };
    expect(await world.data(document, { variables: { id: run.id, workload: objectId(cart) }, access, principal: TEAM })).toEqual({
      rolloutPause: { userErrors: [{ ...refusal, path: ['input', 'rollout'] }] },
      workloadRestart: { userErrors: [{ ...refusal, path: ['input', 'workload'] }] },
    });
  });

  it('show a refusal with the present state, and the run in the way only to who may see it', async () => {
    const hidden = new RunInWorld(world, { workload: { ...cart, namespace: 'bank' }, runId: 'run2' });
    const conflict = { ...shape, type: 'ConflictError', currentPhase: 'WAITING', currentStep: 0, currentGeneration: 4 } as const;
    door(
      ['rolloutCommand'],
      refusedWith(conflict, { ...shape, type: 'BlockedError', run: 'run1' }, { ...shape, type: 'BlockedError', run: hidden.runId }),
    );
    const document =
      'mutation ($id: ID!) { rolloutPause(input: { rollout: $id }) { userErrors { __typename unblock ... on ConflictError { currentPhase currentStep currentGeneration } ... on BlockedError { rollout { id } } } } }';
    const access = onlyNamespaces(['shop']);
    const { rolloutPause } = await world.data<{ rolloutPause: unknown }>(document, { variables: { id: run.id }, access, principal: TEAM });
    expect(rolloutPause).toEqual({
      userErrors: [
        { __typename: 'ConflictError', unblock: ['rolloutAbort'], currentPhase: 'WAITING', currentStep: 0, currentGeneration: 4 },
        { __typename: 'BlockedError', unblock: ['rolloutAbort'], rollout: { id: run.id } },
        { __typename: 'BlockedError', unblock: ['rolloutAbort'], rollout: null },
      ],
    });
  });

  it.each([
    { name: 'what is no id', id: 'rubbish', type: 'ValidationError' },
    { name: 'the id of something else', id: objectId(cart), type: 'ValidationError' },
    { name: 'no rollout', id: rolloutId('run9'), type: 'NotFoundError' },
  ])('never reach the door for $name', async ({ id, type }) => {
    door(['rolloutCommand'], undefined);
    const data = await world.data<Record<string, unknown>>(documentOf('rollout-verbs'), {
      operationName: 'Pause',
      variables: { rollout: id },
    });
    expect(data['rolloutPause']).toMatchObject({
      rollout: null,
      operation: null,
      userErrors: [{ __typename: type, path: ['input', 'rollout'] }],
    });
    expect(asked).toEqual([]);
  });
});

describe('rolloutsCommand', () => {
  it('has one result for each id, and hands on only what may be seen', async () => {
    const hidden = new RunInWorld(world, { workload: { ...cart, namespace: 'bank' }, runId: 'run2' });
    const skipped = { operation: { ...operation, outcome: 'SKIPPED' }, replayed: false, errors: [] };
    const lost = refusedWith({ ...shape, type: 'ClusterUnreachableError', cluster: 'edge-1' });
    const missing = refusedWith({ ...shape, type: 'NotFoundError' });
    const results = [{ object: run.run, operation, replayed: false, errors: [] }, missing, lost, skipped];
    door(['rolloutsCommand'], { results, replayed: false, errors: [] });
    const rollouts = [run.id, hidden.id, run.id, 'rubbish'];
    const access = onlyNamespaces(['shop']);
    const data = await world.data(documentOf('stop-many'), { variables: { rollouts }, access, principal: TEAM });
    expect(asked).toEqual([
      ['rolloutsCommand', TEAM, { runs: ['run1', undefined, 'run1', undefined], verb: 'pause', dryRun: false, reason: 'incident 77' }],
    ]);
    expect(data['rolloutsCommand']).toMatchObject({
      results: [
        { id: run.id, rollout: { phase: 'WAITING' }, operation: { outcome: 'APPLIED' }, userErrors: [] },
        { id: hidden.id, rollout: null, operation: null, userErrors: [{ __typename: 'NotFoundError' }] },
        { userErrors: [{ __typename: 'ClusterUnreachableError' }] },
        { id: 'rubbish', operation: { outcome: 'SKIPPED' }, userErrors: [] },
      ],
      replayed: false,
    });
  });

  const COMMAND =
    'mutation ($ids: [ID!]!, $stop: Int) { rolloutsCommand(input: { rollouts: $ids, command: ROLL_BACK, stopAfterFailures: $stop, requestId: "r" }) { results { id } replayed userErrors { __typename path message } } }';

  it('passes on when to stop, and a refusal of the whole', async () => {
    door(['rolloutsCommand'], { results: [], replayed: false, errors: [{ ...shape, type: 'RequestIdReusedError' }] });
    const { rolloutsCommand } = await world.data<{ rolloutsCommand: unknown }>(COMMAND, { variables: { ids: [run.id], stop: 2 } });
    expect(asked[0]?.[2]).toEqual({ runs: ['run1'], verb: 'rollback', dryRun: false, requestId: 'r', stopAfterFailures: 2 });
    expect(rolloutsCommand).toMatchObject({ results: [], userErrors: [{ __typename: 'RequestIdReusedError' }] });
  });

  it.each([
    { ids: Array.from({ length: 501 }, () => 'x'), stop: null, path: ['input', 'rollouts'] },
    { ids: [], stop: 0, path: ['input', 'stopAfterFailures'] },
  ])('refuses what is out of bounds at $path', async ({ ids, stop, path }) => {
    door(['rolloutsCommand'], undefined);
    const { rolloutsCommand } = await world.data<{ rolloutsCommand: unknown }>(COMMAND, { variables: { ids, stop } });
    expect(rolloutsCommand).toMatchObject({ results: [], replayed: false, userErrors: [{ __typename: 'ValidationError', path }] });
    expect(asked).toEqual([]);
  });

  it('costs by the number of ids', () => {
    const cost = (count: number) =>
      operationCost({
        schema: buildSchema(),
        document: parse(COMMAND),
        variableValues: { ids: Array.from({ length: count }, () => 'x') },
      }) ?? 0;
    expect(cost(400) - cost(1)).toBe(399);
  });
});

describe('verbs for a workload', () => {
  const workload: WorkloadRecord = { ...cart, generation: 7 };

  it.each([
    { operationName: 'Restart', command: 'workloadRestart', more: {} },
    { operationName: 'Scale', command: 'workloadScale', more: { replicas: 5, dryRun: true } },
    { operationName: 'SetPartition', command: 'workloadSetPartition', more: { partition: '40%' } },
    { operationName: 'Undo', command: 'workloadUndo', more: {} },
  ] as const)('$operationName is handed to the door', async ({ operationName, command, more }) => {
    door([command], { object: workload, operation, replayed: false, errors: [] } satisfies CommandResult<WorkloadRecord>);
    const data = await world.data(documentOf('workload-verbs'), { operationName, variables: { workload: objectId(cart), replicas: 5 } });
    const target = { cluster: 'edge-1', workloadKind: 'CLONE_SET', namespace: 'shop', name: 'cart', uid: cart.uid };
    expect(asked).toEqual([[command, ADMIN, { workload: target, dryRun: false, ...more }]]);
    expect(data[command]).toMatchObject({
      workload: { id: objectId(cart), generation: 7 },
      operation: { outcome: 'APPLIED' },
      userErrors: [],
    });
  });

  it('pause, resume and undo take names and expectations', async () => {
    door(['workloadPause', 'workloadResume', 'workloadUndo'], { replayed: false, errors: [] });
    const name = '{ name: { cluster: "core-1", kind: DEPLOYMENT, namespace: "shop", name: "nothing" } }';
    await world.data(
      `mutation { workloadPause(input: { workload: ${name}, expectedGeneration: 2 }) { replayed } workloadResume(input: { workload: ${name}, reason: "why" }) { replayed } workloadUndo(input: { workload: ${name}, toRevision: "web-1" }) { replayed } }`,
    );
    const target = { cluster: 'core-1', workloadKind: 'DEPLOYMENT', namespace: 'shop', name: 'nothing' };
    expect(asked.map(([, , input]) => input)).toEqual([
      { workload: target, dryRun: false, expectedGeneration: 2 },
      { workload: target, dryRun: false, reason: 'why' },
      { workload: target, dryRun: false, toRevision: 'web-1' },
    ]);
  });

  it.each([
    { name: 'what is no id', ref: { id: 'rubbish' }, type: 'ValidationError', path: ['input', 'workload', 'id'] },
    { name: 'the id of a rollout', ref: { id: rolloutId('run1') }, type: 'ValidationError', path: ['input', 'workload', 'id'] },
    {
      name: 'a hidden namespace',
      ref: { name: { cluster: 'edge-1', kind: 'CLONE_SET', namespace: 'bank', name: 'x' } },
      type: 'NotFoundError',
      path: ['input', 'workload'],
    },
    {
      name: 'no cluster',
      ref: { name: { cluster: 'nowhere', kind: 'CLONE_SET', namespace: 'shop', name: 'x' } },
      type: 'NotFoundError',
      path: ['input', 'workload'],
    },
  ])('never reach the door for $name', async ({ ref, type, path }) => {
    door(['workloadRestart', 'rolloutStart'], undefined);
    const document =
      'mutation ($ref: WorkloadRef!) { workloadRestart(input: { workload: $ref }) { workload { id } operation { id } userErrors { __typename path message } } rolloutStart(input: { workload: $ref, change: { restart: true } }) { rollout { id } plan { hash } userErrors { __typename path message } } }';
    const data = await world.data<Record<string, { userErrors: { message: string }[] }>>(document, {
      variables: { ref },
      access: onlyNamespaces(['shop']),
      principal: TEAM,
    });
    for (const payload of Object.values(data)) expect(payload).toMatchObject({ userErrors: [{ __typename: type, path }] });
    if (type === 'NotFoundError')
      expect(data['workloadRestart']?.userErrors[0]?.message).toBe('there is no such workload, or none that you may see');
    expect(asked).toEqual([]);
  });

  it('tells what the viewer may do', async () => {
    const capabilities = NO_CAPABILITIES.workloadCapabilities?.(ADMIN, cart);
    world.commands = onlyCommands({
      workloadCapabilities: async (_principal, each) => ({ ...(await capabilities), scale: { allowed: each.name === 'cart' } }) as never,
    });
    const document =
      'query ($id: ID!) { node(id: $id) { ... on Workload { viewerCan { scale { allowed reason } undo { allowed reason } } } } }';
    expect(await world.data(document, { variables: { id: objectId(cart) } })).toEqual({
      node: { viewerCan: { scale: { allowed: true, reason: null }, undo: { allowed: false, reason: expect.any(String) } } },
    });
  });
});
