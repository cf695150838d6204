import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { OperationRecord } from '../../src/commands/operation.ts';
import { objectId, operationId, rolloutId } from '../../src/graph/global-id.ts';
import { aNode } from '../support/a-node.ts';
import { aPod } from '../support/a-pod.ts';
import { RunInWorld } from '../support/a-run.ts';
import { aRevision, aWorkload } from '../support/a-workload.ts';
import { minutes, START } from '../support/an-object.ts';
import { ADMIN, type AskOptions, GraphWorld, onlyNamespaces, TEAM } from '../support/graph-world.ts';
import { shopFleet } from '../support/shop-fleet.ts';

const documentOf = (name: string) => readFileSync(new URL(`../../schema/operations/${name}.graphql`, import.meta.url), 'utf8');

const ofBanker: OperationRecord = {
  ...{ id: '66', mutation: 'rolloutStart', outcome: 'APPLIED', actor: 'banker', at: START, dryRun: false, auditId: 'audit-6' },
  target: aWorkload('DEPLOYMENT', 'vault', 'bank').inCluster('edge-1').record(),
};

/** What the team may not see: other namespaces, nodes, and how busy the cluster is. */
function hide(world: GraphWorld): void {
  const vault = aWorkload('DEPLOYMENT', 'vault', 'bank')
    .inCluster('edge-1')
    .label('app.kubernetes.io/name', 'vault')
    .replicas(1)
    .changedAt(START);
  const revision = aRevision(vault, 'zzz');
  world.put(
    vault,
    revision,
    revision.pod('vault-zzz-0').crashLooping(9, START),
    aNode('node-2').inCluster('edge-1').down(START).version(7),
  );
  world.put(aNode('node-9').inCluster('core-1'), aPod('teller', 'bank').inCluster('core-1').onNode('node-1').restarts(4));
  const teller = aWorkload('CLONE_SET', 'teller', 'bank').inCluster('core-1').record();
  new RunInWorld(world, { workload: vault.record(), kind: 'Deployment', runId: 'hidden1', author: 'banker' }).pass(30);
  new RunInWorld(world, { workload: teller, runId: 'hidden2', author: 'banker' });
  new RunInWorld(world, { workload: { ...teller, cluster: 'left-1' }, runId: 'hidden3', author: 'banker' });
  world.operations.put(ofBanker);
  const store = world.store.cluster('edge-1');
  if (store === undefined) throw new Error('no edge-1');
  const { record } = store;
  const event = {
    cluster: 'edge-1',
    namespace: 'bank',
    name: 'teller.1',
    uid: 'event-9',
    resourceVersion: '6',
    type: 'Warning',
    reason: 'Robbery',
    message: 'secret',
    count: 1,
    lastSeenAt: START + 1,
  };
  world.store.commit('edge-1', {
    record: {
      ...record,
      sync: {
        ...record.sync,
        lastEventAt: START + 9_000,
        resources: record.sync.resources.map((sync) => ({ ...sync, objects: sync.objects + 77 })),
      },
    },
    operations: [{ type: 'event', event: { ...event, regarding: { apiVersion: 'v1', kind: 'Pod', namespace: 'bank', name: 'teller' } } }],
  });
}

function world(hidden: boolean): GraphWorld {
  const made = shopFleet(new GraphWorld());
  for (const name of ['edge-1', 'core-1']) {
    const record = made.store.cluster(name)?.record;
    if (record === undefined) throw new Error(`no ${name}`);
    const resources = ['pods', 'nodes', 'events'].map((resource) => ({
      resource,
      apiVersion: 'v1',
      kind: resource,
      state: 'LIVE' as const,
      objects: 5,
      relists: 0,
      reconnects: 0,
    }));
    made.store.commit(name, { record: { ...record, sync: { ...record.sync, lastEventAt: START, resources } } });
  }
  new RunInWorld(made, { workload: CART, runId: 'shown1', author: 'shopkeeper' }).pass(30);
  if (hidden) hide(made);
  return made;
}

