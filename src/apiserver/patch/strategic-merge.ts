/**
 * Strategic merge patch: objects merge, lists merge by key where the kind says so, `$`-directives steer.
 * Source: apimachinery, pkg/util/strategicpatch.
 */
import type { JsonObject } from '../../model/kube-object.ts';
import { cloneJson, equalJson, isJsonObject } from '../json-value.ts';
import { badRequest } from '../status.ts';
import { orderLike } from './element-order.ts';
import type { FieldMerge, FieldMerges } from './merge-keys.ts';

const DIRECTIVE = '$patch';
const RETAIN_KEYS = '$retainKeys';
const DELETE_FROM_LIST = '$deleteFromPrimitiveList/';
const ELEMENT_ORDER = '$setElementOrder/';

/** Shares the unchanged parts of `original`, which stays as it is. Throws 400 for a malformed patch. */
export function applyStrategicMerge(original: JsonObject, patch: JsonObject, fields: FieldMerges): JsonObject {
  return mergeObject(original, patch, fields);
}

function mergeObject(original: JsonObject, patch: JsonObject, fields: FieldMerges): JsonObject {
  switch (patch[DIRECTIVE]) {
    case undefined:
    case 'merge':
      return mergeMembers(retained(original, patch), patch, fields);
    case 'replace':
      return plain(patch);
    case 'delete':
      return {};
    default:
      throw badRequest(`unknown patch type found: ${String(patch[DIRECTIVE])}`);
  }
}

/** What is left of the original when the patch lists the members to keep. */
function retained(original: JsonObject, patch: JsonObject): JsonObject {
  const keys = patch[RETAIN_KEYS];
  if (keys === undefined) return { ...original };
  if (!Array.isArray(keys)) throw badRequest('invalid patch format of retainKeys');
  return Object.fromEntries(Object.entries(original).filter(([key]) => keys.includes(key)));
}

function mergeMembers(merged: JsonObject, patch: JsonObject, fields: FieldMerges): JsonObject {
  const before = { ...merged };
  for (const [field, items] of directives(patch, DELETE_FROM_LIST)) deleteFromList(merged, field, items);
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith('$') || key === '__proto__' || value === undefined) continue;
    if (value === null) delete merged[key];
    else merged[key] = mergeValue(own(merged, key), value, Object.hasOwn(fields, key) ? fields[key] : undefined);
  }
  for (const [field, order] of directives(patch, ELEMENT_ORDER)) setOrder({ merged, before, fields }, field, order);
  return merged;
}

/** Fields with the value of the directive of that prefix. */
function directives(patch: JsonObject, prefix: string): [string, unknown][] {
  return Object.entries(patch).flatMap(([key, value]): [string, unknown][] =>
    key.startsWith(prefix) ? [[key.slice(prefix.length), value]] : [],
  );
}

function mergeValue(original: unknown, patch: unknown, field: FieldMerge | undefined): unknown {
  if (isJsonObject(patch)) {
    if (field?.isReplaced) return plain(patch);
    return mergeObject(isJsonObject(original) ? original : {}, patch, field?.fields ?? {});
  }
  if (Array.isArray(patch) && field?.mergeKey !== undefined) return mergeList(Array.isArray(original) ? original : [], patch, field);
  return Array.isArray(patch) ? patch.map(plainElement) : patch;
}

function mergeList(original: readonly unknown[], patch: readonly unknown[], field: FieldMerge): unknown[] {
  const key = field.mergeKey ?? '';
  if (key === '') return orderLike(distinct([...original, ...patch]), { order: patch, before: original, key });
  const elements = patch.filter(isJsonObject);
  if (elements.length !== patch.length) throw badRequest('invalid patch format of primitive list');
  if (elements.some((element) => element[DIRECTIVE] === 'replace'))
    return elements.filter((element) => element[DIRECTIVE] !== 'replace').map(plain);
  const merged = mergeElements(original, elements, field);
  return orderLike(merged, { order: elements, before: original, key });
}

function mergeElements(original: readonly unknown[], elements: readonly JsonObject[], field: FieldMerge): unknown[] {
  const key = field.mergeKey ?? '';
  let merged = [...original];
  for (const element of elements) {
    const id = own(element, key);
    if (id === undefined) throw badRequest(`map: ${JSON.stringify(element)} does not contain declared merge key: ${key}`);
    const isSame = (candidate: unknown) => isJsonObject(candidate) && own(candidate, key) === id;
    if (element[DIRECTIVE] === 'delete') {
      merged = merged.filter((candidate) => !isSame(candidate));
      continue;
    }
    const at = merged.findIndex(isSame);
    const present = at < 0 ? {} : (merged[at] as JsonObject);
    merged.splice(at < 0 ? merged.length : at, at < 0 ? 0 : 1, mergeObject(present, element, field.fields ?? {}));
  }
  return merged;
}

function deleteFromList(merged: JsonObject, field: string, values: unknown): void {
  const present = own(merged, field);
  if (!Array.isArray(values)) throw badRequest('invalid patch format of primitive list');
  if (Array.isArray(present)) merged[field] = present.filter((item) => !values.some((value) => equalJson(item, value)));
}

interface Merge {
  readonly merged: JsonObject;
  readonly before: JsonObject;
  readonly fields: FieldMerges;
}

function setOrder({ merged, before, fields }: Merge, field: string, order: unknown): void {
  const present = own(merged, field);
  if (!Array.isArray(order)) throw badRequest('invalid patch format of setElementOrder list');
  const key = (Object.hasOwn(fields, field) ? fields[field]?.mergeKey : undefined) ?? '';
  const previous = own(before, field);
  if (Array.isArray(present)) merged[field] = orderLike(present, { order, before: Array.isArray(previous) ? previous : [], key });
}

function own(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function distinct(items: readonly unknown[]): unknown[] {
  return items.filter((item, at) => items.findIndex((other) => equalJson(item, other)) === at);
}

/** What the patch would leave on nothing: directives and nulls gone. */
function plain(patch: JsonObject): JsonObject {
  const { [DIRECTIVE]: _, ...rest } = patch;
  return mergeMembers({}, rest, {});
}

function plainElement(element: unknown): unknown {
  return isJsonObject(element) ? plain(element) : cloneJson(element);
}
