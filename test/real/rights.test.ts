import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { UserName } from '../controlplane/accounts.ts';
import type { ClusterClient } from '../controlplane/cluster-client.ts';
import { sharedControlPlane } from '../controlplane/shared-control-plane.ts';
import { StreamFold } from '../support/fold.ts';
import { agree } from './agree.ts';
import { kubectlAs, type Listed, listedFor, listedInNamespace, namespacesOf } from './as-user.ts';
import { exampleDocument } from './documents.ts';
import { FoldedStream } from './folded-stream.ts';
import { GatewayProcess } from './gateway.ts';
import type { GraphqlClient } from './graphql-client.ts';
import { workload } from './six-kinds.ts';
import { podStream, type StreamDocument, workloadStream } from './stream-documents.ts';
import { untilSettled } from './stuck-and-well.ts';

type Row = Readonly<Record<string, unknown>> & {
  readonly id: string;
  readonly uid: string;
  readonly name: string;
  readonly namespace: string;
};

const controlPlane = sharedControlPlane();
const [first, second] = ['cluster-1', 'cluster-2'].map((name) => controlPlane.cluster(name)) as [ClusterClient, ClusterClient];
const both = [first, second];
const other = 'rights-other';
const app = 'rights';
/** Rights are remembered for ten seconds; streams ask anew every five. The rest is for the asking and telling itself. */
const rightsTimeoutMs = 20_000;

let gateway: GatewayProcess;
const as = (user: UserName): GraphqlClient => gateway.client(controlPlane.tokens[user]);

beforeAll(async () => {
  const kubeconfigPath = join(controlPlane.kubeconfigPath, '..', 'rights-gateway.kubeconfig');
  await controlPlane.writeKubeconfig({ user: 'gateway', path: kubeconfigPath });
  const started = GatewayProcess.start({ kubeconfigPath, args: ['--auth', 'token-review'] });
  const seeded = both.map(async (cluster) => {
    await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: other } });
    await cluster.untilPodsAllowed(other);
    await cluster.apply(
      ...['shop', other].flatMap((namespace) => [
        workload('Deployment', { namespace, name: app, tag: 'v1', replicas: 2 }),
        workload('CloneSet', { namespace, name: `${app}-clones`, tag: 'v1', replicas: 2 }),
        workload('AdvancedDaemonSet', { namespace, name: `${app}-agents`, tag: 'v1' }),
      ]),
    );
    await Promise.all(['shop', other].map((namespace) => untilSettled(cluster, namespace)));
  });
  gateway = await started;
  await Promise.all(seeded);
});

afterAll(async () => {
  await gateway?.stop();
  for (const cluster of both) {
    await cluster.kubectl('delete', 'namespace', other, '--wait=false');
    const kinds = 'deployments.apps,clonesets.apps.kruise.io,daemonsets.apps.kruise.io';
    await cluster.kubectl('delete', kinds, '-n', 'shop', '-l', `app in (${app},${app}-clones,${app}-agents)`, '--wait=false');
  }
});

