import { beforeEach, describe, expect, it } from 'vitest';
import { aWorkload } from '../support/a-workload.ts';
import { minutes, START } from '../support/an-object.ts';
import { GraphWorld } from '../support/graph-world.ts';
import { shopFleet } from '../support/shop-fleet.ts';

let world: GraphWorld;
beforeEach(async () => {
  world = shopFleet(new GraphWorld());
  await world.clock.advanceBy(minutes(5));
});

/** The names that a list of pods holds. */
async function pods(args: string, variables: Record<string, unknown> = {}, head = ''): Promise<string[]> {
  const document = `query ${head} { pods(${args}, first: 500) { totalCount nodes { name } } }`;
  const { pods: list } = await world.data<{ pods: { totalCount: number; nodes: { name: string }[] } }>(document, { variables });
  expect(list.totalCount).toBe(list.nodes.length);
  return list.nodes.map(({ name }) => name);
}

async function refusal(document: string, variables: Record<string, unknown> = {}): Promise<{ message: string; code: unknown }> {
  const { errors } = await world.ask(document, { variables });
  return { message: errors?.[0]?.message ?? '', code: errors?.[0]?.extensions['code'] };
}

const CART = ['cart-new-0', 'cart-new-1', 'cart-old-0', 'cart-old-1'];

describe('filters', () => {
  it.each([
    { filter: '{ workload: { eq: "cart" } }', names: CART },
    { filter: '{ workloadKind: { in: [CLONE_SET] } }', names: CART },
    { filter: '{ revision: { eq: "cart-new" } }', names: ['cart-new-0', 'cart-new-1'] },
    { filter: '{ component: { eq: "cart" }, node: { neq: "node-1" } }', names: ['cart-new-1', 'cart-old-1'] },
    { filter: '{ workload: { isNull: true } }', names: ['lonely'] },
    { filter: '{ image: { contains: "web:v2" } }', names: ['web-bbb-0'] },
    { filter: '{ ready: false }', names: ['web-bbb-0'] },
    {
      filter: '{ or: [{ name: { eq: "lonely" } }, { and: [{ restarts: { gte: 2 } }, { not: { ready: true } }] }] }',
      names: ['lonely', 'web-bbb-0'],
    },
    { filter: '{ or: [] }', names: [] },
    { filter: '{ and: [], name: { startsWith: "lone" } }', names: ['lonely'] },
    { filter: '{ name: null, not: null, status: { eq: "CrashLoopBackOff" } }', names: ['web-bbb-0'] },
  ])('$filter', async ({ filter, names }) => {
    expect(await pods(`namespace: "shop", filter: ${filter}`)).toEqual(names);
  });

  it('take instants by variable', async () => {
    const names = await pods('filter: { createdAt: { gt: $at } }', { at: new Date(START).toISOString() }, '($at: DateTime)');
    expect(names).toEqual(['web-bbb-0']);
  });

  it('of workloads know their state', async () => {
    const { workloads } = await world.data<{ workloads: { nodes: unknown[] } }>(
      '{ workloads(orderBy: [{ field: NAME }, { field: CLUSTER }]) { nodes { name cluster { name } status { state } } } }',
    );
    expect(workloads.nodes).toEqual([
      { name: 'cart', cluster: { name: 'edge-1' }, status: { state: 'PAUSED_AT_PARTITION' } },
      { name: 'coredns', cluster: { name: 'core-1' }, status: { state: 'COMPLETE' } },
      { name: 'coredns', cluster: { name: 'edge-1' }, status: { state: 'COMPLETE' } },
      { name: 'web', cluster: { name: 'edge-1' }, status: { state: 'STUCK' } },
    ]);
  });

  it('nest eight levels and no more', async () => {
    const nested = (levels: number): string => (levels === 0 ? '{ ready: true }' : `{ not: ${nested(levels - 1)} }`);
    expect(await refusal(`{ pods(filter: ${nested(7)}) { totalCount } }`)).toMatchObject({ message: '' });
    expect(await refusal(`{ pods(filter: ${nested(8)}) { totalCount } }`)).toEqual({
      message: expect.stringContaining('at most 8 levels'),
      code: 'BAD_USER_INPUT',
    });
  });

  it('hold two hundred conditions and no more', async () => {
    const or = Array.from({ length: 201 }, () => ({ ready: true }));
    expect(await refusal('query ($f: PodFilter) { pods(filter: $f) { totalCount } }', { f: { or } })).toEqual({
      message: expect.stringContaining('at most 200 conditions'),
      code: 'BAD_USER_INPUT',
    });
  });
});