const CART = aWorkload('CLONE_SET', 'cart').inCluster('edge-1').record();
const HIDDEN_RUNS = ['hidden1', 'hidden2', 'hidden3', 'nobody'].map(rolloutId);
const RUN_FIELDS =
  'id name phase createdBy cluster { name } target { id name object { id } } workload { id } causes { count examples { id } } reason { objects { id } } timeline { totalCount nodes { message } }';

const SURFACES: readonly { readonly name: string; readonly document: string; readonly variables?: Record<string, unknown> }[] = [
  {
    name: 'rollouts',
    document: `query ($clusters: [String!]) {
      a: rollouts(first: 1) { totalCount pageInfo { hasNextPage endCursor } nodes { ${RUN_FIELDS} } parts { name problem message } }
      b: rollouts(namespace: "vault") { totalCount nodes { id } parts { name problem } }
      c: rollouts(clusters: { names: $clusters }, filter: { createdBy: { neq: "shopkeeper" } }) { totalCount nodes { id } parts { name problem } }
      d: rollouts(orderBy: [{ field: CREATED_AT }]) { totalCount nodes { id } }
      workloads { nodes { name rollout { id } rollouts { totalCount nodes { id } } } }
    }`,
    variables: { clusters: ['edge-1', 'core-1', 'left-1'] },
  },
  {
    name: 'rollouts by id',
    document: `query ($ids: [ID!]!, $id: ID!) { nodes(ids: $ids) { id } rollout(id: $id) { ${RUN_FIELDS} } }`,
    variables: { ids: [...HIDDEN_RUNS, rolloutId('shown1'), operationId('66')], id: HIDDEN_RUNS[0] },
  },
  { name: 'rollout history', document: documentOf('rollout-history'), variables: { workload: objectId(CART) } },
  {
    name: 'mutations on what is hidden',
    document: `mutation ($a: ID!, $b: ID!, $c: ID!, $workload: ID!) {
      a: rolloutPause(input: { rollout: $a }) { rollout { id } operation { id } userErrors { code message path } }
      b: rolloutAdvance(input: { rollout: $b }) { rollout { id } operation { id } userErrors { code message path } }
      c: rolloutRollback(input: { rollout: $c }) { rollout { id } operation { id } userErrors { code message path } }
      d: workloadRestart(input: { workload: { id: $workload } }) { workload { id } userErrors { code message path } }
      e: rolloutStart(input: { workload: { id: $workload }, change: { restart: true } }) { plan { hash } userErrors { code message path } }
    }`,
    variables: {
      ...{ a: HIDDEN_RUNS[0], b: HIDDEN_RUNS[1], c: HIDDEN_RUNS[2] },
      workload: objectId(aWorkload('DEPLOYMENT', 'vault', 'bank').inCluster('edge-1').record()),
    },
  },
  { name: 'fleet overview', document: documentOf('fleet-overview') },
  { name: 'stuck workloads', document: documentOf('stuck-workloads') },
  { name: 'pods by restarts', document: documentOf('pods-by-restarts') },
  { name: 'pod counts', document: documentOf('pod-counts') },
  {
    name: 'walk from a pod',
    document: documentOf('walk-from-pod'),
    variables: { cluster: 'edge-1', namespace: 'shop', name: 'cart-new-1' },
  },
  {
    name: 'walk from a hidden pod',
    document: documentOf('walk-from-pod'),
    variables: { cluster: 'edge-1', namespace: 'bank', name: 'vault-zzz-0' },
  },
  { name: 'component', document: documentOf('old-component-versions'), variables: { component: 'cart', olderThan: '99.0' } },
  { name: 'hidden component', document: documentOf('old-component-versions'), variables: { component: 'vault', olderThan: '99.0' } },
  {
    name: 'hidden ids',
    document: documentOf('by-id'),
    variables: {
      ids: [
        objectId({ cluster: 'edge-1', resource: 'pods', namespace: 'bank', name: 'vault-zzz-0', uid: 'pod/bank/vault-zzz-0' }),
        objectId({ cluster: 'edge-1', resource: 'deployments.apps', namespace: 'bank', name: 'vault', uid: 'deployment/bank/vault' }),
        objectId({ cluster: 'edge-1', resource: 'nodes', namespace: '', name: 'node-2', uid: 'node//node-2' }),
        objectId({ cluster: 'edge-1', resource: 'events', namespace: 'bank', name: 'teller.1', uid: 'event-9' }),
      ],
    },
  },
  { name: 'operations', document: documentOf('operations') },
  {
    name: 'pages, orders and filters',
    document: `{
      a: pods(first: 2, orderBy: [{ field: RESTARTS, direction: DESC }]) { totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor node { id statusClass node { id } workload { id status { state message causes { message } } } revision { name podCount } component { name } events { nodes { id } } } } parts { name problem message } }
      b: pods(filter: { not: { workload: { eq: "cart" } } }) { totalCount nodes { name } }
      c: pods(filter: { or: [{ component: { isNull: true } }, { revision: { startsWith: "cart" } }] }) { totalCount nodes { name } }
      d: pods(namespace: "bank") { totalCount nodes { name } parts { name problem } }
      e: workloads(filter: { state: { nin: [COMPLETE] } }) { totalCount nodes { name status { state since message } replicas { updatedAvailable } pods { totalCount } revisions { name podCount } } parts { name problem } }
      f: clusterNodes { totalCount nodes { name } parts { name problem } }
      g: events { totalCount nodes { reason regarding { id object { id } } } parts { name problem } }
      h: components { totalCount nodes { name componentKind versions { version instanceCount } } parts { name problem } }
    }`,
  },
  {
    name: 'clusters from within',
    document: `{
      viewer { name groups clusters { name allowed } }
      clusters { nodes { name nodeCount podCount namespaces capacity { cpu } sync { lastEventAt staleSince resources { kind objects } } nodes { totalCount } workloads { totalCount } pods { totalCount } componentInstances { totalCount nodes { state } } podCounts(groupBy: [NAMESPACE, NODE, WORKLOAD, REVISION, COMPONENT]) { total groups { count namespace node workload { id } revision component { name } } } } }
      fleet { nodeCount podCount workloadCount attention(first: 50) { message subject { id } } parts { name problem message } }
    }`,
  },
  {
    name: 'all groups',
    document:
      '{ podCounts(groupBy: [CLUSTER, NAMESPACE, NODE, PHASE, STATUS, READY, IMAGE, STAGE]) { total groupCount groups { count namespace node image } parts { name problem } } }',
  },
];