describe.each(['team-shop', 'viewer', 'admin'] as const)('%s', (user) => {
  it('sees in every namespace of every cluster what the API server lists for the token', async () => {
    await agree(async () => {
      const shown: Record<string, unknown> = {};
      const listed: Record<string, unknown> = {};
      for (const cluster of both) {
        for (const namespace of await namespacesOf(cluster)) {
          const key = `${cluster.name} ${namespace}`;
          listed[key] = ordered(await listedInNamespace(cluster, user, namespace));
          shown[key] = ordered(await shownInNamespace(as(user), cluster.name, namespace));
        }
      }
      return { gateway: shown, kubectl: listed };
    });
  });

  it('sees the nodes, the totals and the counts that follow from it, and nothing that tells of more', async () => {
    await agree(async () => {
      const nodes = (await Promise.all(both.map((cluster) => listedFor(cluster, user, '/api/v1/nodes')))).map(({ length }) => length);
      const counts = await Promise.all(both.map((cluster) => countsByNamespace(cluster, user)));
      const pods = counts.map((byNamespace) => sum(Object.values(byNamespace)));
      const answer = await as(user).query<Totals>(totalsDocument);
      return {
        gateway: {
          nodes: answer.clusterNodes.totalCount,
          fleet: answer.fleet,
          perCluster: answer.clusters.nodes.map(({ nodeCount, podCount }) => ({ nodeCount: nodeCount ?? 0, podCount })),
          pods: answer.pods.totalCount,
          groups: Object.fromEntries(
            answer.podCounts.groups.map(({ cluster, namespace, count }) => [`${cluster.name} ${namespace}`, count]),
          ),
          total: answer.podCounts.total,
        },
        kubectl: {
          nodes: sum(nodes),
          fleet: { clusterCount: 2, nodeCount: sum(nodes), podCount: sum(pods) },
          perCluster: both.map((_, index) => ({ nodeCount: nodes[index], podCount: pods[index] })),
          pods: sum(pods),
          groups: Object.assign({}, ...both.map(({ name }, index) => prefixed(`${name} `, counts[index] ?? {}))),
          total: sum(pods),
        },
      };
    });
  });

  it('sees by kubectl the pods that the gateway shows', async () => {
    await agree(async () => {
      const printed = await Promise.all(
        both.map(async (cluster) => {
          const inShop = await kubectlAs(cluster, controlPlane.kubeconfigPath, user, 'get', 'pods', '-n', 'shop', '-o', 'name');
          const inOther = await kubectlAs(cluster, controlPlane.kubeconfigPath, user, 'get', 'pods', '-n', other, '-o', 'name');
          return [
            ...names(inShop).map((name) => `${cluster.name} shop ${name}`),
            ...names(inOther).map((name) => `${cluster.name} ${other} ${name}`),
          ];
        }),
      );
      const { pods } = await as(user).query<{ pods: { nodes: (Row & { cluster: { name: string } })[] } }>(
        `{ pods(filter: { namespace: { in: ["shop", "${other}"] } }, first: 500) { nodes { name namespace cluster { name } } } }`,
      );
      return {
        gateway: pods.nodes.map(({ cluster, namespace, name }) => `${cluster.name} ${namespace} ${name}`).sort(),
        kubectl: printed.flat().sort(),
      };
    });
  });
});

describe('team-shop, who may see one namespace', () => {
  it('an id is no right: what is hidden in lists is hidden by id and by name', async () => {
    const ids = await idsOf(['shop', other]);
    const { nodes } = await as('team-shop').query<{ nodes: ({ namespace?: string; name: string } | null)[] }>(
      await exampleDocument('by-id'),
      {
        ids: ids.map(({ id }) => id),
      },
    );
    expect(nodes.map((node) => node?.name ?? null)).toEqual(ids.map(({ namespace, name }) => (namespace === 'shop' ? name : null)));
    const hidden = ids.find(({ namespace, type }) => namespace === other && type === 'Pod')!;
    const byName = await as('team-shop').query(
      `{ pod(cluster: "cluster-1", namespace: "${other}", name: "${hidden.name}") { id }
        workload(cluster: "cluster-1", kind: DEPLOYMENT, namespace: "${other}", name: "${app}") { id }
        clusterNode(cluster: "cluster-1", name: "cluster-1-pool-a-1") { id } }`,
    );
    expect(byName).toEqual({ pod: null, workload: null, clusterNode: null });
  });

  it('walks from a pod to its workload, revision and events, and not to the node', async () => {
    const document = await exampleDocument('walk-from-pod');
    const pod = (await idsOf(['shop'])).find(({ type }) => type === 'Pod')!;
    const variables = { cluster: 'cluster-1', namespace: 'shop', name: pod.name };
    const [mine, admins] = await Promise.all(
      (['team-shop', 'admin'] as const).map((user) => as(user).query<{ pod: Record<string, unknown> }>(document, variables)),
    );
    expect(admins!.pod['node']).toMatchObject({ name: expect.any(String) });
    expect(mine!.pod).toEqual({ ...admins!.pod, node: null, workload: withoutNodes(admins!.pod['workload']) });
  });

  it('streams show the same as lists, and end at once where there is no right to anything', async () => {
    for (const document of [podStream, workloadStream]) {
      await using stream = follow('team-shop', 'overSse', document, {});
      await stream.untilSynced();
      await sameAsQuery('team-shop', document, stream);
      expect(new Set([...stream.fold.rows.values()].map(({ namespace }) => namespace))).toEqual(new Set(['shop']));
    }
    await using forbidden = follow('team-shop', 'overSocket', podStream, { namespace: other });
    await forbidden.until('the end', () => forbidden.ended, 10_000);
    expect({ error: forbidden.error, rows: forbidden.fold.rows.size }).toEqual({
      error: expect.stringContaining('FORBIDDEN'),
      rows: 0,
    });
  });

  it('hears of a change in its namespace and never of one in another', async () => {
    await using stream = follow('team-shop', 'overSocket', podStream, {});
    await stream.untilSynced();
    await Promise.all([other, 'shop'].map((namespace) => first.kubectl('-n', namespace, 'rollout', 'restart', `deployment/${app}`)));
    await first.kubectl('-n', other, 'rollout', 'status', `deployment/${app}`, '--timeout=60s');
    await first.kubectl('-n', 'shop', 'rollout', 'status', `deployment/${app}`, '--timeout=60s');
    await sameAsQuery('team-shop', podStream, stream);
    const hidden = new Set(
      (await Promise.all(both.map((cluster) => listedFor(cluster, 'admin', `/api/v1/namespaces/${other}/pods`)))).flat(),
    );
    const told = stream.messages.flatMap(({ changes }) => changes.map((change) => (change['pod'] as Row | null)?.uid ?? ''));
    expect(told.filter((uid) => hidden.has(uid))).toEqual([]);
    expect(stream.fold.count('CHANGES')).toBeGreaterThan(0);
    expect(stream.fold.broken).toEqual([]);
  });

  it('sees a namespace soon after a RoleBinding gave it, and soon after that was taken back no more', async () => {
    const binding = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: 'team-shop-looks', namespace: other },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
      subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'team-shop' }],
    };
    await using stream = follow('team-shop', 'overSocket', podStream, {});
    await stream.untilSynced();
    const seen = () =>
      [...stream.fold.rows.values()]
        .filter(({ namespace }) => namespace === other)
        .map(({ uid }) => uid)
        .sort();
    const queried = async () => {
      const { rows } = await as('team-shop').query<{ rows: { nodes: Row[] } }>(podStream.query, { namespace: other });
      return rows.nodes.map(({ uid }) => uid).sort();
    };
    const listed = async () => (await listedFor(first, 'team-shop', `/api/v1/namespaces/${other}/pods`)).sort();
    expect([await listed(), seen(), await queried()]).toEqual([[], [], []]);

    await first.apply(binding);
    await agree(async () => ({ gateway: [seen(), await queried()], kubectl: [await listed(), await listed()] }), rightsTimeoutMs);
    expect(seen().length).toBeGreaterThan(0);

    await first.kubectl('-n', other, 'delete', 'rolebinding', 'team-shop-looks');
    await agree(async () => ({ gateway: [seen(), await queried()], kubectl: [[], []] }), rightsTimeoutMs);
    expect(stream.fold.broken).toEqual([]);
  });
});

