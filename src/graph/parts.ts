import type { Visibility } from '../auth/access.ts';
import type { ClusterRecord, ResourceSyncState, SyncState } from '../model/cluster.ts';
import type { GroupResource } from '../model/resource.ts';
import type { ClusterStore } from '../store/graph-store.ts';

export const PART_PROBLEMS = [
  'NOT_SYNCED',
  'STALE',
  'UNREACHABLE',
  'UNAUTHORIZED',
  'FORBIDDEN',
  'KIND_NOT_SERVED',
  'TIMED_OUT',
  'NO_SUCH_CLUSTER',
] as const;
export type PartProblem = (typeof PART_PROBLEMS)[number];

/** Why the part of one cluster in an answer is missing or old. */
export interface ClusterPart {
  readonly name: string;
  /** Absent when there is no such cluster. */
  readonly cluster?: ClusterStore;
  readonly problem: PartProblem;
  readonly message: string;
  readonly staleSince?: number;
}

/** Kinds of one cluster that were read together: that one of them may be seen makes the answer true. */
export interface PartRead {
  readonly cluster: ClusterStore;
  readonly kinds: readonly { readonly resource: GroupResource; readonly visibility: Visibility }[];
}

/** At most one for each cluster: of several reads the first that has a problem. */
export function partsOf(reads: readonly PartRead[], unknown: readonly string[] = []): readonly ClusterPart[] {
  const troubled = new Map<string, ClusterPart>();
  for (const read of reads) {
    const part = troubled.has(read.cluster.record.name) ? undefined : partOf(read);
    if (part !== undefined) troubled.set(part.name, part);
  }
  return [...troubled.values(), ...unknown.map(noSuchCluster)];
}

/** As `partsOf`, for what is known whether the cluster answers or not: only rights can be missing. */
export function rightsPartsOf(reads: readonly PartRead[], unknown: readonly string[] = []): readonly ClusterPart[] {
  const troubled = reads.flatMap(({ cluster, kinds }): ClusterPart[] => {
    const problem = rightsProblem(kinds);
    const { name } = cluster.record;
    return problem === undefined ? [] : [{ name, cluster, problem, message: messageOf(problem, cluster.record, kinds) }];
  });
  return [...troubled, ...unknown.map(noSuchCluster)];
}

function noSuchCluster(name: string): ClusterPart {
  return { name, problem: 'NO_SUCH_CLUSTER', message: `No cluster is registered under the name "${name}".` };
}

function partOf({ cluster, kinds }: PartRead): ClusterPart | undefined {
  const { record } = cluster;
  const served = kinds.filter(({ resource }) => syncOf(record, resource)?.state !== 'GONE');
  const found = BY_CLUSTER[record.sync.state] ?? problemOf(record, kinds, served);
  if (found === undefined) return undefined;
  const { staleSince } = record.sync;
  return {
    name: record.name,
    cluster,
    problem: found,
    message: messageOf(found, record, kinds),
    ...(staleSince === undefined ? {} : { staleSince }),
  };
}

/** States of a cluster that speak for all its kinds. STALE and SYNCING are left to the kinds that were read. */
const BY_CLUSTER: Readonly<Partial<Record<SyncState, PartProblem>>> = {
  CONNECTING: 'NOT_SYNCED',
  DISABLED: 'NOT_SYNCED',
  UNREACHABLE: 'UNREACHABLE',
  UNAUTHORIZED: 'UNAUTHORIZED',
  FORBIDDEN: 'FORBIDDEN',
  REMOVED: 'NO_SUCH_CLUSTER',
};

const BY_KIND: Readonly<Partial<Record<ResourceSyncState, PartProblem>>> = {
  CONNECTING: 'NOT_SYNCED',
  LISTING: 'NOT_SYNCED',
  STALE: 'STALE',
  DEGRADED: 'STALE',
  UNAUTHORIZED: 'UNAUTHORIZED',
  FORBIDDEN: 'FORBIDDEN',
};

function problemOf(record: ClusterRecord, kinds: PartRead['kinds'], served: PartRead['kinds']): PartProblem | undefined {
  if (kinds.length > 0 && served.length === 0) return 'KIND_NOT_SERVED';
  for (const { resource } of served) {
    const problem = kindProblem(record, resource);
    if (problem !== undefined) return problem;
  }
  return rightsProblem(served);
}

function rightsProblem(kinds: PartRead['kinds']): PartProblem | undefined {
  const unasked = kinds.map(({ visibility }) => incompleteOf(visibility)).find((reason) => reason !== undefined);
  if (unasked !== undefined) return unasked === 'UNREACHABLE' ? 'TIMED_OUT' : 'FORBIDDEN';
  return kinds.length > 0 && kinds.every(({ visibility }) => isNothing(visibility)) ? 'FORBIDDEN' : undefined;
}

/** Why not all of the viewer's rights could be asked; what is not known to be allowed is missing. */
const incompleteOf = (visibility: Visibility) => (visibility.everything ? undefined : visibility.incomplete);

function kindProblem(record: ClusterRecord, resource: GroupResource): PartProblem | undefined {
  const sync = syncOf(record, resource);
  if (sync !== undefined) return BY_KIND[sync.state];
  return record.sync.state === 'STALE' ? 'STALE' : record.sync.state === 'SYNCING' ? 'NOT_SYNCED' : undefined;
}

const syncOf = (record: ClusterRecord, resource: GroupResource) => record.sync.resources.find((sync) => sync.resource === resource);
const isNothing = (visibility: Visibility) => !visibility.everything && visibility.namespaces.size === 0;

const MESSAGES: Readonly<Record<PartProblem, string>> = {
  NOT_SYNCED: 'The first copy of this cluster is not complete yet: objects may be missing.',
  STALE: 'The copy of this cluster is old: changes may be missing.',
  UNREACHABLE: 'The cluster does not answer: its last known objects are shown.',
  UNAUTHORIZED: "The cluster does not accept the gateway's credentials: its last known objects are shown.",
  FORBIDDEN:
    'Nothing of this kind may be shown, or not all of it: the gateway may not read it, the caller may see none of it, or there are more namespaces than can be asked about; name one with `namespace`.',
  KIND_NOT_SERVED: 'The cluster does not serve this kind.',
  TIMED_OUT: 'The cluster did not say in time what the caller may see: objects are missing.',
  NO_SUCH_CLUSTER: 'The cluster is no longer registered.',
};

function messageOf(problem: PartProblem, { sync }: ClusterRecord, kinds: PartRead['kinds']): string {
  const isAboutKinds = problem === 'FORBIDDEN' || problem === 'KIND_NOT_SERVED';
  const detail = isAboutKinds ? kinds.map(({ resource }) => resource).join(', ') : sync.message;
  return detail === undefined || detail === '' ? MESSAGES[problem] : `${MESSAGES[problem]} ${isAboutKinds ? `(${detail})` : detail}`;
}
