import type { InformerKind, InformerMeasures } from './support/informer-subject.ts';
import { median, round } from './support/meters.ts';
import { measure, startPageServer } from './support/processes.ts';
import type { Bench } from './support/report.ts';

const KINDS: readonly InformerKind[] = ['ours', 'client-node', 'client-node-paged', 'parse'];

/** Interleaved, and every other round in the other order; a process of its own for each. */
async function rounds(pods: number, count: number, kinds: readonly InformerKind[]) {
  using server = await startPageServer(pods);
  const measured = new Map<InformerKind, InformerMeasures[]>();
  const failures = new Map<InformerKind, string>();
  for (let at = 0; at < count; at += 1) {
    for (const kind of at % 2 === 0 ? kinds : kinds.toReversed()) {
      const options = {
        script: './informer-subject.ts',
        arguments: [kind, pods, 0, server.url(0)],
        maxOldSpaceMiB: 5_500,
        isPeer: kind !== 'ours',
      };
      const measures = await measure<InformerMeasures>(options).catch((error: Error) => void failures.set(kind, error.message));
      if (measures !== undefined) measured.set(kind, [...(measured.get(kind) ?? []), measures]);
    }
  }
  const of = (kind: InformerKind, value: (measures: InformerMeasures) => number) => {
    const values = measured.get(kind)?.map(value);
    return values === undefined ? null : median(values);
  };
  return { of, failures };
}

/** The first list of one cluster's pods, from nothing to live. Options: `--pods=50000`, `--rounds=3`, `--full` (100,000 too). */
export const INFORMER_SYNC: Bench = {
  describes: 'first sync of 50,000 pods against client-node; --full: also of 100,000, where its list fails',
  async run({ isFull, number }) {
    const pods = number('pods', 50_000);
    const { of, failures } = await rounds(pods, number('rounds', isFull ? 5 : 3), KINDS);
    const large = isFull ? await rounds(pods * 2, 1, ['ours', 'client-node', 'client-node-paged']) : undefined;
    const ms = (kind: InformerKind) => rounded(of(kind, ({ syncMs }) => syncMs));
    const cpu = (kind: InformerKind) => rounded(of(kind, ({ syncCpuMs }) => syncCpuMs));
    const block = (kind: InformerKind) => rounded(of(kind, ({ syncDelays }) => syncDelays.maxMs));
    const bytes = (kind: InformerKind) => rounded(of(kind, ({ bytesPerPod }) => bytesPerPod));
    const largeMs = (kind: InformerKind) => rounded(large?.of(kind, ({ syncMs }) => syncMs) ?? null);
    return {
      figures: {
        ...{ pods, syncMs: ms('ours'), syncCpuMs: cpu('ours'), longestBlockMs: block('ours'), bytesPerPod: bytes('ours') },
        ...{ syncRatio: ratio(best(ms('client-node'), ms('client-node-paged')), ms('ours')), syncMsOfTwice: largeMs('ours') },
      },
      floors: { fetchAndParseMs: ms('parse') },
      peers: {
        ...{
          clientNodeMs: ms('client-node'),
          clientNodeCpuMs: cpu('client-node'),
          clientNodeBlockMs: block('client-node'),
          clientNodeBytesPerPod: bytes('client-node'),
        },
        ...{
          clientNodePagedMs: ms('client-node-paged'),
          clientNodePagedCpuMs: cpu('client-node-paged'),
          clientNodePagedBlockMs: block('client-node-paged'),
        },
        ...{ clientNodeMsOfTwice: largeMs('client-node'), clientNodePagedMsOfTwice: largeMs('client-node-paged') },
      },
      ratios: {
        syncRatioAsItComes: ratio(ms('client-node'), ms('ours')),
        syncRatioPaged: ratio(ms('client-node-paged'), ms('ours')),
        cpuRatio: ratio(best(cpu('client-node'), cpu('client-node-paged')), cpu('ours')),
        blockRatio: ratio(block('client-node'), block('ours')),
        toTheFloor: ratio(ms('ours'), ms('parse')),
      },
      notes: [
        ...[...failures].map(([kind, message]) => `${kind}: ${message}`),
        ...[...(large?.failures ?? [])].map(([kind, message]) => `${kind} at ${pods * 2}: ${message}`),
      ],
    };
  },
};

function rounded(value: number | null): number | null {
  return value === null ? null : round(value);
}

function best(...values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.min(...known);
}

function ratio(of: number | null, to: number | null): number | null {
  return of === null || to === null ? null : round(of / to, 2);
}
