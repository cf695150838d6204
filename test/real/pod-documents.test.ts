import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClusterClient } from '../controlplane/cluster-client.ts';
import { nodeSetLabel } from '../controlplane/fake-nodes.ts';
import { StreamFold } from '../support/fold.ts';
import { agree } from './agree.ts';
import { exampleDocument } from './documents.ts';
import { FoldedStream } from './folded-stream.ts';
import type { GatewayProcess } from './gateway.ts';
import type { GraphqlClient } from './graphql-client.ts';
import {
  isReady,
  items,
  type KubeThing,
  ownerChain,
  podsOf,
  printedPods,
  revisionNumber,
  revisionOf,
  workloadsOf,
} from './kubectl-view.ts';
import { LabelledFleet } from './labelled-fleet.ts';
import { kindNames, workload } from './six-kinds.ts';
import { compareText, placeOf, sortedBy, sortedByName } from './sorting.ts';
import { nameOf, seedRestarts, seedWell } from './stuck-and-well.ts';
import { containersOf } from './workload-view.ts';

const fleet = new LabelledFleet();
const { first, both } = fleet;
const namespace = 'pod-documents';

let gateway: GatewayProcess;
let ask: GraphqlClient;

beforeAll(async () => {
  const started = fleet.startGateway();
  const seeded = fleet.createNamespace(namespace).then(() => Promise.all(both.map(seed)));
  gateway = await started;
  ask = gateway.client();
  await seeded;
});

afterAll(async () => {
  await gateway?.stop();
  await fleet.deleteNamespace(namespace);
  for (const cluster of both) await cluster.kubectl('delete', 'deployment', 'cart', '-n', 'shop', '--wait=false');
});