describe('two worlds that differ only in what the viewer may not see', () => {
  for (const later of [false, true]) {
    const team: AskOptions = { access: onlyNamespaces(['shop'], { later }), principal: TEAM };

    it.each(SURFACES)(`$name: the same answer (rights known ${later ? 'later' : 'at once'})`, async ({ document, variables = {} }) => {
      const answers = await Promise.all(
        [false, true].map(async (hidden) => {
          const each = world(hidden);
          await each.clock.advanceBy(minutes(5));
          return JSON.stringify(await each.ask(document, { ...team, variables }));
        }),
      );
      expect(answers[1]).toBe(answers[0]);
      expect(JSON.parse(answers[0] ?? '{}')).not.toHaveProperty('errors');
      expect(answers[0]).not.toContain('bank');
    });
  }

  it('shows who may see everything that they do differ', async () => {
    const document = SURFACES.at(-3)?.document ?? '';
    const answers = await Promise.all(
      [false, true].map(async (hidden) => JSON.stringify(await world(hidden).ask(document, { principal: ADMIN }))),
    );
    expect(answers[1]).not.toBe(answers[0]);
  });

  it('streams the same messages, whatever happens out of sight', async () => {
    const streams = ['podChanges', 'workloadChanges', 'eventChanges', 'clusterChanges', 'rolloutChanges'].map(
      (field) =>
        `subscription { ${field} { phase conflated changes { type id cluster { name podCount } } staleClusters { name } resyncClusters { name } } }`,
    );
    for (const document of streams) {
      const heard = await Promise.all([false, true].map((hidden) => listen(document, hidden)));
      expect(heard[1]).toEqual(heard[0]);
      expect(heard[0]?.length).toBeGreaterThan(1);
    }
  });
});

