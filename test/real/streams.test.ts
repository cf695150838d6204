import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClusterClient } from '../controlplane/cluster-client.ts';
import { sharedControlPlane } from '../controlplane/shared-control-plane.ts';
import { until } from '../controlplane/until.ts';
import { StreamFold } from '../support/fold.ts';
import { agree } from './agree.ts';
import { FoldedStream } from './folded-stream.ts';
import { GatewayProcess } from './gateway.ts';
import type { GraphqlClient, Variables } from './graphql-client.ts';
import { items, printedPods } from './kubectl-view.ts';
import { workload } from './six-kinds.ts';
import { eventStream, nodeStream, podStream, type StreamDocument, workloadStream } from './stream-documents.ts';
import { untilSettled } from './stuck-and-well.ts';
import { image } from './workloads.ts';

type Row = Readonly<Record<string, unknown>> & { readonly id: string; readonly name: string; readonly cluster: { readonly name: string } };
const transports = ['overSocket', 'overSse'] as const;
type Transport = (typeof transports)[number];

const controlPlane = sharedControlPlane();
const [first, second] = ['cluster-1', 'cluster-2'].map((name) => controlPlane.cluster(name)) as [ClusterClient, ClusterClient];
const both = [first, second];
const namespace = 'streams';
const cordoned = 'cluster-1-pool-b-1';
const inPlace = (partition: number) => ({ updateStrategy: { type: 'InPlaceIfPossible', partition, maxUnavailable: 2 } });

let gateway: GatewayProcess;
let ask: GraphqlClient;

beforeAll(async () => {
  const started = GatewayProcess.start({ kubeconfigPath: controlPlane.kubeconfigPath });
  const seeded = both.map(async (cluster) => {
    await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    await cluster.untilPodsAllowed(namespace);
    await cluster.apply(
      workload('Deployment', { namespace, name: 'web', tag: 'v1', replicas: 4, spec: { minReadySeconds: 2 } }),
      workload('CloneSet', { namespace, name: 'cart', tag: 'v1', replicas: 5, spec: inPlace(0) }),
      workload('StatefulSet', { namespace, name: 'db', tag: 'v1', replicas: 2 }),
    );
    await untilSettled(cluster, namespace);
  });
  gateway = await started;
  ask = gateway.client();
  await Promise.all(seeded);
});

afterAll(async () => {
  await gateway?.stop();
  for (const cluster of both) await cluster.kubectl('delete', 'namespace', namespace, '--wait=false');
});

