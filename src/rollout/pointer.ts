import { isObject, ownMember } from './json.ts';

/** JSON pointers (RFC 6901) into Kubernetes objects. */

export function pointerOf(...keys: readonly (string | number)[]): string {
  return keys.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

export function keysOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** Undefined where there is nothing. */
export function valueAt(root: unknown, pointer: string): unknown {
  let value = root;
  for (const key of keysOf(pointer))
    value = Array.isArray(value) ? value[indexOf(key)] : isObject(value) ? ownMember(value, key) : undefined;
  return value;
}

/** A copy with `value` there, missing objects on the way made; undefined removes. Shares what is not on the way. */
export function withValueAt<T>(root: T, pointer: string, value: unknown): T {
  return placed(root, keysOf(pointer), value) as T;
}

function placed(node: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value;
  if (Array.isArray(node)) return node.map((item, at) => (at === indexOf(key) ? placed(item, rest, value) : item));
  const members = isObject(node) ? node : {};
  const next = placed(ownMember(members, key), rest, value);
  if (next !== undefined) return { ...members, [key]: next };
  const { [key]: _, ...others } = members;
  return others;
}

/** The nearest ancestor below `/spec` that is missing, if any. */
export function missingAncestor(root: unknown, pointer: string): string | undefined {
  const keys = keysOf(pointer);
  for (let length = 2; length < keys.length; length += 1) {
    const ancestor = pointerOf(...keys.slice(0, length));
    if (valueAt(root, ancestor) === undefined) return ancestor;
  }
  return undefined;
}

function indexOf(key: string): number {
  return /^(0|[1-9]\d*)$/.test(key) ? Number(key) : -1;
}
