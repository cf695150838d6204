import type { JsonObject } from '../../model/kube-object.ts';
import { isJsonObject } from '../json-value.ts';

/** Sets what is absent (or null) in `target`; values are shared, so hand in fresh objects or plain values. */
export function fill(target: JsonObject, defaults: JsonObject): void {
  for (const [key, value] of Object.entries(defaults)) if (target[key] === undefined || target[key] === null) target[key] = value;
}

/** The object under `key`, made if there is none. */
export function memberObject(target: JsonObject, key: string): JsonObject {
  const present = target[key];
  if (isJsonObject(present)) return present;
  const made: JsonObject = {};
  target[key] = made;
  return made;
}

/** The objects in the list under `key`. */
export function elementsOf(target: JsonObject, key: string): JsonObject[] {
  const list = target[key];
  return Array.isArray(list) ? list.filter(isJsonObject) : [];
}
