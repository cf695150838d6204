import type { InformerMeasures } from './support/informer-subject.ts';
import type { MemoryKind, MemoryMeasures } from './support/memory-subject.ts';
import { round } from './support/meters.ts';
import { measure, startPageServer } from './support/processes.ts';
import type { Bench } from './support/report.ts';

/** Heap and buffers a pod, after collection, of pods beyond the first thousand. Options: `--pods=100000`. */
export const STORE_MEMORY: Bench = {
  describes: 'heap and buffers per pod: columns, records, parsed objects, client-node',
  async run({ number }) {
    const pods = number('pods', 100_000);
    const bytes = async (kind: MemoryKind, count = pods) => {
      const options = { script: './memory-subject.ts', arguments: [kind, count] };
      return round((await measure<MemoryMeasures>(options)).bytesPerPod);
    };
    const [all, lean, records] = [await bytes('columns'), await bytes('lean-columns'), await bytes('records')];
    const [twice, parsed] = [await bytes('columns', pods * 2), await bytes('parsed', 20_000)];
    const vendor = await clientNode(20_000);
    return {
      figures: { pods, bytesPerPod: lean, bytesPerPodAllFields: all, bytesPerPodOfTwiceAsMany: twice },
      floors: { rowBytes: 92 },
      peers: { clientNodeBytesPerPod: vendor, parsedObjectBytesPerPod: parsed, flatRecordBytesPerPod: records },
      ratios: { clientNodeToOurs: round(vendor / all), flatRecordsToOurs: round(records / all, 2) },
      notes: [
        'bytesPerPod: the fields of the reference measurement, labels, and indexes by cluster, namespace, owner, node, label, status',
        'bytesPerPodAllFields: all fields of the record, with containers and their times; both include the slack of growth',
      ],
    };
  },
};

async function clientNode(pods: number): Promise<number> {
  using server = await startPageServer(pods);
  const options = { script: './informer-subject.ts', arguments: ['client-node', pods, 0, server.url(0)], isPeer: true };
  return round((await measure<InformerMeasures>(options)).bytesPerPod);
}
