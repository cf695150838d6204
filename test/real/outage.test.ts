import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ControlPlane, startControlPlane } from '../controlplane/control-plane.ts';
import type { RealCluster } from '../controlplane/real-cluster.ts';
import { StreamFold } from '../support/fold.ts';
import { agree } from './agree.ts';
import { FoldedStream } from './folded-stream.ts';
import { GatewayProcess } from './gateway.ts';
import type { GraphqlClient, Variables } from './graphql-client.ts';
import { items, type KubeThing, printedPods } from './kubectl-view.ts';
import { workload } from './six-kinds.ts';
import { podStream, type StreamDocument, workloadStream } from './stream-documents.ts';
import { untilSettled } from './stuck-and-well.ts';
import { image } from './workloads.ts';

type Row = Readonly<Record<string, unknown>> & { readonly id: string; readonly name: string; readonly cluster: { readonly name: string } };
interface Sync {
  readonly state: string;
  readonly reason: string | null;
  readonly staleSince: string | null;
  readonly stalenessSeconds: number;
  readonly resources: { readonly kind: string; readonly relists: number; readonly reconnects: number }[];
}

const namespace = 'outage';
const overview = `{
  fleet { clusterCount nodeCount podCount parts { name problem staleSince } }
  clusters(orderBy: [{ field: NAME }]) { nodes { name podCount nodeCount sync { state reason staleSince stalenessSeconds resources { kind state relists reconnects lastError } } } }
}`;
const clusterDocument: Pick<StreamDocument, 'root' | 'field' | 'subscription'> = {
  root: 'clusterChanges',
  field: 'cluster',
  subscription: `subscription { clusterChanges {
    phase resumeToken conflated staleClusters { name } resyncClusters { name } changes { type id cluster { id name sync { state reason } } }
  } }`,
};

let controlPlane: ControlPlane;
let steady: RealCluster;
let struck: RealCluster;

beforeAll(async () => {
  controlPlane = await startControlPlane({ clusters: [{ name: 'steady' }, { name: 'struck' }], nodes: 6 });
  [steady, struck] = [controlPlane.cluster('steady'), controlPlane.cluster('struck')];
  await Promise.all(
    [steady, struck].map(async (cluster) => {
      await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
      await cluster.untilPodsAllowed(namespace);
      await cluster.apply(
        workload('Deployment', { namespace, name: 'web', tag: 'v1', replicas: 4 }),
        workload('CloneSet', { namespace, name: 'cart', tag: 'v1', replicas: 3 }),
        workload('StatefulSet', { namespace, name: 'db', tag: 'v1', replicas: 2 }),
      );
      await untilSettled(cluster, namespace);
    }),
  );
});

afterAll(async () => {
  await controlPlane?.stop();
});

