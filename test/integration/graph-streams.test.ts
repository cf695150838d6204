import { readFileSync } from 'node:fs';
import type { ExecutionResult } from 'graphql';
import { describe, expect, it } from 'vitest';
import { type Access, EVERYTHING, NOTHING } from '../../src/auth/access.ts';
import { objectId } from '../../src/graph/global-id.ts';
import { aNode } from '../support/a-node.ts';
import { aPod } from '../support/a-pod.ts';
import { minutes } from '../support/an-object.ts';
import { type FoldableMessage, StreamFold } from '../support/fold.ts';
import { type AskOptions, GraphWorld, onlyNamespaces } from '../support/graph-world.ts';
import { shopFleet } from '../support/shop-fleet.ts';

const documentOf = (name: string) => readFileSync(new URL(`../../schema/operations/${name}.graphql`, import.meta.url), 'utf8');

type Answers = AsyncIterableIterator<ExecutionResult<Record<string, unknown>>>;

/** One stream of a world, read as fast as it comes. */
class Reader {
  readonly messages: FoldableMessage[] = [];
  readonly errors: string[] = [];
  readonly world: GraphWorld;
  readonly #stream: Answers;
  readonly #done: Promise<void>;
  ended = false;

  private constructor(world: GraphWorld, stream: Answers, field: string) {
    this.world = world;
    this.#stream = stream;
    this.#done = this.#read(field);
  }

  static async open(world: GraphWorld, document: string, field: string, options: AskOptions = {}): Promise<Reader> {
    const reader = new Reader(world, await world.stream(document, options), field);
    await world.clock.advanceBy(200);
    return reader;
  }

  /** What came since the last call. */
  take(): FoldableMessage[] {
    return this.messages.splice(0);
  }

  async after(ms: number): Promise<FoldableMessage[]> {
    await this.world.clock.advanceBy(ms);
    return this.take();
  }

  async close(): Promise<void> {
    await this.#stream.return?.();
    await this.world.clock.advanceBy(100);
    await this.#done;
  }

  async #read(field: string): Promise<void> {
    try {
      for await (const { data, errors } of this.#stream) {
        for (const { message } of errors ?? []) this.errors.push(message);
        if (data?.[field] != null) this.messages.push(JSON.parse(JSON.stringify(data[field])) as FoldableMessage);
      }
    } catch (error) {
      this.errors.push(JSON.stringify(error));
    }
    this.ended = true;
  }
}

const newcomer = (version = 50) => aPod('newcomer').inCluster('edge-1').label('app', 'cart').version(version);
const PODS = documentOf('pod-changes');

describe('a stream of pods, selected through fragments only', () => {
  it('shows what is there, then what changes', async () => {
    const reader = await Reader.open(shopFleet(new GraphWorld()), PODS, 'podChanges');
    const opening = reader.take();
    expect(opening.map(({ phase }) => phase)).toEqual(['SNAPSHOT', 'SYNCED']);
    expect(opening[0]?.changes.map((change) => (change['pod'] as { name: string }).name).sort()).toEqual([
      'cart-new-0',
      'cart-new-1',
      'cart-old-0',
      'cart-old-1',
    ]);
    expect(opening[1]).toMatchObject({ resumeToken: expect.any(String), staleClusters: [] });

    reader.world.put(newcomer());
    expect(await reader.after(2_000)).toMatchObject([
      {
        phase: 'CHANGES',
        changes: [
          {
            type: 'ADDED',
            pod: { name: 'newcomer', status: 'Running', workload: null, node: { name: 'node-1' }, cluster: { name: 'edge-1' } },
          },
        ],
      },
    ]);
    reader.world.put(newcomer(51).crashLooping());
    expect(await reader.after(2_000)).toMatchObject([{ changes: [{ type: 'MODIFIED', pod: { status: 'CrashLoopBackOff' } }] }]);
    reader.world.put(newcomer(52).label('app', 'other'));
    const [gone] = await reader.after(2_000);
    const { cluster, resource, namespace, name, uid } = newcomer().record();
    expect(gone?.changes).toEqual([{ type: 'REMOVED', id: objectId({ cluster, resource, namespace, name, uid }), pod: null }]);
    await reader.close();
    expect(reader.errors).toEqual([]);
  });

  it('goes on from a token without a snapshot', async () => {
    const world = shopFleet(new GraphWorld());
    const first = await Reader.open(world, PODS, 'podChanges');
    const fold = new StreamFold<unknown>('pod');
    for (const message of first.take()) fold.take(message);
    await first.close();
    world.put(newcomer());
    const again = await Reader.open(world, PODS, 'podChanges', { variables: { resume: fold.resumeToken } });
    const missed = again.take();
    expect(missed.map(({ phase }) => phase)).toEqual(['CHANGES', 'SYNCED']);
    fold.reopen();
    for (const message of missed) fold.take(message);
    expect(fold.rows.size).toBe(5);
    expect(fold.broken).toEqual([]);
    await again.close();
  });

  it.each([
    { name: 'is none', token: 'rubbish' },
    { name: 'belongs to another stream', token: 'other' },
  ])('refuses a token that $name', async ({ token }) => {
    const world = shopFleet(new GraphWorld());
    const other = await Reader.open(world, 'subscription { podChanges { phase resumeToken changes { id type } } }', 'podChanges');
    const resume = token === 'other' ? other.take().at(-1)?.resumeToken : token;
    await other.close();
    await expect(world.stream(PODS, { variables: { resume } })).rejects.toThrow(/resume: /);
  });

  it('hands out a last token and ends when the gateway does', async () => {
    const reader = await Reader.open(shopFleet(new GraphWorld()), PODS, 'podChanges');
    reader.take();
    reader.world.close();
    expect(await reader.after(1_000)).toMatchObject([{ phase: 'CLOSING', resumeToken: expect.any(String) }]);
    expect(reader.ended).toBe(true);
  });

  it('tells a pod again when its node ceases to be ready', async () => {
    const document =
      'subscription { podChanges(namespace: "shop", filter: { node: { eq: "node-2" } }, snapshot: false) { phase changes { type id pod { name statusClass node { ready } } } } }';
    const world = shopFleet(new GraphWorld());
    world.put(aPod('weak').inCluster('edge-1').onNode('node-2').notReady());
    const reader = await Reader.open(world, document, 'podChanges');
    reader.take();
    world.put(aNode('node-2').inCluster('edge-1').down().version(9));
    const changes = (await reader.after(2_000)).flatMap((message) => message.changes);
    expect(changes).toContainEqual(expect.objectContaining({ pod: { name: 'weak', statusClass: 'NODE_DOWN', node: { ready: false } } }));
    await reader.close();
  });
});

