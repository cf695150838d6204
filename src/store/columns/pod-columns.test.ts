import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PlainPods } from '../../../test/support/plain-pods.ts';
import { propertyRuns } from '../../../test/support/property-runs.ts';
import type { PodRecord } from '../../model/pod-record.ts';
import { equalRecords } from '../records-equal.ts';
import { PodColumns } from './pod-columns.ts';
import { RecordMemory } from './record-memory.ts';
import { SharedColumns } from './shared-columns.ts';

/** Small sets, so that things collide; odd members, so that nothing relies on how Kubernetes usually looks. */
const oddText = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('a', 'b', 'web', 'web-0', '0', '7d9f8b6c5') },
  { weight: 1, arbitrary: fc.constantFrom('', '__proto__', 'constructor', 'ü\ud800', '"\\\u2028', '-', 'a-', '00', 'aaaaaaa') },
  { weight: 1, arbitrary: fc.string({ maxLength: 6 }) },
);
const name = fc.oneof(
  fc.constantFrom('web-0', 'web-1', 'web-00', 'web-7d9f8b6c5-x2x9z', 'web', 'a-zzzzzz', 'a-aaaaaaa', '-0', 'a--1', 'WEB-A', 'x-'),
  fc.string({ minLength: 1, maxLength: 8 }),
);
const uid = fc.oneof(
  fc.constantFrom(...Array.from({ length: 6 }, (_, at) => `9f8b6c5d-0000-4000-8000-00000000000${at}`)),
  fc.constantFrom('9F8B6C5D-0000-4000-8000-000000000000', 'not-a-uuid', 'x', 'web-0', '9f8b6c5d-0000-4000-8000-00000000000g'),
  fc.uuid(),
);
const version = fc.constantFrom(
  '1',
  '10',
  '0',
  '01',
  '4294967296',
  '999999999999999',
  '9007199254740993',
  '18446744073709551615',
  '',
  'v1',
);
const instant = fc.oneof(fc.constantFrom(0, 1_700_000_000_000, 1_700_000_000_123, -5_000, 4_294_967_296_000, 0.5), fc.integer());
const count = fc.oneof(fc.nat(3), fc.constantFrom(2_147_483_647, 2_147_483_648, 4_294_967_295, 4_294_967_296, -1, 0.5, -0));

const container = fc.record(
  {
    ...{ name: oddText, init: fc.boolean(), sidecar: fc.boolean(), image: oddText, imageId: oddText, ready: fc.boolean() },
    ...{ restarts: count, state: oddText, reason: oddText, message: oddText, startedAt: instant },
    lastTermination: fc.record({ exitCode: fc.integer(), reason: oddText, finishedAt: instant }, { requiredKeys: ['exitCode'] }),
  },
  { requiredKeys: ['name', 'init', 'image', 'ready', 'restarts', 'state'] },
);
const labels = fc
  .array(fc.tuple(oddText, fc.oneof(oddText, name)), { maxLength: 4 })
  .map((entries) => Object.fromEntries(entries) as Record<string, string>);