describe('an API server that stops and starts again', () => {
  it('is shown UNREACHABLE and LIVE again; no object is lost or invented, and the other cluster is not disturbed', async () => {
    await using gateway = await GatewayProcess.start({ kubeconfigPath: controlPlane.kubeconfigPath });
    const ask = gateway.client();
    await using states = new FoldedStream<Row>(
      ask.overSocket(clusterDocument.subscription),
      'clusterChanges',
      new StreamFold<Row>('cluster'),
    );
    await using pods = follow(ask, 'overSocket', podStream, { namespace });
    await using podsBySse = follow(ask, 'overSse', podStream, { namespace });
    await using workloads = follow(ask, 'overSocket', workloadStream, { namespace });
    const streams = [pods, podsBySse, workloads];
    await Promise.all([states, ...streams].map((stream) => stream.untilSynced()));
    expect(pods.fold.staleClusters).toEqual([]);
    const before = await look(ask);
    const known = await ask.query(podStream.query, { namespace });

    const stoppedAt = Date.now();
    await struck.stopApiServer();
    for (const stream of [...streams, states]) {
      await stream.until('FRESHNESS that names the struck cluster', () => stream.fold.staleClusters.join() === 'struck', 15_000);
    }
    const during = await look(ask);
    expect(during.struck.sync).toMatchObject({ state: 'UNREACHABLE', reason: expect.stringMatching(/^[A-Z][A-Za-z]+$/) });
    expect(during.steady.sync).toMatchObject({ state: 'LIVE', reason: null, staleSince: null, stalenessSeconds: 0 });
    const staleSince = Date.parse(during.struck.sync.staleSince ?? '');
    expect(Math.abs(staleSince - stoppedAt)).toBeLessThan(3_000);

    await answersWithWhatWasKnown(ask, known, during);
    await refusesToWrite(ask);
    await followsTheOtherCluster(ask, pods);

    await struck.startApiServer();
    // At once, so that much of it happens before the gateway is back.
    const survivors = new Set((await items(struck, 'pods', '-n', namespace, '-l', 'app=cart')).map(({ metadata }) => metadata.uid));
    await struck.kubectl('-n', namespace, 'set', 'image', 'deployment/web', `app=${image('v2')}`);
    await struck.kubectl('-n', namespace, 'delete', 'pod', 'db-1', '--wait=false');
    await untilAllLive(gateway, [...streams, states]);
    await untilSettled(struck, namespace);
    const after = await look(ask);
    expect([after.steady.sync.state, after.struck.sync.state, after.parts]).toEqual(['LIVE', 'LIVE', []]);
    expect(after.struck.sync).toMatchObject({ reason: null, staleSince: null, stalenessSeconds: 0 });

    for (const [document, stream] of [
      [podStream, pods],
      [podStream, podsBySse],
      [workloadStream, workloads],
    ] as const) {
      await equalsTheQuery(ask, document, { namespace }, stream);
      expect({ root: document.root, broken: stream.fold.broken, resyncs: stream.fold.count('RESYNC'), error: stream.error }).toEqual({
        root: document.root,
        broken: [],
        resyncs: 0,
        error: undefined,
      });
      expect(stream.fold.count('FRESHNESS')).toBeGreaterThanOrEqual(2);
    }
    await isWhatKubectlSees(ask);
    expect(removedUids(pods).filter((uid) => survivors.has(uid))).toEqual([]);
    // No workload came or went, whatever the API server served while it started.
    expect(
      workloads.messages.flatMap(({ phase, changes }) => (phase === 'SNAPSHOT' ? [] : changes)).filter(({ type }) => type !== 'MODIFIED'),
    ).toEqual([]);
    // A server that starts slowly serves some kinds well after the others, refuses everybody until it has read its roles,
    // or leaves a connection unanswered: that is told, and told only then. LIVE it is once, at the end.
    expect(statesOf(states, 'struck').join(' ')).toMatch(/^LIVE UNREACHABLE ((STALE|FORBIDDEN|UNREACHABLE) )*LIVE$/);
    expect(statesOf(states, 'steady')).toEqual(['LIVE']);
    expect(after.steady.sync.resources).toEqual(before.steady.sync.resources);
  });

  it('comes back complete when its history is gone', async () => {
    await using gateway = await GatewayProcess.start({ kubeconfigPath: controlPlane.kubeconfigPath });
    const ask = gateway.client();
    await using pods = follow(ask, 'overSse', podStream, { namespace });
    await pods.untilSynced();
    await struck.stopApiServer();
    await pods.until('FRESHNESS that names the struck cluster', () => pods.fold.staleClusters.join() === 'struck', 15_000);
    await steady.kubectl('-n', namespace, 'rollout', 'restart', 'deployment/web');
    await steady.kubectl('-n', namespace, 'rollout', 'status', 'deployment/web', '--timeout=60s');
    await controlPlane.etcdCompact();
    await struck.startApiServer();
    await struck.kubectl('-n', namespace, 'delete', 'pod', '-l', 'app=web', '--wait=false');
    await untilAllLive(gateway, [pods]);
    await untilSettled(struck, namespace);
    await equalsTheQuery(ask, podStream, { namespace }, pods);
    await isWhatKubectlSees(ask);
    expect({ broken: pods.fold.broken, resyncs: pods.fold.count('RESYNC') }).toEqual({ broken: [], resyncs: 0 });
  });
});