describe('clusters to look at', () => {
  it.each([
    { selector: 'null', count: 12 },
    { selector: '{}', count: 12 },
    { selector: '{ names: ["edge-1"] }', count: 10 },
    { selector: '{ names: [] }', count: 0 },
    { selector: '{ stages: [] }', count: 0 },
    { selector: '{ stages: ["production", "canary"], labelSelector: "tier=core" }', count: 2 },
    { selector: '{ names: ["core-1"], stages: ["canary"] }', count: 0 },
    { selector: '{ labelSelector: "tier in (edge,core),!missing" }', count: 12 },
  ])('$selector: $count pods', async ({ selector, count }) => {
    expect(await pods(`clusters: ${selector}`)).toHaveLength(count);
  });

  it('that do not exist are named as missing', async () => {
    const { fleet } = await world.data<{ fleet: unknown }>(
      '{ fleet(clusters: { names: ["edge-1", "nowhere"] }) { clusterCount parts { name problem message } } }',
    );
    expect(fleet).toEqual({
      clusterCount: 1,
      parts: [{ name: 'nowhere', problem: 'NO_SUCH_CLUSTER', message: expect.stringContaining('"nowhere"') }],
    });
  });
});

describe('parts of an answer', () => {
  const sync = (name: string, state: 'LIVE' | 'STALE' | 'SYNCING', kinds: Record<string, 'LIVE' | 'LISTING' | 'STALE' | 'GONE'>) => {
    const record = world.store.cluster(name)?.record;
    if (record === undefined) throw new Error(`no ${name}`);
    const resources = Object.entries(kinds).map(([resource, kind]) => ({
      resource,
      apiVersion: 'v1',
      kind: resource,
      state: kind,
      objects: 0,
      relists: 0,
      reconnects: 0,
    }));
    world.store.commit(name, { record: { ...record, sync: { ...record.sync, state, resources } } });
  };
  const problems = async (field: string) => {
    const document = `{ list: ${field} { parts { name problem } } }`;
    const { list } = await world.data<{ list: { parts: { name: string; problem: string }[] } }>(document);
    return Object.fromEntries(list.parts.map(({ name, problem }) => [name, problem]));
  };

  it('are judged by the kinds that were read', async () => {
    sync('core-1', 'SYNCING', { pods: 'LISTING', nodes: 'LIVE' });
    sync('edge-1', 'STALE', { pods: 'LIVE', nodes: 'STALE' });
    expect(await problems('pods')).toEqual({ 'core-1': 'NOT_SYNCED', 'lost-1': 'UNREACHABLE' });
    expect(await problems('clusterNodes')).toEqual({ 'edge-1': 'STALE', 'lost-1': 'UNREACHABLE' });
  });

  it('name a kind that is not served only where nothing else was asked for', async () => {
    sync('core-1', 'LIVE', { 'clonesets.apps.kruise.io': 'GONE' });
    expect(await problems('workloads')).toEqual({ 'lost-1': 'UNREACHABLE' });
    expect(await problems('workloads(filter: { workloadKind: { eq: CLONE_SET } })')).toEqual({
      'core-1': 'KIND_NOT_SERVED',
      'lost-1': 'UNREACHABLE',
    });
  });
});

describe('orders', () => {
  it('of clusters go by version, not by text', async () => {
    world.cluster('new-1', { kubernetesVersion: 'v1.9.0' });
    const { clusters } = await world.data<{ clusters: { nodes: { name: string }[] } }>(
      '{ clusters(orderBy: [{ field: KUBERNETES_VERSION }]) { nodes { name } } }',
    );
    expect(clusters.nodes.map(({ name }) => name)).toEqual(['new-1', 'core-1', 'edge-1', 'lost-1']);
  });

  it('keep their place when rows come and go between pages', async () => {
    const page = async (after?: string) =>
      (
        await world.data<{ workloads: { nodes: { name: string }[]; pageInfo: { endCursor: string } } }>(
          'query ($after: String) { workloads(first: 2, after: $after, orderBy: [{ field: NAME }]) { nodes { name } pageInfo { endCursor } } }',
          { variables: { after } },
        )
      ).workloads;
    const first = await page();
    expect(first.nodes.map(({ name }) => name)).toEqual(['cart', 'coredns']);
    world.put(aWorkload('DEPLOYMENT', 'aaa').inCluster('edge-1'), aWorkload('DEPLOYMENT', 'next').inCluster('edge-1'));
    expect((await page(first.pageInfo.endCursor)).nodes.map(({ name }) => name)).toEqual(['coredns', 'next']);
  });

  it('refuse a cursor of another order', async () => {
    const { pods: list } = await world.data<{ pods: { pageInfo: { endCursor: string } } }>('{ pods(first: 1) { pageInfo { endCursor } } }');
    const document = 'query ($after: String) { pods(first: 1, after: $after, orderBy: [{ field: RESTARTS }]) { totalCount } }';
    expect(await refusal(document, { after: list.pageInfo.endCursor })).toEqual({
      message: expect.stringContaining('orderBy'),
      code: 'BAD_CURSOR',
    });
  });
});

describe('a label selector', () => {
  it('selects by the labels of the object', async () => {
    expect(await pods('labelSelector: "app in (cart),!canary"')).toEqual(CART);
  });

  it('that is none is refused with the place and the way out', async () => {
    expect(await refusal('query ($s: LabelSelector) { pods(labelSelector: $s) { totalCount } }', { s: 'app in (' })).toEqual({
      message: expect.stringMatching(/position 8.*kubectl's syntax/),
      code: 'BAD_USER_INPUT',
    });
  });
});
