import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Access, NOTHING } from '../../src/auth/access.ts';
import type { OperationRecord } from '../../src/commands/operation.ts';
import { objectId, operationId, rolloutId } from '../../src/graph/global-id.ts';
import { RunInWorld } from '../support/a-run.ts';
import { aWorkload } from '../support/a-workload.ts';
import { START } from '../support/an-object.ts';
import { GraphWorld, onlyCommands, onlyNamespaces, TEAM } from '../support/graph-world.ts';
import { shopFleet } from '../support/shop-fleet.ts';

const documentOf = (name: string) => readFileSync(new URL(`../../schema/operations/${name}.graphql`, import.meta.url), 'utf8');

const cart = aWorkload('CLONE_SET', 'cart').inCluster('edge-1').record();
const web = aWorkload('DEPLOYMENT', 'web').inCluster('edge-1').record();
const elsewhere = aWorkload('CLONE_SET', 'cart').inCluster('gone-1').record();
const LIST = `query ($clusters: ClusterSelector, $namespace: String, $filter: RolloutFilter, $orderBy: [RolloutOrder!], $first: Int, $after: String) {
  rollouts(clusters: $clusters, namespace: $namespace, filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor } nodes { id name phase finished } parts { name problem message }
  }
}`;

interface Listed {
  readonly rollouts: {
    readonly totalCount: number;
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
    readonly nodes: readonly { readonly id: string; readonly name: string }[];
    readonly parts: readonly unknown[];
  };
}