describe('the rights of who listens', () => {
  it('decide which objects are told', async () => {
    const reader = await Reader.open(
      shopFleet(new GraphWorld()),
      'subscription { podChanges { phase changes { type id pod { name namespace node { name } } } } }',
      'podChanges',
      { access: onlyNamespaces(['kube-system']) },
    );
    const pods = reader.take().flatMap(({ changes }) => changes.map((change) => change['pod'] as { namespace: string; node: unknown }));
    expect(pods.length).toBe(4);
    expect(pods.every(({ namespace, node }) => namespace === 'kube-system' && node === null)).toBe(true);
    await reader.close();
  });

  it('once lost, end the stream with FORBIDDEN', async () => {
    const rights = { allowed: true, epoch: 0 };
    const access: Access = {
      visibility: () => (rights.allowed ? EVERYTHING : NOTHING),
      seesCluster: () => rights.allowed,
      get epoch() {
        return rights.epoch;
      },
    };
    const reader = await Reader.open(shopFleet(new GraphWorld()), PODS, 'podChanges', { access });
    reader.take();
    rights.allowed = false;
    rights.epoch += 1;
    const removed = (await reader.after(10_000)).flatMap(({ changes }) => changes.map(({ type }) => type));
    expect(new Set(removed).has('ADDED')).toBe(false);
    expect(reader.ended).toBe(true);
    expect(reader.errors.join()).toContain('FORBIDDEN');
  });
});

describe('other streams', () => {
  const changes = documentOf('fleet-changes');
  const open = (world: GraphWorld, operationName: string, field: string) => Reader.open(world, changes, field, { operationName });

  it('of workloads tell a new state and its causes, also when only time has passed', async () => {
    const world = shopFleet(new GraphWorld());
    const reader = await open(world, 'WorkloadChanges', 'workloadChanges');
    const states = (messages: FoldableMessage[]) =>
      messages
        .flatMap((message) => message.changes.map((change) => change['workload'] as { name: string; status: { state: string } }))
        .filter(({ name }) => name === 'web')
        .map(({ status }) => status.state);
    expect(states(reader.take())).toEqual(['IN_PROGRESS']);
    expect(states(await reader.after(minutes(5)))).toContain('STUCK');
    await reader.close();
  });

  it('of clusters tell how true a copy is', async () => {
    const world = shopFleet(new GraphWorld());
    const reader = await open(world, 'ClusterChanges', 'clusterChanges');
    expect(
      reader
        .take()
        .flatMap((message) => message.changes.map((change) => (change['cluster'] as unknown as { name: string }).name))
        .sort(),
    ).toEqual(['core-1', 'edge-1', 'lost-1']);
    const record = world.store.cluster('core-1')?.record;
    if (record !== undefined)
      world.store.commit('core-1', {
        record: { ...record, sync: { ...record.sync, state: 'STALE', reason: 'ConnectionReset', staleSince: world.clock.now() } },
      });
    const told = (await reader.after(2_000)).flatMap((message) => message.changes);
    expect(told).toMatchObject([{ type: 'MODIFIED', cluster: { name: 'core-1', sync: { state: 'STALE', reason: 'ConnectionReset' } } }]);
    await reader.close();
  });

  it('of events tell what they are about', async () => {
    const reader = await open(shopFleet(new GraphWorld()), 'EventChanges', 'eventChanges');
    expect(reader.take().flatMap((message) => message.changes)).toMatchObject([
      { type: 'ADDED', event: { reason: 'BackOff', count: 4, regarding: { kind: 'Pod', namespace: 'shop', name: 'web-bbb-0' } } },
    ]);
    await reader.close();
  });

  it('of nodes tell each of them', async () => {
    const reader = await Reader.open(
      shopFleet(new GraphWorld()),
      'subscription { clusterNodeChanges(filter: { name: { eq: "node-1" } }) { phase changes { type id clusterNode { name ready cluster { name } } } } }',
      'clusterNodeChanges',
    );
    expect(reader.take().flatMap((message) => message.changes)).toHaveLength(2);
    await reader.close();
  });

  it('leave nothing behind when they are closed', async () => {
    const world = shopFleet(new GraphWorld());
    const readers = await Promise.all(
      ['ClusterChanges', 'WorkloadChanges', 'EventChanges'].map((name) => open(world, name, `${name[0]?.toLowerCase()}${name.slice(1)}`)),
    );
    for (const reader of readers) await reader.close();
    expect(world.clock.pendingTimers).toBe(0);
  });
});
