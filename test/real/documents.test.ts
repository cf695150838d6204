import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClusterClient } from '../controlplane/cluster-client.ts';
import { nodeSetLabel } from '../controlplane/fake-nodes.ts';
import { sharedControlPlane } from '../controlplane/shared-control-plane.ts';
import { StreamFold } from '../support/fold.ts';
import { agree } from './agree.ts';
import { exampleDocument } from './documents.ts';
import { FoldedStream } from './folded-stream.ts';
import { GatewayProcess } from './gateway.ts';
import type { GraphqlClient } from './graphql-client.ts';
import {
  isReady,
  items,
  type KubePod,
  type KubeThing,
  type KubeWorkload,
  ownerChain,
  podsOf,
  printedPods,
  revisionNumber,
  revisionOf,
  workloadsOf,
} from './kubectl-view.ts';
import { type KindName, kindNames, sixKinds, workload } from './six-kinds.ts';
import { expectedStuck, nameOf, seedRestarts, seedStuckAndWell, stuckBy } from './stuck-and-well.ts';
import { image } from './workloads.ts';

const controlPlane = sharedControlPlane();
const [first, second] = ['cluster-1', 'cluster-2'].map((name) => controlPlane.cluster(name)) as [ClusterClient, ClusterClient];
const both = [first, second];
const namespace = 'documents';
const stages: Readonly<Record<string, string>> = { 'cluster-1': 'canary', 'cluster-2': 'production' };
const clusterLabels = {
  'cluster-1': { 'fleetgraph.io/stage': 'canary', tier: 'edge' },
  'cluster-2': { 'fleetgraph.io/stage': 'production', tier: 'core' },
};
const cart = (cluster: ClusterClient) =>
  workload('Deployment', { namespace: 'shop', name: 'cart', tag: 'v1', replicas: cluster === first ? 3 : 2 });
const labelled = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'well-deployment', namespace, labels: { 'app.kubernetes.io/name': 'storefront' } },
};

let gateway: GatewayProcess;
let ask: GraphqlClient;

beforeAll(async () => {
  const started = GatewayProcess.start({ kubeconfigPath: controlPlane.kubeconfigPath, clusterLabels });
  const seeded = both.map(async (cluster) => {
    await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    await cluster.untilPodsAllowed(namespace);
    await seedStuckAndWell(cluster, namespace);
    await cluster.kubectl('label', '-n', namespace, 'deployment', labelled.metadata.name, 'app.kubernetes.io/name=storefront');
    await cluster.apply(cart(cluster));
    await seedRestarts(cluster, namespace, 12);
  });
  gateway = await started;
  ask = gateway.client();
  await Promise.all(seeded);
});

afterAll(async () => {
  await gateway?.stop();
  for (const cluster of both) {
    await cluster.kubectl('delete', 'namespace', namespace, '--wait=false');
    await cluster.kubectl('delete', 'deployment', 'cart', '-n', 'shop', '--wait=false');
  }
});

