import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClusterClient } from '../controlplane/cluster-client.ts';
import { agree } from './agree.ts';
import { exampleDocument } from './documents.ts';
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
  revisionsOf,
  workloadsOf,
} from './kubectl-view.ts';
import { clusterLabels, LabelledFleet, stages } from './labelled-fleet.ts';
import { kindNames, sixKinds } from './six-kinds.ts';
import { sortedBy, sortedByName } from './sorting.ts';
import { nameOf, seedStuckAndWell, stuckBy } from './stuck-and-well.ts';
import { numbersOf, strategyOf } from './workload-view.ts';
import { image } from './workloads.ts';

const fleet = new LabelledFleet();
const { first, second, both } = fleet;
const namespace = 'fleet-documents';
/** What is broken is stuck once it has been so for a minute. */
const stuckTimeoutMs = 90_000;

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
});

function seed(cluster: ClusterClient): Promise<void> {
  return seedStuckAndWell(cluster, namespace);
}
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
      `{ pods(namespace: "${namespace}", filter: { name: { startsWith: "well-clone" } }) { nodes { id name cluster { name } } } }`,
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
    }, stuckTimeoutMs);
  });

  it.each(kindNames)('shows the numbers, strategy, revisions and pods of a stuck %s as kubectl has them', async (kindName) => {
    const name = nameOf('stuck', kindName);
    await agree(async () => {
      const chain = await ownerChain(first, '-n', namespace);
      const [object] = await workloadsOf(first, kindName, '-n', namespace, '--field-selector', `metadata.name=${name}`);
      const pods = podsOf(chain, object!);
      const revisions = revisionsOf(chain, object!);
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
          pods: sortedByName(
            found.pods.nodes.map((pod) => ({ name: pod.name, status: pod.status, restarts: pod.restarts, node: pod.node })),
          ),
        },
        kubectl: {
          workloadKind: sixKinds[kindName].workloadKind,
          images: [{ container: 'app', image: image(stuckBy[kindName].tag) }],
          replicas: {
            ...numbersOf(object!),
            updatedReady: updated.filter(isReady).length,
            updatedAvailable: updated.filter(isReady).length,
          },
          updateStrategy: strategyOf(kindName, object!),
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
          pods: sortedByName(
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

describe('what needs attention', () => {
  interface Item {
    readonly severity: string;
    readonly message: string;
    readonly since: string;
    readonly subject: {
      readonly __typename: string;
      readonly id: string;
      readonly name: string;
      readonly namespace: string;
      readonly cluster: { readonly name: string };
    };
  }

  it('is every workload that is stuck: critical where kubectl counts none available, the most urgent and the oldest first', async () => {
    const document = `{ fleet { attention(first: 100) { severity message since subject {
      __typename id ... on Workload { name namespace cluster { name } }
    } } } }`;
    const agreed = await agree<{ key: string }[]>(async () => {
      const { fleet: shown } = await ask.query<{ fleet: { attention: Item[] } }>(document);
      const stuck = shown.attention.filter(({ subject }) => subject.namespace === namespace);
      const lists = await Promise.all(
        both.flatMap((cluster) =>
          kindNames.map(async (kindName) => {
            const objects = await workloadsOf(cluster, kindName, '-n', namespace);
            return objects.map((object) => ({ cluster, kindName, object }));
          }),
        ),
      );
      const broken = lists.flat().filter(({ object }) => object.metadata.name.startsWith('stuck-'));
      return {
        gateway: sortedBy(
          stuck.map(({ severity, subject }) => ({ key: `${subject.cluster.name} ${subject.name}`, type: subject.__typename, severity })),
          ({ key }) => key,
        ),
        kubectl: sortedBy(
          broken.map(({ cluster, kindName, object }) => ({
            key: `${cluster.name} ${object.metadata.name}`,
            type: kindName,
            severity: numbersOf(object).available === 0 ? 'CRITICAL' : 'WARNING',
          })),
          ({ key }) => key,
        ),
      };
    }, stuckTimeoutMs);
    expect(agreed).toHaveLength(12);

    const { fleet: all } = await ask.query<{ fleet: { attention: Item[] } }>(document);
    const urgency = all.attention.map(({ severity, since }) => `${['CRITICAL', 'WARNING', 'INFO'].indexOf(severity)} ${since}`);
    expect(urgency).toEqual([...urgency].sort());
    const first5 = await ask.query<{ fleet: { attention: { message: string }[] } }>(await exampleDocument('fleet-overview'));
    expect(first5.fleet.attention.map(({ message }) => message)).toEqual(all.attention.slice(0, 5).map(({ message }) => message));
  });
});

function resourceName(apiVersion: string, kind: string): string {
  const group = apiVersion.includes('/') ? `.${apiVersion.split('/')[0]}` : '';
  return `${kind.toLowerCase()}s${group}`;
}
