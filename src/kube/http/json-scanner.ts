import type { CompiledMask } from './compiled-mask.ts';
import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  deeper,
  isSpaceFrom,
  OPEN_BRACE,
  OPEN_BRACKET,
  passNumber,
  passPlain,
  passSpace,
  passString,
  passValue,
  passWord,
  QUOTE,
  UNUSUAL,
} from './json-pass.ts';
import { NO_VIEW, parsedText, TextCache, viewOf } from './text-cache.ts';

type Members = Record<string, unknown>;

const BACKSLASH = 0x5c;
const NOTHING = Buffer.alloc(0);

/**
 * Reads JSON from bytes and decodes only what a mask wants; the rest is checked and passed over without becoming
 * strings or objects. What it returns is what `JSON.parse` returns, less the members that the mask leaves out; where
 * it cannot promise that it throws `Unusual`. Throws `OutOfBytes` when the value goes on beyond the bytes.
 */
export class JsonScanner {
  readonly #texts = new TextCache();
  #bytes: Buffer = NOTHING;
  #view: DataView = NO_VIEW;
  #at = 0;
  #values = 0;
  /** Texts may be kept to be used again: not below what is wanted whole, where passwords may be. */
  #sharesTexts = false;

  /** Begins at `at`. The bytes must not change while they are read. */
  set(bytes: Buffer, at = 0): this {
    this.#bytes = bytes;
    this.#view = viewOf(bytes);
    this.#at = at;
    this.#values = 0;
    return this;
  }

  /** Behind what was read last. */
  get at(): number {
    return this.#at;
  }

  /** How many were decoded of these bytes. */
  get values(): number {
    return this.#values;
  }

  /** Only white space is left. */
  isAtEnd(): boolean {
    return isSpaceFrom(this.#bytes, this.#at);
  }

  /** Lets go of the bytes. What was read of them stays known: `at`. */
  letGo(): void {
    this.#bytes = NOTHING;
    this.#view = NO_VIEW;
  }

  /** The value here; `mask` undefined: whole. */
  value(mask: CompiledMask | undefined): unknown {
    this.#sharesTexts = mask !== undefined;
    return this.#value(mask, 0);
  }

  #value(mask: CompiledMask | undefined, depth: number): unknown {
    const bytes = this.#bytes;
    const at = passSpace(bytes, this.#at);
    this.#at = at;
    this.#values += 1;
    switch (bytes[at]) {
      case QUOTE:
        return this.#text(this.#sharesTexts);
      case OPEN_BRACE:
        return this.#object(mask, deeper(depth));
      case OPEN_BRACKET:
        return this.#array(mask, deeper(depth));
      case 0x74:
        this.#at = passWord(bytes, at, 'true');
        return true;
      case 0x66:
        this.#at = passWord(bytes, at, 'false');
        return false;
      case 0x6e:
        this.#at = passWord(bytes, at, 'null');
        return null;
      default:
        this.#at = passNumber(bytes, at);
        return Number(bytes.toString('latin1', at, this.#at));
    }
  }

  /** The text here, decoded. */
  #text(isShared: boolean): string {
    this.#expect(QUOTE);
    const bytes = this.#bytes;
    const start = this.#at;
    const plain = passPlain(bytes, start);
    if (bytes[plain] === QUOTE) {
      this.#at = plain + 1;
      return isShared ? this.#texts.plain(bytes, this.#view, start, plain) : bytes.toString('latin1', start, plain);
    }
    const end = passString(bytes, plain);
    this.#at = end;
    return parsedText(bytes, start - 1, end);
  }

  /** Passes the mark `byte`, after white space. */
  #expect(byte: number): void {
    if (!this.#take(byte)) throw UNUSUAL;
  }

  /** Passes the mark `byte` if it is what comes next. */
  #take(byte: number): boolean {
    if (this.#bytes[this.#at] !== byte) {
      this.#at = passSpace(this.#bytes, this.#at);
      if (this.#bytes[this.#at] !== byte) return false;
    }
    this.#at += 1;
    return true;
  }

  #object(mask: CompiledMask | undefined, depth: number): Members {
    const members: Members = {};
    this.#at += 1;
    if (this.#take(CLOSE_BRACE)) return members;
    do {
      if (mask === undefined) this.#anyMember(members, depth);
      else this.#wantedMember(members, mask, depth);
    } while (this.#take(COMMA));
    this.#expect(CLOSE_BRACE);
    return members;
  }

  #anyMember(members: Members, depth: number): void {
    const name = this.#text(true);
    this.#expect(COLON);
    const value = this.#value(undefined, depth);
    // Assigning to this one would change what the object inherits.
    if (name === '__proto__') Object.defineProperty(members, name, { value, enumerable: true, configurable: true, writable: true });
    else members[name] = value;
  }

  #wantedMember(members: Members, mask: CompiledMask, depth: number): void {
    this.#expect(QUOTE);
    const bytes = this.#bytes;
    const start = this.#at;
    const plain = passPlain(bytes, start);
    const end = bytes[plain] === QUOTE ? plain : passString(bytes, plain) - 1;
    // A key that is written with escapes may be one that is wanted.
    if (end !== plain && hasEscape(bytes, plain, end)) throw UNUSUAL;
    this.#at = end + 1;
    this.#expect(COLON);
    const wanted = mask.find(bytes, start, end);
    if (wanted === undefined) this.#at = passValue(bytes, this.#at, depth);
    else if (wanted.within !== undefined) members[wanted.name] = this.#value(wanted.within, depth);
    else members[wanted.name] = this.#wholeMember(wanted.sharesTexts, depth);
  }

  #wholeMember(sharesTexts: boolean, depth: number): unknown {
    this.#at = passSpace(this.#bytes, this.#at);
    // A text by itself is what the mask names; what stands in objects and lists is not.
    this.#sharesTexts = sharesTexts || this.#bytes[this.#at] === QUOTE;
    const value = this.#value(undefined, depth);
    this.#sharesTexts = true;
    return value;
  }

  #array(mask: CompiledMask | undefined, depth: number): unknown[] {
    const items: unknown[] = [];
    this.#at += 1;
    if (this.#take(CLOSE_BRACKET)) return items;
    do items.push(this.#value(mask, depth));
    while (this.#take(COMMA));
    this.#expect(CLOSE_BRACKET);
    return items;
  }
}

function hasEscape(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if (bytes[at] === BACKSLASH) return true;
  return false;
}