/** Pods of all six kinds, pods that do not work in three ways, pods that were restarted, and what the streams are asked for. */
async function seed(cluster: ClusterClient): Promise<void> {
  await cluster.apply(
    ...['v1-crash', 'v1-missing', 'v1-broken'].map((tag) => workload('Deployment', { namespace, name: tag, tag })),
    workload('Deployment', { namespace: 'shop', name: 'cart', tag: 'v1', replicas: cluster === first ? 3 : 2 }),
  );
  await Promise.all([seedWell(cluster, namespace), seedRestarts(cluster, namespace, 12)]);
  await cluster.kubectl('label', '-n', namespace, 'deployment', nameOf('well', 'Deployment'), 'app.kubernetes.io/name=storefront');
}
describe('walk-from-pod', () => {
  it.each(kindNames)('from a pod of a %s to everything around it, as the owner chain of kubectl goes', async (kindName) => {
    const document = await exampleDocument('walk-from-pod');
    const name = nameOf('well', kindName);
    await agree(async () => {
      const chain = await ownerChain(first, '-n', namespace);
      const [object] = await workloadsOf(first, kindName, '-n', namespace, '--field-selector', `metadata.name=${name}`);
      const pods = podsOf(chain, object!);
      const pod = pods[0]!;
      const [printed, node, onNode, events] = await Promise.all([
        printedPods(first, '--field-selector', `metadata.name=${pod.metadata.name}`),
        items<KubeThing & { status: { conditions: { type: string; status: string }[] } }>(
          first,
          'nodes',
          '--field-selector',
          `metadata.name=${pod.spec.nodeName}`,
        ),
        items(first, 'pods', '-A', '--field-selector', `spec.nodeName=${pod.spec.nodeName}`),
        items<KubeEvent>(first, 'events', '-n', namespace, '--field-selector', `involvedObject.uid=${pod.metadata.uid}`),
      ]);
      const { pod: walked } = await ask.query<{ pod: Walk }>(document, { cluster: first.name, namespace, name: pod.metadata.name });
      const revision = revisionOf(chain, pod)!;
      return {
        gateway: {
          ...walked,
          id: undefined,
          workload: {
            ...walked.workload,
            id: undefined,
            pods: { totalCount: walked.workload.pods.totalCount, nodes: sortedByName(walked.workload.pods.nodes) },
          },
          node: { ...walked.node, pods: walked.node.pods.nodes.length },
          events: sortedByName(
            walked.events.nodes.map(({ type, reason, message, count }) => ({ name: `${reason} ${message}`, type, count })),
          ),
        },
        kubectl: {
          id: undefined,
          status: printed[0]?.status,
          containers: containersOf(pod),
          revision: { name: revision.metadata.name, number: revisionNumber(revision) },
          workload: {
            id: undefined,
            name,
            component: kindName === 'Deployment' ? { name: 'storefront', componentKind: 'ADDON' } : null,
            ...(kindName === 'CloneSet' ? { updateStrategy: { partition: 0, inPlace: false } } : {}),
            pods: {
              totalCount: pods.length,
              nodes: sortedByName(
                pods.slice(0, 10).map((each) => ({
                  name: each.metadata.name,
                  revision: { name: revisionOf(chain, each)?.metadata.name },
                  node: { name: each.spec.nodeName },
                })),
              ),
            },
          },
          node: {
            name: pod.spec.nodeName,
            ready: node[0]?.status.conditions.some(({ type, status }) => type === 'Ready' && status === 'True'),
            nodeSet: node[0]?.metadata.labels?.[nodeSetLabel],
            podCount: onNode.length,
            pods: Math.min(5, onNode.length),
          },
          cluster: { name: first.name, stage: 'canary', sync: { state: 'LIVE' } },
          events: sortedByName(
            events.map(({ type, reason, message, count, series }) => ({
              name: `${reason} ${message}`,
              type,
              count: series?.count ?? count ?? 1,
            })),
          ),
        },
      };
    });
  });

  interface KubeEvent extends KubeThing {
    readonly type: string;
    readonly reason: string;
    readonly message: string;
    readonly count?: number;
    readonly series?: { readonly count: number };
  }
  interface Walk {
    readonly workload: { readonly pods: { readonly totalCount: number; readonly nodes: { readonly name: string }[] } };
    readonly node: { readonly pods: { readonly nodes: object[] } };
    readonly events: {
      readonly nodes: { readonly type: string; readonly reason: string; readonly message: string; readonly count: number }[];
    };
  }
});

describe('pods', () => {
  const document = `query Pods($after: String) {
    pods(first: 100, after: $after) {
      totalCount
      pageInfo { hasNextPage endCursor }
      nodes { cluster { name } namespace name readyContainers totalContainers status restarts ip node { name } }
    }
  }`;
  interface Page {
    readonly pods: {
      readonly totalCount: number;
      readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
      readonly nodes: (Record<string, unknown> & {
        readonly cluster: { readonly name: string };
        readonly node: { readonly name: string } | null;
      })[];
    };
  }

  it('READY, STATUS, RESTARTS, IP and NODE are what kubectl prints, for every pod of the fleet', async () => {
    const agreed = await agree<{ status: string }[]>(async () => {
      const printed = (await Promise.all(both.map((cluster) => printedPods(cluster)))).flat();
      const shown: object[] = [];
      for (let after: string | null = null; ; ) {
        const { pods }: Page = await ask.query<Page>(document, { after });
        shown.push(...pods.nodes.map((pod) => ({ ...pod, cluster: pod.cluster.name, node: pod.node?.name ?? null })));
        if (!pods.pageInfo.hasNextPage) break;
        after = pods.pageInfo.endCursor;
      }
      return { gateway: sortedBy(shown, placeOf), kubectl: sortedBy(printed, placeOf) };
    });
    const words = new Set(agreed.map(({ status }) => status));
    for (const word of ['Running', 'CrashLoopBackOff', 'ImagePullBackOff']) expect(words).toContain(word);
  });
});

