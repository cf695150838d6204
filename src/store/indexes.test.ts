import fc from 'fast-check';
import { expect, it } from 'vitest';
import { aClusterRecord } from '../../test/support/a-cluster.ts';
import { aPod } from '../../test/support/a-pod.ts';
import { START } from '../../test/support/an-object.ts';
import type { PodRecord } from '../model/pod-record.ts';
import { ClusterTables } from './cluster-tables.ts';
import { PodColumns } from './columns/pod-columns.ts';
import { SharedColumns } from './columns/shared-columns.ts';
import { RecordInterning } from './record-interning.ts';
import type { StoreOperation } from './store-batch.ts';
import { Transaction } from './transaction.ts';

/** One random step. Small ranges, so that names, uids, owners and nodes collide. */
interface Step {
  readonly kind: 'put' | 'listed' | 'remove' | 'sweep' | 'clear';
  readonly name: number;
  readonly namespace: number;
  readonly incarnation: number;
  readonly owner: number | undefined;
  readonly node: number | undefined;
  readonly versionBack: number;
}

const steps = fc.array(
  fc.record<Step>({
    kind: fc.constantFrom('put', 'put', 'put', 'listed', 'remove', 'sweep', 'clear'),
    name: fc.nat(4),
    namespace: fc.nat(2),
    incarnation: fc.nat(2),
    owner: fc.option(fc.nat(2), { nil: undefined }),
    node: fc.option(fc.nat(2), { nil: undefined }),
    versionBack: fc.nat(3),
  }),
  { maxLength: 60 },
);

const newShared = () => ({ interning: new RecordInterning(), columns: new SharedColumns(1) });

function recordOf(step: Step, version: number): PodRecord {
  const { owner: _, nodeName: __, ...base } = aPod(`p-${step.name}`, `ns-${step.namespace}`).version(version).record();
  return {
    ...base,
    uid: `${step.namespace}/${step.name}/${step.incarnation}`,
    ...(step.owner !== undefined && { owner: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'rs', uid: `owner-${step.owner}` } }),
    ...(step.node !== undefined && { nodeName: `node-${step.node}` }),
    status: `status-${step.node ?? 0}`,
    labels: {
      app: `v-${step.incarnation}`,
      ...(step.versionBack > 0 && { own: step.versionBack === 1 ? `p-${step.name}` : `${step.name}` }),
    },
    containers: base.containers.map((one) => ({ ...one, imageId: `image-${step.incarnation}`, restarts: step.versionBack })),
  };
}

function operationOf(step: Step, at: number): StoreOperation {
  const record = recordOf(step, Math.max(1, at - step.versionBack));
  switch (step.kind) {
    case 'put':
      return { type: 'put', record };
    case 'listed':
      return { type: 'listed', record, listVersion: String(at), newEpoch: step.versionBack === 3 };
    case 'remove':
      return { type: 'remove', resource: 'pods', uid: record.uid, resourceVersion: String(at) };
    case 'sweep':
      return { type: 'sweep', resource: 'pods', keep: [record.uid, `${step.namespace}/${step.name}/0`, record.uid] };
    case 'clear':
      return { type: 'sweep', resource: 'pods', keep: [] };
  }
}

const uids = (records: Iterable<PodRecord>) => [...records].map(({ uid }) => uid).sort();

function expectIndexesEqualScan(tables: ClusterTables): void {
  const { pods } = tables;
  const all = [...pods.all()];
  const where = (keep: (record: PodRecord) => boolean) => uids(all.filter(keep));
  expect(pods.size).toBe(all.length);
  expect([...pods.namespaces()].sort()).toEqual([...new Set(all.map(({ namespace }) => namespace))].sort());
  expect(pods.nodeCount).toBe(new Set(all.flatMap(({ nodeName }) => nodeName ?? [])).size);
  expect(pods.ownerCount).toBe(new Set(all.flatMap(({ owner }) => owner?.uid ?? [])).size);
  for (let key = 0; key <= 2; key += 1) {
    expect(uids(pods.inNamespace(`ns-${key}`))).toEqual(where(({ namespace }) => namespace === `ns-${key}`));
    expect(uids(pods.onNode(`node-${key}`))).toEqual(where(({ nodeName }) => nodeName === `node-${key}`));
    expect(pods.countOnNode(`node-${key}`)).toBe(where(({ nodeName }) => nodeName === `node-${key}`).length);
    expect(uids(pods.ownedBy(`owner-${key}`))).toEqual(where(({ owner }) => owner?.uid === `owner-${key}`));
    expect(uids(pods.withStatus(`status-${key}`))).toEqual(where(({ status }) => status === `status-${key}`));
    expect(pods.countWithStatus(`status-${key}`)).toBe(where(({ status }) => status === `status-${key}`).length);
    for (const label of ['app', 'own']) {
      for (const value of [`v-${key}`, `p-${key}`, `${key}`])
        expect(uids(pods.withLabel(label, value))).toEqual(where(({ labels }) => labels[label] === value));
    }
  }
  for (const record of all) {
    expect(pods.get(record.namespace, record.name)).toEqual(record);
    expect(pods.byUid(record.uid)).toEqual(record);
  }
}