const pod: fc.Arbitrary<PodRecord> = fc
  .record(
    {
      ...{ cluster: fc.constant('dev'), resource: fc.constant('pods'), apiVersion: fc.constantFrom('v1', 'v2'), kind: fc.constant('Pod') },
      ...{ namespace: oddText, name, uid, resourceVersion: version, createdAt: instant, deletionRequestedAt: instant, labels },
      ...{ phase: oddText, status: oddText, ready: fc.boolean(), readySince: instant, readyContainers: count, totalContainers: count },
      ...{ restarts: count, nodeName: oddText, startedAt: instant, revisionKey: oddText, lifecycleState: oddText },
      ip: fc.oneof(fc.ipV4(), fc.ipV6(), fc.constantFrom('0.0.0.0', '', '1.2.3.256', '01.2.3.4', '1.2.3.4.5')),
      images: fc.array(fc.record({ container: oddText, image: oddText }), { maxLength: 2 }),
      containers: fc.array(container, { maxLength: 3 }),
      owner: fc.record({ apiVersion: oddText, kind: oddText, name: oddText, uid: oddText }),
      unscheduled: fc.record({ reason: oddText, message: oddText }),
      notReady: fc.record({ reason: oddText, since: instant }, { requiredKeys: [] }),
      ...{ deletionGracePeriodSeconds: count, lifecycleSince: instant, inPlaceUpdating: fc.boolean(), inPlaceUpdatedAt: instant },
    },
    {
      requiredKeys: [
        ...(['cluster', 'resource', 'apiVersion', 'kind', 'namespace', 'name', 'uid', 'resourceVersion', 'createdAt', 'labels'] as const),
        ...(['phase', 'status', 'ready', 'readyContainers', 'totalContainers', 'restarts', 'images', 'containers'] as const),
      ],
    },
  )
  .map((record) => record as PodRecord);

const CHANGING: (keyof PodRecord)[] = [
  ...(['resourceVersion', 'labels', 'status', 'ready', 'readySince', 'readyContainers', 'restarts', 'ip', 'nodeName'] as const),
  ...(['startedAt', 'createdAt', 'images', 'containers', 'owner', 'revisionKey', 'lifecycleState', 'notReady', 'unscheduled'] as const),
];

const aUid = (index: number) => `9f8b6c5d-0000-4000-8000-${String(index).padStart(12, '0')}`;

const USUAL: PodRecord = {
  ...{ cluster: 'dev', resource: 'pods', apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'web-7d9f8b6c5-x2x9z' },
  ...{ uid: '9f8b6c5d-0000-4000-8000-000000000001', resourceVersion: '1', createdAt: 1_700_000_000_000, labels: { app: 'web' } },
  ...{ phase: 'Running', status: 'Running', ready: true, readySince: 1_700_000_009_000, readyContainers: 1, totalContainers: 1 },
  ...{ restarts: 1, ip: '10.0.0.1', nodeName: 'n1', startedAt: 1_700_000_005_000, revisionKey: '7d9f8b6c5', lifecycleState: 'Normal' },
  images: [{ container: 'app', image: 'web:1' }],
  containers: [
    { name: 'app', init: false, image: 'web:1', imageId: 'sha', ready: true, restarts: 1, state: 'running', startedAt: 1_700_000_006_000 },
  ],
  owner: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-7d9f8b6c5', uid: 'r1' },
};

/** Each member by which one pod can differ from another of its name, with another value. */
const OTHER_MEMBERS: Omit<Required<PodRecord>, 'cluster' | 'resource' | 'namespace' | 'name' | 'uid' | 'resourceVersion'> = {
  ...{ apiVersion: 'v2', kind: 'Pod2', createdAt: 1_700_000_001_000, deletionRequestedAt: 1_700_000_099_000 },
  ...{ labels: { app: 'web', tier: 'a' }, phase: 'Failed', status: 'Error', ready: false, readySince: 1_700_000_010_000 },
  ...{ readyContainers: 0, totalContainers: 2, restarts: 2, ip: '10.0.0.2', nodeName: 'n2', startedAt: 1_700_000_007_000 },
  ...{ revisionKey: 'other', lifecycleState: 'Updating', lifecycleSince: 1_700_000_000_000, inPlaceUpdating: true },
  ...{ inPlaceUpdatedAt: 1_700_000_000_000, deletionGracePeriodSeconds: 30, images: [{ container: 'app', image: 'web:2' }] },
  containers: [{ ...(USUAL.containers[0] as PodRecord['containers'][number]), restarts: 2 }],
  owner: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-7d9f8b6c5', uid: 'r2' },
  ...{ unscheduled: { reason: 'Unschedulable' }, notReady: { reason: 'ContainersNotReady' } },
};

