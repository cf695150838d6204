import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { hasCondition } from '../controlplane/cluster-client.ts';
import { nodeSetLabel } from '../controlplane/fake-nodes.ts';
import { holdNewPodsUnready } from '../controlplane/held-pods.ts';
import { sharedControlPlane } from '../controlplane/shared-control-plane.ts';
import { until } from '../controlplane/until.ts';
import { cloneSet, deployment, image, isReady, type Place, podsOf, restartCount, untilPod, waitingReason } from './workloads.ts';

const controlPlane = sharedControlPlane();
const cluster = controlPlane.cluster('cluster-1');
let namespace: string;
let place: Place;

beforeAll(async () => {
  namespace = await cluster.createNamespace('control-plane');
  place = { cluster, namespace };
});

describe('the clusters', () => {
  it('are two, of the version that was asked for', async () => {
    expect(controlPlane.clusters.map(({ name }) => name)).toEqual(['cluster-1', 'cluster-2']);
    for (const each of controlPlane.clusters) {
      expect((await each.request('GET', '/readyz', undefined, { token: null })).text).toBe('ok');
      expect(await each.get('/version')).toMatchObject({ gitVersion: 'v1.36.3' });
    }
  });

  it('are different ones', async () => {
    const uid = (path: string) => (each: typeof cluster) => each.get<{ metadata: { uid: string } }>(path).then((it) => it.metadata.uid);
    const uids = await Promise.all(controlPlane.clusters.map(uid('/api/v1/namespaces/kube-system')));
    expect(new Set(uids).size).toBe(2);
  });

  it('have 20 ready nodes each, in three labelled sets', async () => {
    for (const each of controlPlane.clusters) {
      const { items } = await each.get<{ items: Parameters<typeof hasCondition>[0][] }>('/api/v1/nodes');
      expect(items.filter((node) => hasCondition(node, 'Ready', 'True'))).toHaveLength(20);
      const sizes = ['pool-a', 'pool-b', 'pool-c'].map(async (set) => {
        const names = await each.kubectl('get', 'nodes', '-l', `${nodeSetLabel}=${set},topology.kubernetes.io/zone`, '-o', 'name');
        return names.trim().split('\n').length;
      });
      expect(await Promise.all(sizes)).toEqual([7, 7, 6]);
    }
  });

  it('can all be reached by the one kubeconfig, context name = cluster name', async () => {
    for (const { name } of controlPlane.clusters) {
      const whoami = await cluster.kubectl('--kubeconfig', controlPlane.kubeconfigPath, '--context', name, 'auth', 'whoami', '-o', 'json');
      expect(JSON.parse(whoami)).toMatchObject({
        status: { userInfo: { username: 'admin', groups: expect.arrayContaining(['platform']) } },
      });
    }
  });
});

describe('workloads', () => {
  it('a Deployment of three rolls to a new image', async () => {
    await cluster.apply(deployment(namespace, 'rolls', 'v1', 3));
    await cluster.kubectl('-n', namespace, 'rollout', 'status', 'deployment/rolls', '--timeout=60s');
    await cluster.apply(deployment(namespace, 'rolls', 'v2', 3));
    await cluster.kubectl('-n', namespace, 'rollout', 'status', 'deployment/rolls', '--timeout=60s');
    const pods = await untilReadyPods('rolls', 3);
    expect(pods.map((pod) => pod.status.containerStatuses?.[0]?.image)).toEqual([image('v2'), image('v2'), image('v2')]);
  });

  it('a CloneSet of three rolls by partition, in place', async () => {
    await cluster.apply(cloneSet(namespace, 'in-place', 'v1', { replicas: 3, partition: 3 }));
    const before = await untilReadyPods('in-place', 3);
    for (const [partition, updated] of [
      [3, 0],
      [2, 1],
      [0, 3],
    ] as const) {
      await cluster.apply(cloneSet(namespace, 'in-place', 'v2', { replicas: 3, partition }));
      expect(await untilUpdated('in-place', updated)).toBe(updated);
    }
    const after = await untilReadyPods('in-place', 3);
    expect(after.map((pod) => pod.metadata.uid).sort()).toEqual(before.map((pod) => pod.metadata.uid).sort());
    expect(after.map(restartCount)).toEqual([1, 1, 1]);
  });

  it('the webhooks of OpenKruise are in force', async () => {
    const wrong = cloneSet(namespace, 'wrong', 'v1', { replicas: -1, partition: 0 });
    await expect(cluster.apply(wrong)).rejects.toThrow(/replicas/);
  });
});

