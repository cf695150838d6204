import type { Resource } from '../../model/resource.ts';
import { ApiError } from '../api-error.ts';
import type { ObjectName } from '../api-server.ts';

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** Where a kind's objects are listed, watched and created. */
export function collectionPath(resource: Resource, namespace?: string): string {
  const root =
    resource.group === '' ? `/api/${segment(resource.version)}` : `/apis/${segment(resource.group)}/${segment(resource.version)}`;
  const within = namespace === undefined || !resource.namespaced ? '' : `/namespaces/${segment(namespace)}`;
  return `${root}${within}/${segment(resource.resource)}`;
}

/** Where one object is; `subresource` may itself have segments ("proxy/metrics"). */
export function objectPath(resource: Resource, name: ObjectName, subresource?: string): string {
  const object = `${collectionPath(resource, name.namespace)}/${segment(name.name)}`;
  return subresource === undefined ? object : `${object}/${subresource.split('/').map(segment).join('/')}`;
}

/** Leaves out what is undefined. */
export function withQuery(path: string, query: Query): string {
  const pairs = Object.entries(query)
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([key, value]) => `${key}=${encodeURIComponent(String(value))}`);
  return pairs.length === 0 ? path : `${path}?${pairs.join('&')}`;
}

// An empty name would address the collection, and servers and proxies resolve dots: a delete of the wrong thing.
function segment(text: string): string {
  if (text === '' || text === '.' || text === '..' || text.includes('/') || text.includes('%')) {
    throw new ApiError('invalid', `${JSON.stringify(text)} cannot be part of a resource's path`, { reason: 'InvalidName' });
  }
  return encodeURIComponent(text);
}