describe('who is calling', () => {
  it.each(['team-shop', 'viewer', 'admin'] as const)('%s is named as the API server names them', async (user) => {
    const whoami = await first.request(
      'POST',
      '/apis/authentication.k8s.io/v1/selfsubjectreviews',
      { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
      { user },
    );
    const { username, groups } = whoami.json<{ status: { userInfo: { username: string; groups: string[] } } }>().status.userInfo;
    const { viewer } = await as(user).query<{ viewer: { name: string; groups: string[]; mode: string; clusters: object[] } }>(
      '{ viewer { name groups mode clusters { name allowed } } }',
    );
    expect({ ...viewer, groups: [...viewer.groups].sort() }).toEqual({
      name: username,
      groups: [...groups].sort(),
      mode: 'TOKEN_REVIEW',
      clusters: both.map(({ name }) => ({ name, allowed: true })),
    });
  });

  it.each([
    ['a wrong token', 'wrong'],
    ['no token', undefined],
  ])('%s gets 401, on every transport', async (_what, token) => {
    const client = gateway.client(token);
    const answer = await client.ask('{ fleet { clusterCount } }');
    expect({ status: answer.status, data: answer.data }).toEqual({ status: 401, data: undefined });
    for (const [transport, refusal] of [
      ['overSocket', /^4403 /],
      ['overSse', /401/],
    ] as const) {
      await using stream = new FoldedStream<Row>(client[transport](podStream.subscription), podStream.root, new StreamFold<Row>('pod'));
      await stream.until('the end', () => stream.ended, 10_000);
      expect(stream.error).toMatch(refusal);
      expect(stream.messages).toEqual([]);
    }
  });
});

interface Totals {
  readonly clusterNodes: { readonly totalCount: number };
  readonly fleet: object;
  readonly clusters: { readonly nodes: { readonly nodeCount: number | null; readonly podCount: number }[] };
  readonly pods: { readonly totalCount: number };
  readonly podCounts: {
    readonly total: number;
    readonly groups: { readonly cluster: { readonly name: string }; readonly namespace: string; readonly count: number }[];
  };
}

const totalsDocument = `{
  clusterNodes(first: 1) { totalCount }
  fleet { clusterCount nodeCount podCount }
  clusters(orderBy: [{ field: NAME }]) { nodes { nodeCount podCount } }
  pods(first: 1) { totalCount }
  podCounts(groupBy: [CLUSTER, NAMESPACE], first: 100) { total groups { cluster { name } namespace count } }
}`;

async function shownInNamespace(ask: GraphqlClient, cluster: string, namespace: string) {
  interface Shown {
    readonly pods: { readonly nodes: { readonly uid: string }[] };
    readonly workloads: { readonly nodes: { readonly uid: string }[] };
    readonly events: { readonly nodes: { readonly id: string }[] };
  }
  const { pods, workloads, events } = await ask.query<Shown>(
    `query InNamespace($clusters: ClusterSelector, $namespace: String) {
      pods(clusters: $clusters, namespace: $namespace, first: 500) { nodes { uid } }
      workloads(clusters: $clusters, namespace: $namespace, first: 200) { nodes { uid } }
      events(clusters: $clusters, namespace: $namespace, first: 500) { nodes { id } }
    }`,
    { clusters: { names: [cluster] }, namespace },
  );
  return { pods: uids(pods.nodes), workloads: uids(workloads.nodes), events: events.nodes.map(({ id }) => uidIn(id)) };
}

async function countsByNamespace(cluster: ClusterClient, user: UserName): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const namespace of await namespacesOf(cluster)) {
    const { length } = await listedFor(cluster, user, `/api/v1/namespaces/${namespace}/pods`);
    if (length > 0) counts[namespace] = length;
  }
  return counts;
}