describe('new pods that are held', () => {
  it('run and never get ready; those that were there stay, and others are not concerned', async () => {
    const [held, other] = [await cluster.createNamespace('held'), namespace];
    await cluster.apply(deployment(held, 'held', 'v1', 1));
    await untilPod({ cluster, namespace: held }, 'held', isReady);
    await using _ = await holdNewPodsUnready(cluster, { namespace: held, image: image('v1') });
    await cluster.kubectl('-n', held, 'scale', 'deployment/held', '--replicas=2');
    await cluster.apply(deployment(other, 'not-held', 'v1', 1));
    await untilPod({ cluster, namespace: other }, 'not-held', isReady);
    const running = async () => (await podsOf({ cluster, namespace: held }, 'held')).filter(({ status }) => status.phase === 'Running');
    await until('both run', { timeoutMs: 30_000 }, async () => (await running()).length === 2);
    await sleep(2_000);
    const pods = await podsOf({ cluster, namespace: held }, 'held');
    expect(pods.map(({ status: { phase } }) => phase)).toEqual(['Running', 'Running']);
    expect(pods.map(isReady).sort()).toEqual([false, true]);
  });
});

describe('image tags', () => {
  it(':broken runs and is never ready', async () => {
    await run('is-broken', 'v2-broken');
    const pod = await untilPod(place, 'is-broken', ({ status }) => status.phase === 'Running');
    await sleep(3_000);
    const [later] = await podsOf(place, 'is-broken');
    expect(waitingReason(pod)).toBeUndefined();
    expect(later && isReady(later)).toBe(false);
    expect(later?.status.phase).toBe('Running');
    expect(later && restartCount(later)).toBe(0);
  });

  it(':crash restarts again and again', async () => {
    await run('is-crashing', 'crash');
    const first = await untilPod(place, 'is-crashing', (pod) => waitingReason(pod) === 'CrashLoopBackOff');
    const later = await untilPod(place, 'is-crashing', (pod) => restartCount(pod) >= 3);
    expect(later.metadata.uid).toBe(first.metadata.uid);
    expect(later.status.phase).toBe('Running');
    expect(isReady(later)).toBe(false);
  });

  it(':missing cannot be pulled', async () => {
    await run('is-missing', 'v2-missing');
    const pod = await untilPod(place, 'is-missing', (it) => waitingReason(it) === 'ImagePullBackOff');
    expect(pod.status.phase).toBe('Pending');
    expect(isReady(pod)).toBe(false);
  });

  it(':slow is ready after some five seconds', async () => {
    await run('is-slow', 'slow');
    await untilPod(place, 'is-slow', ({ status }) => status.phase === 'Running');
    const startedAt = performance.now();
    await untilPod(place, 'is-slow', isReady);
    expect(performance.now() - startedAt).toBeGreaterThan(3_500);
    expect(performance.now() - startedAt).toBeLessThan(15_000);
  });

  it('only the tag counts, and only as a word', async () => {
    const odd = 'crash.example:5000/missing/broken:v1-crashed';
    await cluster.kubectl('-n', namespace, 'create', 'deployment', 'is-fine', `--image=${odd}`);
    expect(isReady(await untilPod(place, 'is-fine', isReady))).toBe(true);
  });

  it('a pod recovers in place from every one of them', async () => {
    const apply = (tag: string) => cluster.apply(cloneSet(namespace, 'recovers', tag, { replicas: 1, partition: 0 }));
    await apply('v1');
    const before = await untilPod(place, 'recovers', isReady);
    for (const tag of ['broken', 'missing', 'crash']) {
      await apply(tag);
      await untilPod(place, 'recovers', (pod) => hasImage(pod, tag) && !isReady(pod));
    }
    await apply('v2');
    const after = await untilPod(place, 'recovers', (pod) => hasImage(pod, 'v2') && isReady(pod));
    expect(after.metadata.uid).toBe(before.metadata.uid);
  });
});

describe('nodes', () => {
  it('go away and come back', async () => {
    const node = 'cluster-1-pool-c-1';
    const taints = () =>
      cluster.get<{ spec: { taints?: { key: string }[] } }>(`/api/v1/nodes/${node}`).then(({ spec }) => spec.taints ?? []);
    await cluster.nodeNotReady(node);
    await until('the node tainted', { timeoutMs: 30_000 }, async () => (await taints()).length > 0);
    await cluster.nodeReady(node);
    await until('the node free of taints', { timeoutMs: 30_000 }, async () => (await taints()).length === 0);
  });
});