describe('pods-by-restarts', () => {
  it('filters, orders and pages as sorting what kubectl prints does', async () => {
    const document = await exampleDocument('pods-by-restarts');
    interface Page {
      readonly pods: {
        readonly totalCount: number;
        readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
        readonly edges: { readonly node: Record<string, unknown> & { readonly cluster: { readonly name: string } } }[];
      };
    }
    const agreed = await agree<{ pages: number; rows: { restarts: number }[] }>(async () => {
      const printed = (await Promise.all(both.map((cluster) => printedPods(cluster, '-l', 'app,!canary')))).flat();
      const wanted = printed.filter(({ restarts, status }) => restarts >= 1 && status !== 'Completed').sort(byRestarts);
      const rows: object[] = [];
      let pages = 0;
      let totalCount = 0;
      for (let after: string | null = null; ; pages += 1) {
        const { pods }: Page = await ask.query<Page>(document, { after });
        totalCount = pods.totalCount;
        rows.push(
          ...pods.edges.map(({ node: { cluster, namespace: place, name, status, restarts } }) => {
            return { cluster: cluster.name, namespace: place, name, status, restarts };
          }),
        );
        if (!pods.pageInfo.hasNextPage) break;
        after = pods.pageInfo.endCursor;
      }
      return {
        gateway: { totalCount, pages, rows },
        kubectl: {
          totalCount: wanted.length,
          pages: Math.ceil(wanted.length / 20) - 1,
          rows: wanted.map(({ cluster, namespace: place, name, status, restarts }) => ({
            cluster,
            namespace: place,
            name,
            status,
            restarts,
          })),
        },
      };
    });
    expect(agreed.pages).toBeGreaterThan(0);
    expect(new Set(agreed.rows.map(({ restarts }) => restarts)).size).toBeGreaterThan(1);
  });
});

describe('pod-changes', () => {
  it.each(['overSocket', 'overSse'] as const)('%s: the snapshot is what kubectl prints of the canary cluster alone', async (transport) => {
    const fold = new StreamFold<Row>('pod');
    await using stream = new FoldedStream<Row>(ask[transport](await exampleDocument('pod-changes')), 'podChanges', fold);
    await stream.untilSynced();
    await agree(async () => ({
      gateway: sortedBy([...fold.rows.values()].map(flatRow), placeOf),
      kubectl: sortedBy(await printedCarts(), placeOf),
    }));
    expect(fold.rows.size).toBe(3);
    expect({ broken: fold.broken, stale: fold.staleClusters, error: stream.error }).toEqual({ broken: [], stale: [], error: undefined });
  });

  interface Row {
    readonly name: string;
    readonly namespace: string;
    readonly status: string;
    readonly ready: boolean;
    readonly restarts: number;
    readonly revision: { readonly name: string };
    readonly node: { readonly name: string };
    readonly workload: { readonly name: string };
    readonly cluster: { readonly name: string };
  }

  const flatRow = ({ name, namespace: place, status, ready, restarts, revision, node, workload: owner, cluster }: Row) => {
    return {
      cluster: cluster.name,
      namespace: place,
      name,
      status,
      ready,
      restarts,
      revision: revision?.name,
      node: node?.name,
      workload: owner?.name,
    };
  };

  async function printedCarts() {
    const chain = await ownerChain(first, '-n', 'shop');
    const printed = await printedPods(first, '-l', 'app=cart', '--field-selector', 'metadata.namespace=shop');
    return printed.map(({ cluster, namespace: place, name, status, restarts, node }) => {
      const pod = chain.pods.find(({ metadata }) => metadata.name === name)!;
      const revision = revisionOf(chain, pod)?.metadata.name;
      return { cluster, namespace: place, name, status, ready: isReady(pod), restarts, revision, node, workload: 'cart' };
    });
  }
});

function byRestarts(a: { restarts: number; name: string }, b: { restarts: number; name: string }): number {
  return b.restarts - a.restarts || compareText(a.name, b.name) || compareText(placeOf(a), placeOf(b));
}
