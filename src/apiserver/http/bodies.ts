/** What bodies and query parameters say. */
import type { JsonPatchOperation, Patch } from '../../kube/api-server.ts';
import { PROTOBUF_TYPE } from '../../kube/protobuf/message-rules.ts';
import type { JsonObject } from '../../model/kube-object.ts';
import { isJsonObject } from '../json-value.ts';
import { badRequest, invalid, unsupportedMediaType } from '../status.ts';
import { notSupported } from '../validation/field-errors.ts';
import { type ApiRequest, headerOf } from './api-request.ts';
import { parseMediaType } from './media-types.ts';
import { decodeKubernetesProtobuf } from './protobuf.ts';

const decoder = new TextDecoder('utf-8', { fatal: true });

/** JSON, or Kubernetes' protobuf of a built-in kind. Throws 400 for what is malformed, 415 for another form. An empty body is undefined. */
export function jsonBody(request: ApiRequest): unknown {
  const { type } = parseMediaType(headerOf(request, 'content-type') ?? 'application/json');
  if (request.body.length === 0) return undefined;
  if (type === PROTOBUF_TYPE) return decodeKubernetesProtobuf(request.body);
  if (type !== 'application/json') throw unsupportedMediaType(unknownFormat('application/json', PROTOBUF_TYPE));
  return parsed(request.body);
}

function parsed(body: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(body));
  } catch (error) {
    throw badRequest(`error decoding the body: ${error instanceof Error ? error.message : 'not JSON'}`);
  }
}

const unknownFormat = (...accepted: readonly string[]) =>
  `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`;

const PATCH_TYPES: Readonly<Record<string, Patch['type']>> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
  'application/apply-patch+cbor': 'apply',
};

export function patchBody(request: ApiRequest): Patch {
  const { type } = parseMediaType(headerOf(request, 'content-type') ?? '');
  const kind = Object.hasOwn(PATCH_TYPES, type) ? PATCH_TYPES[type] : undefined;
  if (kind === undefined) throw unsupportedMediaType(unknownFormat(...Object.keys(PATCH_TYPES)));
  // Its body may be YAML, which nothing here reads: the verb refuses it before it matters.
  if (kind === 'apply') return { type: 'apply', body: {} };
  const body = parsed(request.body);
  if (kind === 'json') return { type: 'json', operations: body as readonly JsonPatchOperation[] };
  if (!isJsonObject(body)) throw badRequest('error decoding patch: the patch is not an object');
  return { type: kind, body };
}

export function isDryRun({ query }: ApiRequest, body?: unknown): boolean {
  const inBody = isJsonObject(body) && Array.isArray((body as JsonObject)['dryRun']) ? (body['dryRun'] as unknown[]) : [];
  const values = [...query.getAll('dryRun'), ...inBody].filter((value) => value !== '');
  for (const value of values) {
    if (value !== 'All') throw invalid({ group: 'meta.k8s.io', kind: 'CreateOptions' }, '', [notSupported('dryRun', value, ['All'])]);
  }
  return values.length > 0;
}

export function booleanParameter(query: URLSearchParams, name: string): boolean | undefined {
  const value = query.get(name);
  if (value === null || value === '') return undefined;
  if (value === 'true' || value === '1') return true;
  if (value === 'false' || value === '0') return false;
  throw badRequest(`invalid value for ${name}: "${value}" is not a boolean`);
}

export function integerParameter(query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name);
  if (value === null || value === '') return undefined;
  if (!/^-?[0-9]{1,15}$/.test(value)) throw badRequest(`strconv.ParseInt: parsing "${value}": invalid syntax`);
  return Number(value);
}
