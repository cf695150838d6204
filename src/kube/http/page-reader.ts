import { Fragments } from './fragments.ts';
import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  isSpaceFrom,
  OPEN_BRACE,
  OPEN_BRACKET,
  OutOfBytes,
  passSpace,
  passValue,
  QUOTE,
  Unusual,
} from './json-pass.ts';
import { type ObjectDecoder, valueAt } from './object-decoder.ts';
import { hasName, NAMELESS_ITEM, unreadableAnswer } from './object-shape.ts';
import { checkObjectSize, checkPageValues, tooLargeAnswer } from './page-limits.ts';

/** The page is put together in a way that this reader does not follow: read it in one piece. */
export class UnusualPage extends Error {}

/** What is read of the list itself. Other members are passed over. */
const MEMBERS: ReadonlySet<string> = new Set(['kind', 'apiVersion', 'metadata', 'items']);
/** Of one that is read; all of them are a few hundred bytes. */
const MAX_MEMBER_BYTES = 64 << 10;
/** A list has four. */
const MAX_MEMBERS = 64;

type Place = 'start' | 'member' | 'after-member' | 'item' | 'after-item' | 'end';

/**
 * Reads one page of a list as its bytes come, an object at a time: the page is never in memory as a whole, neither
 * as text nor as objects with all their members.
 */
export class PageReader {
  /** Members of the list itself: kind, apiVersion, metadata. */
  readonly members: Record<string, unknown> = {};
  readonly items: unknown[] = [];
  readonly #decoder: ObjectDecoder;
  readonly #maxBytes: number;
  /** What is not read yet: the beginning of a value. */
  readonly #rest = new Fragments();
  readonly #names = new Set<string>();
  #place: Place = 'start';
  #hasItems = false;
  /** What has begun is looked at again only when it has doubled: it is not gone through for every piece. */
  #tryAgainAt = 0;
  #received = 0;
  #values = 0;

  constructor(decoder: ObjectDecoder, maxBytes: number) {
    this.#decoder = decoder;
    this.#maxBytes = maxBytes;
  }

  /** Throws `ApiError` "UnreadableAnswer", "ObjectTooLarge" or "AnswerTooLarge", or `UnusualPage`. */
  push(chunk: Uint8Array): void {
    this.#received += chunk.length;
    if (this.#received > this.#maxBytes) throw tooLargeAnswer(this.#maxBytes);
    if (this.#rest.length + chunk.length < this.#tryAgainAt) this.#rest.push(chunk);
    else this.#readOn(this.#rest.take(chunk));
  }

  /** The bytes are all there. Whether the list has items at all. */
  finish(): boolean {
    this.#readOn(this.#rest.take());
    if (this.#place !== 'end' || !isSpaceFrom(this.#rest.take(), 0)) throw notJson();
    return this.#hasItems;
  }

  /** Reads while there are whole values. */
  #readOn(bytes: Buffer): void {
    const left = bytes.subarray(this.#readFrom(bytes));
    checkObjectSize(left.length);
    this.#rest.push(left);
    this.#tryAgainAt = left.length * 2;
  }

  /** Returns up to where there are whole values. */
  #readFrom(bytes: Buffer): number {
    let at = 0;
    try {
      while (this.#place !== 'end') at = this.#step(bytes, passSpace(bytes, at));
      return at;
    } catch (error) {
      if (error instanceof OutOfBytes) return at;
      if (error instanceof Unusual) throw new UnusualPage();
      if (error instanceof SyntaxError) throw notJson();
      throw error;
    }
  }

  #step(bytes: Buffer, at: number): number {
    switch (this.#place) {
      case 'start':
        return this.#mark(bytes, at, OPEN_BRACE, 'member');
      case 'member':
        return bytes[at] === CLOSE_BRACE && this.#names.size === 0 ? this.#mark(bytes, at, CLOSE_BRACE, 'end') : this.#member(bytes, at);
      case 'after-member':
        return bytes[at] === COMMA ? this.#mark(bytes, at, COMMA, 'member') : this.#mark(bytes, at, CLOSE_BRACE, 'end');
      case 'item':
        return bytes[at] === CLOSE_BRACKET && this.items.length === 0
          ? this.#mark(bytes, at, CLOSE_BRACKET, 'after-member')
          : this.#item(bytes, at);
      case 'after-item':
        return bytes[at] === COMMA ? this.#mark(bytes, at, COMMA, 'item') : this.#mark(bytes, at, CLOSE_BRACKET, 'after-member');
      case 'end':
        return at;
    }
  }

  #mark(bytes: Buffer, at: number, mark: number, next: Place): number {
    if (bytes[at] !== mark) throw notJson();
    this.#place = next;
    return at + 1;
  }

  #member(bytes: Buffer, from: number): number {
    if (bytes[from] !== QUOTE) throw new UnusualPage();
    const { value: name, end: nameEnd } = valueAt(bytes, from) as { readonly value: string; readonly end: number };
    const at = passSpace(bytes, nameEnd);
    if (bytes[at] !== COLON) throw notJson();
    const valueFrom = passSpace(bytes, at + 1);
    if (name === 'items' && bytes[valueFrom] === OPEN_BRACKET) {
      this.#note(name, 'item');
      this.#hasItems = true;
      return valueFrom + 1;
    }
    const end = passValue(bytes, valueFrom, 0);
    this.#note(name, 'after-member');
    if (!MEMBERS.has(name)) return end;
    if (end - valueFrom > MAX_MEMBER_BYTES) throw unreadableAnswer(`a member of the list exceeds ${MAX_MEMBER_BYTES} bytes`);
    this.members[name] = valueAt(bytes, valueFrom).value;
    return end;
  }

  #note(name: string, next: Place): void {
    // Told twice, the last one would count; and what was read of the first is gone already.
    if (this.#names.has(name) || this.#names.size === MAX_MEMBERS) throw new UnusualPage();
    this.#names.add(name);
    this.#place = next;
  }

  #item(bytes: Buffer, at: number): number {
    const { value, end, values } = this.#decoder.objectAt(bytes, at);
    checkObjectSize(end - at);
    this.#values += values;
    checkPageValues(this.#values, this.#maxBytes);
    // At once: a page of nothing but `{}` would become many times its size before anybody saw that it is no list.
    if (!hasName(value)) throw unreadableAnswer(NAMELESS_ITEM);
    this.items.push(value);
    this.#place = 'after-item';
    return end;
  }
}

function notJson(): Error {
  return unreadableAnswer('the answer is not JSON');
}
