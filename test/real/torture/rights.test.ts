import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ControlPlane, startControlPlane } from '../../controlplane/control-plane.ts';
import type { RealCluster } from '../../controlplane/real-cluster.ts';
import { until } from '../../controlplane/until.ts';
import { workload } from '../six-kinds.ts';
import { cloneSetDefinition, definitionPath } from './clone-set-definition.ts';
import { FollowedCluster } from './followed-cluster.ts';
import { type ServiceAccount, shortLivedToken } from './service-account-token.ts';
import { Tally } from './tally.ts';

const namespace = 'torture';
const reader: ServiceAccount = { namespace, name: 'reader' };
const hourMs = 3_600_000;
const cloneSets = 'clonesets.apps.kruise.io';

let controlPlane: ControlPlane;
let cluster: RealCluster;

beforeAll(async () => {
  controlPlane = await startControlPlane({ clusters: [{ name: 'guarded' }], nodes: 6, kruise: false });
  cluster = controlPlane.cluster('guarded');
  await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  await cluster.untilPodsAllowed(namespace);
  await cluster.apply(
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: reader },
    readerRole(['pods', 'nodes', 'namespaces', 'events']),
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'reader' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'reader' },
      subjects: [{ kind: 'ServiceAccount', ...reader }],
    },
    workload('Deployment', { namespace, name: 'web', tag: 'v1', replicas: 4 }),
    workload('StatefulSet', { namespace, name: 'db', tag: 'v1', replicas: 2 }),
  );
  await cluster.kubectl('-n', namespace, 'rollout', 'status', 'deployment/web', '--timeout=60s');
});

afterAll(async () => {
  await controlPlane?.stop();
});

describe('a token that expires in the middle of the watches', () => {
  it('is read anew from its file at the first refusal; when there is none, the copy waits and says why', async () => {
    const tokenFile = join(controlPlane.directory, 'reader.token');
    // Long enough for every watch to begin with it.
    const brief = await shortLivedToken(controlPlane, cluster, reader, 15_000);
    await writeFile(tokenFile, brief);
    await using followed = await FollowedCluster.live({ cluster, user: { tokenFile } });
    const tally = new Tally();
    await tally.untilSameAsNow(followed);

    await untilRefused(brief, 401);
    // The server asks once, when a watch begins.
    await cluster.kubectl('-n', namespace, 'scale', 'deployment/web', '--replicas=6');
    await tally.untilSameAsNow(followed);
    const second = await shortLivedToken(controlPlane, cluster, reader, 20_000);
    await writeFile(tokenFile, second);
    followed.link.cut();
    await changeSomething(followed, 'db-0');
    await followed.untilLive();
    await tally.untilSameAsNow(followed);
    expect(followed.states).not.toContain('UNAUTHORIZED');

    await untilRefused(second, 401);
    followed.link.cut();
    await followed.until('every kind UNAUTHORIZED', () => followed.kinds.every(({ state }) => state === 'UNAUTHORIZED'));
    await cluster.kubectl('-n', namespace, 'delete', 'pod', 'db-1', '--grace-period=0', '--force', '--wait=false');
    await tally.compareAll(followed);
    expect(followed.sync.state).toBe('UNAUTHORIZED');
    expect(followed.sync.staleSince).toBeDefined();

    await writeFile(tokenFile, await shortLivedToken(controlPlane, cluster, reader, hourMs));
    await followed.untilLive();
    await tally.untilSameAsNow(followed);
    expect(tally.count(({ verdict }) => verdict === 'unknown')).toBe(0);
  });
});

