/**
 * OpenAPI v3, as little as clients need: every kind with its group, version and kind, as an open object, and the
 * query parameters of its writes, so that kubectl leaves validation to the server.
 */
import type { JsonObject } from '../../model/kube-object.ts';
import { apiVersionOf } from '../../model/resource.ts';
import type { ResourceDefinition } from '../resources/resource-definition.ts';
import type { ResourceRegistry } from '../resources/resource-registry.ts';
import { noSuchResource } from '../status.ts';

export function openApiIndex(registry: ResourceRegistry): JsonObject {
  const roots = registry.groups().flatMap(({ name, versions }) => versions.map(({ version }) => rootOf(name, version)));
  return { paths: Object.fromEntries(roots.map((root) => [root, { serverRelativeURL: `/openapi/v3/${root}` }])) };
}

const rootOf = (group: string, version: string) => (group === '' ? `api/${version}` : `apis/${group}/${version}`);

/** `root`: "api/v1", "apis/apps/v1". */
export function openApiDocument(registry: ResourceRegistry, root: string): JsonObject {
  const [group = '', version = ''] = root.startsWith('apis/') ? root.slice(5).split('/') : ['', root.replace(/^api\//, '')];
  const definitions = registry
    .groups()
    .find(({ name }) => name === group)
    ?.versions.find((candidate) => candidate.version === version)?.definitions;
  if (definitions === undefined || rootOf(group, version) !== root) throw noSuchResource();
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'unversioned' },
    paths: Object.assign({}, ...definitions.map((definition) => pathsOf(definition, { group, version, root }))),
    components: {
      schemas: Object.fromEntries(
        definitions.map((definition) => [schemaName(definition, { group, version }), schemaOf(definition, { group, version })]),
      ),
    },
  };
}

interface Place {
  readonly group: string;
  readonly version: string;
}

function schemaName({ kind }: ResourceDefinition, { group, version }: Place): string {
  const reversed = group === '' ? 'core' : group.split('.').toReversed().join('.');
  return `io.fleetgraph.${reversed}.${version}.${kind}`;
}

function schemaOf({ kind }: ResourceDefinition, { group, version }: Place): JsonObject {
  const text = (description: string) => ({ type: 'string', description });
  return {
    type: 'object',
    description: `${kind} of ${apiVersionOf({ group, version })}.`,
    properties: {
      apiVersion: text('The version of the form of this object.'),
      kind: text('The kind of this object.'),
      metadata: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    },
    'x-kubernetes-preserve-unknown-fields': true,
    'x-kubernetes-group-version-kind': [{ group, kind, version }],
  };
}

const QUERY = ['dryRun', 'fieldManager', 'fieldValidation', 'pretty'].map((name) => ({
  name,
  in: 'query',
  schema: { type: 'string', uniqueItems: true },
}));

function pathsOf(definition: ResourceDefinition, { root, ...place }: Place & { root: string }): JsonObject {
  const base = `/${root}${definition.namespaced ? '/namespaces/{namespace}' : ''}/${definition.resource}`;
  const operation = (action: string, verb: string) =>
    definition.verbs.includes(verb) ? operationOf(definition, place, action) : undefined;
  return {
    [base]: pruned({ get: operation('list', 'list'), post: operation('post', 'create') }),
    [`${base}/{name}`]: pruned({
      get: operation('get', 'get'),
      put: operation('put', 'update'),
      patch: operation('patch', 'patch'),
      delete: operation('delete', 'delete'),
    }),
  };
}

const pruned = (members: Record<string, unknown>) => Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));

/**
 * Operations name no request body: a document that listed the strategic merge patch would make kubectl compute
 * it from these open schemas, which know no merge keys; without it, it uses the ones it was built with.
 */
function operationOf(definition: ResourceDefinition, place: Place, action: string): JsonObject {
  const { kind } = definition;
  const schema = { $ref: `#/components/schemas/${schemaName(definition, place)}` };
  return {
    parameters: QUERY,
    responses: { 200: { description: 'OK', content: { 'application/json': { schema } } } },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': { ...place, kind },
  };
}
