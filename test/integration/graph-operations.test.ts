import { readdirSync, readFileSync } from 'node:fs';
import { parse, validate } from 'graphql';
import { beforeEach, describe, expect, it } from 'vitest';
import { MAX_COST, operationCost } from '../../src/graph/cost.ts';
import { clusterId, objectId } from '../../src/graph/global-id.ts';
import { guardText, LIMIT_RULES } from '../../src/graph/limits.ts';
import { buildSchema } from '../../src/graph/schema.ts';
import { minutes, START } from '../support/an-object.ts';
import { GraphWorld } from '../support/graph-world.ts';
import { shopFleet } from '../support/shop-fleet.ts';

const FOLDER = new URL('../../schema/operations/', import.meta.url);
const documents = readdirSync(FOLDER).filter((name) => name.endsWith('.graphql'));
const documentOf = (name: string) => readFileSync(new URL(`${name}.graphql`, FOLDER), 'utf8');

describe('every document of schema/operations', () => {
  it.each(documents)('%s validates, within the limits', (name) => {
    const text = readFileSync(new URL(name, FOLDER), 'utf8');
    expect(guardText(text)).toBeUndefined();
    const document = parse(text);
    expect(validate(buildSchema(), document)).toEqual([]);
    expect(validate(buildSchema(), document, LIMIT_RULES)).toEqual([]);
  });

  it.each(['fleet-overview', 'stuck-workloads', 'pods-by-restarts', 'pod-counts'])('%s costs less than is allowed', (name) => {
    const cost = operationCost({ schema: buildSchema(), document: parse(documentOf(name)) });
    expect(cost).toBeGreaterThan(0);
    expect(cost).toBeLessThan(MAX_COST);
  });
});

