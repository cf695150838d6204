import { Instant } from '../../kube/field-mask.ts';
import type { JsonObject } from '../../model/kube-object.ts';
import { instantOf } from './instant-text.ts';

/** Told which field of an object was not of the type that its API promises; a default stands in for it. */
export type FlawReport = (field: string) => void;

export const ignoreFlaws: FlawReport = () => {};

export type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Shared, so that absent parts cost nothing. */
export const NO_FIELDS: JsonObject = Object.freeze(Object.create(null) as JsonObject);
export const NO_ITEMS: readonly never[] = Object.freeze([]);

/** Longer texts of a cluster (admission messages, termination logs) are cut: they are unbounded and not ours. */
const MAX_TEXT = 1_024;

export function isFields(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function fieldsAt(source: JsonObject, field: string, flaw: FlawReport): JsonObject {
  const value = source[field];
  if (isFields(value)) return value;
  if (value !== undefined && value !== null) flaw(field);
  return NO_FIELDS;
}

export function itemsAt(source: JsonObject, field: string, flaw: FlawReport): readonly unknown[] {
  const value = source[field];
  if (Array.isArray(value)) return value;
  if (value !== undefined && value !== null) flaw(field);
  return NO_ITEMS;
}

/** Undefined when absent or empty, as Kubernetes treats the two alike. */
export function textAt(source: JsonObject, field: string, flaw: FlawReport): string | undefined {
  const value = source[field];
  if (typeof value === 'string') return value === '' ? undefined : value;
  if (value !== undefined && value !== null) flaw(field);
  return undefined;
}

export function messageAt(source: JsonObject, field: string, flaw: FlawReport): string | undefined {
  const text = textAt(source, field, flaw);
  return text === undefined || text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)}…`;
}

export function numberAt(source: JsonObject, field: string, flaw: FlawReport): number | undefined {
  const value = source[field];
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (value !== undefined && value !== null) flaw(field);
  return undefined;
}

/** The schema's Int is 32 bits wide, and so are the counts of Kubernetes. */
export const MAX_COUNT = 2_147_483_647;

/** A count: 0 when absent, as Go leaves it out; never negative or broken. */
export function countAt(source: JsonObject, field: string, flaw: FlawReport): number {
  const value = numberAt(source, field, flaw);
  if (value === undefined) return 0;
  if (value >= 0 && value <= MAX_COUNT && Number.isInteger(value)) return value;
  flaw(field);
  return 0;
}

export function flagAt(source: JsonObject, field: string, flaw: FlawReport): boolean {
  const value = source[field];
  if (typeof value === 'boolean') return value;
  if (value !== undefined && value !== null) flaw(field);
  return false;
}

export function instantAt(source: JsonObject, field: string, flaw: FlawReport): number | undefined {
  const value: unknown = source[field];
  if (value === undefined || value === null) return undefined;
  if (value instanceof Instant) return value.ms;
  const instant = typeof value === 'string' ? instantOf(value) : Number.NaN;
  if (!Number.isNaN(instant)) return instant;
  flaw(field);
  return undefined;
}

export function intOrStringAt(source: JsonObject, field: string, flaw: FlawReport): number | string | undefined {
  const value = source[field];
  return typeof value === 'number' ? numberAt(source, field, flaw) : textAt(source, field, flaw);
}
