import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { sharedControlPlane } from '../controlplane/shared-control-plane.ts';
import { until } from '../controlplane/until.ts';
import type { Target } from '../scenarios/stage.ts';
import { GatewayProcess } from './gateway.ts';
import { writeEventsIn } from './workload-writes.ts';
import { deployment, image, isReady, podsOf } from './workloads.ts';

const controlPlane = sharedControlPlane();
const cluster = controlPlane.cluster('cluster-2');
const target: Target = { cluster: 'cluster-2', kind: 'DEPLOYMENT', namespace: 'shop', name: 'constrained' };
const account = { name: 'constrained-gateway', namespace: 'default' };
const username = `system:serviceaccount:${account.namespace}:${account.name}`;
const rbac = 'rbac.authorization.k8s.io';
let folder = '';

interface Role {
  readonly metadata: { readonly name: string };
  readonly rules: readonly object[];
}

/** The blocks of the guide, as people paste them. */
async function guideBlocks(): Promise<string[]> {
  const text = await readFile(join(import.meta.dirname, '..', '..', 'docs', 'rights.md'), 'utf8');
  return [...text.matchAll(/```yaml\n(.*?)```/gs)].map(([, block = '']) => block);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'constrained-'));
  const [reading = '', , constrained = ''] = await guideBlocks();
  const role = parseAllDocuments(reading)[0]?.toJS() as Role;
  const rules = [...role.rules, ...(parse(constrained) as object[])];
  expect(JSON.stringify(rules)).toContain('impersonate:user-info');
  expect(JSON.stringify(rules)).not.toContain('"impersonate"');
  await cluster.apply(
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: account },
    { ...role, metadata: { name: account.name }, rules },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name: account.name },
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: account.name },
      subjects: [{ kind: 'ServiceAccount', ...account }],
    },
    deployment('shop', target.name, 'v1', 3),
  );
  const token = (await cluster.kubectl('-n', account.namespace, 'create', 'token', account.name)).trim();
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: cluster.name, cluster: { server: cluster.server, 'certificate-authority-data': cluster.caData } }],
    users: [{ name: 'gateway', user: { token } }],
    contexts: [{ name: cluster.name, context: { cluster: cluster.name, user: 'gateway' } }],
  };
  await writeFile(join(folder, 'kubeconfig'), JSON.stringify(kubeconfig), { mode: 0o600 });
  await until(
    'three pods',
    { timeoutMs: 30_000 },
    async () => (await podsOf({ cluster, namespace: 'shop' }, target.name)).filter(isReady).length === 3,
  );
});

afterAll(async () => {
  await cluster.kubectl('-n', 'shop', 'delete', 'deployment', target.name, '--wait=false');
  await cluster.kubectl('delete', 'clusterrolebinding,clusterrole', account.name);
  await cluster.kubectl('-n', account.namespace, 'delete', 'serviceaccount', account.name);
  await rm(folder, { recursive: true, force: true });
});

describe('a gateway that may impersonate for what it does and nothing else', () => {
  it('starts a run and rolls it back as the person, and can read no Secret as anybody', async () => {
    await using gateway = await GatewayProcess.start({ kubeconfigPath: join(folder, 'kubeconfig'), args: ['--auth', 'token-review'] });
    const client = gateway.client(controlPlane.tokens['team-shop']);
    const start = `mutation ($image: String!) { rolloutStart(input: {
      workload: { name: { cluster: "cluster-2", kind: DEPLOYMENT, namespace: "shop", name: "constrained" } }
      change: { images: [{ container: "app", image: $image }] }
      steps: [{ target: 1, manual: true }]
    }) { rollout { id } userErrors { code message } } }`;
    const { rolloutStart } = await client.query<{ rolloutStart: { rollout: { id: string } | null; userErrors: object[] } }>(start, {
      image: image('v2'),
    });
    expect(rolloutStart.userErrors).toEqual([]);
    const rollout = rolloutStart.rollout?.id ?? '';
    await untilPhase('WAITING');
    await client.query('mutation ($rollout: ID!) { rolloutRollback(input: { rollout: $rollout }) { userErrors { code } } }', { rollout });
    await untilPhase('ROLLED_BACK');
    const restarted = await client.query<{ workloadRestart: { userErrors: object[] } }>(
      `mutation { workloadRestart(input: { workload: { name: { cluster: "cluster-2", kind: DEPLOYMENT, namespace: "shop", name: "constrained" } } }) { userErrors { code message } } }`,
    );
    expect(restarted.workloadRestart.userErrors).toEqual([]);

    const events = writeEventsIn(await cluster.auditEvents(), target);
    expect(events.length).toBeGreaterThanOrEqual(4);
    for (const event of events) expect(event).toMatchObject({ user: { username }, impersonatedUser: { username: 'team-shop' } });
    expect(events.map(({ authenticationMetadata }) => authenticationMetadata?.impersonationConstraint)).toEqual(
      events.map(() => 'impersonate:user-info'),
    );
    // As the same person, who may: not for what the gateway has no business with.
    const secrets = (headers: Record<string, string>) =>
      cluster.request('GET', '/api/v1/namespaces/shop/secrets', undefined, { token: controlPlane.tokens['team-shop'], headers });
    expect((await secrets({})).status).toBe(200);
    const token = (await cluster.kubectl('-n', account.namespace, 'create', 'token', account.name)).trim();
    const asTeam = await cluster.request('GET', '/api/v1/namespaces/shop/secrets', undefined, {
      token,
      headers: { 'impersonate-user': 'team-shop' },
    });
    expect(asTeam.status).toBe(403);

    async function untilPhase(phase: string): Promise<void> {
      await until(phase, { timeoutMs: 60_000, everyMs: 200 }, async () => {
        const shown = await client.query<{ rollout: { phase: string } }>('query ($rollout: ID!) { rollout(id: $rollout) { phase } }', {
          rollout,
        });
        return shown.rollout.phase === phase;
      });
    }
  });
});