describe('a cluster that is down at the start', () => {
  it('does not hold readiness back; it is shown as missing, and joins when it comes', async () => {
    await struck.stopApiServer();
    await using gateway = await GatewayProcess.start({ kubeconfigPath: controlPlane.kubeconfigPath });
    // Since its first word, which it writes before it looks at any cluster: how long Node takes to start is not its own.
    const firstLine = gateway.log.split('\n').find((line) => line.startsWith('{')) ?? '';
    expect(Date.now() - Date.parse((JSON.parse(firstLine) as { time: string }).time)).toBeLessThan(10_000);
    expect((await fetch(`${gateway.address.url}/readyz`)).status).toBe(200);
    const ask = gateway.client();

    const alone = await look(ask);
    const nodes = await items(steady, 'nodes');
    expect(alone).toMatchObject({
      clusterCount: 2,
      nodeCount: nodes.length,
      parts: [{ name: 'struck', problem: 'UNREACHABLE' }],
      steady: { nodeCount: nodes.length, sync: { state: 'LIVE' } },
      struck: { nodeCount: null, podCount: null, sync: { state: 'UNREACHABLE' } },
    });
    await using pods = follow(ask, 'overSocket', podStream, { namespace });
    await pods.untilSynced();
    expect({ stale: pods.fold.staleClusters, clusters: clustersIn(pods) }).toEqual({ stale: ['struck'], clusters: ['steady'] });

    await struck.startApiServer();
    await pods.until('the cluster that came', () => pods.fold.staleClusters.length === 0 && clustersIn(pods).includes('struck'), 45_000);
    await equalsTheQuery(ask, podStream, { namespace }, pods);
    await isWhatKubectlSees(ask);
    expect({ broken: pods.fold.broken, snapshots: pods.fold.count('SNAPSHOT'), resyncs: pods.fold.count('RESYNC') }).toEqual({
      broken: [],
      snapshots: 1,
      resyncs: 0,
    });
  });
});

async function untilAllLive(gateway: GatewayProcess, streams: readonly FoldedStream<Row>[]): Promise<void> {
  try {
    for (const stream of streams)
      await stream.until('FRESHNESS with all clusters live', () => stream.fold.staleClusters.length === 0, 45_000);
  } catch (error) {
    const seen = await look(gateway.client());
    throw new Error(`not live again: ${JSON.stringify(seen.struck)}; the gateway's log: ${gateway.log}`, { cause: error });
  }
}

async function answersWithWhatWasKnown(ask: GraphqlClient, known: unknown, during: Awaited<ReturnType<typeof look>>): Promise<void> {
  const parts = [{ name: 'struck', problem: 'UNREACHABLE' }];
  expect(during.parts).toMatchObject(parts);
  const again = await ask.query<{ rows: { parts: object[]; nodes: Row[] } }>(podStream.query, { namespace });
  expect(again.rows.parts).toEqual(parts);
  expect(again.rows.nodes).toEqual((known as typeof again).rows.nodes);
  const one = again.rows.nodes.find(({ cluster }) => cluster.name === 'struck')!;
  const { pod, byName } = await ask.query<{ pod: Row; byName: Row }>(
    `query One($id: ID!, $namespace: String!, $name: String!) {
      pod: node(id: $id) { ... on Pod { id name cluster { name sync { state } } } }
      byName: pod(cluster: "struck", namespace: $namespace, name: $name) { id }
    }`,
    { id: one.id, namespace, name: one.name },
  );
  expect({ pod, byName }).toEqual({
    pod: { id: one.id, name: one.name, cluster: { name: 'struck', sync: { state: 'UNREACHABLE' } } },
    byName: { id: one.id },
  });
}

/** What the gateway cannot carry out it says as a result: the mutation is answered, and nothing happens later. */
async function refusesToWrite(ask: GraphqlClient): Promise<void> {
  const { pods } = await ask.query<{ pods: { nodes: Row[] } }>('{ pods(clusters: { names: ["struck"] }, first: 1) { nodes { id name } } }');
  const answer = await ask.ask(
    'mutation ($pod: ID!) { podDelete(input: { pod: $pod }) { pod { id } operation { outcome } userErrors { __typename code } } }',
    {
      pod: pods.nodes[0]!.id,
    },
  );
  expect(answer.errors).toBeUndefined();
  expect(answer.data).toMatchObject({ podDelete: { userErrors: [{ __typename: 'ClusterUnreachableError' }] } });
}

