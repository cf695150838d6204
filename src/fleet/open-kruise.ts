import type { OpenKruise } from '../model/cluster.ts';
import type { ContainerImage } from '../model/object-record.ts';
import type { Resource } from '../model/resource.ts';
import type { ClusterStore } from '../store/graph-store.ts';

const WORKLOAD_GROUP = 'apps.kruise.io';
const MANAGER_NAMESPACE = 'kruise-system';
const MANAGER_IMAGE = /(?:^|\/)kruise-manager:([^@]+)/;

/** Undefined where OpenKruise is not installed. Its version is told by its manager's image, where that can be seen. */
export function openKruiseOf(served: readonly Resource[], store: ClusterStore | undefined): OpenKruise | undefined {
  const versions = new Map<string, string[]>();
  for (const resource of served) {
    if (resource.group === WORKLOAD_GROUP) versions.set(resource.kind, [...(versions.get(resource.kind) ?? []), resource.version]);
  }
  if (versions.size === 0) return undefined;
  const kinds = [...versions].map(([kind, servedVersions]) => ({ kind, servedVersions })).sort((a, b) => (a.kind < b.kind ? -1 : 1));
  const version = store === undefined ? undefined : managerVersion(store);
  return { ...(version !== undefined && { version }), kinds };
}

function managerVersion(store: ClusterStore): string | undefined {
  for (const deployment of store.workloads('DEPLOYMENT').inNamespace(MANAGER_NAMESPACE)) {
    const version = versionIn(deployment.images);
    if (version !== undefined) return version;
  }
  return undefined;
}

function versionIn(images: readonly ContainerImage[]): string | undefined {
  for (const { image } of images) {
    const tag = MANAGER_IMAGE.exec(image)?.[1];
    if (tag !== undefined) return tag.replace(/^v(?=\d)/, '');
  }
  return undefined;
}
