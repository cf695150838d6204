import type { Resource } from '../../model/resource.ts';
import { parseApiVersion } from '../../model/resource.ts';
import { isApiError } from '../api-error.ts';
import { isFields } from './object-shape.ts';

/** Fetches one path's JSON. */
export type FetchJson = (path: string, accept?: string) => Promise<unknown>;

/** Aggregated discovery first; servers before 1.27 answer the old form, which the last entry admits. */
const ACCEPT = [
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
  'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList',
  'application/json',
].join(',');

/** All kinds at all versions, each group's preferred version first. Two requests where the server is recent. */
export async function discoverResources(fetch: FetchJson): Promise<Resource[]> {
  const [core, groups] = await Promise.all([fetch('/api', ACCEPT), fetch('/apis', ACCEPT)]);
  const found = await Promise.all([resourcesOf(core, fetch), resourcesOf(groups, fetch)]);
  return found.flat();
}

async function resourcesOf(answer: unknown, fetch: FetchJson): Promise<Resource[]> {
  if (isFields(answer) && answer['kind'] === 'APIGroupDiscoveryList') return fieldsIn(answer['items']).flatMap(aggregatedGroup);
  const lists = await Promise.all(groupVersionsOf(answer).map((groupVersion) => oldResourceList(groupVersion, fetch)));
  return lists.flat();
}

function aggregatedGroup(item: Record<string, unknown>): Resource[] {
  const metadata = isFields(item['metadata']) ? item['metadata'] : {};
  const group = textOf(metadata['name']);
  return fieldsIn(item['versions']).flatMap((version) =>
    fieldsIn(version['resources']).flatMap((resource) => {
      const responseKind = isFields(resource['responseKind']) ? resource['responseKind'] : {};
      return resourceOf(group, textOf(version['version']), textOf(resource['resource']), {
        kind: textOf(responseKind['kind']),
        namespaced: resource['scope'] === 'Namespaced',
      });
    }),
  );
}

/** Of an APIVersions ("/api") or an APIGroupList ("/apis") of the old form. */
function groupVersionsOf(answer: unknown): string[] {
  if (!isFields(answer)) return [];
  if (answer['kind'] === 'APIVersions') return Array.isArray(answer['versions']) ? answer['versions'].map(textOf) : [];
  return fieldsIn(answer['groups']).flatMap((group) => {
    const preferred = isFields(group['preferredVersion']) ? textOf(group['preferredVersion']['groupVersion']) : '';
    const all = fieldsIn(group['versions']).map((version) => textOf(version['groupVersion']));
    return [preferred, ...all.filter((groupVersion) => groupVersion !== preferred)].filter((groupVersion) => groupVersion !== '');
  });
}

/** A group whose own server is down or just gone must not hide all the others. */
async function oldResourceList(groupVersion: string, fetch: FetchJson): Promise<Resource[]> {
  const { group, version } = parseApiVersion(groupVersion);
  const path = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const list = await fetch(path).catch((error: unknown) => {
    if (isApiError(error, 'not-found', 'server-error', 'throttled')) return {};
    throw error;
  });
  return fieldsIn(isFields(list) ? list['resources'] : undefined).flatMap((resource) =>
    resourceOf(group, version, textOf(resource['name']), { kind: textOf(resource['kind']), namespaced: resource['namespaced'] === true }),
  );
}

/** Leaves out sub-resources, which the old form lists as "pods/log". */
function resourceOf(group: string, version: string, resource: string, rest: { kind: string; namespaced: boolean }): Resource[] {
  if (version === '' || resource === '' || rest.kind === '' || resource.includes('/')) return [];
  return [{ group, version, resource, ...rest }];
}

function fieldsIn(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