it('R29 after each of any steps every index equals a full scan, and no empty bucket is left', () => {
  fc.assert(
    fc.property(steps, (random) => {
      const shared = newShared();
      const tables = new ClusterTables(aClusterRecord('dev'), () => START, shared);
      for (const [at, step] of random.entries()) {
        new Transaction(tables).run([operationOf(step, at + 1)]);
        expectIndexesEqualScan(tables);
      }
    }),
    { numRuns: 150 },
  );
});

it('R28 after any steps the values held are those of the records held', () => {
  fc.assert(
    fc.property(steps, (random) => {
      const shared = newShared();
      const tables = new ClusterTables(aClusterRecord('dev'), () => START, shared);
      for (const [at, step] of random.entries()) new Transaction(tables).run([operationOf(step, at + 1)]);
      const fresh = newShared();
      const again = new PodColumns('dev', fresh.columns);
      for (const record of tables.pods.all()) again.set(record);
      expect(shared.columns.texts.size).toBe(fresh.columns.texts.size);
      expect(tables.pods.sharedCount).toBe(again.sharedCount);
    }),
    { numRuns: 150 },
  );
});

it('I2 the changes of any batch, folded over what was there, give what is there: each uid goes as often as it came', () => {
  fc.assert(
    fc.property(fc.array(steps, { maxLength: 6 }), (batches) => {
      const shared = newShared();
      const tables = new ClusterTables(aClusterRecord('dev'), () => START, shared);
      const folded = new Map<string, PodRecord>();
      let at = 0;
      for (const batch of batches) {
        const operations = batch.map((step) => {
          at += 1;
          return operationOf(step, at);
        });
        const changes = new Transaction(tables).run(operations);
        const touched = new Set<string>();
        for (const change of changes) {
          if (!('before' in change || 'after' in change)) continue;
          const uid = (change.after ?? change.before)?.uid ?? '';
          expect(touched.has(uid)).toBe(false);
          touched.add(uid);
          expect(folded.has(uid)).toBe(change.before !== undefined);
          if (change.after === undefined) folded.delete(uid);
          else folded.set(uid, change.after as PodRecord);
        }
      }
      expect([...folded.keys()].sort()).toEqual(uids(tables.pods.all()));
    }),
    { numRuns: 150 },
  );
});

it('a batch that fails half-way leaves records, indexes and shared values as they were', () => {
  fc.assert(
    fc.property(steps, steps, (before, failing) => {
      const shared = newShared();
      const tables = new ClusterTables(aClusterRecord('dev'), () => START, shared);
      for (const [at, step] of before.entries()) new Transaction(tables).run([operationOf(step, at + 1)]);
      const held = new Map([...tables.pods.all()].map((record) => [record.uid, record]));
      const values = [shared.columns.texts.size, tables.pods.sharedCount];
      const spoilt: StoreOperation = { type: 'put', record: { ...recordOf({ ...STILL }, 999), uid: '' } };
      const operations = failing.map((step, at) => operationOf(step, before.length + at + 1));
      expect(() => new Transaction(tables).run([...operations, spoilt])).toThrow(RangeError);
      expect(new Map([...tables.pods.all()].map((record) => [record.uid, record]))).toEqual(held);
      expect([shared.columns.texts.size, tables.pods.sharedCount]).toEqual(values);
      expectIndexesEqualScan(tables);
    }),
    { numRuns: 150 },
  );
});

const STILL: Step = { kind: 'put', name: 0, namespace: 0, incarnation: 0, owner: undefined, node: undefined, versionBack: 0 };