async function followsTheOtherCluster(ask: GraphqlClient, pods: FoldedStream<Row>): Promise<void> {
  await steady.kubectl('-n', namespace, 'scale', 'deployment/web', '--replicas=6');
  await steady.kubectl('-n', namespace, 'delete', 'pod', 'db-0', '--wait=false');
  await untilSettled(steady, namespace);
  await equalsTheQuery(ask, podStream, { namespace }, pods);
  const printed = await printedPods(steady, '--field-selector', `metadata.namespace=${namespace}`);
  expect([...pods.fold.rows.values()].filter(({ cluster }) => cluster.name === 'steady')).toHaveLength(printed.length);
}

async function isWhatKubectlSees(ask: GraphqlClient): Promise<void> {
  await agree(async () => {
    const lists = await Promise.all([steady, struck].map((cluster) => items<KubeThing>(cluster, 'pods', '-n', namespace)));
    const { rows } = await ask.query<{ rows: { nodes: (Row & { uid: string })[] } }>(podStream.query, { namespace });
    return {
      gateway: rows.nodes.map(({ uid }) => uid).sort(),
      kubectl: lists
        .flat()
        .map(({ metadata }) => metadata.uid)
        .sort(),
    };
  });
}

interface Seen {
  readonly podCount: number | null;
  readonly nodeCount: number | null;
  readonly sync: Sync;
}

async function look(ask: GraphqlClient) {
  interface Answer {
    readonly fleet: { readonly clusterCount: number; readonly nodeCount: number; readonly podCount: number; readonly parts: object[] };
    readonly clusters: { readonly nodes: [Seen, Seen] };
  }
  const { fleet, clusters } = await ask.query<Answer>(overview);
  const [first, second] = clusters.nodes;
  return { ...fleet, steady: first, struck: second };
}

function follow(
  ask: GraphqlClient,
  transport: 'overSocket' | 'overSse',
  document: StreamDocument,
  variables: Variables,
): FoldedStream<Row> {
  return new FoldedStream<Row>(ask[transport](document.subscription, variables), document.root, new StreamFold<Row>(document.field));
}

async function equalsTheQuery(
  ask: GraphqlClient,
  document: StreamDocument,
  variables: Variables,
  { fold }: FoldedStream<Row>,
): Promise<void> {
  await agree(async () => {
    const { rows } = await ask.query<{ rows: { nodes: Row[] } }>(document.query, variables);
    return { gateway: Object.fromEntries(fold.rows), kubectl: Object.fromEntries(rows.nodes.map((row) => [row.id, row])) };
  }, 15_000);
}

function removedUids({ messages, fold }: FoldedStream<Row>): string[] {
  const uids = new Map<string, string>();
  for (const [id, row] of fold.rows) uids.set(id, String(row['uid']));
  for (const { changes } of messages)
    for (const change of changes) {
      const row = change['pod'] as { readonly uid: string } | null | undefined;
      if (row != null) uids.set(change.id, row.uid);
    }
  return messages.flatMap(({ changes }) => changes.filter(({ type }) => type === 'REMOVED').map(({ id }) => uids.get(id) ?? id));
}

/** The states that a reader was told of, each as long as it lasted. */
function statesOf({ messages }: FoldedStream<Row>, cluster: string): string[] {
  const states = messages
    .flatMap(({ changes }) => changes as readonly { readonly cluster?: { readonly name: string; readonly sync?: Sync } }[])
    .flatMap((change) => (change.cluster?.name === cluster && change.cluster.sync !== undefined ? [change.cluster.sync.state] : []));
  return states.filter((state, index) => state !== states[index - 1]);
}

function clustersIn({ fold }: FoldedStream<Row>): string[] {
  return [...new Set([...fold.rows.values()].map(({ cluster }) => cluster.name))].sort();
}
