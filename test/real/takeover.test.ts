import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LEASE_TIMING } from '../../src/hub/lease-record.ts';
import type { Intent } from '../../src/rollout/state.ts';
import { sharedControlPlane } from '../controlplane/shared-control-plane.ts';
import { until } from '../controlplane/until.ts';
import { tenOf } from '../scenarios/canary.ts';
import { expectOneWritePerIntent } from '../scenarios/one-write-per-intent.ts';
import type { Target } from '../scenarios/stage.ts';
import { GatewayProcess } from './gateway.ts';
import { writeEventsIn, writesIn } from './workload-writes.ts';

const controlPlane = sharedControlPlane();
const hub = controlPlane.cluster('cluster-1');
const target: Target = { cluster: 'cluster-2', kind: 'DEPLOYMENT', namespace: 'shop', name: 'taken-over' };
const PAYLOAD = '{ rollout { id name phase currentStep } operation { outcome } userErrors { __typename code message } }';
const START = `mutation ($image: String!) { rolloutStart(input: {
  workload: { name: { cluster: "cluster-2", kind: DEPLOYMENT, namespace: "shop", name: "taken-over" } }
  change: { images: [{ container: "app", image: $image }] }
  steps: [{ target: 1, manual: true }, { target: "50%", manual: true }]
  requestId: "taken-over"
}) ${PAYLOAD} }`;
const ADVANCE = `mutation ($rollout: ID!, $requestId: ID!, $step: Int) {
  rolloutAdvance(input: { rollout: $rollout, requestId: $requestId, expectedStep: $step }) ${PAYLOAD}
}`;
const SHOW =
  'query ($rollout: ID!) { rollout(id: $rollout) { phase currentStep progress { updated updatedAvailable } reason { code message } } }';

interface Payload {
  readonly rollout: { readonly id: string; readonly name: string; readonly phase: string } | null;
  readonly userErrors: readonly { readonly __typename: string; readonly code: string; readonly message: string }[];
}
interface Shown {
  readonly phase: string;
  readonly currentStep: number;
  readonly progress: { readonly updated: number };
}

let folder = '';
const gateways: GatewayProcess[] = [];

async function startGateway(): Promise<GatewayProcess> {
  const kubeconfigPath = join(folder, 'kubeconfig');
  const started = await GatewayProcess.start({ kubeconfigPath, args: ['--auth', 'token-review', '--hub', hub.name] });
  gateways.push(started);
  return started;
}

async function ask(gateway: GatewayProcess, document: string, variables: Record<string, unknown>): Promise<Payload> {
  const data = await gateway.client(controlPlane.tokens['team-shop']).query<Record<string, Payload>>(document, variables);
  return Object.values(data)[0] as Payload;
}

async function show(gateway: GatewayProcess, rollout: string): Promise<Shown> {
  return (await gateway.client(controlPlane.tokens['team-shop']).query<{ rollout: Shown }>(SHOW, { rollout })).rollout;
}

function untilShown(gateway: GatewayProcess, rollout: string, phase: string, step: number): Promise<Shown> {
  return until(`${phase} at step ${step}`, { timeoutMs: 60_000, everyMs: 200 }, async () => {
    const shown = await show(gateway, rollout);
    return shown.phase === phase && shown.currentStep === step && shown;
  });
}

interface HubRollout {
  readonly status: {
    readonly epoch: number;
    readonly state: { readonly status: { readonly intents: readonly Intent[] } };
  };
}

async function inHub(name: string): Promise<HubRollout> {
  return hub.get<HubRollout>(`/apis/fleetgraph.io/v1alpha1/namespaces/fleetgraph/rollouts/${name}`);
}

/** What a gateway needs in its hub beyond our own kinds, which the gateway of these clusters may use. */
const hubRights = [
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: 'fleetgraph-hub' },
    rules: [
      { apiGroups: [''], resources: ['namespaces'], verbs: ['get', 'create'] },
      { apiGroups: ['apiextensions.k8s.io'], resources: ['customresourcedefinitions'], verbs: ['get', 'create', 'update'] },
      { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['get', 'create', 'update'] },
    ],
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'fleetgraph-hub' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'fleetgraph-hub' },
    subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'gateway' }],
  },
];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'takeover-'));
  await controlPlane.writeKubeconfig({ user: 'gateway', path: join(folder, 'kubeconfig') });
  await hub.apply(...hubRights);
  await controlPlane.cluster(target.cluster).apply(tenOf(target));
  await controlPlane.cluster(target.cluster).kubectl('-n', 'shop', 'rollout', 'status', 'deployment/taken-over', '--timeout=60s');
});

