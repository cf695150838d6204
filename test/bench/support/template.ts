import { CLUSTER, podText, VERSION } from './pod-text.ts';

/** Six digits to be replaced by others. */
const SOME_RESTARTS = 900_000;

/** Bytes in which a few places of fixed width are filled in for each cluster and event. */
export interface Template {
  readonly bytes: Buffer;
  readonly clusters: readonly number[];
  readonly versions: readonly number[];
  readonly restarts: readonly number[];
}

function templateOf(text: string): Template {
  const bytes = Buffer.from(text);
  return {
    bytes,
    clusters: placesOf(bytes, CLUSTER),
    versions: placesOf(bytes, `"${VERSION}"`).map((at) => at + 1),
    restarts: placesOf(bytes, `":${SOME_RESTARTS}`).map((at) => at + 2),
  };
}

/** A copy for one cluster; `version`, of ten digits, replaces the pods' own, and its last six are a number of restarts. */
export function filled({ bytes, clusters, versions, restarts }: Template, cluster: number, version?: number): Buffer {
  const copy = Buffer.from(bytes);
  const digits = Buffer.from(cluster.toString(16).padStart(CLUSTER.length, '0'));
  for (const at of clusters) digits.copy(copy, at);
  if (version === undefined) return copy;
  const text = Buffer.from(String(version));
  for (const at of versions) text.copy(copy, at);
  for (const at of restarts) Buffer.from(String(100_000 + (version % 800_000))).copy(copy, at);
  return copy;
}

/** The line of a watch on which a pod has changed for every reader, not in its version alone. */
export function changeLine(index: number): Template {
  const pod = podText(index).replace(/"restartCount":\d+/, `"restartCount":${SOME_RESTARTS}`);
  return templateOf(`{"type":"MODIFIED","object":${pod}}\n`);
}

export interface PodPage {
  readonly template: Template;
  readonly count: number;
}

/** The items of a list in pages, without the list around them. */
export function podPages(pods: number, pageSize: number): PodPage[] {
  const pages: PodPage[] = [];
  for (let from = 0; from < pods; from += pageSize) {
    const count = Math.min(pageSize, pods - from);
    const items = Array.from({ length: count }, (_, at) => podText(from + at));
    pages.push({ template: templateOf(items.join(',')), count });
  }
  return pages;
}

function placesOf(bytes: Buffer, text: string): number[] {
  const places: number[] = [];
  for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + text.length)) places.push(at);
  return places;
}