describe('folded through rollouts made with kubectl', () => {
  it('every stream, over WebSocket and over SSE, ends with exactly what a query answers', async () => {
    const followed = [
      { document: podStream, variables: { namespace } },
      { document: workloadStream, variables: { namespace } },
      { document: eventStream, variables: { namespace } },
      { document: nodeStream, variables: { names: ['cluster-1'] } },
    ];
    await using opened = new AsyncDisposableStack();
    opened.defer(async () => void (await first.kubectl('uncordon', cordoned)));
    const streams = followed.flatMap(({ document, variables }) =>
      transports.map((transport) => ({ document, variables, transport, stream: opened.use(follow(transport, document, variables)) })),
    );
    await Promise.all(streams.map(({ stream }) => stream.untilSynced()));
    for (const { document, variables, stream } of streams) await equalsTheQuery(document, variables, stream);

    await Promise.all(both.map(rollOut));
    await first.kubectl('cordon', cordoned);
    await Promise.all(both.map((cluster) => untilSettled(cluster, namespace)));

    for (const { document, variables, stream } of streams) await equalsTheQuery(document, variables, stream);
    for (const { document, transport, stream } of streams) {
      const context = { root: document.root, transport };
      expect({ ...context, broken: stream.fold.broken, resyncs: stream.fold.count('RESYNC'), error: stream.error }).toEqual({
        ...context,
        broken: [],
        resyncs: 0,
        error: undefined,
      });
      expect(stream.fold.count('CHANGES'), document.root).toBeGreaterThan(0);
      // Pods that end may outlast the settling of their workloads: the two looks are of different moments.
      if (document === podStream) await agree(async () => ({ gateway: podNames(stream.fold), kubectl: await printedNames() }));
    }
  });

  /** A rolling update, a partition moved twice, a scale up and down, pods deleted, a workload come and gone. */
  async function rollOut(cluster: ClusterClient): Promise<void> {
    const kubectl = (...args: string[]) => cluster.kubectl('-n', namespace, ...args);
    await kubectl('set', 'image', 'deployment/web', `app=${image('v2')}`);
    await cluster.apply(workload('Deployment', { namespace, name: 'passing', tag: 'v1-crash', replicas: 2 }));
    await patchCart(cluster, { replicas: 5, partition: 3, tag: 'v2' });
    await untilCart(cluster, { updatedReadyReplicas: 2 });
    await kubectl('scale', 'deployment/web', '--replicas=6');
    await kubectl('delete', 'pod', '-l', 'app=db', '--wait=false');
    await patchCart(cluster, { replicas: 7, partition: 0, tag: 'v2' });
    await untilCart(cluster, { updatedReadyReplicas: 7 });
    await kubectl('delete', 'deployment', 'passing');
    await kubectl('scale', 'clonesets.apps.kruise.io/cart', '--replicas=4');
    await kubectl('rollout', 'status', 'deployment/web', '--timeout=60s');
  }
});

describe('a node that goes and comes back', () => {
  it('is told of with its pods', async () => {
    const pods = await items<{ spec: { nodeName: string } }>(first, 'pods', '-n', namespace, '-l', 'app=web');
    const node = pods[0]!.spec.nodeName;
    await using stream = follow('overSocket', podStream, { namespace });
    await stream.untilSynced();
    const readiness = () => [...stream.fold.rows.values()].filter((row) => nodeOf(row).name === node).map((row) => nodeOf(row).ready);
    expect(readiness()).toContain(true);
    try {
      await first.nodeNotReady(node);
      await stream.until('pods of a node that is not ready', () => !readiness().includes(true), 10_000);
      await equalsTheQuery(podStream, { namespace }, stream);
    } finally {
      await first.nodeReady(node);
    }
    await stream.until('pods of a node that is ready again', () => !readiness().includes(false), 10_000);
    await equalsTheQuery(podStream, { namespace }, stream);
    expect(stream.fold.broken).toEqual([]);
  });

  const nodeOf = (row: Row) => row['node'] as { readonly name: string; readonly ready: boolean };
});

describe('a stream that was cut', () => {
  it.each(transports)('%s: goes on from its token: nothing missed, nothing told from the start', async (transport) => {
    const fold = new StreamFold<Row>('pod');
    await using before = follow(transport, podStream, { namespace }, fold);
    await before.untilSynced();
    const told = fold.count('CHANGES');
    await first.kubectl('-n', namespace, 'rollout', 'restart', 'deployment/web');
    await before.until('changes in the middle of a rollout', () => fold.count('CHANGES') >= told + 3, 20_000);
    await before.cut();

    await first.kubectl('-n', namespace, 'delete', 'pod', '-l', 'app=db', '--wait=false');
    await second.kubectl('-n', namespace, 'scale', 'deployment/web', `--replicas=${transport === 'overSse' ? 3 : 5}`);
    await first.kubectl('-n', namespace, 'rollout', 'status', 'deployment/web', '--timeout=60s');

    const snapshots = fold.count('SNAPSHOT');
    fold.reopen();
    await using after = follow(transport, podStream, { namespace, resume: fold.resumeToken }, fold);
    await after.untilSynced();
    await Promise.all(both.map((cluster) => untilSettled(cluster, namespace)));
    await equalsTheQuery(podStream, { namespace }, after);
    expect({ snapshots: fold.count('SNAPSHOT'), resyncs: fold.count('RESYNC'), broken: fold.broken }).toEqual({
      snapshots,
      resyncs: 0,
      broken: [],
    });
    expect(after.messages.findIndex(({ phase }) => phase === 'CHANGES')).toBe(0);
  });

  it('does not go on with the token of another question', async () => {
    await using stream = follow('overSocket', podStream, { namespace });
    await stream.untilSynced();
    await using other = follow('overSocket', podStream, { namespace: 'default', resume: stream.fold.resumeToken });
    await other.until('the end', () => other.ended, 10_000);
    expect(other.error).toContain('BAD_RESUME_TOKEN');
  });
});

