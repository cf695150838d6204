import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { propertyRuns } from '../../test/support/property-runs.ts';
import { POD_ROWS, StreamReader, StreamWorld } from '../../test/support/stream-world.ts';
import type { PodRecord } from '../model/pod-record.ts';
import { openObjectStream } from './object-stream.ts';
import type { StreamMessage } from './stream-message.ts';
import type { ObjectStreamOptions } from './stream-options.ts';
import { storedRows } from './stream-source.ts';

const CLUSTERS = ['c1', 'c2', 'c3'];
const NAMESPACES = ['a', 'b', 'c'];

type Step =
  | { readonly do: 'put'; readonly cluster: string; readonly namespace: string; readonly uid: number; readonly status: string }
  | { readonly do: 'remove'; readonly cluster: string; readonly uid: number }
  | { readonly do: 'burst'; readonly cluster: string; readonly count: number; readonly status: string }
  | { readonly do: 'node'; readonly cluster: string; readonly ready: boolean }
  | { readonly do: 'rights'; readonly cluster: string; readonly namespaces: readonly string[] | undefined; readonly told: boolean }
  | { readonly do: 'scope'; readonly clusters: readonly string[] }
  | { readonly do: 'leave'; readonly cluster: string }
  | { readonly do: 'sync'; readonly cluster: string; readonly live: boolean }
  | { readonly do: 'gap'; readonly cluster: string }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'pull'; readonly messages: number; readonly ms: number }
  | { readonly do: 'reconnect'; readonly graceful: boolean };

const cluster = fc.constantFrom(...CLUSTERS);
const status = fc.constantFrom('Running', 'Error', 'Hidden');
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant('put' as const), cluster, namespace: fc.constantFrom(...NAMESPACES), uid: fc.nat(6), status }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('remove' as const), cluster, uid: fc.nat(6) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('burst' as const), cluster, count: fc.nat(14), status }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('node' as const), cluster, ready: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('rights' as const),
      cluster,
      namespaces: fc.option(fc.subarray(NAMESPACES), { nil: undefined }),
      told: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('scope' as const), clusters: fc.subarray(CLUSTERS, { minLength: 1 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('leave' as const), cluster }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('sync' as const), cluster, live: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('gap' as const), cluster }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(1, 15, 30, 500, 3_000, 12_000) }) },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('pull' as const), messages: fc.integer({ min: 1, max: 4 }), ms: fc.constantFrom(0, 25, 1_200) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('reconnect' as const), graceful: fc.boolean() }) },
);

type View = (pod: PodRecord) => unknown;
interface Kind {
  readonly name: string;
  readonly options: (
    world: StreamWorld,
  ) => Pick<ObjectStreamOptions<PodRecord>, 'source' | 'matches'> & Partial<ObjectStreamOptions<PodRecord>>;
  /** What a client of this stream shows of a pod. */
  readonly view: (world: StreamWorld) => View;
}

const nodeReady = (world: StreamWorld, pod: PodRecord) =>
  world.store.cluster(pod.cluster)?.nodes.get('', pod.nodeName ?? '')?.ready === true;
const podsOnNodes = storedRows<PodRecord>({
  resources: ['pods'],
  collections: (store) => [store.pods],
  dependsOn: ['nodes'],
  dependents: (change, store) =>
    'event' in change || change.resource !== 'nodes' ? [] : store.pods.onNode((change.after ?? change.before)?.name ?? ''),
});
/** A pod whose state changes with nothing but time. */
const grown = (world: StreamWorld, pod: PodRecord) => world.clock.monotonic() >= (Number(pod.resourceVersion) % 40) * 500;

