import { randomBytes } from 'node:crypto';

/** Chance, handed in. The same seed gives the same story. */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
  /** A whole number in [0, below). */
  int(below: number): number;
  /** One of `items`, which must not be empty. */
  pick<T>(items: readonly T[]): T;
  /** A random (version 4) UUID in its usual text form. */
  uuid(): string;
  /** `length` characters of the alphabet that Kubernetes uses for generated names. */
  suffix(length: number): string;
}

/** Kubernetes' alphabet for generated names: no vowels, no look-alikes. Source: apimachinery, util/rand. */
const NAME_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

function fromNext(next: () => number): Random {
  const int = (below: number) => Math.floor(next() * below);
  const hex = (digits: number) => Array.from({ length: digits }, () => int(16).toString(16)).join('');
  return {
    next,
    int,
    pick(items) {
      if (items.length === 0) throw new RangeError('pick from an empty list');
      return items[int(items.length)] as (typeof items)[number];
    },
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-${'89ab'[int(4)]}${hex(3)}-${hex(12)}`,
    suffix: (length) => Array.from({ length }, () => NAME_ALPHABET[int(NAME_ALPHABET.length)]).join(''),
  };
}

/** A small fast generator (mulberry32): good enough for simulations and jitter, not for secrets. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return fromNext(() => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  });
}

/** Chance from the machine: unguessable. */
export const systemRandom: Random = fromNext(() => randomBytes(4).readUInt32BE() / 4294967296);
