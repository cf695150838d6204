import { encodeProtobufList } from '../../src/apiserver/http/protobuf-encoder.ts';
import { keptFieldsOf } from '../../src/fleet/projection/kept-fields.ts';
import { projectPod } from '../../src/fleet/projection/project-pod.ts';
import { ObjectDecoder } from '../../src/kube/http/object-decoder.ts';
import { PageReader } from '../../src/kube/http/page-reader.ts';
import { ProtobufKind } from '../../src/kube/http/protobuf/protobuf-kind.ts';
import { ProtobufPageReader } from '../../src/kube/http/protobuf/protobuf-page-reader.ts';
import type { KubeObject } from '../../src/model/kube-object.ts';
import type { Resource } from '../../src/model/resource.ts';
import { podObject, podText } from './support/pod-text.ts';
import type { Bench } from './support/report.ts';

const PIECE_BYTES = 64 << 10;
const PAGE_PODS = 500;

type Way = 'protobuf' | 'scan' | 'parse';

const WAYS: readonly Way[] = ['protobuf', 'scan', 'parse'];
const PODS: Resource = { group: '', version: 'v1', resource: 'pods', kind: 'Pod', namespaced: true };

/** The page reader of one way. */
function readerOf(way: Way): PageReader | ProtobufPageReader {
  const fields = keptFieldsOf('pods');
  if (way !== 'protobuf') return new PageReader(new ObjectDecoder(way === 'scan' ? fields : undefined, () => {}), 1 << 30);
  const kind = ProtobufKind.of(PODS, fields ?? {});
  if (kind === undefined) throw new Error('pods have no protobuf form');
  return new ProtobufPageReader(kind, 1 << 30);
}

/** CPU of one thread for `pages` pages in pieces as a socket gives them, in µs a pod, and the longest piece of work in ms. */
function read(way: Way, page: Buffer, pages: number): { readonly usPerPod: number; readonly longestMs: number } {
  const before = process.cpuUsage();
  let longestMs = 0;
  let pods = 0;
  for (let at = 0; at < pages; at += 1) {
    const reader = readerOf(way);
    for (let from = 0; from < page.length; from += PIECE_BYTES) {
      const startedAt = performance.now();
      reader.push(page.subarray(from, from + PIECE_BYTES));
      longestMs = Math.max(longestMs, performance.now() - startedAt);
    }
    reader.finish();
    // Items of a list come without kind and version.
    for (const item of reader.items) projectPod(Object.assign(item as KubeObject, { apiVersion: 'v1', kind: 'Pod' }), 'bench');
    pods += reader.items.length;
  }
  const { user, system } = process.cpuUsage(before);
  return { usPerPod: (user + system) / pods, longestMs };
}

/** Decoding alone, without sockets and store: what the scanner saves of `JSON.parse`. Options: `--pages=20`, `--rounds=7`. */
export const INGEST_DECODE: Bench = {
  describes: 'decoding pods: only what is kept, against JSON.parse of all of it',
  run({ number }) {
    const items = Array.from({ length: PAGE_PODS }, (_, at) => podText(at)).join(',');
    const page = Buffer.from(`{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"1"},"items":[${items}]}`);
    const objects = Array.from({ length: PAGE_PODS }, (_, at) => podObject(at));
    const binary = encodeProtobufList({ apiVersion: 'v1', kind: 'Pod', metadata: { resourceVersion: '1' }, items: objects });
    const measured: Record<Way, { usPerPod: number; longestMs: number }[]> = { protobuf: [], scan: [], parse: [] };
    for (let round = 0; round < number('rounds', 7); round += 1) {
      for (const way of round % 2 === 0 ? WAYS : WAYS.toReversed())
        measured[way].push(read(way, way === 'protobuf' ? binary : page, number('pages', 20)));
    }
    const best = (way: Way) => Math.min(...measured[way].map(({ usPerPod }) => usPerPod));
    const block = (way: Way) => Math.min(...measured[way].map(({ longestMs }) => longestMs));
    return Promise.resolve({
      figures: {
        ...{ bytesPerPod: Math.round(page.length / PAGE_PODS), usPerPod: rounded(best('scan')), longestPieceMs: rounded(block('scan')) },
        protobufBytesPerPod: Math.round(binary.length / PAGE_PODS),
        protobufUsPerPod: rounded(best('protobuf')),
        protobufLongestPieceMs: rounded(block('protobuf')),
      },
      floors: {},
      peers: { parseUsPerPod: rounded(best('parse')), parseLongestPieceMs: rounded(block('parse')) },
      ratios: { decodeRatio: rounded(best('parse') / best('scan')), protobufRatio: rounded(best('parse') / best('protobuf')) },
      notes: ['the best of the rounds: the machine is shared'],
    });
  },
};

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
