import type { JsonObject } from '../model/kube-object.ts';
import { isObject, ownMember } from './json.ts';
import { PlanProblem, problem } from './problem.ts';

/**
 * Strategic merge of a pod template: objects merge, null removes, lists merge by the key that Kubernetes gives
 * them and are replaced where they have none. Our own, since CRDs know no strategic merge: a CloneSet's template
 * shall be edited like a Deployment's. Directives: `$patch: delete` and `$patch: replace`.
 */
export function mergeTemplate(template: JsonObject, patch: JsonObject): JsonObject {
  return mergeObjects(template, patch, []);
}

/** Source: kubernetes/api core/v1, `patchMergeKey`. */
const MERGE_KEYS: ReadonlyMap<string, string> = new Map([
  ['containers', 'name'],
  ['initContainers', 'name'],
  ['ephemeralContainers', 'name'],
  ['env', 'name'],
  ['volumes', 'name'],
  ['volumeMounts', 'mountPath'],
  ['volumeDevices', 'devicePath'],
  ['imagePullSecrets', 'name'],
  ['resourceClaims', 'name'],
  ['hostAliases', 'ip'],
  ['topologySpreadConstraints', 'topologyKey'],
]);
const PORTS = 'ports';
const DIRECTIVE = '$patch';

function mergeObjects(
  base: Readonly<Record<string, unknown>>,
  patch: Readonly<Record<string, unknown>>,
  path: readonly string[],
): JsonObject {
  checkDirectives(patch, path);
  const merged: JsonObject = patch[DIRECTIVE] === 'replace' ? {} : { ...base };
  for (const [key, value] of Object.entries(patch)) {
    if (key === DIRECTIVE) continue;
    if (value === null) delete merged[key];
    else merged[key] = mergeValues(ownMember(merged, key), value, [...path, key]);
  }
  return merged;
}

function mergeValues(base: unknown, patch: unknown, path: readonly string[]): unknown {
  if (isObject(patch)) return mergeObjects(isObject(base) ? base : {}, patch, path);
  if (!Array.isArray(patch)) return patch;
  const key = mergeKey(path);
  return key === undefined ? patch : mergeLists(Array.isArray(base) ? base : [], patch, { key, path });
}

/** A container's ports merge by number; those of anything else are replaced. */
function mergeKey(path: readonly string[]): string | undefined {
  const field = path.at(-1) ?? '';
  return field === PORTS && path.includes('containers') ? 'containerPort' : MERGE_KEYS.get(field);
}

interface ListMerge {
  readonly key: string;
  readonly path: readonly string[];
}

function mergeLists(base: readonly unknown[], patch: readonly unknown[], { key, path }: ListMerge): unknown[] {
  const elements = patch.filter(isObject);
  if (elements.length !== patch.length) throw misshapen(path, 'holds something that is no object');
  const isReplaced = elements.some((element) => element[DIRECTIVE] === 'replace');
  return elements
    .filter((element) => element[DIRECTIVE] !== 'replace' || element[key] !== undefined)
    .reduce<unknown[]>(
      (merged, element, at) => withElement(merged, element, { key, path: [...path, String(at)] }),
      isReplaced ? [] : [...base],
    );
}

function withElement(list: readonly unknown[], element: Record<string, unknown>, { key, path }: ListMerge): unknown[] {
  const id = element[key];
  if (id === undefined) throw misshapen(path, `lacks ${key}, by which the list is merged`);
  const index = list.findIndex((candidate) => isObject(candidate) && candidate[key] === id);
  if (element[DIRECTIVE] === 'delete') return list.filter((_, position) => position !== index);
  return index < 0 ? [...list, mergeElement(undefined, element, path)] : list.with(index, mergeElement(list[index], element, path));
}

function mergeElement(present: unknown, element: Record<string, unknown>, path: readonly string[]): JsonObject {
  return mergeObjects(isObject(present) ? present : {}, element, path);
}

function checkDirectives(patch: Readonly<Record<string, unknown>>, path: readonly string[]): void {
  for (const key of Object.keys(patch)) {
    if (key === '__proto__') throw misshapen(path, 'names a member that no object has');
    if (key.startsWith('$') && key !== DIRECTIVE) throw misshapen(path, `uses the directive ${key}, which is not supported`);
  }
  const directive = patch[DIRECTIVE];
  if (directive !== undefined && directive !== 'delete' && directive !== 'replace' && directive !== 'merge') {
    throw misshapen(path, `uses an unknown $patch: ${String(directive)}`);
  }
}

function misshapen(path: readonly string[], what: string): PlanProblem {
  return new PlanProblem(problem('Validation', `The patch ${what}.`, ['change', 'strategicMergePatch', ...path]));
}
