import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ControlPlane, startControlPlane } from '../../controlplane/control-plane.ts';
import type { RealCluster } from '../../controlplane/real-cluster.ts';
import { until } from '../../controlplane/until.ts';
import { type Comparison, compareAtPosition } from './comparison.ts';
import { losing, misreading, movingTooEarly, neverSweeping } from './defects.ts';
import { type Defects, FollowedCluster } from './followed-cluster.ts';

/** The comparison itself under test: what it is there for, put in on purpose, is what it reports. */

const namespace = 'torture';

let controlPlane: ControlPlane;
let cluster: RealCluster;

beforeAll(async () => {
  controlPlane = await startControlPlane({ clusters: [{ name: 'whole' }], nodes: 3, kruise: false });
  cluster = controlPlane.cluster('whole');
  await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  await cluster.untilPodsAllowed(namespace);
});

afterAll(async () => {
  await controlPlane?.stop();
});

describe('the comparison', () => {
  it('finds nothing where there is nothing', async () => {
    await using followed = await follow({});
    await upset();
    await reached(followed);
    expect(await compare(followed)).toMatchObject({ verdict: 'equal' });
  });

  const lost = [
    { what: 'an object', isLost: ({ object }) => object.metadata.name === 'new', difference: /new is missing/ },
    { what: 'a change', isLost: ({ type }) => type === 'modified', difference: /on the server/ },
    { what: 'a deletion', isLost: ({ type }) => type === 'deleted', difference: /old .*does not exist/ },
  ] satisfies { what: string; isLost: Parameters<typeof losing>[0]; difference: RegExp }[];
  it.each(lost)('notices $what that got lost', async ({ isLost, difference }) => {
    await using followed = await follow(losing(isLost));
    await upset();
    await reached(followed);
    expect(await compare(followed)).toMatchObject({
      verdict: 'different',
      differences: expect.arrayContaining([expect.stringMatching(difference)]),
    });
  });

  it('notices what a list did not name and was kept', async () => {
    await using followed = await follow(neverSweeping);
    followed.link.close();
    await upset();
    await cluster.stopApiServer();
    await controlPlane.etcdCompact();
    await cluster.startApiServer();
    followed.link.heal();
    await followed.until('a new list', () => (followed.kind('pods')?.relists ?? 0) > 0);
    await followed.untilLive();
    await reached(followed);
    expect(await compare(followed)).toMatchObject({
      verdict: 'different',
      differences: expect.arrayContaining([expect.stringMatching(/does not exist/)]),
    });
  });

  it('notices a position that moves before the objects do', async () => {
    await using followed = await follow(movingTooEarly);
    await upset();
    await reached(followed);
    expect(await compare(followed)).toMatchObject({ verdict: 'different' });
  });

  it('notices one wrong field of one record', async () => {
    await using followed = await follow(misreading('last'));
    await upset();
    await reached(followed);
    expect(await compare(followed)).toMatchObject({
      verdict: 'different',
      differences: [expect.stringMatching(/last .*restarts is 1, on the server 0/)],
    });
  });
});

async function follow(defects: Defects): Promise<FollowedCluster> {
  await remove('new');
  await remove('last');
  await create('old');
  await create('changed');
  return FollowedCluster.live({ cluster, defects });
}

/** An object more, one less, one changed, and one that is the last to come. */
async function upset(): Promise<void> {
  await create('new');
  const headers = { 'content-type': 'application/merge-patch+json' };
  const stamp = String(performance.now());
  await cluster.request('PATCH', `${pods}/changed`, { metadata: { labels: { stamp } } }, { headers });
  await remove('old');
  await create('last');
}

/** The copy claims to know of all that. */
async function reached(followed: FollowedCluster): Promise<void> {
  const { metadata } = await cluster.get<{ metadata: { resourceVersion: string } }>(`${pods}/last`);
  const position = () => BigInt(followed.held.position('pods')?.resourceVersion ?? '0');
  // Where the last event is lost only a bookmark tells how far it is: about once a minute.
  await followed.until(`pods at ${metadata.resourceVersion}`, () => position() >= BigInt(metadata.resourceVersion), 90_000);
}

async function compare(followed: FollowedCluster): Promise<Comparison> {
  const kind = followed.kind('pods');
  if (kind === undefined) throw new Error('pods are not followed');
  return compareAtPosition(followed, kind);
}

const pods = `/api/v1/namespaces/${namespace}/pods`;

/** On no node: nobody changes it afterwards. */
async function create(name: string): Promise<void> {
  const spec = { nodeSelector: { none: 'such' }, containers: [{ name: 'app', image: 'registry.example/shop/web:v1' }] };
  const response = await cluster.request('POST', pods, { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec });
  if (!response.isOk && response.status !== 409) throw new Error(`${name}: ${response.status} ${response.text}`);
  await until(`${name} seen by the scheduler`, { timeoutMs: 30_000 }, async () => {
    const pod = await cluster.get<{ status: { conditions?: unknown[] } }>(`${pods}/${name}`);
    return (pod.status.conditions ?? []).length > 0;
  });
}

async function remove(name: string): Promise<void> {
  await cluster.request('DELETE', `${pods}/${name}?gracePeriodSeconds=0`);
}