describe('questions to a fleet', () => {
  let world: GraphWorld;
  const answer = <T>(name: string, variables: Record<string, unknown> = {}) => world.data<T>(documentOf(name), { variables });

  beforeEach(async () => {
    world = shopFleet(new GraphWorld());
    await world.clock.advanceBy(minutes(5));
  });

  it('sums the fleet, and says which cluster is missing', async () => {
    const { fleet, clusters } = await answer<FleetOverview>('fleet-overview');
    expect(fleet).toMatchObject({ clusterCount: 3, nodeCount: 4, podCount: 12 });
    expect(fleet.clusterCounts).toEqual([
      { count: 2, syncState: 'LIVE' },
      { count: 1, syncState: 'UNREACHABLE' },
    ]);
    expect(fleet.parts).toMatchObject([{ name: 'lost-1', problem: 'UNREACHABLE', staleSince: new Date(START).toISOString() }]);
    expect(fleet.attention.map(({ subject }) => subject.__typename)).toEqual(['Cluster', 'Deployment']);
    expect(clusters.nodes.map(({ name, podCount }) => [name, podCount])).toEqual([
      ['core-1', 2],
      ['edge-1', 10],
      ['lost-1', 0],
    ]);
    expect(clusters.nodes[2]?.sync).toMatchObject({ state: 'UNREACHABLE', reason: 'ConnectionRefused', stalenessSeconds: 300 });
  });

  it('walks from a pod to everything around it', async () => {
    const { pod } = await answer<{ pod: Record<string, unknown> }>('walk-from-pod', {
      cluster: 'edge-1',
      namespace: 'shop',
      name: 'cart-new-1',
    });
    expect(pod).toMatchObject({
      status: 'Running',
      revision: { name: 'cart-new', number: 2 },
      workload: { name: 'cart', updateStrategy: { partition: 2, inPlace: true }, component: { name: 'cart' }, pods: { totalCount: 4 } },
      node: { name: 'node-2', ready: true, podCount: 2 },
      cluster: { name: 'edge-1', stage: 'canary', sync: { state: 'LIVE' } },
    });
  });

  it('names what is stuck, why, and shows an example', async () => {
    const { workloads } = await answer<{ workloads: { nodes: Record<string, unknown>[] } }>('stuck-workloads');
    expect(workloads.nodes).toHaveLength(1);
    expect(workloads.nodes[0]).toMatchObject({
      name: 'web',
      workloadKind: 'DEPLOYMENT',
      replicas: { desired: 2, updated: 1, updatedReady: 0 },
      status: {
        state: 'STUCK',
        currentRevision: 'web-aaa',
        updateRevision: 'web-bbb',
        causes: [{ code: 'CrashLoop', count: 1, attributedTo: 'RELEASE', examples: [{ kind: 'Pod', name: 'web-bbb-0' }] }],
      },
      revisions: [
        { name: 'web-bbb', number: 2, update: true, current: false, podCount: 1 },
        { name: 'web-aaa', number: 1, update: false, current: true, podCount: 2 },
      ],
      pods: { nodes: [{ name: 'web-bbb-0', statusClass: 'CRASH_LOOP' }] },
      viewerCan: { pause: { allowed: false, reason: expect.any(String) } },
    });
  });

  it('sorts over the whole fleet and goes on from a cursor', async () => {
    const whole = await answer<{ pods: PodPage }>('pods-by-restarts');
    expect(whole.pods.edges.map(({ node }) => node.restarts)).toEqual([9, 5, 3, 2, 1]);
    const rest = await answer<{ pods: PodPage }>('pods-by-restarts', { after: whole.pods.edges[2]?.cursor });
    expect(rest.pods.edges.map(({ node }) => node.restarts)).toEqual([2, 1]);
    expect(rest.pods.totalCount).toBe(5);
  });

  it('finds objects again by id, and nothing for what is none', async () => {
    const pod = objectId({ cluster: 'edge-1', resource: 'pods', namespace: 'shop', name: 'lonely', uid: 'pod/shop/lonely' });
    const gone = objectId({ cluster: 'edge-1', resource: 'pods', namespace: 'shop', name: 'lonely', uid: 'another' });
    const { nodes } = await answer<{ nodes: unknown[] }>('by-id', { ids: [clusterId('core-1'), pod, gone, 'rubbish'] });
    expect(nodes).toMatchObject([{ __typename: 'Cluster', name: 'core-1' }, { __typename: 'Pod', id: pod, name: 'lonely' }, null, null]);
  });

  it('finds old versions of a component', async () => {
    const { component } = await answer<{ component: Record<string, unknown> }>('old-component-versions', {
      component: 'coredns',
      olderThan: '1.11',
    });
    expect(component).toMatchObject({
      versions: [
        { version: 'v1.10.1', clusterCount: 1 },
        { version: 'v1.11.3', clusterCount: 1 },
      ],
      instances: {
        totalCount: 1,
        nodes: [{ version: 'v1.10.1', state: 'HEALTHY', cluster: { name: 'edge-1' }, workload: { name: 'coredns' } }],
      },
    });
  });

  it('counts pods in groups', async () => {
    const { byStatus, byImage } = await answer<Record<string, unknown>>('pod-counts');
    expect(byStatus).toMatchObject({
      total: 12,
      groups: [
        { status: 'Running', count: 11 },
        { status: 'CrashLoopBackOff', count: 1 },
      ],
    });
    expect(byImage).toMatchObject({
      groupCount: 2,
      groups: [
        { cluster: { name: 'core-1' }, count: 2 },
        { cluster: { name: 'edge-1' }, count: 2 },
      ],
    });
  });

  it('shows the same object under one id and one type on every path', async () => {
    const document = `{
      workload(cluster: "edge-1", kind: CLONE_SET, namespace: "shop", name: "cart") { __typename id }
      cluster(name: "edge-1") { workloads(filter: { name: { eq: "cart" } }) { nodes { __typename id } } }
      component(name: "cart") { instances { nodes { workload { __typename id } } } }
      pod(cluster: "edge-1", namespace: "shop", name: "cart-new-0") { workload { __typename id } }
    }`;
    const found = [...JSON.stringify(await world.data(document)).matchAll(/\{"__typename":"CloneSet","id":"([^"]+)"\}/g)].map(
      ([, id]) => id,
    );
    expect(found).toHaveLength(4);
    expect(new Set(found).size).toBe(1);
  });

  it('answers each interface of a row by the same fields', async () => {
    const document =
      '{ pods(first: 500) { nodes { id } } workloads { nodes { id } } clusterNodes { nodes { id } } components { nodes { id instances { nodes { id } } } } events { nodes { id } } }';
    const ids = [...JSON.stringify(await world.data(document)).matchAll(/"id":"([^"]+)"/g)].map(([, id]) => id);
    const { nodes } = await world.data<{ nodes: ({ id: string } | null)[] }>('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', {
      variables: { ids },
    });
    expect(ids.length).toBeGreaterThan(20);
    expect(nodes.map((node) => node?.id)).toEqual(ids);
  });
});

interface FleetOverview {
  readonly fleet: {
    readonly clusterCounts: unknown[];
    readonly attention: readonly { readonly subject: { readonly __typename: string } }[];
    readonly parts: unknown[];
  };
  readonly clusters: { readonly nodes: readonly { readonly name: string; readonly podCount: number; readonly sync: unknown }[] };
}

interface PodPage {
  readonly totalCount: number;
  readonly edges: readonly { readonly cursor: string; readonly node: { readonly restarts: number } }[];
}
