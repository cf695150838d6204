import { stableJson } from './stable-json.ts';

const NAME_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/** FNV-1a over UTF-16 units, 32 bits. */
export function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

/** A number in [0, 1) that is always the same for `text`: chance that does not depend on who asks first. */
export function chanceOf(text: string): number {
  return hash32(`${text}/${hash32(text)}`) / 4294967296;
}

/**
 * Short hash of a pod template, spelled in the alphabet that Kubernetes uses (`rand.SafeEncodeString`).
 * `collisionCount` moves it away from a name that is taken by something else.
 */
export function templateHash(template: unknown, collisionCount = 0): string {
  const digits = String(hash32(`${stableJson(template)}${collisionCount === 0 ? '' : collisionCount}`));
  return [...digits].map((digit) => NAME_ALPHABET[digit.charCodeAt(0) % NAME_ALPHABET.length]).join('');
}
