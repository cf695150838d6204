/** What a path is about. Source: apiserver, pkg/endpoints/request/requestinfo.go. */
import { noSuchResource } from '../status.ts';

export interface ResourcePath {
  readonly group: string;
  readonly version: string;
  readonly namespace?: string;
  readonly resource: string;
  readonly name?: string;
  readonly subresource?: string;
}

/** The resource that `path` names; undefined for any other path, discovery among them. Throws 404 for one that is malformed. */
export function resourcePathOf(path: string): ResourcePath | undefined {
  const parts = path
    .split('/')
    .filter((part) => part !== '')
    .map(decoded);
  const [root, ...rest] = parts;
  if (root === 'api' && rest.length >= 2) return resourceOf({ group: '', version: rest[0] ?? '' }, rest.slice(1));
  if (root === 'apis' && rest.length >= 3) return resourceOf({ group: rest[0] ?? '', version: rest[1] ?? '' }, rest.slice(2));
  return undefined;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw noSuchResource();
  }
}

type GroupVersion = Pick<ResourcePath, 'group' | 'version'>;

function resourceOf(groupVersion: GroupVersion, parts: readonly string[]): ResourcePath {
  const [first = '', second, third] = parts;
  // /namespaces/NAME and its sub-resources are about the namespace; anything longer is about what is in it.
  const isWithin = first === 'namespaces' && third !== undefined && third !== 'status' && third !== 'finalize';
  if (!isWithin) return named(groupVersion, parts);
  return { ...named(groupVersion, parts.slice(2)), namespace: second ?? '' };
}

function named(groupVersion: GroupVersion, parts: readonly string[]): ResourcePath {
  const [resource = '', name, ...subresource] = parts;
  return {
    ...groupVersion,
    resource,
    ...(name !== undefined && { name }),
    ...(subresource.length > 0 && { subresource: subresource.join('/') }),
  };
}