interface Known {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly namespace: string | null;
}

/** Pods and workloads of the namespaces, and nodes, of the first cluster, as the administrator sees them. */
async function idsOf(namespaces: readonly string[]): Promise<Known[]> {
  interface Answer {
    readonly [list: string]: {
      readonly nodes: { readonly __typename: string; readonly id: string; readonly name: string; readonly namespace: string | null }[];
    };
  }
  const answer = await as('admin').query<Answer>(
    `query Ids($namespaces: [String!]) {
      pods(clusters: { names: ["cluster-1"] }, filter: { namespace: { in: $namespaces }, workload: { startsWith: "${app}" } }, first: 50) { nodes { __typename id name namespace } }
      workloads(clusters: { names: ["cluster-1"] }, filter: { namespace: { in: $namespaces }, name: { startsWith: "${app}" } }) { nodes { __typename id name namespace } }
      clusterNodes(clusters: { names: ["cluster-1"] }, first: 5) { nodes { __typename id name namespace } }
    }`,
    { namespaces },
  );
  return Object.values(answer).flatMap(({ nodes }) =>
    nodes.map(({ __typename: type, id, name, namespace }) => ({ id, type, name, namespace })),
  );
}

function follow(
  user: UserName,
  transport: 'overSocket' | 'overSse',
  document: StreamDocument,
  variables: { namespace?: string },
): FoldedStream<Row> {
  return new FoldedStream<Row>(as(user)[transport](document.subscription, variables), document.root, new StreamFold<Row>(document.field));
}

async function sameAsQuery(user: UserName, document: StreamDocument, { fold }: FoldedStream<Row>): Promise<void> {
  await agree(async () => {
    const { rows } = await as(user).query<{ rows: { nodes: Row[] } }>(document.query);
    return { gateway: Object.fromEntries(fold.rows), kubectl: Object.fromEntries(rows.nodes.map((row) => [row.id, row])) };
  }, 15_000);
}

/** The same workload for somebody who may not see nodes. */
function withoutNodes(shown: unknown): unknown {
  const { pods, ...rest } = shown as { pods: { totalCount: number; nodes: object[] } };
  return { ...rest, pods: { ...pods, nodes: pods.nodes.map((pod) => ({ ...pod, node: null })) } };
}

/** The uid that an id of ours carries: ids are opaque to clients and reversible for us. */
function uidIn(id: string): string {
  return (JSON.parse(Buffer.from(id, 'base64url').toString()) as string[]).at(-1) ?? '';
}

const uids = (rows: readonly { readonly uid: string }[]) => rows.map(({ uid }) => uid);
const ordered = (lists: Listed) => Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, [...list].sort()]));
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
const names = (output: string | undefined) => (output ?? '').split('\n').flatMap((line) => (line === '' ? [] : [line.replace('pod/', '')]));
const prefixed = (prefix: string, record: Record<string, number>) =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [prefix + key, value]));
