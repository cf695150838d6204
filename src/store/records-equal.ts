import type { ObjectRecord } from '../model/object-record.ts';

/** The same to every reader: equal in all but the version. */
export function equalRecords(a: ObjectRecord, b: ObjectRecord): boolean {
  return a === b || equalMembers(a, b, 'resourceVersion');
}

/** Equal as JSON data; a member that is undefined counts as absent. */
export function equalData(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) return Array.isArray(a) && Array.isArray(b) && equalItems(a, b);
  return equalMembers(a, b);
}

function equalItems(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at += 1) if (!equalData(a[at], b[at])) return false;
  return true;
}

function equalMembers(a: object, b: object, except?: string): boolean {
  const left = a as Readonly<Record<string, unknown>>;
  const right = b as Readonly<Record<string, unknown>>;
  for (const key in left) if (key !== except && !equalData(left[key], right[key])) return false;
  // A label may be called "constructor": what `left` inherits is not what it has.
  for (const key in right) if (key !== except && right[key] !== undefined && !Object.hasOwn(left, key)) return false;
  return true;
}
