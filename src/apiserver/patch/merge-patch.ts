/** JSON Merge Patch (RFC 7386): null removes, objects merge, everything else replaces. */
import type { JsonObject } from '../../model/kube-object.ts';
import { cloneJson, isJsonObject } from '../json-value.ts';

/** Shares the unchanged parts of `target`, which stays as it is. */
export function applyMergePatch(target: unknown, patch: unknown): unknown {
  if (!isJsonObject(patch)) return cloneJson(patch);
  const merged: JsonObject = isJsonObject(target) ? { ...target } : {};
  for (const key of Object.keys(patch)) {
    const value = patch[key];
    if (key === '__proto__' || value === undefined) continue;
    if (value === null) delete merged[key];
    else merged[key] = applyMergePatch(Object.hasOwn(merged, key) ? merged[key] : undefined, value);
  }
  return merged;
}
