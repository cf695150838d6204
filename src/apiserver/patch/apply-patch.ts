import type { Patch } from '../../kube/api-server.ts';
import type { JsonObject, KubeObject } from '../../model/kube-object.ts';
import { cloneJson, isJsonObject } from '../json-value.ts';
import { collectionOf, type ResourceDefinition } from '../resources/resource-definition.ts';
import { badRequest, unsupportedMediaType } from '../status.ts';
import { applyJsonPatch } from './json-patch.ts';
import { mergeKeysOf } from './merge-keys.ts';
import { applyMergePatch } from './merge-patch.ts';
import { applyStrategicMerge } from './strategic-merge.ts';

/** To be asked before the object is looked up: an apply would create what is not there. */
export function refuseApply(patch: Patch): void {
  if (patch.type === 'apply') throw unsupportedMediaType(NO_APPLY);
}

/** The object that `patch` makes of `object`, which stays as it is. */
export function patched(definition: ResourceDefinition, object: KubeObject, patch: Patch): JsonObject {
  const result = applyTyped(definition, object, patch);
  if (!isJsonObject(result)) throw badRequest('the patch leaves no object');
  return result;
}

function applyTyped(definition: ResourceDefinition, object: KubeObject, patch: Patch): unknown {
  switch (patch.type) {
    case 'json':
      return applyJsonPatch(cloneJson(object), patch.operations);
    case 'merge':
      return applyMergePatch(object, bodyOf(patch.body));
    case 'strategic':
      if (definition.isCustom) throw unsupportedMediaType(UNKNOWN_FORMAT);
      return applyStrategicMerge(object, bodyOf(patch.body), mergeKeysOf(collectionOf(definition)));
    case 'apply':
      throw unsupportedMediaType(NO_APPLY);
  }
}

function bodyOf(body: unknown): JsonObject {
  if (!isJsonObject(body)) throw badRequest('error decoding patch: the patch is not an object');
  return body;
}

const NO_APPLY = 'server-side apply is not served by this API server yet: use a merge patch, or client-side apply';

const UNKNOWN_FORMAT =
  'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml';
