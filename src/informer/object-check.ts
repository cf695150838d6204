import { ApiError } from '../kube/api-error.ts';
import type { KubeObject } from '../model/kube-object.ts';
import type { Resource } from '../model/resource.ts';

/**
 * Throws when `object` cannot be one of `resource`: without an identity it can be neither kept nor removed. Items
 * of a list may leave out their kind.
 */
export function checkItem(object: KubeObject, resource: Resource): void {
  if (!isText(object?.metadata?.name) || !isText(object.metadata.uid)) throw unreadable(`a ${resource.kind} without name or uid`);
  if (object.kind !== undefined && object.kind !== '' && object.kind !== resource.kind) {
    throw unreadable(`a ${object.kind} where a ${resource.kind} was expected`);
  }
}

/** The same for an event, which moves the position: its version is needed too. */
export function checkEventObject(object: KubeObject, resource: Resource): string {
  checkItem(object, resource);
  const { resourceVersion } = object.metadata;
  if (!isText(resourceVersion)) throw unreadable(`a ${resource.kind} without resourceVersion`);
  return resourceVersion;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function unreadable(message: string): ApiError {
  return new ApiError('server-error', message, { reason: 'UnreadableObject' });
}
