import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { UserName } from '../controlplane/accounts.ts';
import type { AuditEvent } from '../controlplane/cluster-client.ts';
import { sharedControlPlane } from '../controlplane/shared-control-plane.ts';
import { until } from '../controlplane/until.ts';
import { exampleDocument } from './documents.ts';
import { GatewayProcess } from './gateway.ts';
import type { GraphqlClient } from './graphql-client.ts';
import { items } from './kubectl-view.ts';
import { workload } from './six-kinds.ts';
import { untilSettled } from './stuck-and-well.ts';

interface Payload {
  readonly pod: { readonly id: string; readonly name: string; readonly status: string } | null;
  readonly operation: {
    readonly id: string;
    readonly outcome: string;
    readonly dryRun: boolean;
    readonly auditId: string;
    readonly target: object;
  } | null;
  readonly replayed: boolean;
  readonly userErrors: readonly { readonly __typename: string; readonly code: string; readonly path: readonly string[] }[];
}
interface PodRef {
  readonly id: string;
  readonly name: string;
  readonly namespace: string;
}

const controlPlane = sharedControlPlane();
const cluster = controlPlane.cluster('cluster-2');
const hidden = 'commands-hidden';
const app = 'commands';
const gatewayKubeconfigPath = join(controlPlane.kubeconfigPath, '..', 'commands-gateway.kubeconfig');
const auditTimeoutMs = 10_000;

let gateway: GatewayProcess;
const as = (user: UserName): GraphqlClient => gateway.client(controlPlane.tokens[user]);

beforeAll(async () => {
  await controlPlane.writeKubeconfig({ user: 'gateway', path: gatewayKubeconfigPath });
  const started = GatewayProcess.start({ kubeconfigPath: gatewayKubeconfigPath, args: ['--auth', 'token-review'] });
  await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: hidden } });
  await cluster.untilPodsAllowed(hidden);
  await cluster.apply(...['shop', hidden].map((namespace) => workload('Deployment', { namespace, name: app, tag: 'v1', replicas: 3 })));
  await Promise.all(['shop', hidden].map((namespace) => untilSettled(cluster, namespace)));
  gateway = await started;
});

afterAll(async () => {
  await gateway?.stop();
  await cluster.kubectl('delete', 'namespace', hidden, '--wait=false');
  await cluster.kubectl('delete', 'deployment', app, '-n', 'shop', '--wait=false');
  await cluster.kubectl('delete', 'rolebinding,serviceaccount', 'robot', '-n', 'shop', '--ignore-not-found', '--wait=false');
});

describe('podDelete as the person who asks', () => {
  it('deletes the pod, and the audit log of the cluster names the person under our audit id', async () => {
    const [pod] = await podsIn('shop');
    const payload = await podDelete(as('team-shop'), pod!);
    expect(payload).toMatchObject({
      pod: { id: pod!.id, name: pod!.name },
      operation: { outcome: 'APPLIED', dryRun: false, target: { kind: 'Pod', namespace: 'shop', name: pod!.name } },
      replayed: false,
      userErrors: [],
    });
    expect(await untilAudited(payload.operation!.auditId)).toMatchObject({
      verb: 'delete',
      user: { username: 'gateway' },
      impersonatedUser: { username: 'team-shop', groups: expect.arrayContaining(['team-shop']) },
      objectRef: { resource: 'pods', namespace: 'shop', name: pod!.name },
      responseStatus: { code: 200 },
    });
    await until('another pod instead', { timeoutMs: 20_000 }, async () => {
      const names = (await podsIn('shop')).map(({ name }) => name);
      return names.length === 3 && !names.includes(pod!.name);
    });
    const { operations } = await as('team-shop').query<{ operations: { nodes: { actor: string; note: string; auditId: string }[] } }>(
      '{ operations(first: 1) { nodes { actor note auditId } } }',
    );
    expect(operations.nodes).toEqual([{ actor: 'team-shop', note: 'stuck', auditId: payload.operation!.auditId }]);
  });

  it('answers a repeated request from memory, and deletes nothing twice', async () => {
    const [pod] = await podsIn('shop');
    const requestId = `request-${pod!.name}`;
    const once = await podDelete(as('team-shop'), pod!, requestId);
    const again = await podDelete(as('team-shop'), pod!, requestId);
    expect([once.replayed, again.replayed]).toEqual([false, true]);
    expect(again.operation).toEqual(once.operation);
    await untilAudited(once.operation!.auditId);
    expect(await deletionsOf(pod!.name)).toHaveLength(1);
    // The next test is to find pods that stay.
    await until('the pod gone from the graph', { timeoutMs: 20_000 }, async () =>
      (await podsIn('shop')).every(({ name }) => name !== pod!.name),
    );
  });

  it('refuses as the cluster refuses: the viewer may look and not delete', async () => {
    const [pod] = await podsIn('shop');
    const payload = await podDelete(as('viewer'), pod!);
    expect(payload).toMatchObject({
      pod: null,
      operation: { outcome: 'REFUSED' },
      userErrors: [{ __typename: 'ForbiddenError', code: 'FORBIDDEN', path: ['input', 'pod'] }],
    });
    expect(await untilAudited(payload.operation!.auditId)).toMatchObject({
      impersonatedUser: { username: 'viewer' },
      responseStatus: { code: 403 },
    });
    expect((await podsIn('shop')).map(({ name }) => name)).toContain(pod!.name);
  });

  it('does not find what the person may not see, and asks the cluster nothing', async () => {
    const [pod] = await podsIn(hidden);
    const payload = await podDelete(as('team-shop'), pod!);
    expect(payload).toMatchObject({ pod: null, operation: null, userErrors: [{ __typename: 'NotFoundError' }] });
    expect((await podsIn(hidden)).map(({ name }) => name)).toContain(pod!.name);
    expect(await deletionsOf(pod!.name)).toEqual([]);
  });
});

