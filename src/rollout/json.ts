import { createHash } from 'node:crypto';

/** JSON with sorted members: equal values give equal text, whatever order their members were written in. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value ?? null);
  const members = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key])}`);
  return `{${members.join(',')}}`;
}

export function digestOf(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}

/** Equal as JSON: members that are undefined do not count, nor does the order of members. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, at) => sameJson(item, b[at]));
  }
  if (!isObject(a) || !isObject(b)) return false;
  for (const key of Object.keys(a)) if (!sameJson(a[key], ownMember(b, key))) return false;
  for (const key of Object.keys(b)) if (b[key] !== undefined && ownMember(a, key) === undefined) return false;
  return true;
}

/** Everything that `wanted` says is so in `present`, which may say more: what a server fills in. */
export function covers(present: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted)) {
    return Array.isArray(present) && present.length === wanted.length && wanted.every((item, at) => covers(present[at], item));
  }
  if (!isObject(wanted)) return sameJson(present, wanted);
  return isObject(present) && Object.keys(wanted).every((key) => covers(ownMember(present, key), wanted[key]));
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function ownMember(object: Record<string, unknown>, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}
