import type { JsonObject, KubeObject } from '../../model/kube-object.ts';
import { apiVersionOf } from '../../model/resource.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Random } from '../../runtime/random.ts';
import { isJsonObject } from '../json-value.ts';
import { collectionOf, type ServedResource } from '../resources/resource-definition.ts';
import type { ResourceRegistry } from '../resources/resource-registry.ts';
import { badRequest, notFound } from '../status.ts';
import { objectKey } from '../store/collection.ts';
import type { ObjectStore } from '../store/object-store.ts';
import type { WatchHub } from '../store/watch-hub.ts';

/** What the verbs work with. */
export interface ServerContext {
  readonly store: ObjectStore;
  readonly hub: WatchHub;
  readonly registry: ResourceRegistry;
  readonly clock: Clock;
  readonly random: Random;
}

/** What a request is about. */
export interface Target {
  readonly served: ServedResource;
  /** Undefined: all namespaces, or a cluster-scoped kind. */
  readonly namespace: string | undefined;
  /** '' for requests about a collection. */
  readonly name: string;
}

export interface WriteMode {
  readonly dryRun: boolean;
  /** Shown the object that a JSON Patch makes, and may take members from it or refuse it. */
  readonly inspectPatched?: ((served: ServedResource, object: unknown) => void) | undefined;
}

export function keyOf({ namespace, name }: Pick<Target, 'namespace' | 'name'>): string {
  return objectKey(namespace, name);
}

/** As stored: frozen, shared, at the storage version. Throws 404. */
export function storedObject({ store }: ServerContext, target: Target): KubeObject {
  const { definition } = target.served;
  const object = store.get(collectionOf(definition), keyOf(target));
  if (object === undefined) throw notFound(definition, target.name);
  return object;
}

/** A stored object in the version that the request asks for; shares all it can. */
export function presented({ definition, version }: ServedResource, object: KubeObject): KubeObject {
  if (definition.convert !== undefined) return definition.convert.fromStored(object);
  const apiVersion = apiVersionOf({ group: definition.group, version });
  return object.apiVersion === apiVersion ? object : { ...object, apiVersion };
}

/**
 * What a client sent, in the form that is stored. Takes ownership of `body`. Throws 400 when it is no object
 * of the kind that the request names.
 */
export function accepted({ definition, version }: ServedResource, body: unknown): KubeObject {
  if (!isJsonObject(body)) throw badRequest('the object provided is unrecognized (must be of type Kubernetes object)');
  const expected = apiVersionOf({ group: definition.group, version });
  const { apiVersion = expected, kind = definition.kind } = body;
  if (apiVersion !== expected)
    throw badRequest(`the API version in the data (${String(apiVersion)}) does not match the expected API version (${expected})`);
  if (kind !== definition.kind)
    throw badRequest(
      `${definition.kind} in version "${version}" cannot be handled as a ${definition.kind}: the kind in the data is ${String(kind)}`,
    );
  if (body['metadata'] !== undefined && !isJsonObject(body['metadata'])) throw badRequest('metadata must be an object');
  const object = ordered(body, expected, definition.kind);
  if (definition.convert !== undefined) return definition.convert.toStored(object);
  return { ...object, apiVersion: apiVersionOf({ group: definition.group, version: definition.storageVersion }) };
}

function ordered(body: JsonObject, apiVersion: string, kind: string): KubeObject {
  const { apiVersion: _apiVersion, kind: _kind, metadata, ...rest } = body;
  return { apiVersion, kind, metadata: (metadata ?? {}) as KubeObject['metadata'], ...rest };
}

/** RFC 3339 in whole seconds, as Kubernetes writes times. */
export function timestampAt(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

export function isTerminating(object: KubeObject): boolean {
  return object.metadata.deletionTimestamp !== undefined;
}