describe('rollouts', () => {
  let world: GraphWorld;
  let run: RunInWorld;
  const names = async (variables: Record<string, unknown> = {}) =>
    (await world.data<Listed>(LIST, { variables })).rollouts.nodes.map(({ name }) => name);

  beforeEach(() => {
    world = shopFleet(new GraphWorld());
    run = new RunInWorld(world, { workload: cart, runId: 'run1' });
  });

  it('that are halted want attention, and stand for their workloads', async () => {
    const ATTENTION = `{ fleet { attention(first: 50) { severity message subject { __typename id } } } }`;
    const items = async (access?: Access) => {
      const { fleet } = await world.data<{ fleet: { attention: readonly { subject: { id: string } }[] } }>(ATTENTION, access && { access });
      return fleet.attention.filter(({ subject }) => subject.id === run.id || subject.id === objectId(cart));
    };
    expect(await items()).toEqual([]);
    run.tell({ phase: 'HALTED', reason: { ...run.run.state.status.reason, message: 'One pod crashes.' } });
    expect(await items()).toEqual([
      {
        severity: 'WARNING',
        message: 'The rollout of shop/cart in edge-1 is halted: One pod crashes.',
        subject: { __typename: 'Rollout', id: run.id },
      },
    ]);
    expect(await items(onlyNamespaces(['payments']))).toEqual([]);
  });

  it('answer the history of a workload, with what was asked for', async () => {
    run.pass(30);
    const operation: OperationRecord = {
      ...{ id: '42', mutation: 'rolloutStart', outcome: 'APPLIED', actor: 'alice', at: START, dryRun: false, auditId: 'audit-1' },
      target: { ...cart },
    };
    world.operations.put(operation);
    const data = await world.data<{ node: { rollouts: { nodes: Record<string, unknown>[] } } }>(documentOf('rollout-history'), {
      variables: { workload: objectId(cart) },
    });
    expect(data).toMatchObject({
      node: { rollout: { id: run.id, phase: 'WAITING' } },
      operations: { nodes: [{ id: operationId('42'), mutation: 'rolloutStart', target: { kind: 'CloneSet', name: 'cart' } }] },
    });
    expect(data.node.rollouts.nodes).toMatchObject([
      {
        id: run.id,
        target: { kind: 'CloneSet', namespace: 'shop', name: 'cart' },
        createdBy: 'alice',
        finishedAt: null,
        toRevision: expect.any(String),
        changes: [{ path: '/spec/template/spec/containers/0/image', from: 'registry.example/web:v1', to: 'registry.example/web:v2' }],
        steps: [
          { index: 0, target: 1, percent: null, state: 'WAITING', startedAt: expect.any(String) },
          { index: 1, target: 5, percent: 50, state: 'PENDING', startedAt: null },
          { index: 2, target: 10, percent: 100, state: 'PENDING' },
        ],
      },
    ]);
    const timeline = data.node.rollouts.nodes[0]?.['timeline'] as { nodes: { at: string; code: string }[] };
    expect(timeline.nodes[0]?.code).toBe('StepReached');
    expect(timeline.nodes.at(-1)?.code).toBe('Accepted');
  });

  it('are found by id, on every path, and say what may be done', async () => {
    run.pass(30);
    const asked: unknown[] = [];
    world.commands = onlyCommands({
      rolloutCapabilities: (principal, each) => {
        asked.push([principal.user.username, each.uid]);
        const no = { allowed: false, reason: 'no' };
        return { advance: { allowed: true }, pause: no, resume: no, abort: no, rollback: no, retry: no };
      },
    });
    const fields =
      '__typename id ... on Rollout { name method cluster { name } workload { id name } progress { desired target updated } viewerCan { advance { allowed reason } retry { allowed reason } } reason { code unblock objects { name } } }';
    const data = await world.data<Record<string, unknown>>(
      `query ($id: ID!) { rollout(id: $id) { ${fields.replace('... on Rollout', '... on Rollout')} } node(id: $id) { ${fields} } nodes(ids: [$id, "x"]) { id } }`,
      { variables: { id: run.id } },
    );
    expect(data['rollout']).toEqual(data['node']);
    expect(data['nodes']).toEqual([{ id: run.id }, null]);
    expect(data['node']).toEqual({
      ...{ __typename: 'Rollout', id: run.id, name: 'run1', method: 'PARTITION', cluster: { name: 'edge-1' } },
      workload: { id: objectId(cart), name: 'cart' },
      progress: { desired: 10, target: 1, updated: 1 },
      viewerCan: { advance: { allowed: true, reason: null }, retry: { allowed: false, reason: 'no' } },
      reason: { code: 'WaitingForAdvance', unblock: ['rolloutAdvance', 'rolloutRollback'], objects: [] },
    });
    expect(asked).toEqual([
      ['admin', 'run1'],
      ['admin', 'run1'],
    ]);
  });

  it('are listed newest first, filtered, ordered and paged', async () => {
    new RunInWorld(world, { workload: web, kind: 'Deployment', runId: 'run2', author: 'bob', createdAt: run.run.createdAt + 1_000 })
      .command('abort')
      .pass(10);
    expect(await names()).toEqual(['run2', 'run1']);
    expect(await names({ orderBy: [{ field: 'CREATED_AT' }] })).toEqual(['run1', 'run2']);
    expect(await names({ filter: { finished: true } })).toEqual(['run2']);
    expect(await names({ filter: { phase: { nin: ['ABORTED'] } } })).toEqual(['run1']);
    expect(await names({ filter: { createdBy: { eq: 'bob' } } })).toEqual(['run2']);
    expect(await names({ namespace: 'bank' })).toEqual([]);
    expect(await names({ clusters: { names: ['core-1'] } })).toEqual([]);
    const { rollouts } = await world.data<Listed>(LIST, { variables: { first: 1 } });
    expect(rollouts).toMatchObject({ totalCount: 2, pageInfo: { hasNextPage: true } });
    expect(await names({ first: 1, after: rollouts.pageInfo.endCursor })).toEqual(['run1']);
  });

  it('of a cluster that does not answer are there, and no part is missing for it', async () => {
    new RunInWorld(world, { workload: { ...cart, cluster: 'lost-1' }, runId: 'run3' });
    const { rollouts } = await world.data<Listed>(LIST, { variables: { clusters: { names: ['lost-1', 'nowhere'] } } });
    expect(rollouts).toMatchObject({ nodes: [{ name: 'run3' }], parts: [{ name: 'nowhere', problem: 'NO_SUCH_CLUSTER' }] });
  });

  it('name the clusters where nobody could say what may be seen', async () => {
    const silent: Access = {
      visibility: () => ({ ...NOTHING, everything: false, namespaces: new Set(), incomplete: 'UNREACHABLE' }),
      seesCluster: () => true,
      epoch: 0,
    };
    const { rollouts } = await world.data<Listed>(LIST, { access: silent, principal: TEAM });
    expect(rollouts).toMatchObject({
      totalCount: 0,
      parts: ['core-1', 'edge-1', 'lost-1'].map((name) => ({ name, problem: 'TIMED_OUT' })),
    });
  });

  it('of a cluster that has left the fleet stay with who started them', async () => {
    const lost = new RunInWorld(world, { workload: elsewhere, runId: 'run4', author: TEAM.user.username });
    const document =
      'query ($id: ID!) { rollout(id: $id) { name cluster { name sync { state } } workload { id } target { name object { id } } } }';
    const team = { access: onlyNamespaces(['other']), principal: TEAM };
    expect(await world.data(document, { variables: { id: lost.id }, ...team })).toEqual({
      rollout: {
        name: 'run4',
        cluster: { name: 'gone-1', sync: { state: 'REMOVED' } },
        workload: null,
        target: { name: 'cart', object: null },
      },
    });
    expect(await names()).toContain('run4');
    const another = { ...team, principal: { ...TEAM, user: { username: 'somebody', groups: [] } } };
    expect(await world.data(document, { variables: { id: lost.id }, ...another })).toEqual({ rollout: null });
  });

  it('show of their causes only what the viewer may see', async () => {
    const pod = {
      cluster: 'edge-1',
      resource: 'pods',
      apiVersion: 'v1',
      kind: 'Pod',
      namespace: 'shop',
      name: 'cart-new-1',
      uid: 'pod/shop/cart-new-1',
    };
    const cause = { code: 'CrashLoop', message: 'crashing', count: 1, attributedTo: 'RELEASE', examples: [pod] } as const;
    run.tell({ causes: [cause], reason: { ...run.run.state.status.reason, objects: [pod] } });
    const document =
      'query ($id: ID!) { rollout(id: $id) { causes { code count examples { id name object { id } } } reason { objects { id name } } } }';
    const id = objectId(pod);
    expect(await world.data(document, { variables: { id: run.id } })).toEqual({
      rollout: {
        causes: [{ code: 'CrashLoop', count: 1, examples: [{ id, name: 'cart-new-1', object: { id } }] }],
        reason: { objects: [{ id, name: 'cart-new-1' }] },
      },
    });
    const noPods: Access = {
      visibility: (_c, resource) => (resource === 'pods' ? NOTHING : { everything: true }),
      seesCluster: () => true,
      epoch: 0,
    };
    expect(await world.data(document, { variables: { id: run.id }, access: noPods, principal: TEAM })).toEqual({
      rollout: { causes: [{ code: 'CrashLoop', count: 1, examples: [] }], reason: { objects: [] } },
    });
  });

  it('of a workload of the same name that was there before are its history, and do not move it now', async () => {
    new RunInWorld(world, { workload: { ...web, uid: 'another' }, kind: 'Deployment', runId: 'run5' });
    const document = 'query ($id: ID!) { node(id: $id) { ... on Workload { rollout { id } rollouts { nodes { name } } } } }';
    expect(await world.data(document, { variables: { id: objectId(web) } })).toEqual({
      node: { rollout: null, rollouts: { nodes: [{ name: 'run5' }] } },
    });
  });

  it('page through their timeline, also where entries share a moment', async () => {
    const entries = ['a', 'b', 'c', 'd'].map((code, index) => ({ at: START + (index < 3 ? 0 : 1), actor: 'alice', code, message: code }));
    run.tell({ timeline: entries });
    const document =
      'query ($id: ID!, $after: String) { rollout(id: $id) { timeline(first: 2, after: $after) { nodes { code } pageInfo { endCursor } } } }';
    interface Page {
      rollout: { timeline: { nodes: { code: string }[]; pageInfo: { endCursor: string } } };
    }
    const codes: string[] = [];
    for (let after: string | undefined; ; ) {
      const { timeline } = (await world.data<Page>(document, { variables: { id: run.id, after } })).rollout;
      if (timeline.nodes.length === 0) break;
      codes.push(...timeline.nodes.map(({ code }) => code));
      after = timeline.pageInfo.endCursor;
    }
    expect(codes).toEqual(['d', 'c', 'b', 'a']);
  });

  it.each([
    ['no id', 'rubbish'],
    ['the id of something else', objectId(cart)],
    ['nobody', rolloutId('run9')],
  ])('%s is no rollout', async (_name, id) => {
    expect(await world.data('query ($id: ID!) { rollout(id: $id) { id } }', { variables: { id } })).toEqual({ rollout: null });
  });
});
