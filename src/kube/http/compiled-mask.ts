import { type FieldMask, INSTANT } from '../field-mask.ts';
import { holdsSharedTexts } from './text-cache.ts';

/** A member that is wanted, findable by the bytes of its key. */
interface WantedMember {
  readonly name: string;
  readonly key: Uint8Array;
  /** Undefined: the member whole. */
  readonly within: CompiledMask | undefined;
  /** Of one that is wanted whole: whether the texts in it may be kept to be used again. */
  readonly sharesTexts: boolean;
}

/** Members of a whole object are no mask: undefined. */
export class CompiledMask {
  /** By length of the key. */
  readonly #members: (readonly WantedMember[] | undefined)[] = [];

  private constructor(mask: FieldMask) {
    for (const [name, wanted] of Object.entries(mask)) {
      const key = Buffer.from(name);
      // JSON tells times as texts.
      const within = wanted === true || wanted === INSTANT ? undefined : new CompiledMask(wanted);
      this.#members[key.length] = [...(this.#members[key.length] ?? []), { name, key, within, sharesTexts: holdsSharedTexts(name) }];
    }
  }

  static of(mask: FieldMask): CompiledMask {
    return new CompiledMask(withIdentity(mask));
  }

  /** Of something within an object. */
  static ofMembers(mask: FieldMask): CompiledMask {
    return new CompiledMask(mask);
  }

  /** Of a line of a watch: what kind of event it is, and the object as `mask` wants it. */
  static ofLine(mask: FieldMask): CompiledMask {
    const line = new CompiledMask({ type: true });
    line.#members[OBJECT.length] = [{ name: 'object', key: OBJECT, within: CompiledMask.of(mask), sharesTexts: false }];
    return line;
  }

  /** The member whose key is `bytes` from `start` to `end`. */
  find(bytes: Uint8Array, start: number, end: number): WantedMember | undefined {
    const candidates = this.#members[end - start];
    if (candidates === undefined) return undefined;
    for (const candidate of candidates) if (isAt(candidate.key, bytes, start)) return candidate;
    return undefined;
  }
}

const OBJECT = Buffer.from('object');

const IDENTITY: FieldMask = { name: true, namespace: true, uid: true, resourceVersion: true };

/** Identity is always wanted: without it an object can be neither kept nor removed. */
export function withIdentity(mask: FieldMask): FieldMask {
  const metadata = typeof mask['metadata'] === 'object' ? { ...mask['metadata'], ...IDENTITY } : (mask['metadata'] ?? IDENTITY);
  return { ...mask, apiVersion: true, kind: true, metadata };
}

function isAt(key: Uint8Array, bytes: Uint8Array, start: number): boolean {
  for (let i = key.length - 1; i >= 0; i -= 1) if (key[i] !== bytes[start + i]) return false;
  return true;
}
