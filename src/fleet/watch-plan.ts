import { type GroupResource, groupResourceOf, type Resource } from '../model/resource.ts';
import type { WatchedResource } from './projection/projectors.ts';

/**
 * Which of the kinds that we keep the cluster has, each at the version to read it at: the first of those that we
 * prefer, else the one that the server prefers. Secrets are never among them: no record of them is kept.
 */
export function planWatches(served: readonly Resource[], wanted: readonly WatchedResource[]): Resource[] {
  const versions = new Map<GroupResource, Resource[]>();
  for (const resource of served) {
    const key = groupResourceOf(resource);
    versions.set(key, [...(versions.get(key) ?? []), resource]);
  }
  return wanted.flatMap((kind) => choose(versions.get(kind.resource) ?? [], kind.versions) ?? []);
}

function choose(served: readonly Resource[], preferred: readonly string[]): Resource | undefined {
  for (const version of preferred) {
    const match = served.find((resource) => resource.version === version);
    if (match !== undefined) return match;
  }
  return served[0];
}