describe('people', () => {
  const pods = (of: string) => `/api/v1/namespaces/${of}/pods`;
  const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'by-test-' } };

  it('a wrong token and no token get nothing', async () => {
    expect((await cluster.request('GET', pods('shop'), undefined, { token: 'wrong' })).status).toBe(401);
    expect((await cluster.request('GET', pods('shop'), undefined, { token: null })).status).toBe(403);
  });

  it('team-shop may write in its namespace and nowhere else', async () => {
    const asTeam = { user: 'team-shop' } as const;
    expect((await cluster.request('GET', pods('shop'), undefined, asTeam)).status).toBe(200);
    expect((await cluster.request('GET', pods(namespace), undefined, asTeam)).status).toBe(403);
    expect((await cluster.request('POST', '/api/v1/namespaces/shop/configmaps', configMap, asTeam)).status).toBe(201);
    expect((await cluster.request('POST', `/api/v1/namespaces/${namespace}/configmaps`, configMap, asTeam)).status).toBe(403);
    const clones = await cluster.request('GET', '/apis/apps.kruise.io/v1alpha1/namespaces/shop/clonesets', undefined, asTeam);
    expect(clones.status).toBe(200);
  });

  it('viewer may read everywhere and write nowhere', async () => {
    expect((await cluster.request('GET', pods(namespace), undefined, { user: 'viewer' })).status).toBe(200);
    expect((await cluster.request('POST', '/api/v1/namespaces/shop/configmaps', configMap, { user: 'viewer' })).status).toBe(403);
  });

  it('gateway reads what it shows, and acts for others', async () => {
    const asGateway = { user: 'gateway' } as const;
    for (const path of [
      '/api/v1/nodes',
      '/apis/apps/v1/deployments',
      '/apis/apps.kruise.io/v1alpha1/clonesets',
      '/apis/rbac.authorization.k8s.io/v1/roles',
    ]) {
      expect((await cluster.request('GET', path, undefined, asGateway)).status).toBe(200);
    }
    expect((await cluster.request('GET', '/api/v1/secrets', undefined, asGateway)).status).toBe(403);
    expect((await cluster.request('POST', '/api/v1/namespaces/shop/configmaps', configMap, asGateway)).status).toBe(403);
    const headers = { 'impersonate-user': 'team-shop', 'impersonate-group': 'team-shop' };
    expect((await cluster.request('POST', '/api/v1/namespaces/shop/configmaps', configMap, { ...asGateway, headers })).status).toBe(201);
  });

  it('their tokens pass a review for the audience fleetgraph', async () => {
    const review = {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenReview',
      spec: { token: cluster.tokens.viewer, audiences: ['fleetgraph'] },
    };
    const response = await cluster.request('POST', '/apis/authentication.k8s.io/v1/tokenreviews', review, { user: 'gateway' });
    expect(response.json()).toMatchObject({ status: { authenticated: true, audiences: ['fleetgraph'], user: { username: 'viewer' } } });
  });
});

describe('the audit log', () => {
  it('says who asked, and for whom', async () => {
    const path = `/api/v1/namespaces/${namespace}/configmaps`;
    const headers = { 'impersonate-user': 'viewer', 'user-agent': 'audit-test' };
    await cluster.request('GET', path, undefined, { user: 'gateway', headers });
    const event = await until('the audit event', { timeoutMs: 5_000 }, async () =>
      (await cluster.auditEvents()).find(({ userAgent }) => userAgent === 'audit-test'),
    );
    expect(event).toMatchObject({
      verb: 'list',
      requestURI: path,
      user: { username: 'gateway' },
      impersonatedUser: { username: 'viewer' },
      objectRef: { resource: 'configmaps', namespace },
      responseStatus: { code: 200 },
    });
  });
});

async function run(name: string, tag: string): Promise<void> {
  await cluster.apply(deployment(namespace, name, tag, 1));
}

function hasImage(pod: Awaited<ReturnType<typeof podsOf>>[number], tag: string): boolean {
  return pod.status.containerStatuses?.[0]?.image === image(tag);
}

function untilReadyPods(app: string, count: number) {
  return until(`${count} ready pods of ${app}`, { timeoutMs: 60_000 }, async () => {
    const pods = await podsOf(place, app);
    return pods.length === count && pods.every(isReady) ? pods : undefined;
  });
}

/** The updated and ready replicas of the CloneSet, once it has seen its newest spec and has as many as wanted. */
function untilUpdated(name: string, wanted: number): Promise<number> {
  return until(`${wanted} updated replicas of ${name}`, { timeoutMs: 60_000 }, async () => {
    const { metadata, status } = await cluster.get<{
      metadata: { generation: number };
      status?: { observedGeneration?: number; updatedReadyReplicas?: number };
    }>(`/apis/apps.kruise.io/v1alpha1/namespaces/${namespace}/clonesets/${name}`);
    const updated = status?.updatedReadyReplicas ?? 0;
    return status?.observedGeneration === metadata.generation && updated === wanted ? updated : undefined;
  });
}
