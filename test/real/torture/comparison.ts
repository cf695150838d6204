import { recordsOf } from '../../../src/fleet/records-of.ts';
import type { ResourceSync, ResourceSyncState } from '../../../src/model/cluster.ts';
import type { ObjectRecord } from '../../../src/model/object-record.ts';
import { compareResourceVersions, type ResourceVersion } from '../../../src/model/resource-version.ts';
import { equalData } from '../../../src/store/records-equal.ts';
import type { FollowedCluster } from './followed-cluster.ts';
import { isStillThere, serverList } from './server-list.ts';

/**
 * The store's copy of a kind, held against the server's own list at the same version.
 *
 * In one synchronous step the position P of the kind and all its records are taken from the store. Then the server is
 * asked, past the link, for the state of the kind at exactly P (`resourceVersionMatch=Exact`), however much has
 * happened since. The copy is
 *
 * - `equal` when both name the same uids, each at the same resourceVersion, with the same record in every field;
 * - `ahead` when, besides, the copy holds something that is younger than P: a record of a later version, or the
 *   absence of an object that by now is gone from the server, too. So it is while a list is under way (its pages are
 *   readable before it is complete) and, for a moment, within a commit that was cut in two. It is no lie, and it is
 *   not counted as equal;
 * - `different` otherwise: an object of the list is missing although it still exists; a record not younger than P is
 *   of another version than the list says, or has another content, or is not in the list at all;
 * - `unknown` when the copy has no position, or the server no longer knows its state at P.
 *
 * It does not matter whether the kind is LIVE: a copy that is out of date is to be true of P all the same.
 */
export type Comparison = {
  readonly kind: string;
  /** As published when the copy was taken. */
  readonly state: ResourceSyncState;
  readonly position: ResourceVersion;
  readonly objects: number;
} & ({ readonly verdict: 'equal' | 'ahead' | 'unknown' } | { readonly verdict: 'different'; readonly differences: readonly string[] });

export async function compareAtPosition(followed: FollowedCluster, kind: ResourceSync): Promise<Comparison> {
  const copy = copyOf(followed, kind);
  const common = { kind: kind.resource, state: kind.state, position: copy.position ?? '', objects: copy.records.size };
  const list = copy.position === undefined ? undefined : await serverList(followed.cluster, kind, copy.position);
  if (list === undefined) return { ...common, verdict: 'unknown' };
  const found = differencesOf(copy.records, list.records, list.resourceVersion);
  const lost: string[] = [];
  for (const record of found.missing) {
    if (await isStillThere(followed.cluster, kind, record)) lost.push(`${record.namespace}/${record.name} is missing`);
  }
  const differences = [...found.lies, ...lost];
  if (differences.length > 0) return { ...common, verdict: 'different', differences };
  return { ...common, verdict: found.younger > 0 || found.missing.length > 0 ? 'ahead' : 'equal' };
}

/**
 * Compares the copy with a list that is taken now; undefined when both are the same. For a kind at rest: while it
 * changes, the two are of different moments.
 */
export async function differenceFromNow(followed: FollowedCluster, kind: ResourceSync): Promise<string | undefined> {
  const list = await serverList(followed.cluster, kind);
  if (list === undefined) return 'there is no list';
  const { lies, missing, younger } = differencesOf(copyOf(followed, kind).records, list.records, list.resourceVersion);
  const first = lies[0] ?? missing[0]?.name ?? (younger > 0 ? 'younger records' : undefined);
  return first === undefined
    ? undefined
    : `${kind.resource} at ${list.resourceVersion}: ${first}, and ${lies.length + missing.length} in all`;
}

interface Copy {
  readonly position: ResourceVersion | undefined;
  readonly records: ReadonlyMap<string, ObjectRecord>;
}

function copyOf({ held }: FollowedCluster, { resource }: ResourceSync): Copy {
  const records = new Map<string, ObjectRecord>();
  for (const record of recordsOf(held, resource)) records.set(record.uid, record);
  return { position: held.position(resource)?.resourceVersion, records };
}

interface Found {
  readonly lies: readonly string[];
  /** In the list, not in the copy. */
  readonly missing: readonly ObjectRecord[];
  /** Records of the copy that are younger than the list. */
  readonly younger: number;
}

/** Pure. `at` is the version of the list. */
function differencesOf(copy: ReadonlyMap<string, ObjectRecord>, list: ReadonlyMap<string, ObjectRecord>, at: ResourceVersion): Found {
  const lies: string[] = [];
  let younger = 0;
  for (const record of copy.values()) {
    const listed = list.get(record.uid);
    const name = `${record.namespace}/${record.name} (${record.resourceVersion})`;
    if (isNewer(record.resourceVersion, at)) younger += 1;
    else if (listed === undefined) lies.push(`${name} is held and does not exist`);
    else if (listed.resourceVersion !== record.resourceVersion) lies.push(`${name} is ${listed.resourceVersion} on the server`);
    else if (!equalData(record, listed)) lies.push(`${name} differs: ${firstDifference(record, listed)}`);
  }
  return { lies, missing: [...list.values()].filter(({ uid }) => !copy.has(uid)), younger };
}

function isNewer(a: ResourceVersion, b: ResourceVersion): boolean {
  const order = compareResourceVersions(a, b);
  if (order === undefined) throw new Error(`versions without an order: ${a}, ${b}`);
  return order > 0;
}

function firstDifference(held: ObjectRecord, listed: ObjectRecord): string {
  const [left, right] = [held, listed] as unknown as Readonly<Record<string, unknown>>[];
  const fields = new Set([...Object.keys(held), ...Object.keys(listed)]);
  const field = [...fields].find((name) => !equalData(left?.[name], right?.[name])) ?? '?';
  return `${field} is ${JSON.stringify(left?.[field])}, on the server ${JSON.stringify(right?.[field])}`;
}
