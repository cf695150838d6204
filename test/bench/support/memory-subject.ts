/** Keeps pods in one way, in a process of its own, and says how much memory they take: `KIND PODS`. */
import type { PodRecord } from '../../../src/model/pod-record.ts';
import { InMemoryGraphStore } from '../../../src/store/in-memory-graph-store.ts';
import { OwnedRecordCollection } from '../../../src/store/record-collection.ts';
import { RecordInterning } from '../../../src/store/record-interning.ts';
import { heldBytes, sleep } from './meters.ts';
import { leanPodRecord, parsedPod, podRecord } from './pod-records.ts';

export type MemoryKind = 'columns' | 'lean-columns' | 'records' | 'parsed';

export interface MemoryMeasures {
  readonly bytesPerPod: number;
}

const BATCH = 500;
const [kind = 'columns', podsText = '0'] = process.argv.slice(2);
const pods = Number(podsText);

const keep = keeper(kind as MemoryKind);
keep(0, Math.min(pods, 1_000));
const [before, from] = [heldBytes(), Math.min(pods, 1_000)];
for (let at = from; at < pods; at += BATCH) keep(at, Math.min(pods, at + BATCH));
// What is held weakly lives until the end of a job.
await sleep(10);
const bytesPerPod = (heldBytes() - before) / (pods - from);
keep(0, 0);
process.send?.({ type: 'result', bytesPerPod } satisfies MemoryMeasures & { type: string }, () => process.exit(0));

/** Takes pods from one number up to another; what it keeps lives as long as it does. */
function keeper(of: MemoryKind): (from: number, to: number) => void {
  switch (of) {
    case 'columns':
      return intoStore(podRecord);
    case 'lean-columns':
      return intoStore(leanPodRecord);
    case 'records':
      return intoRecords();
    case 'parsed':
      return intoMap();
  }
}

function intoStore(record: (index: number) => PodRecord): (from: number, to: number) => void {
  const store = new InMemoryGraphStore({ now: () => 0 });
  store.addCluster({ name: 'c0', source: 'SIMULATED', labels: {}, sync: { state: 'LIVE', since: 0, resources: [] } });
  return (first, end) => {
    store.commit('c0', { operations: range(first, end).map((at) => ({ type: 'put', record: record(at) })) });
  };
}

/** Flat records that share labels, owners and texts, with indexes by name and owner. */
function intoRecords(): (from: number, to: number) => void {
  const collection = new OwnedRecordCollection<PodRecord>('pods', new RecordInterning());
  return (first, end) => {
    for (const at of range(first, end)) collection.set(podRecord(at));
  };
}

/** What a map of parsed objects costs: the least that keeping objects can come to. */
function intoMap(): (from: number, to: number) => void {
  const objects = new Map<string, unknown>();
  return (first, end) => {
    for (const at of range(first, end)) {
      const pod = parsedPod(at);
      objects.set(pod.metadata.uid, pod);
    }
  };
}

function range(first: number, end: number): number[] {
  return Array.from({ length: end - first }, (_, at) => first + at);
}
