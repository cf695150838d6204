import type { FieldMask } from '../field-mask.ts';
import { CompiledMask } from './compiled-mask.ts';
import { OutOfBytes, Unusual } from './json-pass.ts';
import { JsonScanner } from './json-scanner.ts';
import { spanOf } from './json-span.ts';

/** A value and where it ends. */
export interface Decoded {
  readonly value: unknown;
  readonly end: number;
  /** How many values it is made of, itself too. */
  readonly values: number;
}

const scanner = new JsonScanner();
const compiled = new WeakMap<FieldMask, { readonly object: CompiledMask; readonly line: CompiledMask }>();

/**
 * Decodes objects of one kind from bytes: the wanted members alone where a mask says which. What the scanner leaves to
 * `JSON.parse` goes there, whole, and is counted.
 */
export class ObjectDecoder {
  readonly #masks: { readonly object: CompiledMask; readonly line: CompiledMask } | undefined;
  readonly #onUnusual: () => void;

  constructor(mask: FieldMask | undefined, onUnusual: () => void) {
    this.#masks = mask === undefined ? undefined : masksOf(mask);
    this.#onUnusual = onUnusual;
  }

  /** The line of a watch in `bytes`. Throws SyntaxError when it is not JSON. */
  line(bytes: Buffer): unknown {
    if (this.#masks === undefined) return JSON.parse(bytes.toString('utf8'));
    try {
      const value = scanner.set(bytes).value(this.#masks.line);
      if (scanner.isAtEnd()) return value;
    } catch (error) {
      if (!(error instanceof Unusual || error instanceof OutOfBytes)) throw error;
    } finally {
      scanner.letGo();
    }
    this.#onUnusual();
    return JSON.parse(bytes.toString('utf8'));
  }

  /** The object that begins at `from`. Throws `OutOfBytes` when it goes on beyond the bytes, SyntaxError when it is not JSON. */
  objectAt(bytes: Buffer, from: number): Decoded {
    if (this.#masks === undefined) return this.#whole(bytes, from);
    try {
      const value = scanner.set(bytes, from).value(this.#masks.object);
      return { value, end: scanner.at, values: scanner.values };
    } catch (error) {
      if (!(error instanceof Unusual)) throw error;
    } finally {
      scanner.letGo();
    }
    const decoded = this.#whole(bytes, from);
    this.#onUnusual();
    return decoded;
  }

  #whole(bytes: Buffer, from: number): Decoded {
    const { end, values } = spanOf(bytes, from);
    return { value: JSON.parse(bytes.toString('utf8', from, end)), end, values };
  }
}

/** A whole value of any kind at `from`, decoded by the scanner. Throws `OutOfBytes`, `Unusual`. */
export function valueAt(bytes: Buffer, from: number): Decoded {
  try {
    const value = scanner.set(bytes, from).value(undefined);
    return { value, end: scanner.at, values: scanner.values };
  } finally {
    scanner.letGo();
  }
}

function masksOf(mask: FieldMask): { readonly object: CompiledMask; readonly line: CompiledMask } {
  const known = compiled.get(mask);
  if (known !== undefined) return known;
  const masks = { object: CompiledMask.of(mask), line: CompiledMask.ofLine(mask) };
  compiled.set(mask, masks);
  return masks;
}