type Step =
  | { readonly type: 'set' | 'move'; readonly pod: PodRecord }
  | { readonly type: 'delete'; readonly pick: number }
  /** The pod held in that place takes some members from another, as most events have it. */
  | { readonly type: 'change'; readonly pick: number; readonly members: readonly (keyof PodRecord)[]; readonly pod: PodRecord };
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ type: fc.constant('set' as const), pod }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('move' as const), pod }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('delete' as const), pick: fc.nat(20) }) },
  {
    weight: 5,
    arbitrary: fc.record({ type: fc.constant('change' as const), pick: fc.nat(3), members: fc.subarray(CHANGING, { maxLength: 3 }), pod }),
  },
);

/** `before` with members of another, absent where they are absent there. */
function changed(before: PodRecord, members: readonly (keyof PodRecord)[], other: PodRecord): PodRecord {
  const changes = members.map((member) => [member, other[member]]);
  const all = { ...before, ...Object.fromEntries(changes) };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as unknown as PodRecord;
}

function take(one: Step, columns: PodColumns, plain: PlainPods): void {
  if (one.type === 'change') {
    const before = plain.all()[one.pick];
    if (before !== undefined) take({ type: 'set', pod: changed(before, one.members, one.pod) }, columns, plain);
    return;
  }
  if (one.type === 'delete') {
    const gone = plain.all()[one.pick]?.uid ?? 'nobody';
    columns.delete(gone);
    plain.delete(gone);
    return;
  }
  const before = plain.byUid(one.pod.uid);
  if (one.type === 'move') {
    if (before === undefined) return;
    columns.move({ ...before, resourceVersion: one.pod.resourceVersion });
    plain.set({ ...before, resourceVersion: one.pod.resourceVersion });
    return;
  }
  // A name belongs to one uid: whoever held it goes first, as a transaction sees to.
  const namesake = plain.get(one.pod.namespace, one.pod.name);
  expect(columns.uidOf(one.pod.namespace, one.pod.name)).toBe(namesake?.uid);
  if (namesake !== undefined && namesake.uid !== one.pod.uid) {
    columns.delete(namesake.uid);
    plain.delete(namesake.uid);
  }
  put(structuredClone(one.pod), before, columns);
  // What is equal stays: 0 does not become -0.
  const isMove = before !== undefined && equalRecords(before, one.pod);
  plain.set(isMove ? { ...before, resourceVersion: one.pod.resourceVersion } : one.pod);
}

/** As a transaction does: what keeps its name is updated, and nothing is done where readers could see no difference. */
function put(record: PodRecord, before: PodRecord | undefined, columns: PodColumns): void {
  const held = columns.held(record.uid);
  expect(held).toStrictEqual(before);
  if (held === undefined || held.name !== record.name || held.namespace !== record.namespace) {
    columns.set(record);
    return;
  }
  const kept = columns.update(held, structuredClone(record));
  expect(kept).toStrictEqual(equalRecords(held, record) ? undefined : record);
  expect(held).toStrictEqual(before);
  if (kept === undefined) columns.move({ ...held, resourceVersion: record.resourceVersion });
}

const byUid = (pods: Iterable<PodRecord>) => [...pods].sort((a, b) => (a.uid < b.uid ? -1 : 1));

function expectEqual(columns: PodColumns, plain: PlainPods): void {
  expect(columns.size).toBe(plain.size);
  expect(byUid(columns.all())).toEqual(byUid(plain.all()));
  expect([...columns.namespaces()].sort()).toEqual([...plain.namespaces()].sort());
  for (const held of plain.all()) {
    expect(columns.byUid(held.uid)).toStrictEqual(held);
    expect(columns.get(held.namespace, held.name)).toStrictEqual(held);
    expect(byUid(columns.inNamespace(held.namespace))).toEqual(byUid(plain.inNamespace(held.namespace)));
    expect(byUid(columns.withStatus(held.status))).toEqual(byUid(plain.withStatus(held.status)));
    expect(columns.countWithStatus(held.status)).toBe(plain.countWithStatus(held.status));
    for (const [key, value] of Object.entries(held.labels))
      expect(byUid(columns.withLabel(key, value))).toEqual(byUid(plain.withLabel(key, value)));
    if (held.owner !== undefined) expect(byUid(columns.ownedBy(held.owner.uid))).toEqual(byUid(plain.ownedBy(held.owner.uid)));
    if (held.nodeName === undefined) continue;
    expect(byUid(columns.onNode(held.nodeName))).toEqual(byUid(plain.onNode(held.nodeName)));
    expect(columns.countOnNode(held.nodeName)).toBe(plain.countOnNode(held.nodeName));
  }
}

