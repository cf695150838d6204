/** A kind as discovery describes it: where it is served and what it is called. */
export interface Resource {
  /** API group; '' for the core group. */
  readonly group: string;
  readonly version: string;
  /** Plural, lower case: "pods". */
  readonly resource: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/**
 * kubectl's notation of a kind without its version: "pods", "deployments.apps", "clonesets.apps.kruise.io".
 * The key of collections, rights and freshness: it survives a change of served version.
 */
export type GroupResource = string;

export function groupResourceOf(resource: Pick<Resource, 'group' | 'resource'>): GroupResource {
  return resource.group === '' ? resource.resource : `${resource.resource}.${resource.group}`;
}

/** "v1" or "apps/v1". */
export function apiVersionOf(resource: Pick<Resource, 'group' | 'version'>): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
}

export function parseApiVersion(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? { group: '', version: apiVersion } : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
}