const KINDS: readonly Kind[] = [
  {
    name: 'records of one kind, filtered',
    options: () => ({ source: POD_ROWS, matches: (pod) => pod.status !== 'Hidden' }),
    view: () => (pod) => pod.status,
  },
  {
    name: 'rows that depend on other records',
    options: (world) => ({
      source: podsOnNodes,
      matches: (pod) => pod.status !== 'Hidden' && (nodeReady(world, pod) || pod.namespace !== 'b'),
      fingerprint: (pod) => `${pod.status} ${nodeReady(world, pod)}`,
    }),
    view: (world) => (pod) => `${pod.status} ${nodeReady(world, pod)}`,
  },
  {
    name: 'rows that depend on time',
    options: (world) => ({
      source: POD_ROWS,
      matches: (pod) => pod.status !== 'Hidden' || grown(world, pod),
      fingerprint: (pod) => `${pod.status} ${grown(world, pod)}`,
      reevaluate: { everyMs: 2_000 },
    }),
    view: (world) => (pod) => `${pod.status} ${grown(world, pod)}`,
  },
];

class Story {
  readonly world = new StreamWorld(CLUSTERS, { maxChangesPerCluster: 25, maxAgeMs: 30_000 });
  readonly #kind: Kind;
  readonly #snapshot: boolean;
  readonly #tokenMs: number;
  readonly shown = new Map<string, unknown>();
  reader: StreamReader<PodRecord>;
  #scope: readonly string[] = CLUSTERS;
  #closing = new AbortController();

  constructor(kind: Kind, snapshot: boolean, tokenMs = 1_000) {
    this.#kind = kind;
    this.#snapshot = snapshot;
    this.#tokenMs = tokenMs;
    this.reader = this.#connect();
  }

  /** What a query would answer now. */
  fresh(): Map<string, unknown> {
    const { matches } = this.#kind.options(this.world);
    const view = this.#kind.view(this.world);
    const rows = this.world
      .pods()
      .filter((pod) => this.#scope.includes(pod.cluster) && matches(pod) && this.world.access.sees(pod.cluster, pod.namespace));
    return new Map(rows.map((pod) => [keyOf(pod), view(pod)]));
  }

  async tell(step: Step): Promise<void> {
    const { world } = this;
    switch (step.do) {
      case 'put':
        if (world.store.cluster(step.cluster) === undefined) return;
        // A uid lives in one namespace for good.
        return world.put({ ...step, uid: `${step.namespace}${step.uid}` });
      case 'remove':
        if (world.store.cluster(step.cluster) === undefined) return;
        for (const namespace of NAMESPACES) world.remove(step.cluster, `${namespace}${step.uid}`);
        return;
      case 'burst':
        if (world.store.cluster(step.cluster) !== undefined && step.count > 0) world.burst(step.cluster, step.count, step.status, 'b');
        return;
      case 'node':
        if (world.store.cluster(step.cluster) !== undefined) world.node(step.cluster, 'n1', step.ready);
        return;
      case 'rights':
        if (step.told) world.access.allow(step.cluster, step.namespaces);
        else if (step.namespaces === undefined) world.access.rights.delete(step.cluster);
        else world.access.rights.set(step.cluster, step.namespaces);
        return;
      case 'scope':
        this.#scope = step.clusters;
        return;
      case 'leave':
        if (world.store.removeCluster(step.cluster) === undefined) world.register(step.cluster);
        return;
      case 'sync':
        return world.sync(step.cluster, step.live ? 'LIVE' : 'STALE');
      case 'gap':
        return world.log.gap(step.cluster);
      case 'wait':
        return world.clock.advanceBy(step.ms);
      case 'pull':
        for (let count = 0; count < step.messages; count += 1) if ((await this.reader.pull(step.ms)) === undefined) return;
        return;
      case 'reconnect':
        return this.reconnect(step.graceful);
    }
  }

  /** `graceful`: the server says CLOSING first. */
  async reconnect(graceful: boolean): Promise<void> {
    if (graceful) {
      this.#closing.abort();
      await this.reader.drain(0);
      if (this.reader.error === undefined) expect(this.reader.last?.phase).toBe('CLOSING');
    }
    await this.reader.close();
    this.reader = this.#connect(this.reader);
  }

  /** Reads on until there is nothing more; comes back after FORBIDDEN, as a client would once it has rights again. */
  async finish(): Promise<void> {
    for (const name of CLUSTERS) if (this.world.access.rights.get(name)?.length === 0) this.world.access.allow(name, ['a']);
    await this.reader.drain(25_000);
    if (this.reader.error === undefined) return;
    expect(this.reader.error).toMatchObject({ code: 'FORBIDDEN' });
    await this.reconnect(false);
    await this.reader.drain(25_000);
  }

  #connect(before?: StreamReader<PodRecord>): StreamReader<PodRecord> {
    const { world } = this;
    const view = this.#kind.view(world);
    const forgotten = before?.error !== undefined || before?.token === undefined;
    this.#closing = new AbortController();
    const stream = openObjectStream<PodRecord>({
      ...world.shared,
      closing: this.#closing.signal,
      access: world.access,
      clustersInScope: () => this.#scope,
      binding: 'podChanges',
      limits: { maxPending: 8, pageRows: 5, tokenMs: this.#snapshot ? this.#tokenMs : 1_000 },
      snapshot: this.#snapshot || before !== undefined,
      ...this.#kind.options(world),
      ...(forgotten || before.token === undefined ? {} : { resume: before.token }),
    });
    const reader = new StreamReader(world.clock, stream, forgotten ? undefined : before);
    if (forgotten) this.shown.clear();
    reader.check = (message) => this.#check(message, view);
    return reader;
  }

  #check(message: StreamMessage<PodRecord>, view: View): void {
    const keys = message.changes.map(({ identity }) => keyOf(identity));
    expect(new Set(keys).size, 'an object at most once in a message').toBe(keys.length);
    if (message.phase === 'SNAPSHOT') expect(keys.length).toBeLessThanOrEqual(5);
    if (message.phase === 'SYNCED' || message.phase === 'CLOSING') expect(message.resumeToken).toBeTypeOf('string');
    if (message.phase !== 'SNAPSHOT' && message.phase !== 'CHANGES') expect(keys).toEqual([]);
    for (const { type, record, identity } of message.changes) {
      expect(record === undefined).toBe(type === 'REMOVED');
      if (record !== undefined) this.shown.set(keyOf(identity), view(record));
    }
  }
}