describe('the right to read pods, taken and given back', () => {
  it('stops pods and nothing else; afterwards nothing is missing and nothing is left over', async () => {
    const token = await shortLivedToken(controlPlane, cluster, reader, hourMs);
    await using followed = await FollowedCluster.live({ cluster, user: { token } });
    const tally = new Tally();
    await tally.untilSameAsNow(followed);

    await cluster.apply(readerRole(['nodes', 'namespaces', 'events']));
    await untilRefused(token, 403);
    followed.link.cut();
    await followed.until('pods FORBIDDEN', () => followed.kind('pods')?.state === 'FORBIDDEN');
    await followed.until('the others LIVE', () => followed.kinds.every(({ resource, state }) => state === 'LIVE' || resource === 'pods'));
    const known = followed.held.pods.size;
    await cluster.kubectl('-n', namespace, 'scale', 'deployment/web', '--replicas=2');
    await cluster.kubectl('-n', namespace, 'rollout', 'status', 'deployment/web', '--timeout=60s');
    await followed.until('the Deployment of 2', () => followed.held.workloads('DEPLOYMENT').get(namespace, 'web')?.replicas.desired === 2);
    await tally.compareAll(followed);
    expect(followed.held.pods.size).toBe(known);
    expect(followed.sync).toMatchObject({ state: 'LIVE', reason: 'PartlyForbidden', message: expect.stringContaining('pods') });

    await cluster.apply(readerRole(['pods', 'nodes', 'namespaces', 'events']));
    await followed.untilLive();
    await tally.untilSameAsNow(followed);
    expect(followed.held.pods.size).toBeLessThan(known);
  });
});

describe('a CRD that is deleted and created again', () => {
  it('takes its objects with it, and those that come under the same names are others', async () => {
    await using followed = await FollowedCluster.live({ cluster });
    const tally = new Tally();
    expect(followed.kind(cloneSets)).toBeUndefined();
    await define();
    await cluster.apply(...['cart', 'shop', 'till'].map((name) => workload('CloneSet', { namespace, name, tag: 'v1' })));
    const uids = () => [...followed.held.workloads('CLONE_SET').all()].map(({ uid }) => uid).sort();
    await followed.until('three CloneSets', () => uids().length === 3);
    await followed.untilLive();
    await tally.untilSameAsNow(followed);

    await undefine();
    await followed.until('no CloneSets', () => uids().length === 0);
    await followed.until('the kind gone', () => followed.kind(cloneSets) === undefined);
    await define();
    await cluster.apply(...['cart', 'shop'].map((name) => workload('CloneSet', { namespace, name, tag: 'v1' })));
    await followed.until('two CloneSets', () => uids().length === 2);
    await followed.untilLive();
    await tally.untilSameAsNow(followed);
    const second = uids();

    // And all of it behind our back: the kind that we come back to is another one.
    followed.link.close();
    await undefine();
    await define();
    await cluster.apply(workload('CloneSet', { namespace, name: 'cart', tag: 'v1' }));
    followed.link.heal();
    await followed.untilLive();
    await tally.untilSameAsNow(followed);
    expect(uids()).toHaveLength(1);
    expect(second).not.toContain(uids()[0]);
  });
});

async function define(): Promise<void> {
  await cluster.apply(cloneSetDefinition);
  await until(
    'CloneSets served',
    { timeoutMs: 30_000 },
    async () => (await cluster.request('GET', '/apis/apps.kruise.io/v1alpha1/clonesets')).isOk,
  );
  // Served is not yet in the discovery document, from which kubectl knows it.
  await until('kubectl knows CloneSets', { timeoutMs: 30_000 }, () => cluster.kubectl('get', cloneSets, '-A'));
}

async function undefine(): Promise<void> {
  await cluster.request('DELETE', definitionPath);
  await until('the CRD gone', { timeoutMs: 30_000 }, async () => (await cluster.request('GET', definitionPath)).status === 404);
}

async function untilRefused(token: string, status: 401 | 403): Promise<void> {
  const ask = () => cluster.request('GET', '/api/v1/pods?limit=1', undefined, { token });
  await until(`the token answered with ${status}`, { timeoutMs: 60_000, everyMs: 250 }, async () => (await ask()).status === status);
}

/** Deletes a pod that comes back, so that whoever does not follow is seen not to. */
async function changeSomething(followed: FollowedCluster, pod: string): Promise<void> {
  const before = followed.held.pods.get(namespace, pod)?.uid;
  await cluster.kubectl('-n', namespace, 'delete', 'pod', pod, '--wait=false');
  await followed.until(`another ${pod}`, () => ![undefined, before].includes(followed.held.pods.get(namespace, pod)?.uid));
}

function readerRole(core: readonly string[]): object {
  const verbs = ['get', 'list', 'watch'];
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: 'reader' },
    rules: [
      { apiGroups: [''], resources: core, verbs },
      { apiGroups: ['apps', 'apps.kruise.io'], resources: ['*'], verbs },
      { apiGroups: ['apiextensions.k8s.io'], resources: ['customresourcedefinitions'], verbs },
    ],
  };
}
