/**
 * The part of a CRD's OpenAPI schema that the server applies to objects: unknown members are pruned, defaults
 * filled in, types and simple bounds checked. Formats, patterns, CEL rules and list types are not.
 */
import type { JsonObject } from '../../model/kube-object.ts';
import { cloneJson, isJsonObject, objectAt } from '../json-value.ts';
import { invalidValue, notSupported, required } from '../validation/field-errors.ts';
import type { FieldError } from './resource-definition.ts';

/** Members that every object has, whatever its schema says. */
const ENVELOPE = new Set(['apiVersion', 'kind', 'metadata']);

/** Changes `object`: drops what the schema does not know and adds its defaults. */
export function shapeObject(object: JsonObject, schema: JsonObject): void {
  shape(object, schema, true);
}

function shape(value: unknown, schema: JsonObject, isRoot = false): void {
  if (Array.isArray(value)) {
    const items = objectAt(schema, 'items');
    if (items !== undefined) for (const item of value) shape(item, items);
  } else if (isJsonObject(value)) {
    shapeMembers(value, schema, isRoot);
  }
}

function shapeMembers(object: JsonObject, schema: JsonObject, isRoot: boolean): void {
  const properties = objectAt(schema, 'properties') ?? {};
  const additional = schema['additionalProperties'];
  const keepsUnknown = schema['x-kubernetes-preserve-unknown-fields'] === true || additional === true || isJsonObject(additional);
  addDefaults(object, properties);
  for (const [name, value] of Object.entries(object)) {
    if (isRoot && ENVELOPE.has(name)) continue;
    const member = Object.hasOwn(properties, name) ? properties[name] : additional;
    if (isJsonObject(member)) shape(value, member, member['x-kubernetes-embedded-resource'] === true);
    else if (!keepsUnknown) delete object[name];
  }
}

function addDefaults(object: JsonObject, properties: JsonObject): void {
  for (const [name, member] of Object.entries(properties)) {
    const value = isJsonObject(member) ? member['default'] : undefined;
    if (object[name] === undefined && value !== undefined) object[name] = cloneJson(value);
  }
}

/** What breaks the schema, worded as the real server words it. */
export function schemaErrors(object: JsonObject, schema: JsonObject): FieldError[] {
  return membersErrors(object, schema, '');
}

function errorsOf(value: unknown, schema: JsonObject, field: string): FieldError[] {
  if (value === null && schema['nullable'] === true) return [];
  const type = schema['type'];
  if (schema['x-kubernetes-int-or-string'] === true)
    return hasType(value, 'integer') || typeof value === 'string' ? [] : [wrongType(field, value, 'integer,string')];
  if (typeof type === 'string' && !hasType(value, type)) return [wrongType(field, value, type)];
  const choices = schema['enum'];
  if (Array.isArray(choices) && !choices.includes(value)) return [notSupported(field, value, choices.map(String))];
  if (Array.isArray(value)) return itemsErrors(value, schema, field);
  if (isJsonObject(value)) return membersErrors(value, schema, field);
  return [...numberErrors(value, schema, field), ...textErrors(value, schema, field)];
}

function itemsErrors(items: readonly unknown[], schema: JsonObject, field: string): FieldError[] {
  const element = objectAt(schema, 'items');
  return element === undefined ? [] : items.flatMap((item, at) => errorsOf(item, element, `${field}[${at}]`));
}

function membersErrors(object: JsonObject, schema: JsonObject, field: string): FieldError[] {
  const at = (name: string) => (field === '' ? name : `${field}.${name}`);
  const properties = objectAt(schema, 'properties') ?? {};
  const needed = Array.isArray(schema['required']) ? schema['required'].map(String) : [];
  const missing = needed.filter((name) => !Object.hasOwn(object, name)).map((name) => required(at(name)));
  const present = Object.entries(object).flatMap(([name, value]) => {
    if (field === '' && ENVELOPE.has(name)) return [];
    const member = Object.hasOwn(properties, name) ? properties[name] : schema['additionalProperties'];
    return isJsonObject(member) ? errorsOf(value, member, at(name)) : [];
  });
  return [...missing, ...present];
}

function numberErrors(value: unknown, { minimum, maximum }: JsonObject, field: string): FieldError[] {
  if (typeof value !== 'number') return [];
  if (typeof minimum === 'number' && value < minimum)
    return [invalidValue(field, value, `${field} in body should be greater than or equal to ${minimum}`)];
  if (typeof maximum === 'number' && value > maximum)
    return [invalidValue(field, value, `${field} in body should be less than or equal to ${maximum}`)];
  return [];
}

function textErrors(value: unknown, { minLength, maxLength }: JsonObject, field: string): FieldError[] {
  if (typeof value !== 'string') return [];
  if (typeof minLength === 'number' && value.length < minLength)
    return [invalidValue(field, value, `${field} in body should be at least ${minLength} chars long`)];
  if (typeof maxLength === 'number' && value.length > maxLength)
    return [invalidValue(field, value, `${field} in body should be at most ${maxLength} chars long`)];
  return [];
}

function hasType(value: unknown, type: string): boolean {
  switch (type) {
    case 'object':
      return isJsonObject(value);
    case 'array':
      return Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}

function wrongType(field: string, value: unknown, type: string): FieldError {
  const actual = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  return invalidValue(field, actual, `${field} in body must be of type ${type}: "${actual}"`);
}
