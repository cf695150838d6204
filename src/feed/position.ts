import type { GroupResource } from '../model/resource.ts';
import type { ResourceVersion } from '../model/resource-version.ts';

/**
 * How far the copy of one kind in one cluster has come: the server's own version, and how many commits of
 * the kind this process has logged. The version means the same everywhere; the count tells commits at one
 * version apart and means nothing in another process.
 */
export interface Position {
  readonly version: ResourceVersion;
  readonly commits: number;
}

/** Of one cluster, by kind. A kind that was never committed has no entry. */
export type ClusterPositions = ReadonlyMap<GroupResource, Position>;

export const NO_POSITIONS: ClusterPositions = new Map();

/** Counts explicit gaps as if they were commits of a kind that every reader follows. */
export const GAPS: GroupResource = '*';

/** What somebody who follows `resources` needs to remember. */
export function positionsOf(positions: ClusterPositions, resources: readonly GroupResource[]): ClusterPositions {
  const needed = new Map<GroupResource, Position>();
  for (const resource of [GAPS, ...resources]) {
    const position = positions.get(resource);
    if (position !== undefined) needed.set(resource, position);
  }
  return needed;
}
