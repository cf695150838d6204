import type { JsonPatchOperation } from '../kube/api-server.ts';
import { isObject, ownMember, sameJson } from './json.ts';
import { keysOf, missingAncestor, pointerOf, valueAt, withValueAt } from './pointer.ts';
import type { FieldChange, FieldValue } from './state.ts';

/**
 * What differs between two values, as small as can be told safely: lists are compared by position only where
 * both name the same elements in the same order, else they change as a whole.
 */
export function changesBetween(from: unknown, to: unknown, path: string): FieldChange[] {
  if (sameJson(from, to)) return [];
  if (isObject(from) && isObject(to)) return memberChanges(from, to, path);
  const pairs = namedPairs(from, to);
  if (pairs !== undefined) return pairs.flatMap(([before, after], at) => changesBetween(before, after, `${path}/${at}`));
  return [changeOf(path, from, to)];
}

/** The fields of `wanted` that the object does not have so. */
export function changesTo(object: unknown, wanted: readonly FieldValue[]): FieldChange[] {
  return wanted
    .filter(({ path, value }) => !sameJson(valueAt(object, path), value))
    .map(({ path, value }) => changeOf(path, valueAt(object, path), value));
}

export function fieldsAt(object: unknown, paths: readonly string[]): FieldValue[] {
  return paths.map((path) => fieldAt(object, path));
}

function fieldAt(object: unknown, path: string): FieldValue {
  const value = valueAt(object, path);
  return value === undefined ? { path } : { path, value };
}

/** As `fieldsAt`, but where a parent is missing that is what is noted: putting it back removes the parent too. */
export function fieldsToRestore(object: unknown, paths: readonly string[]): FieldValue[] {
  const noted = new Set(paths.map((path) => missingAncestor(object, path) ?? path));
  return fieldsAt(object, [...noted]);
}

export function withChanges<T>(object: T, changes: readonly FieldChange[]): T {
  return changes.reduce((changed, { path, to }) => withValueAt(changed, path, to), object);
}

/** Each change guarded by a test of the value it replaces, and of the name of the list element it is in. */
export function operationsFor(object: unknown, changes: readonly FieldChange[]): JsonPatchOperation[] {
  const operations: JsonPatchOperation[] = [];
  const named = new Set<string>();
  const made = new Set<string>();
  for (const change of changes) {
    for (const path of namesOnTheWay(object, change.path)) {
      if (!named.has(path)) operations.push({ op: 'test', path, value: valueAt(object, path) });
      named.add(path);
    }
    operations.push(...parents(object, change, made), ...operationsOf(change));
  }
  return operations;
}

function operationsOf({ path, from, to }: FieldChange): JsonPatchOperation[] {
  if (from === undefined) return [{ op: 'add', path, value: to }];
  const test: JsonPatchOperation = { op: 'test', path, value: from };
  return [test, to === undefined ? { op: 'remove', path } : { op: 'replace', path, value: to }];
}

function parents(object: unknown, { path, to }: FieldChange, made: Set<string>): JsonPatchOperation[] {
  if (to === undefined) return [];
  const operations: JsonPatchOperation[] = [];
  const keys = keysOf(path);
  for (let length = 1; length < keys.length; length += 1) {
    const parent = pointerOf(...keys.slice(0, length));
    if (valueAt(object, parent) !== undefined || made.has(parent)) continue;
    made.add(parent);
    operations.push({ op: 'add', path: parent, value: {} });
  }
  return operations;
}

function namesOnTheWay(object: unknown, path: string): string[] {
  const keys = keysOf(path);
  const paths = keys.flatMap((key, at) => (/^\d+$/.test(key) ? [pointerOf(...keys.slice(0, at + 1), 'name')] : []));
  return paths.filter((name) => name !== path && typeof valueAt(object, name) === 'string');
}

function memberChanges(from: Record<string, unknown>, to: Record<string, unknown>, path: string): FieldChange[] {
  const keys = new Set([...Object.keys(from), ...Object.keys(to)]);
  return [...keys].sort().flatMap((key) => changesBetween(ownMember(from, key), ownMember(to, key), path + pointerOf(key)));
}

function changeOf(path: string, from: unknown, to: unknown): FieldChange {
  return { path, ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
}

/** The elements side by side, where both lists name the same ones in the same order. */
function namedPairs(from: unknown, to: unknown): [unknown, unknown][] | undefined {
  if (!Array.isArray(from) || !Array.isArray(to) || from.length !== to.length) return undefined;
  const pairs = from.map((item, at): [unknown, unknown] => [item, to[at]]);
  return pairs.every(([a, b]) => isObject(a) && isObject(b) && typeof a['name'] === 'string' && a['name'] === b['name'])
    ? pairs
    : undefined;
}