async function listen(document: string, hidden: boolean): Promise<string[]> {
  const each = world(false);
  const messages: string[] = [];
  const stream = await each.stream(document, { access: onlyNamespaces(['shop']), principal: TEAM });
  const reading = (async () => {
    for await (const message of stream) messages.push(JSON.stringify(message));
  })();
  await each.clock.advanceBy(1_000);
  if (hidden) hide(each);
  await each.clock.advanceBy(7_000);
  each.put(aPod('newcomer').inCluster('edge-1').version(50));
  await each.clock.advanceBy(7_000);
  await stream.return?.();
  await each.clock.advanceBy(1_000);
  await reading;
  return messages;
}

describe('edges and rights', () => {
  it('an edge that may not be seen is null, without an error', async () => {
    const each = world(true);
    const document = '{ pod(cluster: "edge-1", namespace: "shop", name: "cart-new-1") { name node { name } workload { name } } }';
    expect(await each.data(document, { access: onlyNamespaces(['shop']) })).toEqual({
      pod: { name: 'cart-new-1', node: null, workload: { name: 'cart' } },
    });
  });

  it('a hidden cluster looks like none', async () => {
    const each = world(true);
    const access = onlyNamespaces(['shop'], { clusters: ['edge-1'] });
    const document =
      '{ cluster(name: "core-1") { name } none: cluster(name: "nowhere") { name } pods(clusters: { names: ["core-1", "nowhere"] }) { totalCount parts { name problem cluster { name } } } viewer { clusters { name allowed } } }';
    expect(await each.data(document, { access })).toEqual({
      cluster: null,
      none: null,
      pods: { totalCount: 0, parts: ['core-1', 'nowhere'].map((name) => ({ name, problem: 'NO_SUCH_CLUSTER', cluster: null })) },
      viewer: { clusters: [{ name: 'edge-1', allowed: true }] },
    });
  });

  it('of a fleet say that a count of nodes is not true', async () => {
    const each = world(true);
    const document = '{ fleet { nodeCount podCount parts { name problem message } } }';
    const { fleet } = await each.data<{ fleet: { parts: unknown[] } }>(document, { access: onlyNamespaces(['shop', 'kube-system']) });
    expect(fleet.parts).toMatchObject([
      { name: 'core-1', problem: 'FORBIDDEN', message: expect.stringContaining('(nodes)') },
      { name: 'edge-1', problem: 'FORBIDDEN' },
      { name: 'lost-1', problem: 'UNREACHABLE' },
    ]);
  });

  it('says that nothing of a kind may be seen, rather than showing an empty list', async () => {
    const each = world(true);
    const { clusterNodes } = await each.data<{ clusterNodes: unknown }>('{ clusterNodes { totalCount parts { name problem } } }', {
      access: onlyNamespaces(['shop']),
    });
    expect(clusterNodes).toEqual({
      totalCount: 0,
      parts: [
        { name: 'core-1', problem: 'FORBIDDEN' },
        { name: 'edge-1', problem: 'FORBIDDEN' },
        { name: 'lost-1', problem: 'UNREACHABLE' },
      ],
    });
  });
});

describe('streams of one rollout', () => {
  it.each(['rolloutProgress', 'rolloutWait'])('%s refuses a hidden one as it refuses none', async (field) => {
    const rest = field === 'rolloutWait' ? ', for: { finished: true }) { met }' : ') { id }';
    const refusals = await Promise.all(
      [false, true].flatMap((hidden) =>
        HIDDEN_RUNS.map((id) =>
          world(hidden)
            .stream(`subscription { ${field}(rollout: "${id}"${rest} }`, { access: onlyNamespaces(['shop']), principal: TEAM })
            .then(
              () => 'opened',
              (error: Error) => error.message,
            ),
        ),
      ),
    );
    expect(new Set(refusals).size).toBe(1);
    expect(refusals[0]).toContain('there is no such rollout');
  });
});