/** As after a collection of garbage at every moment: whatever is read comes from the columns. */
class Forgetful extends RecordMemory<PodRecord> {
  override remember(): void {}
}

describe('pods in columns equal pods as records', () => {
  it.each([
    ['made from the columns', () => new Forgetful()],
    ['remembered', () => new RecordMemory<PodRecord>()],
    ['remembered until there is no room', () => new RecordMemory<PodRecord>(2)],
  ])('after each of any steps, for every question: %s', (_, memory) => {
    const run = fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
      const columns = new PodColumns('dev', new SharedColumns(7), memory());
      const plain = new PlainPods();
      for (const one of steps) {
        take(one, columns, plain);
        expectEqual(columns, plain);
      }
    });
    fc.assert(run, propertyRuns(150));
  });

  it.each(Object.entries(OTHER_MEMBERS))('an update that changes nothing but %s is seen as one', (member, value) => {
    const columns = new PodColumns('dev', new SharedColumns(7));
    columns.set(structuredClone(USUAL));
    const held = columns.byUid(USUAL.uid) as PodRecord;
    expect(columns.update(held, { ...structuredClone(USUAL), resourceVersion: '2' })).toBeUndefined();
    const record = { ...structuredClone(USUAL), [member]: value };
    expect(columns.update(held, structuredClone(record))).toStrictEqual(record);
    expect(columns.byUid(USUAL.uid)).toStrictEqual(record);
    expect(held).toStrictEqual(USUAL);
  });

  it('R28 pods, owners, nodes and addresses that are ever new take no more room after many rounds than after a few', () => {
    const shared = new SharedColumns(7);
    const columns = new PodColumns('dev', shared);
    const round = (first: number) => {
      for (let at = first; at < first + 200; at += 1) {
        if (at >= 100) columns.delete(aUid(at - 100));
        const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `web-${at >>> 2}`, uid: `r${at >>> 2}` };
        const rest = at % 5 === 0 ? { notReady: { reason: `reason ${at}` }, ip: `fd00::${at}` } : {};
        columns.set({
          ...USUAL,
          uid: aUid(at),
          name: `web-${at >>> 2}-${at}`,
          nodeName: `n${at}`,
          labels: { hash: `h${at >>> 2}` },
          owner,
          ...rest,
        });
        const held = columns.held(aUid(at)) as PodRecord;
        columns.update(held, { ...held, status: `status ${at}`, restarts: at, images: [{ container: 'app', image: `web:${at}` }] });
      }
      return [shared.texts.size, columns.size, columns.sharedCount, columns.nodeCount, columns.ownerCount, columns.bufferBytes];
    };
    const sizes = Array.from({ length: 40 }, (_, at) => round(at * 200));
    expect(sizes[3]?.[1]).toBe(100);
    for (const size of sizes.slice(4)) expect(size).toEqual(sizes[3]);
  });

  it('and when all are gone nothing is left of any of them', () => {
    const run = fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const shared = new SharedColumns(7);
      const columns = new PodColumns('dev', shared);
      const plain = new PlainPods();
      for (const one of steps) take(one, columns, plain);
      for (const { uid: held } of plain.all()) columns.delete(held);
      expect([shared.texts.size, columns.sharedCount, columns.size, [...columns.all()].length]).toEqual([0, 0, 0, 0]);
    });
    fc.assert(run, propertyRuns(300));
  });
});