afterAll(async () => {
  for (const gateway of gateways) await gateway.kill();
  await controlPlane.cluster(target.cluster).kubectl('-n', 'shop', 'delete', 'deployment', target.name, '--wait=false');
  for (const kind of ['rollouts', 'operations']) await hub.kubectl('-n', 'fleetgraph', 'delete', `${kind}.fleetgraph.io`, '--all');
  await hub.kubectl('delete', 'crd', 'rollouts.fleetgraph.io', 'operations.fleetgraph.io');
  await hub.kubectl('delete', 'clusterrolebinding,clusterrole', 'fleetgraph-hub');
  await rm(folder, { recursive: true, force: true });
});

describe('two gateways on one hub', () => {
  it('one leads; when it stands still for longer than its lease the other goes on, and nothing is written twice', async () => {
    const first = await startGateway();
    const { rollout } = await until('the first leads', { timeoutMs: 40_000, everyMs: 500 }, async () => {
      const payload = await ask(first, START, { image: 'registry.example/shop/taken-over:v2' });
      return payload.rollout !== null && payload;
    });
    const { id, name } = rollout!;
    const second = await startGateway();
    await untilShown(first, id, 'WAITING', 0);
    // The other one reads the same, and says who is to be asked.
    await untilShown(second, id, 'WAITING', 0);
    const refused = await ask(second, ADVANCE, { rollout: id, requestId: 'by-the-second', step: 0 });
    expect(refused.userErrors).toMatchObject([{ __typename: 'BlockedError', code: 'NOT_LEADING' }]);
    const { spec } = await hub.get<{ spec: { holderIdentity: string } }>(await leasePath());
    expect(refused.userErrors[0]?.message).toContain(spec.holderIdentity);

    // It stops in the middle of a step: five are to be new, and two at once may be.
    await ask(first, ADVANCE, { rollout: id, requestId: 'by-the-first', step: 0 });
    first.signal('SIGSTOP');
    const stoppedAt = Date.now();
    const epochBefore = (await inHub(name)).status.epoch;
    const reached = await untilShown(second, id, 'WAITING', 1);
    expect(reached.progress.updated).toBe(5);
    expect(Date.now() - stoppedAt).toBeGreaterThan(0);
    await sleep(Math.max(0, LEASE_TIMING.leaseMs + 2_000 - (Date.now() - stoppedAt)));
    expect((await inHub(name)).status.epoch).toBeGreaterThan(epochBefore);
    const mark = (await writesOf()).length;
    const wokenAt = new Date().toISOString();
    first.signal('SIGCONT');

    // Awake again it writes nothing, knows that it does not lead, and shows what the other one does.
    await sleep(4_000);
    expect((await writesOf()).length).toBe(mark);
    const late = await ask(first, ADVANCE, { rollout: id, requestId: 'late', step: 1 });
    expect(late.userErrors).toMatchObject([{ __typename: 'BlockedError', code: 'NOT_LEADING' }]);
    await untilShown(first, id, 'WAITING', 1);
    await ask(second, ADVANCE, { rollout: id, requestId: 'to-the-end', step: 1 });
    await untilShown(second, id, 'SUCCEEDED', 3);
    await untilShown(first, id, 'SUCCEEDED', 3);

    // Every epoch in the history of the server stands for one leader, and none comes back.
    const writes = await writesOf();
    expectOneWritePerIntent(name, (await inHub(name)).status.state.status.intents, writes);
    const epochs = writes.flatMap(({ marker }) => (typeof marker === 'string' ? [Number(marker.split('.')[1])] : []));
    expect(epochs).toEqual(epochs.toSorted((a, b) => a - b));
    const events = writeEventsIn(await controlPlane.cluster(target.cluster).auditEvents(), target);
    const afterWaking = events.filter(({ requestReceivedTimestamp }) => requestReceivedTimestamp > wokenAt);
    const epoch = (await inHub(name)).status.epoch;
    for (const { requestObject } of afterWaking) expect(JSON.stringify(requestObject)).toContain(`${name}.${epoch}.`);
  }, 180_000);
});

async function writesOf() {
  await sleep(300);
  return writesIn(await controlPlane.cluster(target.cluster).auditEvents(), target);
}

async function leasePath(): Promise<string> {
  const base = '/apis/coordination.k8s.io/v1/namespaces/fleetgraph/leases';
  const { items } = await hub.get<{ items: { metadata: { name: string } }[] }>(base);
  expect(items).toHaveLength(1);
  return `${base}/${items[0]?.metadata.name}`;
}
