import type { JsonObject, KubeObject } from '../model/kube-object.ts';
import { isObject } from './json.ts';
import { valueAt } from './pointer.ts';

/** What the engine reads of a whole workload object. */

export function replicasOf(object: KubeObject): number {
  const replicas = valueAt(object, '/spec/replicas');
  return typeof replicas === 'number' ? replicas : 1;
}

export function templateOf(object: KubeObject): JsonObject {
  const template = valueAt(object, '/spec/template');
  return isObject(template) ? template : {};
}

export function generationOf({ metadata }: KubeObject): number {
  return metadata.generation ?? 0;
}

export function versionOf({ metadata }: KubeObject): string {
  return metadata.resourceVersion ?? '';
}

/** Who wrote a field last, where the server says so (metadata.managedFields). */
export function managerOf({ metadata }: KubeObject, path: string): string | undefined {
  const keys = path.split('/').slice(1);
  const owners = (metadata.managedFields ?? []).filter(isObject).filter((entry) => ownsPrefix(entry['fieldsV1'], keys));
  const latest = owners.sort((a, b) => String(a['time'] ?? '').localeCompare(String(b['time'] ?? ''))).at(-1);
  return typeof latest?.['manager'] === 'string' ? latest['manager'] : undefined;
}

/** Lists are owned by key: below the first one the path is not followed. */
function ownsPrefix(fields: unknown, keys: readonly string[]): boolean {
  let node = fields;
  for (const key of keys) {
    if (!isObject(node)) return false;
    const next = node[`f:${key}`];
    if (next === undefined) return Object.keys(node).some((member) => member.startsWith('k:') || member.startsWith('v:'));
    node = next;
  }
  return true;
}