describe('podDelete as a program', () => {
  it('a service account is impersonated with all that its token says of it', async () => {
    const subject = { kind: 'ServiceAccount', name: 'robot', namespace: 'shop' };
    await cluster.apply(
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'robot', namespace: 'shop' } },
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata: { name: 'robot', namespace: 'shop' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'edit' },
        subjects: [subject],
      },
    );
    const token = (await cluster.kubectl('-n', 'shop', 'create', 'token', 'robot', '--audience', 'fleetgraph')).trim();
    const [pod] = await podsIn('shop');
    // Its cluster is not the one that reviews tokens by default.
    await using reviewing = await GatewayProcess.start({
      kubeconfigPath: gatewayKubeconfigPath,
      args: ['--auth', 'token-review', '--token-review-context', cluster.name],
    });
    const payload = await podDelete(reviewing.client(token), pod!);
    expect(payload).toMatchObject({ operation: { outcome: 'APPLIED' }, userErrors: [] });
    expect(await untilAudited(payload.operation!.auditId)).toMatchObject({
      impersonatedUser: {
        username: 'system:serviceaccount:shop:robot',
        groups: expect.arrayContaining(['system:serviceaccounts', 'system:serviceaccounts:shop']),
        extra: { 'authentication.kubernetes.io/credential-id': [expect.stringMatching(/^JTI=/)] },
      },
      responseStatus: { code: 200 },
    });
  });
});

describe('podEvict', () => {
  it("on a dry run goes through the API server's own, and changes nothing", async () => {
    const [pod] = await podsIn('shop');
    const payload = await podEvict(as('team-shop'), pod!, true);
    expect(payload).toMatchObject({ operation: { outcome: 'APPLIED', dryRun: true }, userErrors: [] });
    expect(await untilAudited(payload.operation!.auditId)).toMatchObject({
      verb: 'create',
      impersonatedUser: { username: 'team-shop' },
      objectRef: { resource: 'pods', subresource: 'eviction', name: pod!.name },
    });
    expect((await podsIn('shop')).map(({ name }) => name)).toContain(pod!.name);
  });

  it('is held back by a disruption budget, and goes through without', async () => {
    const budget = {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: app, namespace: 'shop' },
      spec: { minAvailable: 3, selector: { matchLabels: { app } } },
    };
    await untilSettled(cluster, 'shop');
    await cluster.apply(budget);
    await until('the budget observed', { timeoutMs: 20_000 }, async () => {
      const text = await cluster.kubectl('-n', 'shop', 'get', 'poddisruptionbudget', app, '-o', 'json');
      const { metadata, status } = JSON.parse(text) as {
        metadata: { generation: number };
        status?: { observedGeneration?: number; currentHealthy?: number };
      };
      return status?.observedGeneration === metadata.generation && status.currentHealthy === 3;
    });
    const [pod] = await podsIn('shop');
    expect(await podEvict(as('team-shop'), pod!, false)).toMatchObject({
      operation: { outcome: 'REFUSED' },
      userErrors: [{ __typename: 'BlockedError', code: 'TOO_MANY_REQUESTS' }],
    });
    expect((await podsIn('shop')).map(({ name }) => name)).toContain(pod!.name);
    await cluster.kubectl('-n', 'shop', 'delete', 'poddisruptionbudget', app);
    await until('the pod evicted', { timeoutMs: 20_000, everyMs: 500 }, async () => {
      const { operation } = await podEvict(as('team-shop'), pod!, false);
      return operation?.outcome === 'APPLIED';
    });
  });
});