const keyOf = (identity: { cluster: string; uid: string }) => `${identity.cluster}/pods/${identity.uid}`;

describe.each(KINDS)('any stream of $name', (kind) => {
  it('folds to what a fresh query answers, whatever happened', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.constantFrom(0, 1_000), async (steps, tokenMs) => {
        const story = new Story(kind, true, tokenMs);
        for (const one of steps) await story.tell(one);
        await story.finish();
        const held = new Map([...story.reader.rows.keys()].map((key) => [key, story.shown.get(key)]));
        expect(sorted(held)).toEqual(sorted(story.fresh()));
        await story.reader.close();
        expect(story.world.clock.pendingTimers).toBe(0);
      }),
      propertyRuns(60),
    );
  });

  it('without a snapshot keeps a client true that asked a query first', { timeout: 120_000 }, async () => {
    const quiet = step.filter((one) => !['reconnect', 'gap', 'burst'].includes(one.do));
    await fc.assert(
      fc.asyncProperty(fc.array(quiet, { maxLength: 15 }), fc.array(quiet, { maxLength: 25 }), async (before, after) => {
        const story = new Story(kind, false);
        for (const one of before) if (one.do !== 'pull' && one.do !== 'wait') await story.tell(one);
        await story.reader.drain(0);
        if (story.reader.error !== undefined || !story.reader.phases.includes('SYNCED')) return;
        for (const pod of story.world.pods()) {
          const key = keyOf(pod);
          const view = story.fresh().get(key);
          if (view === undefined) continue;
          story.reader.rows.set(key, pod);
          story.shown.set(key, view);
        }
        for (const one of after) await story.tell(one);
        await story.reader.drain(25_000);
        if (story.reader.error !== undefined) return;
        const held = new Map([...story.reader.rows.keys()].map((key) => [key, story.shown.get(key)]));
        expect(sorted(held)).toEqual(sorted(story.fresh()));
      }),
      propertyRuns(60),
    );
  });
});

function sorted(rows: Map<string, unknown>): [string, unknown][] {
  return [...rows].sort(([a], [b]) => (a < b ? -1 : 1));
}