describe('a gateway that is asked to end', () => {
  it('says CLOSING with a last token on every stream, completes them and ends with 0', async () => {
    await using opened = new AsyncDisposableStack();
    const streams = transports.map((transport) => opened.use(follow(transport, podStream, { namespace })));
    await Promise.all(streams.map((stream) => stream.untilSynced()));
    expect(await gateway.stop()).toBe(0);
    for (const stream of streams) {
      await stream.until('the end of the stream', () => stream.ended, 5_000);
      expect(stream.messages.at(-1)).toMatchObject({ phase: 'CLOSING', resumeToken: expect.any(String) });
      expect({ error: stream.error, broken: stream.fold.broken }).toEqual({ error: undefined, broken: [] });
    }
  });
});

function follow(transport: Transport, document: StreamDocument, variables: Variables, fold?: StreamFold<Row>): FoldedStream<Row> {
  return new FoldedStream<Row>(
    ask[transport](document.subscription, variables),
    document.root,
    fold ?? new StreamFold<Row>(document.field),
  );
}

async function equalsTheQuery(document: StreamDocument, variables: Variables, { fold }: FoldedStream<Row>): Promise<void> {
  await agree(async () => {
    const { rows } = await ask.query<{ rows: { parts: unknown[]; nodes: Row[] } }>(document.query, variables);
    return {
      gateway: { root: document.root, rows: Object.fromEntries(fold.rows) },
      kubectl: { root: document.root, rows: Object.fromEntries(rows.nodes.map((row) => [row.id, row])) },
    };
  }, 15_000);
}

async function printedNames(): Promise<string[]> {
  const inNamespace = ['--field-selector', `metadata.namespace=${namespace}`];
  const printed = (await Promise.all(both.map((cluster) => printedPods(cluster, ...inNamespace)))).flat();
  return printed.map(({ cluster, name }) => `${cluster}/${name}`).sort();
}

function podNames(fold: StreamFold<Row>): string[] {
  return [...fold.rows.values()].map(({ cluster, name }) => `${cluster.name}/${name}`).sort();
}

async function patchCart(
  cluster: ClusterClient,
  { replicas, partition, tag }: { replicas: number; partition: number; tag: string },
): Promise<void> {
  const template = { spec: { containers: [{ name: 'app', image: image(tag) }] } };
  const patch = JSON.stringify({ spec: { replicas, ...inPlace(partition), template } });
  await cluster.kubectl('-n', namespace, 'patch', 'clonesets.apps.kruise.io', 'cart', '--type=merge', '-p', patch);
}

async function untilCart(cluster: ClusterClient, wanted: Readonly<Record<string, number>>): Promise<void> {
  await until(`${cluster.name}: cart with ${JSON.stringify(wanted)}`, { timeoutMs: 60_000, everyMs: 200 }, async () => {
    const text = await cluster.kubectl('-n', namespace, 'get', 'clonesets.apps.kruise.io', 'cart', '-o', 'json');
    const { metadata, status } = JSON.parse(text) as { metadata: { generation: number }; status: Record<string, number> };
    return (
      status['observedGeneration'] === metadata.generation && Object.entries(wanted).every(([field, value]) => status[field] === value)
    );
  });
}
