import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Principal } from '../../src/auth/principal.ts';
import type { CommandResult, Commands, PodCommand } from '../../src/commands/commands.ts';
import type { OperationRecord } from '../../src/commands/operation.ts';
import { clusterId, objectId } from '../../src/graph/global-id.ts';
import type { PodRecord } from '../../src/model/pod-record.ts';
import { aPod } from '../support/a-pod.ts';
import { START } from '../support/an-object.ts';
import { ADMIN, GraphWorld, onlyCommands, onlyNamespaces, TEAM } from '../support/graph-world.ts';
import { shopFleet } from '../support/shop-fleet.ts';

const document = readFileSync(new URL('../../schema/operations/pod-commands.graphql', import.meta.url), 'utf8');
const pod = aPod('lonely').inCluster('edge-1').record();
const id = objectId(pod);
const operation: OperationRecord = {
  ...{
    id: '42',
    mutation: 'podDelete',
    outcome: 'APPLIED',
    actor: 'admin',
    at: START,
    finishedAt: START + 5,
    note: 'stuck',
    dryRun: false,
    auditId: 'audit-1',
  },
  target: { cluster: 'edge-1', resource: 'pods', apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'lonely', uid: pod.uid },
};

describe('a mutation on a pod', () => {
  let world: GraphWorld;
  let asked: { principal: Principal; input: PodCommand }[];
  let answer: CommandResult<PodRecord>;

  beforeEach(() => {
    world = shopFleet(new GraphWorld());
    asked = [];
    answer = { object: pod, operation, replayed: false, errors: [] };
    const command: Commands['podDelete'] = (principal, input) => {
      asked.push({ principal, input });
      return Promise.resolve(answer);
    };
    world.commands = onlyCommands({ podDelete: command, podEvict: command });
  });

  it('is handed to the door with who asks, and its answer comes back', async () => {
    const data = await world.data(document, { operationName: 'DeletePod', variables: { pod: id, requestId: 'r-1' }, principal: ADMIN });
    expect(asked).toEqual([
      {
        principal: ADMIN,
        input: {
          pod: { cluster: 'edge-1', namespace: 'shop', name: 'lonely', uid: pod.uid },
          dryRun: false,
          requestId: 'r-1',
          reason: 'stuck',
        },
      },
    ]);
    expect(data['podDelete']).toMatchObject({
      pod: { id, name: 'lonely' },
      operation: { outcome: 'APPLIED', auditId: 'audit-1', target: { kind: 'Pod', namespace: 'shop', name: 'lonely' } },
      replayed: false,
      userErrors: [],
    });
  });

  it('may be a dry run', async () => {
    await world.data(document, { operationName: 'EvictPod', variables: { pod: id } });
    expect(asked[0]?.input).toMatchObject({ dryRun: true });
  });

  it('shows each refusal as its own type', async () => {
    const shape = { code: 'X', message: 'no', path: ['input', 'pod'], unblock: [] };
    answer = {
      replayed: false,
      errors: [
        { ...shape, type: 'ConflictError', currentGeneration: 7 },
        { ...shape, type: 'ClusterUnreachableError', cluster: 'lost-1' },
        { ...shape, type: 'ForbiddenError' },
        { ...shape, type: 'BlockedError' },
      ],
    };
    const { podDelete } = await world.data<{ podDelete: { userErrors: unknown[] } }>(document, {
      operationName: 'DeletePod',
      variables: { pod: id },
    });
    expect(podDelete.userErrors).toMatchObject([
      { __typename: 'ConflictError', currentGeneration: 7 },
      { __typename: 'ClusterUnreachableError', cluster: { name: 'lost-1' } },
      { __typename: 'ForbiddenError' },
      { __typename: 'BlockedError' },
    ]);
  });

  it.each([
    { name: 'what is no id', pod: 'rubbish', type: 'ValidationError' },
    { name: 'the id of something else', pod: clusterId('edge-1'), type: 'ValidationError' },
    { name: 'a pod of no cluster', pod: objectId({ ...pod, cluster: 'nowhere' }), type: 'NotFoundError' },
  ])('never reaches the door for $name', async ({ pod: wrong, type }) => {
    const { podDelete } = await world.data<{ podDelete: unknown }>(document, { operationName: 'DeletePod', variables: { pod: wrong } });
    expect(podDelete).toMatchObject({ pod: null, operation: null, userErrors: [{ __typename: type, path: ['input', 'pod'] }] });
    expect(asked).toEqual([]);
  });

  it('on a pod that may not be seen looks like one on no pod', async () => {
    const options = { operationName: 'DeletePod', access: onlyNamespaces(['elsewhere']), principal: TEAM };
    const hidden = await world.data(document, { ...options, variables: { pod: id } });
    const absent = await world.data(document, { ...options, variables: { pod: objectId({ ...pod, cluster: 'nowhere' }) } });
    expect(hidden).toEqual(absent);
  });
});

describe('what was asked for', () => {
  const list = 'query { operations { totalCount nodes { id mutation outcome actor note target { name object { __typename id } } } } }';

  it('is told, newest first, and found again by id', async () => {
    const world = shopFleet(new GraphWorld());
    world.operations.put(operation);
    world.operations.put({ ...operation, id: '43', at: START + 1_000, mutation: 'podEvict' });
    const { operations } = await world.data<{ operations: { nodes: { id: string; mutation: string }[] } }>(list);
    expect(operations.nodes.map(({ mutation }) => mutation)).toEqual(['podEvict', 'podDelete']);
    expect(operations.nodes[1]).toMatchObject({ note: 'stuck', target: { name: 'lonely', object: { __typename: 'Pod', id } } });
    const found = await world.data('query ($id: ID!) { node(id: $id) { ... on Operation { mutation auditId } } }', {
      variables: { id: operations.nodes[0]?.id },
    });
    expect(found).toEqual({ node: { mutation: 'podEvict', auditId: 'audit-1' } });
  });

  it('is told to who asked and to who may see what it is about', async () => {
    const world = shopFleet(new GraphWorld());
    world.operations.put(operation);
    const count = async (access: Parameters<typeof world.data>[1]) =>
      (await world.data<{ operations: { totalCount: number } }>(list, access)).operations.totalCount;
    expect(await count({ access: onlyNamespaces(['shop']), principal: TEAM })).toBe(1);
    expect(await count({ access: onlyNamespaces(['other']), principal: TEAM })).toBe(0);
    expect(await count({ access: onlyNamespaces(['other']), principal: ADMIN })).toBe(1);
  });
});