describe('in local mode', () => {
  it('writes go as the person of the kubeconfig, impersonating nobody', async () => {
    await using local = await GatewayProcess.start({ kubeconfigPath: controlPlane.kubeconfigPath });
    const [pod] = await podsIn(hidden);
    const payload = await podDelete(local.client(), pod!);
    expect(payload).toMatchObject({ operation: { outcome: 'APPLIED' }, userErrors: [] });
    const event = await untilAudited(payload.operation!.auditId);
    expect(event).toMatchObject({ verb: 'delete', user: { username: 'admin' }, responseStatus: { code: 200 } });
    expect(event.impersonatedUser).toBeUndefined();
  });

  it('with --read-only every mutation is refused and the cluster hears nothing', async () => {
    await using local = await GatewayProcess.start({ kubeconfigPath: controlPlane.kubeconfigPath, args: ['--read-only'] });
    const pod = (await podsIn(hidden)).at(-1)!;
    expect(await podDelete(local.client(), pod)).toMatchObject({ pod: null, userErrors: [{ __typename: 'BlockedError' }] });
    expect(await deletionsOf(pod.name)).toEqual([]);
    expect((await items(cluster, 'pods', '-n', hidden)).map(({ metadata }) => metadata.name)).toContain(pod.name);
  });
});

/** The pods of the namespace that are not going, as the administrator sees them through the gateway. */
async function podsIn(namespace: string): Promise<PodRef[]> {
  const { pods } = await as('admin').query<{ pods: { nodes: (PodRef & { deletionRequestedAt: string | null })[] } }>(
    `query ($namespace: String) {
      pods(clusters: { names: ["cluster-2"] }, namespace: $namespace, labelSelector: "app=${app}") { nodes { id name namespace deletionRequestedAt } }
    }`,
    { namespace },
  );
  return pods.nodes.filter(({ deletionRequestedAt }) => deletionRequestedAt === null);
}

async function podDelete(ask: GraphqlClient, pod: PodRef, requestId?: string): Promise<Payload> {
  const document = await exampleDocument('pod-commands');
  const { podDelete: payload } = await ask.query<{ podDelete: Payload }>(document, { pod: pod.id, requestId }, 'DeletePod');
  return payload;
}

async function podEvict(ask: GraphqlClient, pod: PodRef, dryRun: boolean): Promise<Payload> {
  const document = `mutation ($pod: ID!, $dryRun: Boolean) {
    podEvict(input: { pod: $pod, dryRun: $dryRun }) { pod { id } operation { id outcome dryRun auditId } replayed userErrors { __typename code path } }
  }`;
  const { podEvict: payload } = await ask.query<{ podEvict: Payload }>(document, { pod: pod.id, dryRun });
  return payload;
}

function untilAudited(auditId: string): Promise<AuditEvent> {
  return until(`the audit event ${auditId}`, { timeoutMs: auditTimeoutMs }, async () =>
    (await cluster.auditEvents()).find(({ auditID }) => auditID === auditId),
  );
}

async function deletionsOf(name: string): Promise<AuditEvent[]> {
  const events = await cluster.auditEvents();
  return events.filter(
    ({ verb, objectRef, user }) => verb === 'delete' && objectRef?.name === name && ['gateway', 'admin'].includes(user?.username ?? ''),
  );
}
