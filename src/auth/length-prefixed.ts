import { createHmac } from 'node:crypto';
import type { UserInfo } from '../model/user.ts';
import type { Random } from '../runtime/random.ts';

/** One text for a list of texts, different for different lists: `a+b`, `c` and `a`, `b+c` never meet. */
export function lengthPrefixed(fields: readonly string[]): string {
  return fields.map((field) => `${field.length}:${field}`).join('');
}

/** Every attribute that a cluster decides by. Groups in any order are the same user. */
export function userFields(user: UserInfo): string[] {
  const extra = Object.entries(user.extra ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    user.username,
    user.uid === undefined ? 'no uid' : `uid ${user.uid}`,
    lengthPrefixed([...user.groups].sort()),
    lengthPrefixed(extra.map(([key, values]) => lengthPrefixed([key, ...values]))),
  ];
}

/** A key that says nothing about its fields and that nobody outside can aim at. */
export function secretKey(secret: Uint8Array, fields: readonly string[]): string {
  return createHmac('sha256', secret).update(lengthPrefixed(fields)).digest('base64url');
}

/** As unguessable as `random` is. */
export function newSecret(random: Random): Uint8Array {
  return Uint8Array.from({ length: 32 }, () => random.int(256));
}