describe('fleet-overview', () => {
  interface Overview {
    readonly fleet: Record<string, unknown> & {
      readonly attention: { readonly message: string; readonly subject: { readonly __typename: string } }[];
    };
    readonly clusters: { readonly totalCount: number; readonly pageInfo: object; readonly nodes: OverviewCluster[] };
  }
  interface OverviewCluster {
    readonly name: string;
    readonly sync: {
      readonly state: string;
      readonly stalenessSeconds: number;
      readonly lastEventAt: string;
      readonly resources: { readonly apiVersion: string; readonly kind: string; readonly state: string; readonly objects: number }[];
    };
    readonly openKruise: { readonly kinds: { readonly kind: string; readonly servedVersions: string[] }[] };
    readonly [field: string]: unknown;
  }

  it('counts clusters, nodes and pods as kubectl does, and names the same versions', async () => {
    const document = await exampleDocument('fleet-overview');
    await agree(async () => {
      const { fleet, clusters } = await ask.query<Overview>(document);
      const seen = await Promise.all(both.map(seenCluster));
      return {
        gateway: {
          fleet: { ...fleet, attention: undefined },
          totalCount: clusters.totalCount,
          nodes: clusters.nodes.map(({ name, stage, labels, kubernetesVersion, nodeCount, podCount, sync }) => {
            return { name, stage, labels, kubernetesVersion, nodeCount, podCount, state: sync.state, staleness: sync.stalenessSeconds };
          }),
        },
        kubectl: {
          fleet: {
            clusterCount: 2,
            nodeCount: seen[0]!.nodeCount + seen[1]!.nodeCount,
            podCount: seen[0]!.podCount + seen[1]!.podCount,
            clusterCounts: [{ count: 2, syncState: 'LIVE' }],
            attention: undefined,
            parts: [],
          },
          totalCount: 2,
          nodes: seen,
        },
      };
    });
  });

  async function seenCluster(cluster: ClusterClient) {
    const [version, nodes, pods] = await Promise.all([
      cluster.kubectl('version', '-o', 'json'),
      items(cluster, 'nodes'),
      items(cluster, 'pods', '-A'),
    ]);
    const { serverVersion } = JSON.parse(version) as { serverVersion: { gitVersion: string } };
    return {
      name: cluster.name,
      stage: stages[cluster.name],
      labels: clusterLabels[cluster.name as keyof typeof clusterLabels],
      kubernetesVersion: serverVersion.gitVersion,
      nodeCount: nodes.length,
      podCount: pods.length,
      state: 'LIVE',
      staleness: 0,
    };
  }

  it('holds as many objects of each kind as kubectl gets, each copy live', async () => {
    const document = await exampleDocument('fleet-overview');
    const resources = [
      'pods',
      'nodes',
      'namespaces',
      'replicasets.apps',
      'controllerrevisions.apps',
      ...kindNames.map((name) => sixKinds[name].resource),
    ];
    await agree(async () => {
      const { clusters } = await ask.query<Overview>(document);
      const counted = await Promise.all(
        both.map(async (cluster) => {
          const lists = await Promise.all(resources.map(async (resource) => [resource, await items(cluster, resource, '-A')] as const));
          return [cluster.name, Object.fromEntries(lists.map(([resource, list]) => [resource, { objects: list.length, state: 'LIVE' }]))];
        }),
      );
      const held = clusters.nodes.map(({ name, sync }) => [
        name,
        Object.fromEntries(
          sync.resources
            .filter(({ kind }) => kind !== 'Event')
            .map(({ apiVersion, kind, objects, state }) => [resourceName(apiVersion, kind), { objects, state }]),
        ),
      ]);
      return { gateway: Object.fromEntries(held), kubectl: Object.fromEntries(counted) };
    });
  });

  it('names the kinds of OpenKruise and their served versions as the definitions do', async () => {
    const { clusters } = await ask.query<Overview>(await exampleDocument('fleet-overview'));
    for (const [index, cluster] of both.entries()) {
      interface Definition extends KubeThing {
        readonly spec: {
          readonly group: string;
          readonly names: { readonly kind: string };
          readonly versions: { readonly name: string; readonly served: boolean }[];
        };
      }
      const definitions = (await items<Definition>(cluster, 'customresourcedefinitions')).filter(
        ({ spec }) => spec.group === 'apps.kruise.io',
      );
      const served = definitions.map(({ spec }) => ({
        kind: spec.names.kind,
        servedVersions: spec.versions
          .filter((version) => version.served)
          .map((version) => version.name)
          .sort(),
      }));
      const shown = clusters.nodes[index]?.openKruise.kinds.map(({ kind, servedVersions }) => ({
        kind,
        servedVersions: [...servedVersions].sort(),
      }));
      expect(shown).toEqual(served.sort((a, b) => (a.kind < b.kind ? -1 : 1)));
    }
  });

  it('says what needs attention first: the stuck ones, most urgent first', async () => {
    const document = await exampleDocument('fleet-overview');
    await agree(async () => {
      const { fleet } = await ask.query<Overview>(document);
      return { gateway: fleet.attention.length, kubectl: 5 };
    });
    const { fleet } = await ask.query<Overview>(document);
    const severities = fleet.attention.map((item) => (item as { severity?: string }).severity);
    expect(severities).toEqual(
      [...severities].sort((a, b) => ['CRITICAL', 'WARNING', 'INFO'].indexOf(a ?? '') - ['CRITICAL', 'WARNING', 'INFO'].indexOf(b ?? '')),
    );
    for (const { message, subject } of fleet.attention) {
      expect(subject.__typename).toBe(
        kindNames.find(
          (kindName) => message.includes(`${nameOf('stuck', kindName)} `) || message.includes(`${nameOf('stuck', kindName)}:`),
        ) ?? subject.__typename,
      );
    }
  });
});

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
            pods: { totalCount: walked.workload.pods.totalCount, nodes: sorted(walked.workload.pods.nodes) },
          },
          node: { ...walked.node, pods: walked.node.pods.nodes.length },
          events: sorted(walked.events.nodes.map(({ type, reason, message, count }) => ({ name: `${reason} ${message}`, type, count }))),
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
              nodes: sorted(
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
          events: sorted(
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
      return { gateway: sortedBy(shown, podKey), kubectl: sortedBy(printed, podKey) };
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

describe('by-id', () => {
  it('an id leads back to its object, whichever way it was come by', async () => {
    const known = await ask.query<{ [list: string]: { nodes: Identified[] } }>(`{
      clusters { nodes { id name } }
      pods(namespace: "${namespace}", first: 500) { nodes { ...it } }
      workloads(namespace: "${namespace}", first: 500) { nodes { ...it } }
      clusterNodes(first: 500) { nodes { ...it } }
    }
    fragment it on KubernetesResource { id cluster { name } apiVersion kind namespace name }`);
    const objects = Object.values(known).flatMap(({ nodes }) => nodes);
    const ids = objects.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const found: Identified[] = [];
    for (let from = 0; from < ids.length; from += 100) {
      const { nodes } = await ask.query<{ nodes: Identified[] }>(await exampleDocument('by-id'), { ids: ids.slice(from, from + 100) });
      found.push(...nodes);
    }
    expect(found.map(({ __typename, ...rest }) => rest)).toEqual(objects);
    const expected = await Promise.all(
      both.flatMap((cluster) => kindNames.map((kindName) => workloadsOf(cluster, kindName, '-n', namespace))),
    );
    const types = found.filter(({ __typename }) => (kindNames as string[]).includes(__typename ?? ''));
    expect(types).toHaveLength(expected.flat().length);
  });

  it('an id of nothing is null, beside the others', async () => {
    const { pods } = await ask.query<{ pods: { nodes: Identified[] } }>(
      `{ pods(namespace: "${namespace}", filter: { name: { startsWith: "stuck-clone" } }) { nodes { id name cluster { name } } } }`,
    );
    const gone = pods.nodes.find(({ cluster }) => cluster?.name === first.name)!;
    const stays = pods.nodes.find(({ cluster }) => cluster?.name === second.name)!;
    await first.kubectl('delete', 'pod', '-n', namespace, gone.name, '--wait');
    const document = await exampleDocument('by-id');
    await agree(async () => {
      const { nodes } = await ask.query<{ nodes: (Identified | null)[] }>(document, { ids: [gone.id, stays.id] });
      return { gateway: nodes.map((node) => node?.name ?? null), kubectl: [null, stays.name] };
    });
  });

  interface Identified {
    readonly __typename?: string;
    readonly id: string;
    readonly name: string;
    readonly cluster?: { readonly name: string };
  }
});

describe('pod-changes', () => {
  it.each(['overSocket', 'overSse'] as const)('%s: the snapshot is what kubectl prints of the canary cluster alone', async (transport) => {
    const fold = new StreamFold<Row>('pod');
    await using stream = new FoldedStream<Row>(ask[transport](await exampleDocument('pod-changes')), 'podChanges', fold);
    await stream.untilSynced();
    await agree(async () => ({
      gateway: sortedBy([...fold.rows.values()].map(flatRow), podKey),
      kubectl: sortedBy(await printedCarts(), podKey),
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

describe('stuck-workloads', () => {
  const stuckNames = kindNames.map((kindName) => nameOf('stuck', kindName)).sort();

  it('names exactly those that were given a revision that does not work', async () => {
    await agree(async () => {
      const { workloads } = await stuck();
      const seeded = workloads.nodes.filter((found) => found.namespace === namespace);
      return {
        gateway: { parts: workloads.parts, names: seeded.map(({ cluster, name }) => `${cluster.name} ${name}`) },
        kubectl: { parts: [], names: both.flatMap(({ name: cluster }) => stuckNames.map((name) => `${cluster} ${name}`)) },
      };
    }, 90_000);
  });

  it.each(kindNames)('shows the numbers, strategy, revisions and pods of a stuck %s as kubectl has them', async (kindName) => {
    const name = nameOf('stuck', kindName);
    await agree(async () => {
      const { object, pods, revisions, chain } = await expectedStuck(first, kindName, namespace, name);
      const printed = await printedPods(first, '-l', `app=${name}`, '--field-selector', `metadata.namespace=${namespace}`);
      const { workloads } = await stuck();
      const found = workloads.nodes.find((each) => each.cluster.name === first.name && each.namespace === namespace && each.name === name)!;
      const update = revisions.reduce((a, b) => (revisionNumber(a) > revisionNumber(b) ? a : b));
      const current = revisions.find((revision) => revision !== update)!;
      const updated = pods.filter((pod) => revisionOf(chain, pod) === update);
      const unready = pods.filter((pod) => !isReady(pod));
      return {
        gateway: {
          workloadKind: found.workloadKind,
          images: found.images,
          replicas: found.replicas,
          updateStrategy: found.updateStrategy,
          currentRevision: found.status.currentRevision,
          updateRevision: found.status.updateRevision,
          cause: found.status.causes.slice(0, 1).map(({ code, count, attributedTo, examples }) => {
            return { code, count, attributedTo, examples: examples.map((example) => example.name).sort() };
          }),
          revisions: found.revisions,
          pods: sorted(found.pods.nodes.map((pod) => ({ name: pod.name, status: pod.status, restarts: pod.restarts, node: pod.node }))),
        },
        kubectl: {
          workloadKind: sixKinds[kindName].workloadKind,
          images: [{ container: 'app', image: image(stuckBy[kindName].tag) }],
          replicas: {
            ...numbersOf(object),
            updatedReady: updated.filter(isReady).length,
            updatedAvailable: updated.filter(isReady).length,
          },
          updateStrategy: strategyOf(kindName, object),
          currentRevision: current.metadata.name,
          updateRevision: update.metadata.name,
          cause: [
            {
              code: stuckBy[kindName].cause,
              count: unready.length,
              attributedTo: 'RELEASE',
              examples: unready.map(({ metadata }) => metadata.name).sort(),
            },
          ],
          revisions: [update, current].map((revision) => ({
            name: revision.metadata.name,
            number: revisionNumber(revision),
            current: revision === current,
            update: revision === update,
            podCount: pods.filter((pod) => revisionOf(chain, pod) === revision).length,
            images: [{ container: 'app', image: image(revision === update ? stuckBy[kindName].tag : 'v1') }],
          })),
          pods: sorted(
            printed
              .filter((pod) => unready.some(({ metadata }) => metadata.name === pod.name))
              .map((pod) => ({ name: pod.name, status: pod.status, restarts: pod.restarts, node: { name: pod.node, ready: true } })),
          ),
        },
      };
    });
  });

  interface Stuck {
    readonly workloads: {
      readonly parts: object[];
      readonly nodes: {
        readonly cluster: { readonly name: string };
        readonly namespace: string;
        readonly name: string;
        readonly workloadKind: string;
        readonly images: object[];
        readonly replicas: object;
        readonly updateStrategy: object;
        readonly status: {
          readonly currentRevision: string;
          readonly updateRevision: string;
          readonly causes: {
            readonly code: string;
            readonly count: number;
            readonly attributedTo: string;
            readonly examples: { readonly name: string }[];
          }[];
        };
        readonly revisions: object[];
        readonly pods: {
          readonly nodes: { readonly name: string; readonly status: string; readonly restarts: number; readonly node: object }[];
        };
      }[];
    };
  }

  async function stuck(): Promise<Stuck> {
    return ask.query<Stuck>(await exampleDocument('stuck-workloads'));
  }
});

function numbersOf({ kind, spec, status }: KubeWorkload) {
  const numbers = (...fields: string[]) => fields.map((field) => Number(status[field] ?? 0));
  const [desired, current, ready, available, updated] =
    kind === 'DaemonSet'
      ? numbers('desiredNumberScheduled', 'currentNumberScheduled', 'numberReady', 'numberAvailable', 'updatedNumberScheduled')
      : [spec.replicas, ...numbers('replicas', 'readyReplicas', 'availableReplicas', 'updatedReplicas')];
  return { desired, current, ready, available, updated };
}

/** Where each kind writes its strategy, read from the object that kubectl shows. */
function strategyOf(kindName: KindName, { spec }: KubeWorkload) {
  type Rolling = Readonly<Record<string, unknown>>;
  const strategy = (spec[kindName === 'Deployment' ? 'strategy' : 'updateStrategy'] ?? {}) as Rolling;
  const rolling = (kindName === 'CloneSet' ? strategy : (strategy['rollingUpdate'] ?? {})) as Rolling;
  return {
    type: strategy['type'],
    partition: rolling['partition'] ?? null,
    maxUnavailable: rolling['maxUnavailable'] ?? null,
    maxSurge: rolling['maxSurge'] ?? null,
    paused: false,
    inPlace: kindName === 'CloneSet',
  };
}

function containersOf({ spec, status }: KubePod) {
  return spec.containers.map(({ name, image: wanted }) => {
    const found = status.containerStatuses?.find((container) => container.name === name);
    const [state = 'unknown', detail] = Object.entries(found?.state ?? {})[0] ?? [];
    return { name, image: wanted, ready: found?.ready ?? false, restarts: found?.restartCount ?? 0, state, reason: detail?.reason ?? null };
  });
}

function resourceName(apiVersion: string, kind: string): string {
  const group = apiVersion.includes('/') ? `.${apiVersion.split('/')[0]}` : '';
  return `${kind.toLowerCase()}s${group}`;
}

const podKey = (pod: object) => {
  const { cluster, namespace: place, name } = pod as Record<string, string>;
  return `${cluster}/${place}/${name}`;
};

function byRestarts(a: { restarts: number; name: string }, b: { restarts: number; name: string }): number {
  return b.restarts - a.restarts || compare(a.name, b.name) || compare(podKey(a), podKey(b));
}

function sortedBy<T>(list: readonly T[], key: (item: T) => string): T[] {
  return [...list].sort((a, b) => compare(key(a), key(b)));
}

function sorted<T extends { readonly name: string }>(list: readonly T[]): T[] {
  return sortedBy(list, ({ name }) => name);
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
