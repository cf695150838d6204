import type { KubeObject } from '../../model/kube-object.ts';
import { ApiError } from '../api-error.ts';

type Fields = Record<string, unknown>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The envelope that every object has: kind, version, name. Says nothing of what is inside. */
export function isKubeObject(value: unknown): value is KubeObject {
  return isFields(value) && typeof value['kind'] === 'string' && typeof value['apiVersion'] === 'string' && hasName(value);
}

/** An item of a list of built-in kinds comes without kind and version. */
export function hasName(value: unknown): value is Fields & Pick<KubeObject, 'metadata'> {
  return isFields(value) && isFields(value['metadata']) && typeof value['metadata']['name'] === 'string';
}

/** A success whose body is not what the request asks for: a proxy's page, a cut text, another protocol. */
export function unreadableAnswer(message: string): ApiError {
  return new ApiError('server-error', message, { reason: 'UnreadableAnswer' });
}

/** What is wrong with a list when one of its items is not even an object with a name. */
export const NAMELESS_ITEM = 'an item of the list has no name';
