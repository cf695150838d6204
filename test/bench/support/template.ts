import { encodeListItem, encodeWatchFrame } from '../../../src/apiserver/http/protobuf-encoder.ts';
import { CLUSTER, podObject, podText, VERSION } from './pod-text.ts';

/** Six digits, in protobuf three bytes of seven bits, to be replaced by others. */
const SOME_RESTARTS = 900_000;
/** In protobuf: field 5 of a container's status, a number. */
const RESTARTS_FIELD = 0x28;

export type Form = 'json' | 'protobuf';

/** Bytes in which a few places of fixed width are filled in for each cluster and event. */
export interface Template {
  readonly form: Form;
  readonly bytes: Buffer;
  readonly clusters: readonly number[];
  readonly versions: readonly number[];
  readonly restarts: readonly number[];
}

function templateOf(bytes: Buffer, form: Form): Template {
  const restarts =
    form === 'json'
      ? placesOf(bytes, `":${SOME_RESTARTS}`).map((at) => at + 2)
      : placesOf(bytes, Buffer.of(RESTARTS_FIELD, ...restartsIn(form, SOME_RESTARTS))).map((at) => at + 1);
  return { form, bytes, clusters: placesOf(bytes, CLUSTER), versions: placesOf(bytes, VERSION), restarts };
}

/** A number of restarts as it stands in either form. */
function restartsIn(form: Form, restarts: number): Buffer {
  if (form === 'json') return Buffer.from(String(restarts));
  return Buffer.of((restarts & 0x7f) | 0x80, ((restarts >>> 7) & 0x7f) | 0x80, restarts >>> 14);
}

/** A copy for one cluster; `version`, of ten digits, replaces the pods' own, and its last six are a number of restarts. */
export function filled({ form, bytes, clusters, versions, restarts }: Template, cluster: number, version?: number): Buffer {
  const copy = Buffer.from(bytes);
  // Four digits are a word, which costs the server next to nothing.
  const digits = Buffer.from(cluster.toString(16).padStart(CLUSTER.length, '0')).readUInt32BE();
  const view = new DataView(copy.buffer, copy.byteOffset, copy.length);
  for (const at of clusters) view.setUint32(at, digits);
  if (version === undefined) return copy;
  const text = Buffer.from(String(version));
  for (const at of versions) text.copy(copy, at);
  for (const at of restarts) restartsIn(form, 100_000 + (version % 800_000)).copy(copy, at);
  return copy;
}

/** The line or frame of a watch on which a pod has changed for every reader, not in its version alone. */
export function changeLine(index: number, form: Form): Template {
  const pod = podText(index).replace(/"restartCount":\d+/, `"restartCount":${SOME_RESTARTS}`);
  const bytes = form === 'json' ? Buffer.from(`{"type":"MODIFIED","object":${pod}}\n`) : encodeWatchFrame('MODIFIED', JSON.parse(pod));
  return templateOf(bytes, form);
}

export interface PodPage {
  readonly template: Template;
  readonly count: number;
}

/** The items of a list in pages, without the list around them. */
export function podPages(pods: number, pageSize: number, form: Form): PodPage[] {
  const pages: PodPage[] = [];
  for (let from = 0; from < pods; from += pageSize) {
    const count = Math.min(pageSize, pods - from);
    pages.push({ template: templateOf(itemsIn(form, from, count), form), count });
  }
  return pages;
}

function itemsIn(form: Form, from: number, count: number): Buffer {
  const indexes = Array.from({ length: count }, (_, at) => from + at);
  if (form === 'json') return Buffer.from(indexes.map(podText).join(','));
  return Buffer.concat(indexes.map((index) => encodeListItem('Pod', podObject(index))));
}

function placesOf(bytes: Buffer, text: string | Buffer): number[] {
  const places: number[] = [];
  for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + text.length)) places.push(at);
  return places;
}
