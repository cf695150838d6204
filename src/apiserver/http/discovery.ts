/** Which kinds are served where: the documents under /api and /apis. */
import type { JsonObject } from '../../model/kube-object.ts';
import { apiVersionOf } from '../../model/resource.ts';
import type { ResourceDefinition, Subresource } from '../resources/resource-definition.ts';
import type { ResourceRegistry, ServedGroup, ServedVersion } from '../resources/resource-registry.ts';
import { noSuchResource } from '../status.ts';

export function coreVersions(origin: string): JsonObject {
  const serverAddressByClientCIDRs = [{ clientCIDR: '0.0.0.0/0', serverAddress: origin.replace(/^https?:\/\//, '').replace(/\/.*$/, '') }];
  return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs };
}

export function groupList(registry: ResourceRegistry): JsonObject {
  return {
    kind: 'APIGroupList',
    apiVersion: 'v1',
    groups: registry
      .groups()
      .filter(({ name }) => name !== '')
      .map(groupOf),
  };
}

export function groupDocument(registry: ResourceRegistry, name: string): JsonObject {
  const group = registry.groups().find((candidate) => candidate.name === name);
  if (group === undefined || name === '') throw noSuchResource();
  return { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(group) };
}

function groupOf({ name, versions }: ServedGroup): JsonObject {
  const listed = versions.map(({ version }) => ({ groupVersion: apiVersionOf({ group: name, version }), version }));
  return { name, versions: listed, preferredVersion: listed[0] };
}

export function resourceList(registry: ResourceRegistry, group: string, version: string): JsonObject {
  const served = registry
    .groups()
    .find(({ name }) => name === group)
    ?.versions.find((candidate) => candidate.version === version);
  if (served === undefined) throw noSuchResource();
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: apiVersionOf({ group, version }),
    resources: served.definitions.flatMap(listedResources),
  };
}

function listedResources(definition: ResourceDefinition): JsonObject[] {
  const { resource, singular, namespaced, kind, verbs, shortNames, categories } = definition;
  const own = {
    name: resource,
    singularName: singular,
    namespaced,
    kind,
    verbs,
    ...(shortNames.length > 0 && { shortNames }),
    ...(categories.length > 0 && { categories }),
  };
  return [own, ...definition.subresources.map((subresource) => listedSubresource(definition, subresource))];
}

function listedSubresource({ resource, namespaced }: ResourceDefinition, { name, kind, group, version, verbs }: Subresource): JsonObject {
  return {
    name: `${resource}/${name}`,
    singularName: '',
    namespaced,
    ...(group !== undefined && { group }),
    ...(version !== undefined && { version }),
    kind,
    verbs,
  };
}

export function aggregatedDiscovery(groups: readonly ServedGroup[], version: string): JsonObject {
  const items = groups.map(({ name, versions }) => ({
    metadata: { name, creationTimestamp: null },
    versions: versions.map((served) => aggregatedVersion(name, served)),
  }));
  return { kind: 'APIGroupDiscoveryList', apiVersion: `apidiscovery.k8s.io/${version}`, metadata: {}, items };
}

function aggregatedVersion(group: string, { version, definitions }: ServedVersion): JsonObject {
  return { version, resources: definitions.map((definition) => aggregatedResource(definition, { group, version })), freshness: 'Current' };
}

type GroupVersion = { readonly group: string; readonly version: string };

function aggregatedResource(definition: ResourceDefinition, at: GroupVersion): JsonObject {
  const { resource, singular, namespaced, kind, verbs, shortNames, categories, subresources } = definition;
  return {
    resource,
    responseKind: { ...at, kind },
    scope: namespaced ? 'Namespaced' : 'Cluster',
    singularResource: singular,
    verbs,
    ...(shortNames.length > 0 && { shortNames }),
    ...(categories.length > 0 && { categories }),
    ...(subresources.length > 0 && { subresources: subresources.map((subresource) => aggregatedSubresource(subresource, at)) }),
  };
}

function aggregatedSubresource({ name, kind, group, version, verbs }: Subresource, at: GroupVersion): JsonObject {
  return { subresource: name, responseKind: { group: group ?? at.group, version: version ?? at.version, kind }, verbs };
}
