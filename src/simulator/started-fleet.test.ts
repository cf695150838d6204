import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../runtime/clock.ts';
import { describeFleet } from './describe-fleet.ts';
import { type StartedCluster, type StartedFleet, startSimulatedFleet } from './started-fleet.ts';

const SMALL = { clusters: 2, pods: 60, seed: 7, clock: systemClock, life: false };

function get({ url, caData }: StartedCluster, path: string, token: string): Promise<{ status: number; body: Record<string, unknown> }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: Record<string, unknown> }>();
  const sent = request(
    `${url}${path}`,
    { ca: Buffer.from(caData, 'base64'), headers: { authorization: `Bearer ${token}` }, agent: false },
    (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          body: JSON.parse(Buffer.concat(chunks).toString() || '{}') as Record<string, unknown>,
        }),
      );
    },
  );
  sent.on('error', reject);
  sent.end();
  return promise;
}

function first(fleet: StartedFleet): StartedCluster {
  const [cluster] = fleet.clusters;
  if (cluster === undefined) throw new Error('no cluster');
  return cluster;
}

describe('a started fleet', () => {
  it('answers each ready-made user by their rights', async () => {
    await using fleet = await startSimulatedFleet(SMALL);
    const cluster = first(fleet);
    const status = async (user: string, path: string) => (await get(cluster, path, fleet.tokens[user] ?? '')).status;
    expect(Object.keys(fleet.tokens)).toEqual(['admin', 'viewer', 'team-shop']);
    expect(await status('admin', '/api/v1/nodes')).toBe(200);
    expect(await status('viewer', '/api/v1/pods')).toBe(200);
    expect(await status('viewer', '/apis/apps.kruise.io/v1alpha1/clonesets')).toBe(200);
    expect(await status('viewer', '/api/v1/secrets')).toBe(403);
    expect(await status('team-shop', '/api/v1/namespaces/shop/pods')).toBe(200);
    expect(await status('team-shop', '/api/v1/namespaces/payments/pods')).toBe(403);
    expect(await status('nobody', '/api/v1/pods')).toBe(401);
  });

  it('lets the gateway read what it shows and no secrets', async () => {
    await using fleet = await startSimulatedFleet(SMALL);
    const status = async (path: string) => (await get(first(fleet), path, fleet.gatewayToken)).status;
    for (const path of [
      '/api/v1/pods',
      '/api/v1/nodes',
      '/api/v1/events',
      '/apis/apps/v1/deployments',
      '/apis/apps/v1/controllerrevisions',
      '/apis/policy/v1/poddisruptionbudgets',
    ]) {
      expect([path, await status(path)]).toEqual([path, 200]);
    }
    expect(await status('/api/v1/secrets')).toBe(403);
  });

  it('stops and slows one API server and not the other', async () => {
    await using fleet = await startSimulatedFleet(SMALL);
    const [one, two] = fleet.clusters;
    const admin = fleet.tokens['admin'] ?? '';
    if (one === undefined || two === undefined) throw new Error('two clusters expected');
    fleet.faults.stopServer(one.name);
    await expect(get(one, '/version', admin)).rejects.toThrow();
    expect((await get(two, '/version', admin)).status).toBe(200);
    fleet.faults.startServer(one.name);
    expect((await get(one, '/version', admin)).status).toBe(200);
    fleet.faults.setRequestFault(two.name, { status: 503 });
    expect((await get(two, '/version', admin)).status).toBe(503);
    fleet.faults.setRequestFault(two.name, undefined);
    expect((await get(two, '/version', admin)).status).toBe(200);
  });

  it('answers a watch from before a compaction by 410', async () => {
    await using fleet = await startSimulatedFleet(SMALL);
    const cluster = first(fleet);
    const admin = fleet.tokens['admin'] ?? '';
    const old = ((await get(cluster, '/api/v1/pods?limit=1', admin)).body['metadata'] as { resourceVersion: string }).resourceVersion;
    await cluster.core
      .client()
      .create(
        { group: '', version: 'v1', resource: 'configmaps', kind: 'ConfigMap', namespaced: true },
        { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'later', namespace: 'shop' } },
      );
    fleet.faults.compact(cluster.name);
    const { status, body } = await get(cluster, `/api/v1/pods?resourceVersion=${old}&resourceVersionMatch=Exact&limit=1`, admin);
    expect([status, body['reason']]).toEqual([410, 'Expired']);
  });

  it('writes a kubeconfig that only its owner may read', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'simulate-'));
    const path = join(folder, 'kubeconfig');
    try {
      await using fleet = await startSimulatedFleet(SMALL);
      await fleet.writeKubeconfig(path);
      expect((await stat(path)).mode & 0o777).toBe(0o600);
      const written = JSON.parse(await readFile(path, 'utf8')) as ReturnType<StartedFleet['kubeconfig']>;
      expect(written.contexts.map(({ name, context }) => [name, context])).toEqual(
        fleet.clusters.map(({ name }) => [name, { cluster: name, user: 'admin' }]),
      );
      expect(written.users.map(({ name }) => name)).toEqual(['admin', 'viewer', 'team-shop']);
      expect(written['current-context']).toBe(first(fleet).name);
      expect(describeFleet(fleet, SMALL, path)).toContain('users: admin, viewer, team-shop');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('says which port is taken', async () => {
    await using fleet = await startSimulatedFleet(SMALL);
    await expect(startSimulatedFleet({ ...SMALL, port: fleet.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
